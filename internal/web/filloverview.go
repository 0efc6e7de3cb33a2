package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// overview is the first page of a form.
type overview struct {
	fillBody
	Sentence  string
	Steps     []step
	SentBack  string // what is to be changed, when the report came back inside the district
	Returned  []spot
	General   []notice
	Unchanged []unchanged
	BookFault string // why a file was not taken
}

// step is a state of the report on its way.
type step struct {
	Text          string
	Past, Current bool
}

// unchanged is a stock that can be confirmed as it was.
type unchanged struct{ Code, Name, Value, Section string }

// showForm draws the overview: what is to be done, by sections.
func (s *site) showForm(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	return s.drawForm(w, r, o, http.StatusOK, "")
}

// drawForm draws the overview; fault is why a file was not taken.
func (s *site) drawForm(w http.ResponseWriter, r *http.Request, o *opened, status int, fault string) error {
	base, err := s.fillBody(r, o, "")
	if err != nil {
		return err
	}
	b := overview{fillBody: base, Sentence: o.sentence(), Steps: o.steps(), SentBack: o.sentBack(), Returned: o.list(isReturned), General: o.general(), BookFault: fault}
	if b.CanFill {
		b.Unchanged = o.unchanged()
	}
	return s.render(w, r, status, "fill", o.page(o.say("fill.title"), fault != "", &b))
}

// sentence is the answer on top: how far the form is, and what stops it.
func (o *opened) sentence() string {
	c := o.Counts
	empty := c.Typed - c.Filled - c.Unread
	switch {
	case o.Shut != nil:
		return o.v.problem(o.Shut)
	case c.Returned > 0:
		return o.say("fill.sentence.returned", "n", c.Returned)
	case empty == 0 && c.Errors == 0 && c.Unnoted == 0:
		return o.say("fill.sentence.ready", "n", c.Typed)
	}
	return o.say("fill.sentence", "all", c.Typed, "n", c.Filled, "empty", empty, "errors", c.Errors, "unnoted", c.Unnoted)
}

// steps are the way of a report, with where it stands.
func (o *opened) steps() []step {
	way := []assess.FilingState{assess.Draft, assess.PendingSignature, assess.Submitted, assess.UnderReview, assess.Accepted}
	at := 0
	switch state := o.state(); state {
	case assess.Locked:
		at = len(way) - 1
	case assess.NotStarted:
		at = -1
	case assess.SentBack, assess.Returned, assess.FilingMissing:
	default:
		at = max(0, slices.Index(way, state))
	}
	var steps []step
	for i, state := range way {
		steps = append(steps, step{Text: o.say("filing." + string(state)), Past: i < at, Current: i == at})
	}
	return steps
}

// sentBack says why the report was given back inside the district, while that is not answered.
func (o *opened) sentBack() string {
	for _, step := range slices.Backward(o.Form.Steps) {
		switch step.To {
		case assess.PendingSignature:
			return ""
		case assess.SentBack:
			return o.say("fill.cameback", "who", o.who(step.By), "at", o.clock(step.At), "words", step.Note)
		}
	}
	return ""
}

func (o *opened) general() []notice {
	var all []notice
	for i, m := range o.General {
		all = append(all, notice{ID: "g-" + strconv.Itoa(i), Level: string(m.Level), Text: o.message(m)})
	}
	return all
}

// stood is what a figure was last quarter, with its unit of measure; a yes needs none.
func (o *opened) stood(f *desk.Field) string {
	text := o.past(f.Item, f.Previous)
	if f.Item.Type != assess.Boolean {
		text += " " + o.text(f.Item.Measure)
	}
	return text
}

// unchanged are the stocks that are still empty and stood somewhere last quarter.
func (o *opened) unchanged() []unchanged {
	var all []unchanged
	for i := range o.Sections {
		s := &o.Sections[i]
		for j := range s.Fields {
			if f := &s.Fields[j]; f.Unchanged {
				all = append(all, unchanged{
					Code: string(f.Item.Code), Name: o.text(f.Item.Name), Section: o.text(s.Name),
					Value: o.stood(f),
				})
			}
		}
	}
	return all
}
