package web_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/web"
)

// datedBoard is the gallery's board with a past: the first quarter of 2026 was published on 18 April, and of the second nothing was
// there before.
type datedBoard struct {
	galleryBoard
	day time.Time // zero is now
}

func (b datedBoard) Known(_ context.Context, day time.Time) (results.Board, error) {
	return datedBoard{day: day}, nil
}

func (b datedBoard) Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	sheet, err := b.galleryBoard.Sheet(ctx, p)
	if err != nil || b.day.IsZero() || b.day.Day() >= 18 {
		return sheet, err
	}
	switch p {
	case openQuarter():
		return nil, assess.NotFound("problem.period_empty", "there are no figures")
	case openQuarter().Prev():
		sheet.Cycle = assess.Cycle{Period: p, State: assess.CycleReviewing}
	}
	return sheet, nil
}

func datedGallery(t *testing.T) (*gallery, *reader) {
	g := newGallery(t)
	return g, newReader(t, g.handler(t, func(o *web.Options) { o.Board = datedBoard{} }))
}

// TestNobodyLearnsByChoosingADay: those who may not read what is not published see of a past day what was published on it; what was
// there unpublished and what was not there yet answer them the same.
func TestNobodyLearnsByChoosingADay(t *testing.T) {
	_, first := datedGallery(t)
	const before, after = "&as_of=2026-04-16", "&as_of=2026-04-19"
	pages := []string{"/?q=", "/f/six_systems?q=", "/d/210102?q=", "/compare?u=210102&u=210103&q=", "/why/210102/organisation?q=", "/why/210102/organisation.json?q="}
	for who, want := range map[string][3]int{"heping": {404, 404, 200}, "leader": {200, 404, 200}} {
		r := first.fresh().signIn(who)
		for _, page := range pages {
			answers := []answerTo{r.get(page + "2026Q1" + before), r.get(page + "2026Q2" + before), r.get(page + "2026Q1" + after)}
			for i, a := range answers {
				if a.StatusCode != want[i] {
					t.Errorf("%s: %s (%d) answers %d, want %d", who, page, i, a.StatusCode, want[i])
				}
			}
			if who != "heping" {
				continue
			}
			numbers := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|第[一二]季度|2026Q[12]|value="[^"]*"|[A-Za-z0-9_-]{40,}`)
			if a, b := numbers.ReplaceAllString(answers[0].body, ""), numbers.ReplaceAllString(answers[1].body, ""); a != b && !strings.Contains(page, "json") {
				t.Errorf("%s: what was unpublished and what was not there differ:\n%s\n%s", page, a, b)
			}
		}
	}
}

// TestADayIsKeptAndSaid: a page of a past day says so, keeps the day in every link to a board page, asks the pages for that day, and
// leads to no file and no comment of now; a page of now says nothing of it.
func TestADayIsKeptAndSaid(t *testing.T) {
	g, first := datedGallery(t)
	var asked dashboard.Request
	g.asked = func(r dashboard.Request) { asked = r }
	r := first.signIn("leader")
	link := regexp.MustCompile(`href="(/(?:f|d|i|why|compare|lags)?(?:[/?][^"]*)?)"`)
	for _, page := range []string{"/f/six_systems?q=2026Q1", "/d/210102?q=2026Q1", "/compare?q=2026Q1&u=210102&u=210103", "/why/210102/organisation?q=2026Q1"} {
		a := r.get(page + "&as_of=2026-04-19")
		if !strings.Contains(a.body, "按 2026-04-19 所知") || strings.Contains(a.body, `class="quiet" href="/export`) || strings.Contains(a.body, `action="/comments"`) {
			t.Errorf("%s: the strip is missing, or a file or a comment of now is offered", page)
		}
		if got := asked.Known.Format("2006-01-02 15:04 -0700"); got != "2026-04-19 00:00 +0800" {
			t.Errorf("%s: the page was asked for %s", page, got)
		}
		for _, nav := range link.FindAllStringSubmatch(a.body[:strings.Index(a.body, "<main")], -1) {
			if !strings.Contains(nav[1], "as_of=2026-04-19") && !strings.Contains(a.body, `<a href="`+nav[1]+`">看现在的结果`) {
				t.Errorf("%s: the link %s forgets the day", page, nav[1])
			}
		}
		if now := r.get(page); strings.Contains(now.body, `class="known"`) || !strings.Contains(now.body, `name="as_of"`) || !asked.Known.IsZero() {
			t.Errorf("%s: the page of now names a day, or offers none", page)
		}
	}
}

// TestADayMustBeOne: what is no day, and one that is still to come, are refused with what would be right.
func TestADayMustBeOne(t *testing.T) {
	_, first := datedGallery(t)
	r := first.signIn("leader")
	for day, says := range map[string]string{"2026-04-31": "不是日期", "yesterday": "不是日期", "2026-04-21": "尚未到来"} {
		if a := r.get("/?q=2026Q1&as_of=" + day); a.StatusCode != 400 || !strings.Contains(a.body, says) {
			t.Errorf("%s answers %d", day, a.StatusCode)
		}
	}
	if a := r.get("/?q=2026Q1&as_of=2026-04-20"); a.StatusCode != 200 {
		t.Errorf("today answers %d", a.StatusCode)
	}
}
