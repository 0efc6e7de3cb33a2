package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/evidence"
)

// filesAtOnce is how many files one form may carry.
const filesAtOnce = 5

// uploadLimit is how many bytes a form with files of evidence may have.
func (s *site) uploadLimit() int64 { return filesAtOnce*s.Evidence.Files.Size + bodyLimit }

// proofBody is the page of one figure's evidence.
type proofBody struct {
	evidenceCell
	Unit, Period                 string
	Section, SectionURL, ListURL string
	Faults                       []fileFault
	Closed                       string // why nothing can be changed
}

// fileFault is a file that was not taken, and why; without a name it is about the form.
type fileFault struct {
	Name, Text string
	later      bool // the server could not take it now, whatever it holds
}

// faultyStatus is the status of a page that names files that were not taken. A server that could not take one is asked again.
func faultyStatus(faults []fileFault) int {
	if slices.ContainsFunc(faults, func(f fileFault) bool { return f.later }) {
		return http.StatusServiceUnavailable
	}
	return http.StatusUnprocessableEntity
}

// showProof draws the files of one figure.
func (s *site) showProof(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadReports)
	if err != nil {
		return err
	}
	return s.drawProof(w, r, o, http.StatusOK, nil)
}

func (s *site) drawProof(w http.ResponseWriter, r *http.Request, o *opened, status int, faults []fileFault) error {
	f, section, err := o.claim(assess.Code(mux.Vars(r)["item"]))
	if err != nil {
		return err
	}
	if !o.may(account.ReadDrafts) && o.Filing.SubmittedAt.IsZero() {
		return errNoForm() // the city is not told what a district has not handed in
	}
	cell, err := s.evidenceCell(r, o, f, o.at("evidence", string(f.Item.Code)))
	if err != nil {
		return err
	}
	b := proofBody{
		evidenceCell: *cell, Unit: o.text(o.Unit.Name), Period: o.v.words.Period(o.Period.String()),
		Section: o.text(section.Name), ListURL: o.at("evidence"), Faults: faults,
	}
	if o.may(account.ReadDrafts) {
		b.SectionURL = o.at(string(section.Code)) + "#v-" + string(f.Item.Code)
	}
	if why := o.unchangeable(f); why != nil && o.may(account.Fill) {
		b.Closed = o.v.problem(why)
	}
	return s.render(w, r, status, "proof", o.evidencePage(o.say("evidence.of", "name", b.Name), len(faults) > 0, &b))
}

// evidencePage is a page about evidence. The state of the form stands on it for those who may read the draft.
func (o *opened) evidencePage(title string, wrong bool, body any) page {
	return page{Title: title + " · " + o.text(o.Unit.Name) + " · " + o.v.words.Period(o.Period.String()), Wrong: wrong, Body: body, Style: "fill.css"}
}

// claim answers the field of an item that files can be bound to.
func (o *opened) claim(item assess.Code) (*desk.Field, *desk.Section, error) {
	for i := range o.Sections {
		s := &o.Sections[i]
		for j := range s.Fields {
			if s.Fields[j].Item.Code == item && s.Fields[j].Kind == desk.Typed {
				return &s.Fields[j], s, nil
			}
		}
	}
	return nil, nil, errNoForm()
}

// unchangeable says why no file can be added to a figure or taken away from it; nil where it can.
func (o *opened) unchangeable(f *desk.Field) *assess.Problem {
	if o.Shut != nil {
		return o.Shut
	}
	return f.Locked
}

// addProof takes files for a figure, and files of this year that prove it, too. Each file stands for itself: what is good is kept,
// what is not is named on the page that comes back.
func (s *site) addProof(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.Fill)
	if err != nil {
		return err
	}
	f, _, err := o.claim(assess.Code(mux.Vars(r)["item"]))
	if err != nil {
		return err
	}
	if err := only(r, "privacy", "use", "back"); err != nil {
		return err
	}
	if why := o.unchangeable(f); why != nil {
		return why
	}
	about := assess.Evidence{
		Unit: o.Unit.Code, Period: o.Period, Use: assess.OfFigure, Object: string(f.Item.Code), Privacy: assess.Privacy(r.PostForm.Get("privacy")),
	}
	added, faults, err := s.takeEvidence(r, about, filesAtOnce)
	if err != nil {
		return err
	}
	if len(faults) == 0 && added == 0 {
		faults = s.faults(r, "", errNoFile())
	}
	if len(faults) == 0 {
		http.Redirect(w, r, ownPath(r.PostForm.Get("back")), http.StatusSeeOther)
		return nil
	}
	drain(r)
	if o, err = s.openForm(r, account.Fill); err != nil {
		return err
	}
	return s.drawProof(w, r, o, faultyStatus(faults), faults)
}

func errNoFile() error {
	return assess.Invalid("problem.evidence_none", "no file was chosen; choose one, or one of this year's")
}

// takeEvidence keeps the files of the request's form (fields file and use) as evidence of something. Whether the person may was asked
// before; only the account and the time are added to about. At most some files are taken. It answers how many files are bound, and those that are not.
func (s *site) takeEvidence(r *http.Request, about assess.Evidence, most int) (added int, faults []fileFault, err error) {
	if about.Privacy != assess.Impersonal && about.Privacy != assess.Masked {
		return 0, nil, assess.Invalid("problem.evidence_privacy", "say whether the file holds personal data: none, or masked; what is not masked is not handed in")
	}
	about.From = visitFrom(r).user.Unit
	if id := r.PostForm.Get("use"); id != "" {
		if err := s.useAgain(r, about, id); err != nil {
			return 0, nil, err
		}
		added++
	}
	files := 0
	err = eachFile(r, "file", func(sent string, content io.Reader) error {
		if files++; files > most {
			return assess.Invalid("problem.evidence_many", fmt.Sprintf("only %d files are taken here at once; the others were not kept", most), "n", fmt.Sprint(most))
		}
		err := s.takeOne(r, about, sent, content)
		if fault := s.faults(r, sent, err); fault != nil {
			faults = append(faults, fault...)
			return nil
		}
		added++
		return err
	})
	if fault := s.faults(r, "", err); fault != nil {
		return added, append(faults, fault...), nil
	}
	return added, faults, err
}

// takeOne keeps one file and binds it. The quota is looked at before the file is kept, and again when it is bound.
func (s *site) takeOne(r *http.Request, about assess.Evidence, sent string, content io.Reader) error {
	used, err := s.Evidence.Book.EvidenceSize(r.Context(), about.From)
	if err != nil {
		return fmt.Errorf("room for evidence: %w", err)
	}
	taken, err := s.Evidence.Files.Take(r.Context(), sent, content, s.Evidence.Quota-used, s.Now())
	if err != nil {
		return err
	}
	about.File, about.Name = taken.File, taken.Name
	return s.bind(r, about)
}

// useAgain binds a file that the unit has handed in this year to something else.
func (s *site) useAgain(r *http.Request, about assess.Evidence, id string) error {
	e, err := s.Evidence.Book.Evidence(r.Context(), id)
	if err != nil && !errors.Is(err, assess.ErrNotFound) {
		return fmt.Errorf("evidence: %w", err)
	}
	if err != nil || e.Unit != about.Unit || e.Use != assess.OfFigure || !e.RemovedAt.IsZero() || !slices.Contains(about.Period.Year().Quarters(), e.Period) {
		return errNoEvidence()
	}
	about.File, about.Name, about.Privacy = e.File, e.Name, e.Privacy
	return s.bind(r, about)
}

func (s *site) bind(r *http.Request, e assess.Evidence) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("add evidence: %w", err)
	}
	u := visitFrom(r).user
	e.ID, e.AddedBy, e.AddedAt = id.String(), u.Name, s.Now()
	room := assess.EvidenceRoom{Quota: s.Evidence.Quota}
	if e.Use == assess.OfAppeal {
		room.Most = appealFiles
	}
	_, err = s.Evidence.Book.AddEvidence(r.Context(), []assess.Evidence{e}, room, s.line(r, u, "evidence.add", ""))
	return err
}

// faults words why a file was not taken, where that can be said to a person; nil for everything else.
func (s *site) faults(r *http.Request, sent string, err error) []fileFault {
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key == "problem.form" || p.Key == "problem.form_field" {
		return nil
	}
	name := ""
	if sent != "" {
		name = evidence.Shown(sent)
	}
	return []fileFault{{Name: name, Text: visitFrom(r).problem(p), later: errors.Is(err, assess.ErrUnavailable)}}
}

// removeProof takes a file away from a figure, as long as the figure can be changed.
func (s *site) removeProof(w http.ResponseWriter, r *http.Request) error {
	e, err := s.readableEvidence(r)
	if err != nil {
		return err
	}
	v := visitFrom(r)
	if e.Use != assess.OfFigure || !v.user.May(account.Fill, e.Unit) {
		return errNoEvidence().Because(assess.ErrForbidden)
	}
	if err := only(r, "back"); err != nil {
		return err
	}
	form, err := s.Desk.Form(r.Context(), e.Unit, e.Period, s.Now())
	if err != nil {
		return fmt.Errorf("remove evidence: %w", err)
	}
	o := &opened{Form: form}
	f, _, err := o.claim(assess.Code(e.Object))
	if err != nil {
		return err
	}
	if why := o.unchangeable(f); why != nil {
		return why
	}
	line := s.line(r, v.user, "evidence.remove", e.ID)
	line.Unit, line.Before = e.Unit, fmt.Sprintf("%s %s %s sha256:%s", e.Use, e.Object, e.Name, e.File.Hash)
	if err := s.Evidence.Book.RemoveEvidence(r.Context(), e.ID, v.user.Name, s.Now(), line); err != nil {
		return err
	}
	http.Redirect(w, r, ownPath(r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}
