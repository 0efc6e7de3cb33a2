package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
)

// City is the city's own desk.
type City interface {
	// Targets answers the table of a year's targets with the columns of some units, of all for none.
	Targets(ctx context.Context, year int, units ...assess.UnitCode) (*city.TargetTable, error)
	// TargetSheet answers everything about the target of one indicator. One that has none is assess.ErrNotFound.
	TargetSheet(ctx context.Context, year int, code assess.Code, now time.Time) (*city.TargetSheet, error)
	// Divide shares a target out and keeps it as the draft, Issue sets the targets of a draft, Discard gives it up. What somebody else
	// has changed meanwhile is assess.ErrConflict.
	Divide(ctx context.Context, q city.Division, act city.Act) (assess.Breakdown, error)
	Issue(ctx context.Context, year int, code assess.Code, version int, revision int64, act city.Act) error
	Discard(ctx context.Context, year int, code assess.Code, version int, revision int64, act city.Act) error
}

// act says who sends a form of the city's desk.
func (s *site) act(r *http.Request) city.Act {
	return city.Act{By: visitFrom(r).user, At: s.Now(), Address: addressOf(r), Request: numberOf(r)}
}

// yearOf reads the year of an address, whose form the route has checked.
func yearOf(r *http.Request) int {
	year, _ := strconv.Atoi(mux.Vars(r)["year"])
	return year
}

// refusal answers what a person should read of an error, and the status of the page that says it beside what was typed. ok is false
// for errors that are not about the form.
func refusal(err error) (p *assess.Problem, status int, ok bool) {
	if !errors.As(err, &p) {
		return nil, 0, false
	}
	switch {
	case errors.Is(err, assess.ErrInvalid):
		return p, http.StatusUnprocessableEntity, true
	case errors.Is(err, assess.ErrConflict):
		return p, http.StatusConflict, true
	}
	return nil, 0, false
}

// cityWays answers the links between the pages of the city's desk, for those who may read them all.
func (s *site) cityWays(r *http.Request, quarter assess.Period, current string) []link {
	v := visitFrom(r)
	if !v.user.May(account.ReadReports, "") {
		return nil
	}
	year := strconv.Itoa(quarter.CalendarYear())
	var links []link
	for _, way := range []struct{ name, url string }{
		{"targets", "/targets/" + year},
	} {
		links = append(links, link{URL: way.url, Text: v.words.T("web.city.way." + way.name), Current: way.name == current})
	}
	return links
}
