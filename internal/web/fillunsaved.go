package web

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// unsaved is what was typed and could not be saved: because another has changed the cell, or for what is wrong with it.
type unsaved struct {
	save  desk.Save
	holds assess.DraftCell // after a conflict, what the other has saved
	fault *assess.Problem  // nil after a conflict
}

// keep shows in a cell what was typed and not saved: beside what another has saved, or below what is wrong with it.
func (o *opened) keep(c *fieldView, f *desk.Field, u unsaved) {
	c.Value, c.Note, c.Lack, c.Base = u.save.Value, u.save.Note, u.save.Missing, u.save.Base
	c.Tag, c.Echo = tag{Text: o.say("fill.tag.unsaved"), Class: "bad"}, ""
	for i := range c.Options {
		c.Options[i].Chosen = c.Options[i].Value == u.save.Value
	}
	if u.fault != nil {
		c.Wrong = true
		text := o.v.problem(u.fault)
		if !c.Open { // there is no field that shows what was typed
			text = o.say("fill.untaken", "value", o.typed(f, u.save.Value, u.save.Missing), "note", cmp.Or(u.save.Note, "—"), "why", text)
		}
		c.Notices = append(c.Notices, notice{ID: "f-" + c.Code, Level: string(desk.Error), Text: text})
		return
	}
	c.Clash = &clash{
		Revision: u.holds.Revision, Mine: o.typed(f, u.save.Value, u.save.Missing), Theirs: o.typed(f, u.holds.Value, u.holds.State == assess.Missing),
		Who: o.who(u.holds.By), When: o.clock(u.holds.At),
	}
}

// typed writes what was typed into a cell, as it was typed.
func (o *opened) typed(f *desk.Field, value string, lack bool) string {
	switch {
	case lack:
		return o.say("fill.lack")
	case value == "":
		return o.say("fill.blank")
	case len(f.Item.Levels) > 0 || f.Item.Type == assess.Boolean:
		return o.figure(f.Item, assess.Reported, value)
	}
	return value
}

// statusOf answers the status of a page with cells that could not be saved: whoever has something wrong on it is told so first.
func statusOf(failed map[assess.Code]unsaved) int {
	status := http.StatusOK
	for _, u := range failed {
		switch {
		case u.fault != nil && errors.Is(u.fault, assess.ErrUnavailable):
			return http.StatusServiceUnavailable
		case u.fault != nil && !errors.Is(u.fault, assess.ErrConflict):
			status = http.StatusUnprocessableEntity
		case status == http.StatusOK:
			status = http.StatusConflict
		}
	}
	return status
}
