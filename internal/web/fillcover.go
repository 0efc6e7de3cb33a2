package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// coverBody is the sheet that the chair signs, on paper and here.
type coverBody struct {
	fillBody
	Union, City, Title        string
	State, Class              string
	Date, Edition, Digest     string
	Counts                    []count
	Figures                   []figureRow
	Made, Checked, Signed     hand
	Sent                      string // that the report is signed and with the city, and since when
	CanSign, CanSendBack, Due bool
	Fault                     string
	Hash                      string // the whole digest, sent along with the signature
}

// count is a number of the cover with its word.
type count struct{ Word, N string }

// hand is who did one thing with a report, and when it was done; both are empty while nobody has.
type hand struct{ Who, At string }

// figureRow is a key figure of the cover.
type figureRow struct{ Name, Measure, Value, Last, Net string }

func (s *site) showCover(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	return s.drawCover(w, r, o, http.StatusOK, nil)
}

func (s *site) drawCover(w http.ResponseWriter, r *http.Request, o *opened, status int, fault *assess.Problem) error {
	base, err := s.fillBody(r, o, "")
	if err != nil {
		return err
	}
	b := coverBody{
		fillBody: base, Union: o.union(), City: o.text(o.Edition.Roster.City.Union), Title: o.say("fill.cover.title", "period", o.v.words.Period(o.Period.String())),
		State: o.say("filing." + string(o.state())), Class: filingClass(o.state()), Date: o.v.words.Date(s.Now().In(s.Location)),
		Edition: o.say("fill.cover.edition.is", "year", o.Edition.Year, "n", o.Edition.Number, "saves", o.saves()),
		Hash:    o.Digest(), Counts: o.tally(), Figures: o.keyFigures(),
		CanSign: o.state() == assess.PendingSignature && o.may(account.Sign), CanSendBack: o.state() == assess.PendingSignature && o.may(account.SendBack),
	}
	b.Digest = inFours(b.Hash[:32])
	b.Made, b.Checked, b.Signed = s.hands(r.Context(), o)
	switch o.state() {
	case assess.Submitted, assess.UnderReview, assess.Accepted, assess.Locked:
		if b.Signed.At != "" {
			b.Sent = o.say("fill.cover.sent", "at", b.Signed.At)
		}
	}
	if fault != nil {
		b.Fault = o.v.problem(fault)
	}
	p := o.page(o.say("fill.cover"), fault != nil, &b)
	p.Sheet = "upright"
	return s.render(w, r, status, "cover", p)
}

// union is the full name of the district's federation, its district's name where there is none.
func (o *opened) union() string {
	if name := o.text(o.Unit.Union); name != "" {
		return name
	}
	return o.say("fill.cover.union", "unit", o.text(o.Unit.Name))
}

// hands are those through which the report went: who typed it, which checker of the district checked it, who signed it, each with the
// moment it was done. The step of the checker is optional (workflow, section 2): a report that the reporter sent to the chair was
// checked by nobody, and the sheet says so by leaving the place empty. Who forwards a report and could have sent it back checked it;
// an account that was closed since did so too, so its role is asked and not what it may do now.
func (s *site) hands(ctx context.Context, o *opened) (made, checked, signed hand) {
	var typed []string
	for i := range o.Sections {
		for j := range o.Sections[i].Fields {
			if by := o.Sections[i].Fields[j].Draft.By; by != "" && !slices.Contains(typed, o.who(by)) {
				typed = append(typed, o.who(by))
			}
		}
	}
	slices.Sort(typed)
	made.Who = strings.Join(typed, o.say("fill.list"))
	if !o.SavedAt.IsZero() {
		made.At = s.moment(o.SavedAt)
	}
	for _, step := range o.Form.Steps {
		switch step.To {
		case assess.PendingSignature:
			checked, signed = hand{}, hand{}
			if u, err := s.Accounts.AccountNamed(ctx, step.By); err == nil && account.Permitted(u.Role, account.SendBack) != account.Nothing {
				checked = hand{o.who(step.By), s.moment(step.At)}
			}
		case assess.SentBack, assess.Returned:
			checked, signed = hand{}, hand{}
		case assess.Submitted:
			signed = hand{o.who(step.By), s.moment(step.At)}
		}
	}
	return made, checked, signed
}

// inFours writes a digest so that it can be compared by eye.
func inFours(hex string) string {
	var parts []string
	for c := range slices.Chunk([]byte(hex), 4) {
		parts = append(parts, string(c))
	}
	return strings.Join(parts, " ")
}

// tally counts what the report holds.
func (o *opened) tally() []count {
	var zero, lacking, noted int
	for i := range o.Sections {
		for j := range o.Sections[i].Fields {
			f := &o.Sections[i].Fields[j]
			if f.Kind != desk.Typed {
				continue
			}
			if f.State == assess.ZeroReport {
				zero++
			}
			if f.State == assess.Missing {
				lacking++
			}
			if f.Draft.Note != "" {
				noted++
			}
		}
	}
	var all []count
	for _, c := range []struct {
		key string
		n   int
	}{{"filled", o.Counts.Filled}, {"zero", zero}, {"lacking", lacking}, {"noted", noted}, {"proved", o.proved()}} {
		all = append(all, count{Word: o.say("fill.count." + c.key), N: itoa(c.n)})
	}
	return all
}

// proved counts the files of evidence.
func (o *opened) proved() int {
	n := 0
	for i := range o.Sections {
		for j := range o.Sections[i].Fields {
			n += o.Sections[i].Fields[j].EvidenceCount
		}
	}
	return n
}

// The cover shows so many figures of each section: it fills one sheet of paper, and the chair sees every part of the report.
const keyOfSection = 2

// keyFigures are the figures of each section that serve the most indicators, in the order of the form.
func (o *opened) keyFigures() []figureRow {
	var rows []figureRow
	for i := range o.Sections {
		var typed []*desk.Field
		for j := range o.Sections[i].Fields {
			if f := &o.Sections[i].Fields[j]; f.Kind == desk.Typed {
				typed = append(typed, f)
			}
		}
		slices.SortStableFunc(typed, func(a, b *desk.Field) int { return len(b.UsedBy) - len(a.UsedBy) })
		typed = typed[:min(len(typed), keyOfSection)]
		slices.SortFunc(typed, func(a, b *desk.Field) int { return a.Number - b.Number })
		for _, f := range typed {
			value := o.figure(f.Item, f.State, f.Shown)
			if value == "" {
				value = o.say("fill.tag.empty")
			}
			rows = append(rows, figureRow{
				Name: o.text(f.Item.Name), Measure: o.text(f.Item.Measure), Value: value, Last: o.past(f.Item, f.Previous), Net: signed(f.Net),
			})
		}
	}
	return rows
}
