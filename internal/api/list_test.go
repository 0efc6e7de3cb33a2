package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// roll is a board that knows units alone.
type roll struct {
	results.Board
	units int
}

func (r roll) Edition(_ context.Context, year int) (*assess.Edition, error) {
	e := &assess.Edition{Year: year}
	for i := range r.units {
		e.Roster.Units = append(e.Roster.Units, assess.Unit{Code: assess.UnitCode(fmt.Sprint(i)), Name: assess.Text{ZH: "<&>"}})
	}
	return e, nil
}

func callFor(address string) Call {
	here, _ := url.Parse("https://board.example.org" + address)
	return Call{User: account.User{Role: assess.CityAnalyst}, Here: *here, Query: here.Query(), Version: 3, Now: time.Date(2026, 4, 20, 2, 0, 0, 0, time.UTC)}
}

// Whatever the size of the pages, together they are the list, in its order and once; a page of another size goes on where the last one ended.
func TestPagesTogetherAreTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "units")
		a := New(Options{Board: roll{units: n}})
		at, got := "/api/v1/units?limit=10000", 0
		for k := 0; at != ""; k++ {
			c := callFor(at)
			c.Query.Set("limit", fmt.Sprint(rapid.IntRange(1, 9).Draw(t, "limit")))
			answer, err := a.units(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			var page struct {
				Rows []struct{ Code string }
				Next *string
			}
			if err := json.Unmarshal(answer.Body, &page); err != nil {
				t.Fatal(err)
			}
			for _, row := range page.Rows {
				if row.Code != fmt.Sprint(got) {
					t.Fatalf("row %d is %s", got, row.Code)
				}
				got++
			}
			if at = ""; page.Next != nil {
				at = (*page.Next)[len("https://board.example.org"):]
			}
			if k > n {
				t.Fatal("the pages have no end")
			}
		}
		if got != n {
			t.Fatalf("%d of %d rows came", got, n)
		}
	})
}

// No address and no header brings the program down: it is answered, or said what is wrong.
func FuzzCall(f *testing.F) {
	f.Add("limit=3&cursor=eyJ2IjozLCJ3IjowLCJyIjoxfQ&lang=en", "text/csv;q=0.5, */*")
	f.Add("year=2026&limit=-1", "application/json")
	f.Add("cursor=%00", ";;q=x,,")
	a := New(Options{Board: roll{units: 5}})
	f.Fuzz(func(t *testing.T, query, accept string) {
		c := callFor("/api/v1/units")
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		c.Here.RawQuery, c.Query, c.Accept = query, values, accept
		answer, err := a.units(t.Context(), c)
		var problem *assess.Problem
		if err != nil && !errors.As(err, &problem) || err == nil && len(answer.Body) == 0 {
			t.Errorf("%q %q: %v", query, accept, err)
		}
	})
}
