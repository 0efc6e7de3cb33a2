package web

import (
	"fmt"
	"net/http"

	"github.com/unionboard/unionboard/internal/assess"
)

// collecting answers the quarter that a page of work is about: the one the address asks for, else the one whose collection is open,
// else the newest.
func (s *site) collecting(r *http.Request) (assess.Period, error) {
	if text := r.URL.Query().Get("q"); text != "" {
		p, err := assess.ParsePeriod(text)
		if err == nil && p.Kind() != assess.Quarter {
			err = assess.Invalid("problem.not_quarter", fmt.Sprintf("%s is not a quarter; reports are collected by quarters, such as %s", p, p.LastQuarter()),
				"period", p.String(), "want", p.LastQuarter().String())
		}
		return p, err
	}
	cycles, err := s.Desk.Quarters(r.Context())
	if err != nil {
		return assess.Period{}, err
	}
	if len(cycles) == 0 {
		return assess.Period{}, assess.NotFound("problem.nothing_collected", "no quarter is being collected yet; the calendar says when the next one opens")
	}
	for _, c := range cycles {
		if !c.State.Closed() {
			return c.Period, nil
		}
	}
	return cycles[0].Period, nil
}

// quarters answers the quarters whose collection has begun, newest first.
func (s *site) quarters(r *http.Request) ([]assess.Period, error) {
	cycles, err := s.Desk.Quarters(r.Context())
	if err != nil {
		return nil, err
	}
	var quarters []assess.Period
	for _, c := range cycles {
		quarters = append(quarters, c.Period)
	}
	return quarters, nil
}

// collectionsShown is how many quarters a page of work links to.
const collectionsShown = 5

// collections answers links to the newest quarters: their addresses are prefix and the quarter.
func (s *site) collections(r *http.Request, prefix string, current assess.Period) ([]link, error) {
	quarters, err := s.quarters(r)
	if err != nil {
		return nil, err
	}
	v := visitFrom(r)
	var links []link
	for _, p := range quarters[:min(len(quarters), collectionsShown)] {
		links = append(links, link{URL: prefix + p.String(), Text: v.words.Period(p.String()), Current: p == current})
	}
	return links, nil
}
