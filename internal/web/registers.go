package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// registersBody is the list of the registers.
type registersBody struct {
	Sentence string
	Rows     []registersRow
	Taken    string // which snapshot was taken last
	Next     string // and when the next one is due
	Persons  bool   // the reader may look for what stands of a person
}

// registersRow is a register in the list.
type registersRow struct {
	URL, Name, Department, Records string
	Items                          []link // what it supplies
}

// listRegisters shows the registers with what the reader may see of them.
func (s *site) listRegisters(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	tables, e, err := s.Registers.Tables(r.Context(), s.Now())
	if err != nil {
		return err
	}
	body := registersBody{Persons: v.user.MaySome(account.Uncover)}
	total := 0
	for _, t := range tables {
		l := &registerView{Table: t, v: v, e: e}
		_, n, err := s.Registers.List(r.Context(), assess.RecordQuery{Table: t.Code, Limit: 1}, v.user, s.Now())
		if err != nil {
			return err
		}
		total += n
		row := registersRow{URL: l.path(), Name: l.name(), Department: departmentName(v, e, t.Department), Records: many(n)}
		for _, code := range t.Items {
			if item, ok := e.Item(code); ok {
				row.Items = append(row.Items, link{Text: item.Name.In(v.lang())})
			}
		}
		body.Rows = append(body.Rows, row)
	}
	body.Sentence = v.words.T("register.all.sentence", "n", len(tables), "records", many(total))
	if body.Taken, body.Next, err = s.snapshots(r); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "registers", page{Title: v.words.T("register.all"), Body: body, Style: "work.css"})
}

// snapshots words which snapshot of the registers was taken last, and when the next one is due.
func (s *site) snapshots(r *http.Request) (taken, next string, err error) {
	v, now := visitFrom(r), s.Now()
	all, err := s.Registers.Snapshots(r.Context())
	if err != nil {
		return "", "", err
	}
	taken = v.words.T("register.snapshot.none")
	if n := len(all); n > 0 {
		last := all[n-1]
		taken = v.words.T("register.snapshot.taken", "period", v.words.Period(last.Period.String()), "at", s.stamp(v, last.At))
	}
	today := now.In(s.Location)
	present := assess.NewQuarter(today.Year(), (int(today.Month())+2)/3)
	for _, p := range []assess.Period{present.Prev(), present} {
		if slices.ContainsFunc(all, func(one assess.Snapshot) bool { return one.Period == p }) {
			continue
		}
		plan, err := s.Timetable.Plan(r.Context(), p)
		if errors.Is(err, assess.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", "", err
		}
		state, err := s.Timetable.Stage(r.Context(), p)
		if err != nil {
			return "", "", err
		}
		if at := plan.Step(cycle.StepSnapshot).At; now.Before(at) || !neverBegun(plan, state, now) && !state.Closed() {
			return taken, v.words.T("register.snapshot.next", "period", v.words.Period(p.String()), "at", v.words.Date(at.In(s.Location))), nil
		}
	}
	return taken, "", nil
}
