package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/desk"
)

// A figure far from what size, season and the city's course make likely is asked about at the review, when the other districts have
// handed in as well; the district's own form does not tell of the others.
func TestStatisticsAskAtTheReview(t *testing.T) {
	f := newFixture(t)
	for _, u := range f.edition.Roster.Units {
		f.history(u.Code)
		f.fill(u.Code, "li")
		if u.Code == heping { // plausible, and no leap: three quarters of a normal year at once
			f.typed(u.Code, "culture_participants_ytd", "119000", "", "li")
		}
		f.send(u.Code)
	}
	f.later(time.Hour)
	unusual := func(m desk.Message) bool { return m.Rule == "E" }
	asked, figures := 0, 0
	for _, u := range f.edition.Roster.Units {
		r := f.review(u.Code, "")
		for _, c := range r.Cells {
			figures++
			if slices.ContainsFunc(c.Messages, unusual) {
				asked++
			}
			if u.Code == heping && c.Item.Code == "culture_participants_ytd" && !slices.ContainsFunc(c.Messages, unusual) {
				t.Errorf("of the planted figure it says %v", keysOf(c.Messages))
			}
		}
	}
	t.Logf("asked about %d of %d figures", asked, figures)
	if asked > figures/50 {
		t.Errorf("%d of %d honest figures are asked about", asked, figures)
	}
	if got := f.field(heping, "culture_participants_ytd"); slices.ContainsFunc(got.Messages, unusual) {
		t.Errorf("the form of the district says %v", keysOf(got.Messages))
	}
}
