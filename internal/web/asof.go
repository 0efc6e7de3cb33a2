package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/results"
)

// knownParameter is the day of an address as it was known at whose end the page shows everything: as_of=2026-04-20.
const knownParameter = "as_of"

// dated reads the address of a page that can be shown as it was known on a past day. From here on the whole request sees the board
// of that day: what it may read is decided by the state of that day too, so that nobody learns by choosing a day what was not
// published on it.
func (s *site) dated(r *http.Request, named map[string]string) (dashboard.Request, error) {
	v := visitFrom(r)
	day, err := s.dayOf(r)
	if err != nil {
		return dashboard.Request{}, err
	}
	if v.board, err = results.Seen(r.Context(), s.Board, results.View{Day: day, Published: v.readsPublished()}); err != nil {
		return dashboard.Request{}, err
	}
	v.day = day
	req, err := s.request(r, named)
	req.Known = day
	return req, err
}

// dayOf answers the midnight at which the day of the address begins, zero where it names none.
func (s *site) dayOf(r *http.Request) (time.Time, error) {
	text := r.URL.Query().Get(knownParameter)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, s.Location)
	if err != nil {
		return day, assess.Invalid("problem.as_of", fmt.Sprintf("%.40q is no day; write year, month and day: 2026-04-20", text), "value", cut40(text))
	}
	if day.After(s.Now()) {
		return day, assess.Invalid("problem.as_of_future", fmt.Sprintf("%s is still to come; choose today or an earlier day", text), "value", text)
	}
	return day, nil
}

// readsPublished says that the reader sees periods as they were published, without what has changed since.
func (v *visit) readsPublished() bool { return !v.user.May(account.ReadUnpublished, "") }

// boardOf answers the board that the request sees.
func (s *site) boardOf(v *visit) results.Board {
	if v.board != nil {
		return v.board
	}
	return s.Board
}

// hidden words that there is nothing to see of a period on the day of the address. To those who may not read what is not published,
// what was not published and what was not there yet are the same.
func (v *visit) hidden(p assess.Period) *assess.Problem {
	if v.day.IsZero() || v.user.May(account.ReadUnpublished, "") {
		return nil
	}
	return assess.NotFound("problem.as_of_hidden",
		fmt.Sprintf("nothing of %s was published on %s; choose a later day or an earlier period", p, v.day.Format(time.DateOnly)),
		"period", v.words.Period(p.String()), "day", v.day.Format(time.DateOnly))
}

// dayForm is the form in the page bar with which a reader chooses a day.
type dayForm struct {
	Action string
	Keep   []dashboard.Field
	Day    string // "" is now
	Last   string // today
	Now    string // the page without a day
}

func (s *site) dayForm(v *visit) *dayForm {
	f := &dayForm{Action: v.url.Path, Now: v.with(knownParameter, ""), Last: s.Now().In(s.Location).Format(time.DateOnly)}
	if !v.day.IsZero() {
		f.Day = v.day.Format(time.DateOnly)
	}
	for name, values := range v.url.Query() {
		if name == knownParameter || name == "lang" || name == "large" {
			continue
		}
		for _, value := range values {
			f.Keep = append(f.Keep, dashboard.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(f.Keep, func(a, b dashboard.Field) int { return cmp.Compare(a.Name, b.Name) })
	return f
}
