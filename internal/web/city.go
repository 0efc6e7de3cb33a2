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
	"github.com/unionboard/unionboard/internal/cycle"
)

// City is the city's own desk.
type City interface {
	// Defined says whether anything is defined for a year.
	Defined(ctx context.Context, year int) bool
	// Targets answers the table of a year's targets with the columns of some units, of all for none.
	Targets(ctx context.Context, year int, units ...assess.UnitCode) (*city.TargetTable, error)
	// TargetSheet answers everything about the target of one indicator. One that has none is assess.ErrNotFound.
	TargetSheet(ctx context.Context, year int, code assess.Code, now time.Time) (*city.TargetSheet, error)
	// Divide shares a target out and keeps it as the draft, Issue sets the targets of a draft, Discard gives it up. What somebody else
	// has changed meanwhile is assess.ErrConflict.
	Divide(ctx context.Context, q city.Division, act city.Act) (assess.Breakdown, error)
	Issue(ctx context.Context, year int, code assess.Code, version int, revision int64, act city.Act) error
	Discard(ctx context.Context, year int, code assess.Code, version int, revision int64, act city.Act) error

	// Overview answers what the city owes of a quarter, Form what one department does. A department that owes nothing, or a quarter
	// without definitions, is assess.ErrNotFound.
	Overview(ctx context.Context, quarter assess.Period, now time.Time) (*city.Overview, error)
	// Todo answers what waits for one person in a quarter and its year.
	Todo(ctx context.Context, quarter assess.Period, who account.User, now time.Time) (city.Todo, error)
	Form(ctx context.Context, quarter assess.Period, department assess.Code, now time.Time) (*city.Form, error)
	// Save keeps what was typed into a department's form and answers the cells that somebody else had changed; HandIn hands it in.
	Save(ctx context.Context, quarter assess.Period, department assess.Code, saves []city.Save, act city.Act) (conflicts []assess.DraftOutcome, err error)
	HandIn(ctx context.Context, quarter assess.Period, department assess.Code, reason string, act city.Act) (city.Handed, error)
	// Decide takes a step of a proposal. Who may not is assess.ErrForbidden, somebody who was faster assess.ErrConflict.
	Decide(ctx context.Context, id string, action cycle.Action, note string, act city.Act) error

	// Points answers what gives or takes points in a year; Propose keeps a case until another person confirms it.
	Points(ctx context.Context, year int, act city.Act) (*city.PointsSheet, error)
	Propose(ctx context.Context, year int, c city.Case, act city.Act) (assess.Proposal, error)

	// Ratings answers the rated indicators of a year as one person may see them. CallBallots opens a round, Cast keeps the ballots of
	// the person who acts, CloseBallots ends the round and counts them.
	Ratings(ctx context.Context, year int, who account.User) (*city.RatingSheet, error)
	CallBallots(ctx context.Context, year int, indicator assess.Code, act city.Act) error
	Cast(ctx context.Context, year int, indicator assess.Code, ballots map[assess.UnitCode]string, act city.Act) error
	CloseBallots(ctx context.Context, year int, indicator assess.Code, act city.Act) error

	// Exemptions answers the marks of not applicable of a quarter; Exempt sets one, Lift takes it back.
	Exemptions(ctx context.Context, quarter assess.Period) (*city.ExemptSheet, error)
	Exempt(ctx context.Context, quarter assess.Period, unit assess.UnitCode, indicator assess.Code, reason string, act city.Act) error
	Lift(ctx context.Context, quarter assess.Period, unit assess.UnitCode, indicator assess.Code, reason string, act city.Act) error
}

// act says who sends a form of the city's desk.
func (s *site) act(r *http.Request) city.Act {
	return city.Act{By: visitFrom(r).user, At: s.Now(), Address: addressOf(r), Request: numberOf(r)}
}

// quarterOf reads the quarter of an address, whose form the route has checked.
func quarterOf(r *http.Request) assess.Period {
	p, _ := assess.ParsePeriod(mux.Vars(r)["q"])
	return p
}

// openCity leads to the quarter that the city's departments are at.
func (s *site) openCity(w http.ResponseWriter, r *http.Request) error {
	p, err := s.collecting(r)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/city/"+p.String(), http.StatusSeeOther)
	return nil
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
		{"figures", "/city/" + quarter.String()},
		{"exempt", "/city/" + quarter.String() + "/exempt"},
		{"ratings", "/city/" + year + "/ratings"},
		{"points", "/city/" + year + "/points"},
		{"targets", "/targets/" + year},
	} {
		links = append(links, link{URL: way.url, Text: v.words.T("web.city.way." + way.name), Current: way.name == current})
	}
	return links
}
