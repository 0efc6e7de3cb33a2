package web_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/web"
)

// galleryReviews is one report with a cell in every state, and what was decided about it.
type galleryReviews struct {
	departments []assess.Code
	decided     []desk.Verdict
	seen        map[assess.Code]string
	by          string
	err         error
	closed      *assess.Problem
}

func (g *galleryReviews) Status(_ context.Context, _ assess.Period, d assess.Code, _ time.Time) ([]desk.Standing, error) {
	g.departments = append(g.departments, d)
	submitted := time.Date(2026, 4, 9, 2, 0, 0, 0, time.UTC)
	units := galleryUnits()
	return []desk.Standing{
		{Unit: units[0], Filing: assess.Filing{State: assess.UnderReview, SubmittedAt: submitted, LateDays: 2}, Due: 5, Waiting: 3, Returned: 1, Accepted: 1, Questions: 1},
		{Unit: units[1], Filing: assess.Filing{State: assess.Draft}, Overdue: true, Due: 5},
	}, nil
}

func (g *galleryReviews) Review(_ context.Context, unit assess.UnitCode, p assess.Period, d assess.Code, _ time.Time) (*desk.Review, error) {
	g.departments = append(g.departments, d)
	switch unit {
	case "210102":
	case "210103": // which is filling in its report
		return &desk.Review{Unit: galleryUnits()[1], Period: p, Department: d, Filing: assess.Filing{State: assess.Draft}, Closed: notIn()}, nil
	default:
		return nil, assess.NotFound("problem.gallery", "there is no report of "+string(unit))
	}
	change := 900.0
	cell := func(n int, code, zh, value, note string, state assess.CellState) desk.ReviewCell {
		return desk.ReviewCell{
			Number: n, Item: assess.Item{Code: assess.Code(code), Department: "org", Name: assess.Text{ZH: zh, EN: code}, Measure: assess.Text{ZH: "家", EN: "units"}},
			Period: p, State: assess.Reported, Value: value, Note: note, Cell: state, Submission: "s1", Previous: desk.Past{State: assess.Reported, Value: "1136"},
		}
	}
	r := &desk.Review{
		Unit: galleryUnits()[0], Period: p, Department: d, Filing: assess.Filing{State: assess.UnderReview, SubmittedAt: time.Date(2026, 4, 9, 2, 0, 0, 0, time.UTC)}, Closed: g.closed,
		Plain: []assess.Code{"covered_units", "migrant_members"}, Until: time.Date(2026, 4, 17, 9, 0, 0, 0, time.UTC),
		Cells: []desk.ReviewCell{
			cell(1, "covered_units", "涵盖单位", "1204", "", assess.CellFilled),
			cell(2, "union_members", "会员", "34100", "系统合并", assess.CellRefilled),
			cell(3, "female_members", "女会员", "12000", "", assess.CellReturned),
			cell(4, "new_unions_ytd", "新建工会", "3", "", assess.CellAccepted),
			{Number: 5, Item: assess.Item{Code: "migrant_members", Department: "org", Name: assess.Text{ZH: "农民工会员"}}, State: assess.ZeroReport, Value: "0", Cell: assess.CellFilled, Submission: "s1"},
			{
				Number: 6, Item: assess.Item{Code: "mediation_integrated_org", Department: "org", Name: assess.Text{ZH: "一站式调解"}, Type: assess.Boolean},
				State: assess.Reported, Value: "1", Cell: assess.CellAccepted, Previous: desk.Past{State: assess.ZeroReport, Value: "0"},
			},
		},
	}
	r.Cells[1].Change = &change
	r.Cells[1].Messages = []desk.Message{{Level: desk.Warning, Problem: assess.Invalid("problem.gallery", "ten times last quarter")}}
	r.Cells[2].Decision = &assess.Decision{Reason: "definition", Note: "含退休人员", Round: 1}
	return r, nil
}

func notIn() *assess.Problem {
	return assess.Conflict("problem.gallery", "the report was not handed in yet")
}

func (g *galleryReviews) Decide(_ context.Context, _ assess.UnitCode, _ assess.Period, v []desk.Verdict, by string, d assess.Code, _ time.Time) error {
	g.decided, g.by, g.departments = v, by, append(g.departments, d)
	return g.err
}

func (g *galleryReviews) AcceptPlain(_ context.Context, unit assess.UnitCode, _ assess.Period, seen map[assess.Code]string, by string, d assess.Code, _ time.Time) (int, error) {
	if unit != "210102" {
		return 0, notIn()
	}
	g.seen, g.by, g.departments = seen, by, append(g.departments, d)
	return 1, g.err
}

func reviewing(t *testing.T) (*galleryReviews, *reader) {
	reviews := &galleryReviews{}
	return reviews, newReader(t, newGallery(t).handler(t, func(o *web.Options) { o.Reviews = reviews }))
}

const reviewPath = "/review/210102/2026Q1"

func TestAReviewerSeesTheFiguresOfTheOwnDepartment(t *testing.T) {
	reviews, first := reviewing(t)
	r := first.signIn("reviewer")
	if a := r.get("/review?q=2026Q1"); a.StatusCode != 200 || !strings.Contains(a.body, `href="`+reviewPath+`"`) || strings.Contains(a.body, "/review/210103/") {
		t.Errorf("the list does not lead to the report that came, or to one that did not: %d\n%s", a.StatusCode, a.body)
	}
	a := r.get(reviewPath)
	for _, want := range []string{"待审 3 项：1 项有提示，2 项无提示可一键采纳；已退回未重填 1 项。", "900.0%", "系统合并", "第 1 次退回：口径不符", "含退休人员", `>否</td><td class="num now" data-label="本次"><b>是</b>`, `name="choice.union_members"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, not := range []string{`name="choice.female_members"`, `name="choice.new_unions_ytd"`} { // with the district, and decided
		if strings.Contains(a.body, not) {
			t.Errorf("the page offers %s", not)
		}
	}
	for _, d := range reviews.departments {
		if d != "org" {
			t.Errorf("asked for the department %q", d)
		}
	}
	if a := r.get(reviewPath + "?show=change"); strings.Contains(a.body, `name="choice.covered_units"`) || !strings.Contains(a.body, `name="choice.union_members"`) {
		t.Error("the filter of large changes shows the wrong figures")
	}
}

func TestDecisionsAreTakenTogetherOrNotAtAll(t *testing.T) {
	reviews, first := reviewing(t)
	r := first.signIn("reviewer")
	send := func(form url.Values) answerTo {
		form.Set("form_token", r.token(reviewPath))
		reviews.decided = nil
		return r.do(http.MethodPost, reviewPath, form)
	}
	good := url.Values{
		"choice.covered_units": {"accept"}, "choice.union_members": {"return"}, "reason.union_members": {"anomaly"}, "note.union_members": {"多一位"},
		"reason.covered_units": {""}, "note.covered_units": {""}, "seen.covered_units": {"s1"}, "seen.union_members": {"s1"},
	}
	if a := send(good); a.StatusCode != 303 || a.Header.Get("Location") != reviewPath {
		t.Fatalf("good decisions: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
	// What was done is said once, where it was done, and by no address.
	for _, page := range []struct {
		path string
		told bool
	}{{"/review", false}, {reviewPath, true}, {reviewPath, false}, {reviewPath + "?accepted=999", false}} {
		if a := r.get(page.path); a.StatusCode != 200 || strings.Contains(a.body, "已保存 2 项") != page.told || strings.Contains(a.body, "已保存 999") {
			t.Errorf("%s: %d, says what was done is to be %v", page.path, a.StatusCode, page.told)
		}
	}
	want := []desk.Verdict{{Item: "covered_units", Accept: true, Submission: "s1"}, {Item: "union_members", Reason: "anomaly", Note: "多一位", Submission: "s1"}}
	if diff := cmp.Diff(want, reviews.decided); diff != "" || reviews.by != "reviewer" {
		t.Errorf("by %s (-want +decided):\n%s", reviews.by, diff)
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
		kept   string
	}{
		"return without words":            {url.Values{"choice.union_members": {"return"}, "reason.union_members": {"anomaly"}, "choice.covered_units": {"accept"}, "seen.union_members": {"s1"}, "seen.covered_units": {"s1"}}, 422, `value="anomaly" selected`},
		"words without choice":            {url.Values{"note.union_members": {"多一位"}}, 422, `value="多一位"`},
		"about what was handed in before": {url.Values{"choice.covered_units": {"accept"}, "seen.covered_units": {"s0"}}, 422, "本项已重新报送"},
		"about who knows what":            {url.Values{"choice.covered_units": {"accept"}}, 422, "本项已重新报送"},
		"nothing":                         {url.Values{}, 422, ""},
		"a state of its own":              {url.Values{"choice.covered_units": {"accept"}, "state": {"accepted"}}, 400, ""},
		"another's figure":                {url.Values{"choice.fund_received_ytd": {"accept"}}, 400, ""},
	} {
		a := send(c.form)
		if a.StatusCode != c.status || reviews.decided != nil || !strings.Contains(a.body, c.kept) {
			t.Errorf("%s: %d, decided %v; what was typed is kept: %v", name, a.StatusCode, reviews.decided, strings.Contains(a.body, c.kept))
		}
	}
	reviews.err = assess.Conflict("problem.gallery", "somebody else was faster")
	if a := send(good); a.StatusCode != 409 || !strings.Contains(a.body, "somebody else was faster") || !strings.Contains(a.body, `value="多一位"`) {
		t.Errorf("a conflict: %d", a.StatusCode)
	}
	reviews.err = nil
	reviews.closed = assess.Conflict("problem.gallery", "the review has closed")
	if a := r.get(reviewPath); strings.Contains(a.body, "choice.") || !strings.Contains(a.body, "the review has closed") {
		t.Error("a closed report is still open for decisions")
	}
}

// TestOneStepAcceptsWhatNothingIsAskedAbout: it takes what the page listed and nobody touched, asks once, and keeps what was chosen.
func TestOneStepAcceptsWhatNothingIsAskedAbout(t *testing.T) {
	reviews, first := reviewing(t)
	r := first.signIn("reviewer")
	if page := r.get(reviewPath); !strings.Contains(page.body, `name="plain.covered_units" value="s1"`) || !strings.Contains(page.body, `name="seen.covered_units" value="s1"`) {
		t.Error("the page does not say which submission it shows, for the one step and for the figure")
	}
	send := func(form url.Values) answerTo {
		form.Set("form_token", r.token(reviewPath))
		reviews.seen = nil
		return r.do(http.MethodPost, reviewPath+"/accept", form)
	}
	page := url.Values{"plain.covered_units": {"s1"}, "seen.covered_units": {"s1"}, "seen.union_members": {"s1"}}
	with := func(more url.Values) url.Values {
		form := maps.Clone(page)
		maps.Copy(form, more)
		return form
	}
	if a := send(with(nil)); a.StatusCode != 200 || reviews.seen != nil || !strings.Contains(a.body, `name="sure" value="yes"`) || !strings.Contains(a.body, "<li>涵盖单位 <b>1,204</b></li>") {
		t.Errorf("it does not ask first: %d, accepted %v", a.StatusCode, reviews.seen)
	}
	a := send(with(url.Values{"sure": {"yes"}}))
	if diff := cmp.Diff(map[assess.Code]string{"covered_units": "s1"}, reviews.seen); diff != "" {
		t.Errorf("accepted as seen (-want +got):\n%s", diff)
	}
	if a.StatusCode != 303 || a.Header.Get("Location") != reviewPath || reviews.by != "reviewer" {
		t.Errorf("%d %s by %q", a.StatusCode, a.Header.Get("Location"), reviews.by)
	}
	for name, chosen := range map[string]url.Values{
		"a return":   {"choice.covered_units": {"return"}},
		"words":      {"note.covered_units": {"再看"}},
		"a reason":   {"reason.covered_units": {"anomaly"}},
		"acceptance": {"choice.covered_units": {"accept"}},
	} {
		chosen.Set("sure", "yes")
		if a := send(with(chosen)); len(reviews.seen) > 0 {
			t.Errorf("%s at its row: %d, accepted %v", name, a.StatusCode, reviews.seen)
		}
	}
	other := url.Values{"choice.union_members": {"return"}, "note.union_members": {"多一位"}}
	if a := send(with(other)); a.StatusCode != 200 || !strings.Contains(a.body, "另有 1 项") || !strings.Contains(a.body, `value="多一位"`) {
		t.Errorf("the question with another row chosen: %d", a.StatusCode)
	}
	other.Set("sure", "yes")
	if a := send(with(other)); a.StatusCode != 200 || len(reviews.seen) != 1 || !strings.Contains(a.body, `value="多一位"`) || !strings.Contains(a.body, `value="return" checked`) {
		t.Errorf("accepted %v with another row chosen: %d; what was chosen is lost", reviews.seen, a.StatusCode)
	}
	if a := send(with(url.Values{"plain.fund_received_ytd": {"s1"}})); a.StatusCode != 400 {
		t.Errorf("another's figure: %d", a.StatusCode)
	}
}

// TestOfAReportThatWasNotHandedInNothingIsShown: the page says why there is nothing to decide; what does not exist is another thing.
func TestOfAReportThatWasNotHandedInNothingIsShown(t *testing.T) {
	_, first := reviewing(t)
	r := first.signIn("reviewer")
	begun, unknown := r.get("/review/210103/2026Q1"), r.get("/review/999999/2026Q1")
	if begun.StatusCode != 200 || !strings.Contains(begun.body, "the report was not handed in yet") || strings.Contains(begun.body, "choice.") {
		t.Errorf("of a report that is filled in: %d", begun.StatusCode)
	}
	if unknown.StatusCode != 404 {
		t.Errorf("of a district there is not: %d", unknown.StatusCode)
	}
	if a := r.fresh().signIn("heping").get(reviewPath); a.StatusCode != 403 {
		t.Errorf("a district at the review: %d", a.StatusCode)
	}
}
