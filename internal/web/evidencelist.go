package web

import (
	"net/http"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/evidence"
)

// evidenceList is the list of all files of a report (佐证材料清单).
type evidenceList struct {
	Sentence string
	Unit     string
	Period   string
	Home     string // the overview of the form; "" for those who may not read it
	Rows     []evidenceRow
	Lacking  []evidenceCell // claims that want a proof and have none
	Room     string         // how much of its room the unit has used; "" for those who add nothing
}

// evidenceRow is a figure with its files.
type evidenceRow struct {
	evidenceCell
	Number     int
	Indicators string
	Department string
}

// showEvidence lists the evidence of a report: for its district as it stands, for the city as it was handed in.
func (s *site) showEvidence(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadReports)
	if err != nil {
		return err
	}
	if !o.may(account.ReadDrafts) && o.Filing.SubmittedAt.IsZero() {
		return errNoForm() // the city is not told what a district has not handed in
	}
	held, err := s.evidenceOf(r, o)
	if err != nil {
		return err
	}
	b := evidenceList{Unit: o.text(o.Unit.Name), Period: o.v.words.Period(o.Period.String())}
	files := 0
	for i := range o.Sections {
		for j := range o.Sections[i].Fields {
			f := &o.Sections[i].Fields[j]
			if f.Kind != desk.Typed {
				continue
			}
			c := s.evidenceView(o, f, held[f.Item.Code])
			files += len(c.Files)
			switch {
			case len(c.Files) > 0:
				b.Rows = append(b.Rows, evidenceRow{
					evidenceCell: c, Number: len(b.Rows) + 1, Indicators: o.uses(f), Department: o.department(f.Item.Department),
				})
			case c.Lacked:
				b.Lacking = append(b.Lacking, c)
			}
		}
	}
	b.Sentence = o.say("evidence.sentence", "n", files, "items", len(b.Rows), "lacking", len(b.Lacking))
	if len(b.Lacking) == 0 {
		b.Sentence = o.say("evidence.sentence.fine", "n", files, "items", len(b.Rows))
	}
	if o.may(account.ReadDrafts) {
		b.Home = o.at()
	}
	if o.may(account.Fill) {
		used, err := s.Evidence.Book.EvidenceSize(r.Context(), o.Unit.Code)
		if err != nil {
			return err
		}
		b.Room = o.say("evidence.room", "used", evidence.Bytes(used), "all", evidence.Bytes(s.Evidence.Quota))
	}
	return s.render(w, r, http.StatusOK, "evidence", o.evidencePage(o.say("evidence.title"), false, &b))
}

// proveReview puts the files that a report was handed in with beside its figures.
func (s *site) proveReview(r *http.Request, body *reviewBody, review *desk.Review, e *assess.Edition) error {
	o := s.speaker(r)
	o.Form = &desk.Form{Unit: review.Unit, Period: review.Period, Edition: e, Filing: review.Filing}
	held, err := s.evidenceOf(r, o)
	if err != nil {
		return err
	}
	for i := range body.Rows {
		for _, file := range held[body.Rows[i].Item.Code] {
			body.Rows[i].Evidence.Files = append(body.Rows[i].Evidence.Files, s.fileView(o, file))
		}
	}
	return nil
}
