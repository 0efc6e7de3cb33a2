package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/unionboard/unionboard/internal/assess"
)

// browser answers a browser in which somebody is signed in, on a server of its own.
func (s *shipped) browser(name string) *browser {
	s.t.Helper()
	server := httptest.NewServer(s.site)
	s.t.Cleanup(server.Close)
	b := openBrowser(s.t, server)
	b.run(s.t, emulation.SetFocusEmulationEnabled(true))
	b.signIn(s.t, name)
	return b
}

// TestPagesOfTheCitysDeskAreQuiet: with work on them they write nothing to the console, keep to the content policy, and nothing but
// their tables scrolls sideways.
func TestPagesOfTheCitysDeskAreQuiet(t *testing.T) {
	s := newShipped(t)
	s.hire("qian", assess.CityReviewer, "finance")
	s.hire("city_leader", assess.CityLeader, "")
	qian, analyst, assessor := s.as("qian"), s.as("city_analyst"), s.as("city_assessor")
	typed := map[string]string{"v.210102.fund_received_ytd": "99000000", "v.210103.fund_received_ytd": "x", "do": "save"}
	wantStatus(t, qian.do(http.MethodPost, financeForm, qian.form(financeForm, typed)), http.StatusSeeOther)
	wantStatus(t, assessor.send("/city/2026/points", goodCase()...), http.StatusSeeOther)
	wantStatus(t, analyst.send("/city/2026/ratings/pilot_task_rating/open"), http.StatusSeeOther)
	wantStatus(t, analyst.send("/city/2026Q1/exempt", "of", "210102", "indicator", "palace_visits", "reason", "辖区无工人文化宫"), http.StatusSeeOther)
	wantStatus(t, analyst.send(newUnions, "total", "130", "step", "1", "basis", "equal", "version", "0", "revision", "0"), http.StatusSeeOther)
	for name, paths := range map[string][]string{
		"qian":         {"/city/2026Q1", financeForm, "/city/2026Q1/office"},
		"city_analyst": {"/city/2026Q1/exempt", "/targets/2026", newUnions},
		"city_leader":  {"/city/2026/ratings", "/city/2026/points"},
	} {
		b := s.browser(name)
		for lang, width := range windows(375, 768, 1440) {
			for _, path := range paths {
				b.calm(t, "city", path, lang, width)
			}
		}
	}
}

// TestTheCitysFormIsTypedInLikeASheet: Enter goes down, a copied block fills the fields below and beside, and nothing is saved by it.
func TestTheCitysFormIsTypedInLikeASheet(t *testing.T) {
	s := newShipped(t)
	s.hire("qian", assess.CityReviewer, "finance")
	b := s.browser("qian")
	b.open(t, financeForm, 1440)
	field := func(unit, item string) string { return fmt.Sprintf(`document.getElementById('v.%s.%s')`, unit, item) }
	b.run(t, chromedp.Evaluate(field("210102", "fund_received_ytd")+".focus()", nil), chromedp.KeyEvent("5000000"))
	b.press(t, kb.Enter)
	if id := truth[string](t, b, `document.activeElement.id`); id != "v.210103.fund_received_ytd" {
		t.Errorf("Enter leads to %q", id)
	}
	b.run(t, chromedp.Evaluate(`(() => { const d = new DataTransfer(); d.setData('text/plain', "6000000\t20000000\r\n\r\n7000000\t21000000\r\n");
		document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: d, bubbles: true, cancelable: true})); })()`, nil))
	for key, want := range map[[2]string]string{
		{"210102", "fund_received_ytd"}: "5000000", {"210103", "fund_received_ytd"}: "6000000", {"210103", "fund_plan_annual"}: "20000000",
		{"210104", "fund_received_ytd"}: "", {"210105", "fund_received_ytd"}: "7000000", {"210105", "fund_plan_annual"}: "21000000",
	} {
		if got := truth[string](t, b, field(key[0], key[1])+".value"); got != want {
			t.Errorf("%s %s holds %q, want %q", key[0], key[1], got, want)
		}
	}
	if text := truth[string](t, b, `document.querySelector('[data-pasted]').textContent`); text != "已粘贴 4 格，保存后生效。" {
		t.Errorf("the page says %q", text)
	}
	if drafts, err := s.store.CityDrafts(t.Context(), assess.NewQuarter(2026, 1)); err != nil || len(drafts) != 0 {
		t.Errorf("%d cells were saved, %v", len(drafts), err)
	}
	b.run(t, chromedp.Click(`#cityform button[value="save"]`, chromedp.ByQuery), chromedp.WaitVisible(`.notice`, chromedp.ByQuery))
	if drafts, err := s.store.CityDrafts(t.Context(), assess.NewQuarter(2026, 1)); err != nil || len(drafts) != 5 {
		t.Errorf("%d cells were saved, %v; want 5", len(drafts), err)
	}
	b.quiet(t)
}
