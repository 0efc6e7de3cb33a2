package dashboard

import (
	"fmt"
	"slices"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// crowd is the small city with 120 more units, each with the scores of one of the four.
func crowd(t *testing.T) *board {
	t.Helper()
	b := small(t)
	whole, edition := *b.sheets[q2026Q1], *b.sheets[q2026Q1].Edition
	four := edition.Roster.Units
	edition.Roster.Units = slices.Clone(four)
	clones := make([]*assess.Scores, 0, len(whole.Frameworks)+1)
	for _, s := range append(slices.Clone(whole.Frameworks), whole.Composite) {
		c := *s
		c.Cards = slices.Clone(s.Cards)
		clones = append(clones, &c)
	}
	whole.Frameworks, whole.Composite, whole.Edition = clones[:len(clones)-1], clones[len(clones)-1], &edition
	for i := range 120 {
		u := four[i%len(four)]
		like := u.Code
		u.Code = assess.UnitCode(fmt.Sprintf("9%05d", i))
		edition.Roster.Units = append(edition.Roster.Units, u)
		for _, s := range clones {
			if card := s.Card(like); card != nil {
				copied := *card
				copied.Unit = u.Code
				s.Cards = append(s.Cards, copied)
			}
		}
	}
	b.sheets = map[assess.Period]*results.Sheet{q2026Q1: &whole}
	return b
}

// Of more than a hundred units each table shows fifty, in the order of the whole, with the city on every page; the whole is there for print.
func TestManyUnitsComeInPages(t *testing.T) {
	b := crowd(t)
	for _, tc := range []struct {
		name, page, panel, sort string
		rows                    func(Panel) (codes []string, pages []Choice)
	}{
		{"matrix", "framework", "lights", "", matrixUnits},
		{"matrix, sorted", "framework", "lights", "-skills", matrixUnits},
		{"matrix of indicators", "indicators", "lights", "", matrixUnits},
		{"ranking", "home", "ranking", "", func(p Panel) (codes []string, pages []Choice) {
			for _, row := range p.Ranking.Rows {
				codes = append(codes, row.Unit.Code)
			}
			return codes, p.Ranking.Pages
		}},
		{"reports", "home", "reports", "", func(p Panel) (codes []string, pages []Choice) {
			sum := 0
			for _, c := range p.Status.Counts {
				sum += c.Count
			}
			if sum != 124 {
				t.Errorf("%d reports are counted", sum)
			}
			for _, row := range p.Status.Rows {
				codes = append(codes, row.Unit.Code)
			}
			return codes, p.Status.Pages
		}},
	} {
		at := func(page int) ([]string, []Choice) {
			p := resolve(t, b, assess.Code(tc.page), Request{Period: q2026Q1, Framework: "six_systems", Sort: tc.sort, Page: page})
			return tc.rows(panelOf(t, p, tc.panel))
		}
		whole, links := at(AllPages)
		if len(whole) != 124 || len(links) != 4 || !links[3].Current {
			t.Errorf("%s: the whole has %d units, links %v", tc.name, len(whole), links)
		}
		var parts []string
		for page, want := range map[int]int{1: 50, 2: 50, 3: 24} {
			if part, links := at(page); len(part) != want || !links[page-1].Current {
				t.Errorf("%s: page %d has %d units, links %v", tc.name, page, len(part), links)
			}
		}
		for page := 1; page <= 3; page++ {
			part, _ := at(page)
			parts = append(parts, part...)
		}
		if !slices.Equal(parts, whole) {
			t.Errorf("%s: the pages are not the whole in its order", tc.name)
		}
	}
}

// matrixUnits answers the units of a matrix, without the city.
func matrixUnits(p Panel) (codes []string, pages []Choice) {
	if p.Lights.Transposed {
		for _, c := range p.Lights.Columns[:len(p.Lights.Columns)-1] {
			codes = append(codes, c.Name.Code)
		}
		return codes, p.Lights.Pages
	}
	for _, row := range p.Lights.Rows {
		if !row.City {
			codes = append(codes, row.Name.Code)
		}
	}
	return codes, p.Lights.Pages
}
