package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Evidence is the uploaded files and what they prove.
type Evidence struct {
	Files *evidence.Folder
	Book  EvidenceBook
	Quota int64 // bytes of all the files that the people of one unit, or of the city, hand in
}

// EvidenceBook is what is written of evidence.
type EvidenceBook interface {
	// AddEvidence binds files to what they prove; ErrConflict where there is no room. A binding that is there already stays.
	AddEvidence(ctx context.Context, all []assess.Evidence, room assess.EvidenceRoom, line assess.AuditLine) ([]assess.Evidence, error)
	// RemoveEvidence marks a binding as taken away.
	RemoveEvidence(ctx context.Context, id, by string, at time.Time, line assess.AuditLine) error
	// Evidence answers a binding; ErrNotFound where there is none.
	Evidence(ctx context.Context, id string) (assess.Evidence, error)
	// EvidenceList answers what a query chooses, oldest first.
	EvidenceList(ctx context.Context, q assess.EvidenceQuery) ([]assess.Evidence, error)
	// EvidenceSize answers the bytes of the files that the people of a unit have handed in, "" for the city's.
	EvidenceSize(ctx context.Context, from assess.UnitCode) (int64, error)
}

// errNoEvidence is the answer for a file that is none of the reader's business, and for one that does not exist.
func errNoEvidence() *assess.Problem {
	return assess.NotFound("problem.no_evidence", "there is no such file; go back to the list of evidence")
}

// readableEvidence answers the evidence that an address names, if the person may read it. What they may not read is not there.
func (s *site) readableEvidence(r *http.Request) (assess.Evidence, error) {
	e, err := s.Evidence.Book.Evidence(r.Context(), mux.Vars(r)["id"])
	if errors.Is(err, assess.ErrNotFound) {
		return e, errNoEvidence()
	}
	if err != nil {
		return e, fmt.Errorf("evidence: %w", err)
	}
	ok, err := s.mayReadEvidence(r, e)
	switch {
	case err != nil:
		return e, err
	case !ok:
		return e, errNoEvidence().Because(assess.ErrForbidden)
	}
	return e, nil
}

// mayReadEvidence says whether the person may read a file of evidence: as they may read what it proves. A district's own people read it with
// the draft; the city reads what a report was handed in with.
func (s *site) mayReadEvidence(r *http.Request, e assess.Evidence) (bool, error) {
	u := visitFrom(r).user
	switch e.Use {
	case assess.OfFigure:
	case assess.OfCorrection, assess.OfAppeal, assess.OfTask:
		_, err := s.Matters.One(r.Context(), e.Object, u)
		if errors.Is(err, assess.ErrNotFound) || errors.Is(err, assess.ErrForbidden) {
			return false, nil
		}
		return err == nil && e.RemovedAt.IsZero(), err
	case assess.OfPoints, assess.OfVeto:
		return s.mayReadCase(r, e)
	default:
		return false, nil
	}
	if u.May(account.ReadDrafts, e.Unit) {
		return e.RemovedAt.IsZero(), nil
	}
	if !u.May(account.ReadReports, e.Unit) {
		return false, nil
	}
	at, err := s.handedIn(r.Context(), e.Unit, e.Period)
	return handedInWith(e, at), err
}

// speaker answers what words evidence that belongs to no form, for the person who asks.
func (s *site) speaker(r *http.Request) *opened {
	return &opened{Form: &desk.Form{}, v: visitFrom(r), zone: s.Location, now: s.Now(), who: s.names(r.Context())}
}

// handedIn answers when a report was last handed in; zero where it never was, or there is none.
func (s *site) handedIn(ctx context.Context, unit assess.UnitCode, p assess.Period) (time.Time, error) {
	form, err := s.Desk.Form(ctx, unit, p, s.Now())
	if errors.Is(err, assess.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("evidence: %w", err)
	}
	return form.Filing.SubmittedAt, nil
}

// handedInWith says whether evidence was part of a report when it was handed in: what a district adds or takes away afterwards is
// seen when it hands in again.
func handedInWith(e assess.Evidence, at time.Time) bool {
	return !at.IsZero() && !e.AddedAt.After(at) && (e.RemovedAt.IsZero() || e.RemovedAt.After(at))
}

// evidenceOf answers the files of a report by item, as the person may see them.
func (s *site) evidenceOf(r *http.Request, o *opened) (map[assess.Code][]assess.Evidence, error) {
	drafts := o.may(account.ReadDrafts)
	all, err := s.Evidence.Book.EvidenceList(r.Context(), assess.EvidenceQuery{
		Unit: o.Unit.Code, Periods: []assess.Period{o.Period}, Use: assess.OfFigure, Removed: !drafts,
	})
	if err != nil {
		return nil, fmt.Errorf("evidence of %s for %s: %w", o.Unit.Code, o.Period, err)
	}
	byItem := map[assess.Code][]assess.Evidence{}
	for _, e := range all {
		if drafts || handedInWith(e, o.Filing.SubmittedAt) {
			byItem[assess.Code(e.Object)] = append(byItem[assess.Code(e.Object)], e)
		}
	}
	return byItem, nil
}

// fileView is a file of evidence as pages show it.
type fileView struct {
	URL, Name, Kind, Size, Who, When, Privacy string
	Preview                                   string // address of the reduced picture; "" for none
	// Held says why it cannot be opened now: a virus scanner has not passed it.
	Held string
	// Remove is where a form is sent that takes it away; "" where the person may not.
	Remove string
}

func (s *site) fileView(o *opened, e assess.Evidence) fileView {
	f := fileView{
		URL: "/evidence/" + e.ID, Name: e.Name, Kind: strings.ToUpper(e.File.Kind), Size: evidence.Bytes(e.File.Size), Who: o.who(e.AddedBy),
		When: o.clock(e.AddedAt), Privacy: o.say("evidence.privacy." + string(e.Privacy)),
	}
	switch {
	case e.File.Scan == assess.Infected:
		f.Held = o.say("evidence.infected")
	case e.File.Scan != assess.Clean && s.Evidence.Files.Scanner != nil:
		f.Held = o.say("evidence.waits")
	case e.File.Preview:
		f.Preview = f.URL + "/preview"
	}
	return f
}

// evidenceCell is the files of one figure with the form that adds to them: what the template "evidence-cell" takes, and without its
// forms the template "files". A page that shows either needs nothing else.
type evidenceCell struct {
	Item, Name, URL string
	Heading         string // over the files, on pages that are about something else, too; "" for none
	// Kinds are the kinds of proof that are asked for, in words; "" where nothing is. Asked says so, or what else can be added.
	Kinds, Asked string
	Lacked       bool // something is claimed, and nothing proves it
	Files        []fileView
	// Token and Back belong to the forms: where they lead back to.
	Token, Back string
	Add         *addEvidence // nil where nothing can be added
}

// addEvidence is the form that adds files to a figure.
type addEvidence struct {
	Accept, Rule string
	Several      bool // files at once
	Privacies    []option
	Reusable     []option // files of this year that can be used again
}

// evidenceCell answers the files of one figure for a page that back leads to; nil for a figure that nobody types, which has none.
func (s *site) evidenceCell(r *http.Request, o *opened, f *desk.Field, back string) (*evidenceCell, error) {
	if f.Kind != desk.Typed {
		return nil, nil
	}
	files, err := s.evidenceOf(r, o)
	if err != nil {
		return nil, err
	}
	c := s.evidenceView(o, f, files[f.Item.Code])
	c.Token, c.Back = formToken(s.formSecret(r)), back
	if o.unchangeable(f) == nil && o.may(account.Fill) {
		for i := range c.Files {
			c.Files[i].Remove = c.Files[i].URL + "/remove"
		}
		c.Add = s.addForm(o, filesAtOnce, f.EvidenceKinds...)
		c.Add.Reusable, err = s.reusable(r, o, f.Item.Code)
	}
	return &c, err
}

// evidenceView answers the files of a figure to be looked at.
func (s *site) evidenceView(o *opened, f *desk.Field, held []assess.Evidence) evidenceCell {
	c := evidenceCell{
		Item: string(f.Item.Code), Name: o.text(f.Item.Name), URL: o.at("evidence", string(f.Item.Code)), Lacked: o.complete() && f.Unproved(),
	}
	c.Asked = o.say("evidence.unasked")
	if f.EvidenceAsked {
		c.Kinds = o.kinds(f)
		c.Asked = o.say("evidence.asked", "kinds", c.Kinds)
	}
	for _, e := range held {
		c.Files = append(c.Files, s.fileView(o, e))
	}
	return c
}

// complete says whether what the form says is what the reader may know: the city knows what was handed in only.
func (o *opened) complete() bool {
	if o.may(account.ReadDrafts) {
		return true
	}
	switch o.Filing.State {
	case assess.Submitted, assess.UnderReview, assess.Accepted, assess.Locked:
		return true
	}
	return false
}

// addForm is the form that adds files, with what may be added said before its button.
func (s *site) addForm(o *opened, most int, kinds ...assess.Code) *addEvidence {
	files := s.Evidence.Files
	masked := slices.ContainsFunc(kinds, func(k assess.Code) bool { return k == "list_stamped" || k == "case_list" })
	a := &addEvidence{
		Accept: evidence.Accept(files.Kinds), Several: most > 1,
		Rule: o.say("evidence.rule", "kinds", strings.ToUpper(strings.Join(files.Kinds, o.say("fill.list"))), "size", evidence.Bytes(files.Size),
			"n", most),
	}
	for _, p := range []assess.Privacy{assess.Impersonal, assess.Masked} {
		a.Privacies = append(a.Privacies, option{Value: string(p), Text: o.say("evidence.privacy." + string(p)), Chosen: (p == assess.Masked) == masked})
	}
	return a
}

// reusable are the files that the unit has handed in this year and that are not bound to the item already, newest first.
func (s *site) reusable(r *http.Request, o *opened, item assess.Code) ([]option, error) {
	all, err := s.Evidence.Book.EvidenceList(r.Context(), assess.EvidenceQuery{Unit: o.Unit.Code, Periods: o.Period.Year().Quarters(), Use: assess.OfFigure})
	if err != nil {
		return nil, fmt.Errorf("evidence of the year: %w", err)
	}
	seen := map[string]bool{}
	for _, e := range all {
		seen[e.File.Hash] = seen[e.File.Hash] || e.Period == o.Period && e.Object == string(item)
	}
	slices.Reverse(all)
	var options []option
	for _, e := range all {
		if seen[e.File.Hash] {
			continue
		}
		seen[e.File.Hash] = true
		name := e.Object
		if i, ok := o.Edition.Item(assess.Code(e.Object)); ok {
			name = o.text(i.Name)
		}
		options = append(options, option{Value: e.ID, Text: o.say("evidence.reuse.option", "file", e.Name, "item", name, "at", i18n.DateNear(e.AddedAt.In(o.zone), o.now.In(o.zone)))})
	}
	return options, nil
}
