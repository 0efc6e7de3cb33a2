package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
)

// sendCalendar sends the deadlines of the account that is signed in, as a file for calendar programs.
func (s *site) sendCalendar(w http.ResponseWriter, r *http.Request) error {
	return s.sendDeadlines(w, r, visitFrom(r).user)
}

// sendLinkedCalendar sends the deadlines of the owner of a link to whoever holds its address: a calendar program cannot sign in.
func (s *site) sendLinkedCalendar(w http.ResponseWriter, r *http.Request) error {
	_, owner, err := s.OpenLink(r.Context(), account.CalendarLink, mux.Vars(r)["secret"], s.Now())
	if err != nil {
		return err
	}
	if !owner.May(account.ReadDefinitions, "") {
		return assess.NotFound("problem.link_unknown", "there is no such link, or it no longer opens anything; make a new one on the page of your account")
	}
	return s.sendDeadlines(w, r, owner)
}

// sendDeadlines sends the dates of the last two quarters, the present one and the next.
func (s *site) sendDeadlines(w http.ResponseWriter, r *http.Request, u account.User) error {
	ctx, now := r.Context(), s.Now().In(s.Location)
	edits, err := s.Timetable.CalendarEdits(ctx)
	if err != nil {
		return fmt.Errorf("calendar feed: %w", err)
	}
	d := export.Deadlines{Unit: u.Unit, Edits: len(edits), Zone: s.Location, Now: now}
	present := assess.NewQuarter(now.Year(), (int(now.Month())+2)/3)
	for n := -2; n <= 1; n++ {
		plan, err := s.Timetable.Plan(ctx, present.Add(n))
		if errors.Is(err, assess.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("calendar feed: %w", err)
		}
		state, err := s.Timetable.Stage(ctx, plan.Period())
		if err != nil {
			return fmt.Errorf("calendar feed: %w", err)
		}
		d.Collections = append(d.Collections, export.Collection{Plan: plan, State: state})
	}
	if e := s.editionFor(r, nil); e != nil {
		d.City = e.Roster.City.Code
	}
	var file bytes.Buffer
	if err := export.Calendar(&file, d, visitFrom(r).words); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `inline; filename="unionboard.ics"`)
	_, _ = w.Write(file.Bytes()) // a reader who went away is no fault
	return nil
}
