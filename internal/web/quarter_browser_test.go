package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/web"
)

// TestTheQuarterOfADistrict walks a quarter from its opening to what follows it, in a real browser: draft, error, warning with its note,
// evidence, signature, return of two figures, refilling, acceptance, correction, appeal: on a phone, and of the whole on a desk and with scripts off
// too.
func TestTheQuarterOfADistrict(t *testing.T) {
	for _, way := range []struct {
		name    string
		width   int64
		scripts bool
	}{{"phone", 375, true}, {"desk", 1440, true}, {"without scripts", 1440, false}} {
		if way.name != "phone" && !theWhole() {
			continue
		}
		t.Run(way.name, func(t *testing.T) {
			w := newWalk(t, way.width, way.scripts)
			w.fill()
			w.prove()
			w.sign()
			w.review()
			w.refill()
			w.accept()
			w.correct()
			w.appeal()
		})
	}
}

// walk is a person after the other at one browser.
type walk struct {
	*office
	t       *testing.T
	b       *browser
	width   int64
	scripts bool
}

// officeCorrector sets figures by the gate of the office.
type officeCorrector struct{ *collect.Gate }

func (c officeCorrector) Correct(ctx context.Context, f matter.Figure, step *assess.MatterStep, by string, dry bool, now time.Time) error {
	e := assess.Entry{Unit: f.Unit, PeriodText: f.Period.String(), Code: f.Item, Value: f.Value}
	return c.Gate.Correct(ctx, e, collect.Correction{Reason: f.Reason, Was: f.Was, Step: step}, by, dry, now)
}

func newWalk(t *testing.T, width int64, scripts bool) *walk {
	t.Helper()
	w := &walk{t: t, width: width, scripts: scripts}
	w.office = newOffice(t)
	w.site = w.handler(t, func(o *web.Options) {
		o.Board, o.Desk, o.Reviews, o.Evidence = officeBoard{w.office}, w.desk, w.desk, newEvidence(t, w.store)
		o.Matters = matter.New(matter.Config{Store: w.store, Log: w.store, Gate: officeCorrector{w.gate}, Editions: w.office, Zone: time.FixedZone("UTC+8", 8*60*60)})
	})
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	w.b = openBrowser(t, server)
	w.b.run(t, emulation.SetFocusEmulationEnabled(true), emulation.SetDeviceMetricsOverride(width, 900, 1, width < 700))
	if !scripts {
		w.b.run(t, emulation.SetScriptExecutionDisabled(true))
	}
	return w
}

// as signs somebody in; who was there before leaves. An hour passes, so that an address may try again.
func (w *walk) as(name string) {
	w.t.Helper()
	w.clock.at = w.clock.at.Add(time.Hour)
	w.b.run(w.t, network.ClearBrowserCookies(), chromedp.Navigate(w.b.base+"/sign-in"), chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", goodPassword),
		chromedp.Click(".door button", chromedp.ByQuery), chromedp.WaitReady("header nav", chromedp.ByQuery))
}

func (w *walk) open(path string) {
	w.t.Helper()
	w.b.run(w.t, chromedp.Navigate(w.b.base+path), chromedp.WaitReady("main", chromedp.ByQuery))
	if w.scripts {
		w.b.run(w.t, chromedp.WaitReady("html[data-ready]", chromedp.ByQuery))
	}
}

// click presses a button or follows a link, and waits for the page that follows.
func (w *walk) click(button string) {
	w.t.Helper()
	w.b.run(w.t, chromedp.Evaluate(`document.documentElement.dataset.left = "1"`, nil), chromedp.Click(button, chromedp.ByQuery),
		chromedp.WaitNotPresent("html[data-left]", chromedp.ByQuery), chromedp.WaitReady("main", chromedp.ByQuery))
}

// says ends the test when the page does not say something.
func (w *walk) says(texts ...string) {
	w.t.Helper()
	page := truth[string](w.t, w.b, `document.querySelector("main").innerText`)
	for _, text := range texts {
		if !strings.Contains(page, text) {
			w.t.Fatalf("the page does not say %q:\n%s", text, page)
		}
	}
}

// types types into cells of the section that is open, and has them saved: by itself where scripts run, else by the button.
func (w *walk) types(pairs ...string) {
	w.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if w.scripts {
			w.b.types(w.t, pairs[i], pairs[i+1])
			w.b.run(w.t, chromedp.Blur(pairs[i], chromedp.ByQuery))
			w.b.waits(w.t, saved)
		} else {
			w.b.run(w.t, chromedp.SetValue(pairs[i], pairs[i+1], chromedp.ByQuery))
		}
	}
	if !w.scripts {
		w.click(`.do button:not([name])`)
	}
}

// fill: the reporter types what the district knows. What is wrong is said at its cell and stops the report; what is unusual wants words.
func (w *walk) fill() {
	w.t.Helper()
	w.fillUp("heping")
	w.as("heping")
	w.open(orgSection)
	w.types("#v-new_unions_ytd", "约70", "#v-female_members", "165,000")
	w.says("不是数字", "有错误")
	if f := w.field("new_unions_ytd"); f.Draft.Value != "约70" {
		w.t.Errorf("what was typed wrongly is not kept: %+v", f.Draft)
	}
	w.open("/fill/2026Q4/check")
	w.says("错误")
	if n := truth[int](w.t, w.b, `document.querySelectorAll('form[action$="/forward"]').length`); n != 0 {
		w.t.Fatal("a report with an error can be sent")
	}
	w.open(orgSection)
	w.types("#v-new_unions_ytd", "70")
	w.types("#n-female_members", "两家大型商超并入，女职工多")
	if f := w.field("female_members"); f.Draft.Note != "两家大型商超并入，女职工多" || len(f.Messages) == 0 {
		w.t.Errorf("the note of the unusual figure: %+v %v", f.Draft, f.Messages)
	}
	w.b.keep(w.t, fmt.Sprintf("walk-fill-%d", w.width))
	w.noteWarnings("heping") // of the other figures
}

// prove: the reporter binds a file to the figure that asks for one.
func (w *walk) prove() {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "法律援助案件清单.pdf")
	if err := os.WriteFile(path, samplePDF("1"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.open(proofPath)
	w.b.run(w.t, chromedp.Click(`form.add input[name="privacy"]`, chromedp.ByQuery), chromedp.SetUploadFiles(`form.add input[type="file"]`, []string{path}, chromedp.ByQuery))
	w.click("form.add button")
	w.says("法律援助案件清单")
	if f := w.field(claim); f.EvidenceCount != 1 {
		w.t.Errorf("%d files are bound to the figure", f.EvidenceCount)
	}
}

// sign: the reporter sends the report to the chair, who signs it with the password.
func (w *walk) sign() {
	w.t.Helper()
	w.as("heping")
	w.open("/fill/2026Q4/check")
	w.click(`form[action$="/forward"] button`)
	w.as("district_chair")
	w.open("/fill/2026Q4/cover")
	w.b.run(w.t, chromedp.SendKeys("#current", goodPassword, chromedp.ByQuery))
	w.click(".signing button")
	w.is(assess.Submitted)
}

func (w *walk) is(want assess.FilingState) {
	w.t.Helper()
	if got := w.form().Filing.State; got != want {
		w.t.Fatalf("the report is %s, want %s", got, want)
	}
}

// chooses answers a radio button of the review.
func choice(item, value string) string {
	return fmt.Sprintf(`input[name="choice.%s"][value="%s"]`, item, value)
}

const walkReview = "/review/210102/2026Q4"

// review: the department sends two figures back with reason and words, and accepts the rest of its own in two steps.
func (w *walk) review() {
	w.t.Helper()
	w.as("reviewer")
	w.open(walkReview)
	for item, note := range map[string]string{"female_members": "与会员系统不符", "covered_units": "联合工会重复计入"} {
		w.b.run(w.t, chromedp.Click(choice(item, "return"), chromedp.ByQuery),
			chromedp.SetValue(`select[name="reason.`+item+`"]`, "definition", chromedp.ByQuery), chromedp.SendKeys(`input[name="note.`+item+`"]`, note, chromedp.ByQuery))
	}
	w.click(".acts-row button")
	w.says("与会员系统不符", "第 1 次退回", "已退回")
	w.is(assess.Returned)
	w.rest("org", "reviewer", "female_members", "covered_units")
	for _, d := range w.edition.Departments {
		w.rest(d.Code, "reviewer."+string(d.Code))
	}
	w.b.keep(w.t, fmt.Sprintf("walk-review-%d", w.width))
}

// rest lets a department accept what waits of its figures.
func (w *walk) rest(department assess.Code, by string, but ...assess.Code) {
	w.t.Helper()
	review, err := w.desk.Review(w.t.Context(), officeUnit, officeQuarter(), department, w.clock.at)
	w.ok(err)
	var verdicts []desk.Verdict
	for _, c := range review.Cells {
		if c.Cell == assess.CellFilled || c.Cell == assess.CellRefilled {
			verdicts = append(verdicts, desk.Verdict{Item: c.Item.Code, Accept: true})
		}
	}
	if len(verdicts) > 0 {
		w.ok(w.desk.Decide(w.t.Context(), officeUnit, officeQuarter(), verdicts, by, department, w.clock.at))
	}
}

// refill: only the two figures are open; the district types them again, and the chair signs again.
func (w *walk) refill() {
	w.t.Helper()
	w.as("heping")
	w.open(orgSection)
	w.says("与会员系统不符")
	if open := truth[int](w.t, w.b, `document.querySelectorAll('[data-value]').length`); open == 0 || open > 2 {
		w.t.Errorf("%d cells of the section are open, want only those that came back", open)
	}
	w.types("#v-female_members", "80500", "#v-covered_units", "5561")
	w.noteWarnings("heping")
	w.open("/fill/2026Q4/check")
	w.click(`form[action$="/forward"] button`)
	w.as("district_chair")
	w.open("/fill/2026Q4/cover")
	w.b.run(w.t, chromedp.SendKeys("#current", goodPassword, chromedp.ByQuery))
	w.click(".signing button")
}

// accept: with the last two figures the report is accepted.
func (w *walk) accept() {
	w.t.Helper()
	w.as("reviewer")
	w.open(walkReview + "?show=refilled")
	w.says("已重填", "80,500", "5,561")
	for _, item := range []string{"female_members", "covered_units"} {
		w.b.run(w.t, chromedp.Click(choice(item, "accept"), chromedp.ByQuery))
	}
	w.click(".acts-row button")
	w.is(assess.Accepted)
	w.clock.at = w.clock.at.AddDate(0, 0, 30)
	w.ok(w.gate.Advance(w.t.Context(), officeQuarter(), assess.CycleScored, "analyst", w.clock.at))
	w.is(assess.Locked)
	w.as("heping")
	w.open(orgSection)
	if n := truth[int](w.t, w.b, `document.querySelectorAll('[data-value]').length`); n != 0 {
		w.t.Errorf("%d cells of a locked report can be typed into", n)
	}
}

// correct: after the lock a figure changes through three hands.
func (w *walk) correct() {
	w.t.Helper()
	w.open("/corrections?q=2026Q4")
	w.b.run(w.t, chromedp.SetValue("#code", "union_members", chromedp.ByQuery), chromedp.SendKeys("#value", "205800", chromedp.ByQuery),
		chromedp.SendKeys("#reason", "漏计两家新建会企业", chromedp.ByQuery))
	w.click(".form button")
	w.says("等待业务部门核对")
	at := truth[string](w.t, w.b, `location.pathname`)
	w.as("reviewer")
	w.open(at)
	w.click(`button[value="check"]`)
	w.as("analyst")
	w.open(at)
	w.click(`button[value="apply"]`)
	w.says("已更正")
	all, err := w.store.Current(w.t.Context(), assess.CellQuery{Units: []assess.UnitCode{officeUnit}, Periods: []assess.Period{officeQuarter()}, Items: []assess.Code{"union_members"}})
	w.ok(err)
	if len(all) != 1 || all[0].Value != "205800" {
		w.t.Errorf("after the correction the log holds %+v", all)
	}
}

// appeal: the result is made public, the chair objects, others than the reviewers decide, the district is told.
func (w *walk) appeal() {
	w.t.Helper()
	w.as("analyst")
	w.open("/appeals?q=2026")
	w.click(`button[value="examine"]`)
	w.as("leader")
	w.open("/appeals?q=2026")
	w.click(`button[value="post"]`)
	w.as("district_chair")
	w.open("/appeals?q=2026")
	w.b.run(w.t, chromedp.SetValue("#code", "membership_rate", chromedp.ByQuery), chromedp.SendKeys("#reason", "两家企业已批复未计", chromedp.ByQuery))
	w.click(".form button")
	at := truth[string](w.t, w.b, `location.pathname`)
	w.as("analyst")
	w.open(at)
	w.click(`button[value="take_up"]`)
	w.as("leader")
	w.open(at)
	w.b.run(w.t, chromedp.SendKeys("#note", "批复在季末之后，维持", chromedp.ByQuery))
	w.click(`button[value="uphold"]`)
	w.as("district_chair")
	w.open(at)
	w.says("维持", "批复在季末之后")
	w.b.keep(w.t, fmt.Sprintf("walk-appeal-%d", w.width))
	w.b.quiet(w.t, "Autofocus") // a person who types before the page is ready
}
