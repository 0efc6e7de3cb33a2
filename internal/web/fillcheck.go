package web

import (
	"net/http"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// checkBody is the page that says what stands between a form and the city, and leads the way on.
type checkBody struct {
	fillBody
	Sentence  string
	General   []notice
	Lists     []checkList
	Registers []snapshot
	// CanForward, CanSendBack and CanSign are what the reader may do now; Stopped says why a form cannot be sent yet.
	CanForward, CanSendBack, CanSign, Stopped bool
	Fault                                     string
}

// checkList is a kind of open point with its fields.
type checkList struct {
	Title, None string
	Stops       bool // nothing can be sent while it is not empty
	Short       bool // its rows are short, and stand in columns
	Rows        []spot
}

// snapshot is a figure that a register or the city supplies, with how it came about.
type snapshot struct{ URL, Name, Value, Explained string }

func (s *site) showCheck(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.ReadDrafts)
	if err != nil {
		return err
	}
	return s.drawCheck(w, r, o, http.StatusOK, nil)
}

func (s *site) drawCheck(w http.ResponseWriter, r *http.Request, o *opened, status int, fault *assess.Problem) error {
	base, err := s.fillBody(r, o, "")
	if err != nil {
		return err
	}
	b := checkBody{fillBody: base, Sentence: o.sentence(), General: o.general(), Lists: o.lists(), Registers: o.snapshots()}
	draft := o.filling()
	b.Stopped = o.stopping() > 0
	b.CanForward = draft && o.may(account.Forward)
	b.CanSendBack = o.state() == assess.PendingSignature && o.may(account.SendBack)
	b.CanSign = o.state() == assess.PendingSignature && o.may(account.Sign)
	if fault != nil {
		b.Fault = o.v.problem(fault)
	}
	return s.render(w, r, status, "check", o.page(o.say("fill.check"), o.Counts.Errors > 0, &b))
}

// filling says whether the form is with those who fill it in.
func (o *opened) filling() bool {
	switch o.state() {
	case assess.NotStarted, assess.Draft, assess.SentBack, assess.Returned:
		return true
	}
	return false
}

// lists are the open points of a form: what is empty and what is wrong stops it, and a warning does until its note is written.
func (o *opened) lists() []checkList {
	lists := []checkList{
		{Title: o.say("fill.check.empty"), None: o.say("fill.check.empty.none"), Stops: true, Short: true, Rows: o.list(isEmpty)},
		{Title: o.say("fill.check.wrong"), None: o.say("fill.check.wrong.none"), Stops: true, Rows: o.list(isWrong)},
		{Title: o.say("fill.check.unnoted"), None: o.say("fill.check.unnoted.none"), Stops: true, Rows: o.list(wantsNote)},
		{Title: o.say("fill.check.unproved"), None: o.say("fill.check.unproved.none"), Rows: o.list(wantsProof)},
	}
	if back := o.list(isReturned); len(back) > 0 {
		lists = append([]checkList{{Title: o.say("fill.check.back"), Stops: true, Rows: back}}, lists...)
	}
	return lists
}

// stopping counts the points that keep the form from being sent.
func (o *opened) stopping() int {
	n := 0
	for _, l := range o.lists() {
		if l.Stops {
			n += len(l.Rows)
		}
	}
	return n
}

func isEmpty(o *opened, f *desk.Field) string {
	if f.Kind != desk.Typed || f.Locked != nil || f.Cell != assess.CellEmpty {
		return ""
	}
	last := o.past(f.Item, f.Previous)
	if measure := o.text(f.Item.Measure); measure != "" && o.options(f) == nil && f.Previous.State != "" {
		last += " " + measure
	}
	return o.say("fill.check.last", "value", last)
}

// wantsProof says which kinds of evidence would do.
func wantsProof(o *opened, f *desk.Field) string {
	if !f.Unproved() || f.Locked != nil {
		return ""
	}
	return o.say("fill.check.kinds", "kinds", o.kinds(f))
}

// snapshots are the figures nobody types: what the registers and the city have supplied.
func (o *opened) snapshots() []snapshot {
	var all []snapshot
	for i := range o.Sections {
		s := &o.Sections[i]
		for j := range s.Fields {
			f := &s.Fields[j]
			if f.Kind != desk.Supplied {
				continue
			}
			all = append(all, snapshot{
				URL: o.at(string(s.Code), string(f.Item.Code)), Name: o.text(f.Item.Name), Value: o.figure(f.Item, f.State, f.Shown), Explained: o.explained(f),
			})
		}
	}
	return all
}
