package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/notify"
)

// cityTodos answers what of the city's desk waits for the reader: in the collections that are open, and in their years.
func (s *site) cityTodos(r *http.Request, v *visit, rounds []notify.Round, now time.Time) ([]todo, error) {
	if !slices.ContainsFunc([]account.Action{account.SupplyCity, account.Rate, account.ConfirmPoints}, v.user.MaySome) {
		return nil, nil
	}
	var list []todo
	years := map[int]bool{}
	for i := len(rounds) - 1; i >= 0; i-- {
		t, err := s.City.Todo(r.Context(), rounds[i].Period, v.user, now)
		if errors.Is(err, assess.ErrNotFound) {
			continue // nothing is defined for that year
		}
		if err != nil {
			return nil, err
		}
		if year := t.Quarter.CalendarYear(); years[year] {
			t.Cases, t.Ballots = 0, 0 // said already
		} else {
			years[year] = true
		}
		list = append(list, s.cityTodo(v, t, now)...)
	}
	return list, nil
}

// cityTodo puts what waits for a person into words.
func (s *site) cityTodo(v *visit, t city.Todo, now time.Time) (list []todo) {
	quarter, year := t.Quarter.String(), t.Quarter.Year().String()
	add := func(kind string, n int, period, url string, due time.Time) {
		if n == 0 {
			return
		}
		one := todo{
			What: v.words.T("web.todo."+kind, "n", strconv.Itoa(n)), Do: v.words.T("web.todo." + kind + ".do"), Period: v.words.Period(period), URL: url,
			Late: !due.IsZero() && now.After(due), due: due,
		}
		if !due.IsZero() {
			one.Due, one.Left = s.moment(due), s.left(v, due, now)
		}
		list = append(list, one)
	}
	add("city_open", t.Open, quarter, "/city/"+quarter+"/"+string(v.user.Department), t.Until)
	departments := make([]assess.Code, 0, len(t.Confirm))
	for d := range t.Confirm {
		departments = append(departments, d)
	}
	slices.Sort(departments)
	for _, d := range departments {
		add("city_confirm", t.Confirm[d], quarter, "/city/"+quarter+"/"+string(d), t.Until)
	}
	add("city_cases", t.Cases, year, "/city/"+year+"/points", time.Time{})
	add("city_ballots", t.Ballots, year, "/city/"+year+"/ratings", time.Time{})
	return list
}
