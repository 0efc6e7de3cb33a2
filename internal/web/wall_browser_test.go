package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/web"
)

// hardWall is the wall on a bad day: one unit has not reported, three share a place, and eight quarters end close together.
type hardWall struct{ web.Pages }

func (p hardWall) Resolve(ctx context.Context, d dashboard.Definition, r dashboard.Request) (*dashboard.Page, error) {
	if d.Page != "wall" {
		return p.Pages.Resolve(ctx, d, r)
	}
	page, err := p.Pages.Resolve(ctx, dashboard.Definition{Page: "home"}, r)
	if err != nil {
		return nil, err
	}
	b := builder{r: r}
	page.Bar.Framework = r.Framework
	tied := b.say("并列第10", "tied 10th")
	missing := dashboard.Figure{State: assess.NotReported, Text: b.say("未报", "not reported")}
	for _, row := range page.Rows {
		for i := range row.Panels {
			switch panel := &row.Panels[i]; {
			case panel.Ranking != nil:
				rows := panel.Ranking.Rows
				for j := len(rows) - 4; j < len(rows)-1; j++ {
					rows[j].Figure.RankText = tied
				}
				rows[len(rows)-1].Figure, rows[len(rows)-1].Value = missing, nil
			case panel.LagList != nil:
				panel.LagList.Rows[0].Gap, panel.LagList.Rows[0].Actual = "", b.say("25.6 人次/百人", "25.6 per 100 members")
			case panel.TileMap != nil:
				for j := range panel.TileMap.Tiles[:3] {
					panel.TileMap.Tiles[j].Figure.RankText = tied
				}
				panel.TileMap.Tiles[3].Figure = missing
			}
		}
	}
	page.Rows = append(page.Rows, row(b.trend()))
	return page, nil
}

// overflowing lists what reaches over its place on the wall: the page over the window, anything over the page, a text over its line or
// over its tile or picture.
const overflowing = `(function () {
	var faults = [], main = document.getElementById('wall'), page = document.documentElement;
	if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight || document.body.scrollHeight > innerHeight) faults.push('the page is ' + page.scrollWidth + ' by ' + page.scrollHeight);
	var inner = main.getBoundingClientRect();
	main.querySelectorAll('*').forEach(function (e) {
		if (e.closest('.vh') || e.tagName === 'title' || e.tagName === 'A' || e.closest('[hidden]')) return;
		var r = e.getBoundingClientRect(), name = e.tagName + ' ' + e.textContent.trim().slice(0, 24);
		if (r.right > inner.right + 1 || r.bottom > inner.bottom + 1) faults.push('out of the page: ' + name);
		if (!e.ownerSVGElement && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline') faults.push('out of its line: ' + name);
		if (e.tagName === 'text' && e.textContent) {
			var box = (previousRect(e) || e.ownerSVGElement).getBoundingClientRect();
			if (r.right > box.right + 1 || r.left < box.left - 1) faults.push('out of its picture: ' + name + ' ' + e.getAttribute('x') + ' ' + Math.round(r.left) + '-' + Math.round(r.right) + ' of ' + Math.round(box.left) + '-' + Math.round(box.right));
		}
	});
	var sections = Array.from(main.querySelectorAll('section'));
	sections.forEach(function (a, i) {
		sections.slice(i + 1).forEach(function (b) {
			var p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
			if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1) faults.push('one covers the other: ' + a.className + a.textContent.trim().slice(0, 8) + ' and ' + b.className + b.textContent.trim().slice(0, 8));
		});
		if (a.scrollHeight > a.clientHeight + innerWidth / 1000) faults.push('out of its section by ' + (a.scrollHeight - a.clientHeight) + ': ' + a.className + a.textContent.trim().slice(0, 8));
	});
	function previousRect(e) { while (e && e.tagName !== 'rect') e = e.previousElementSibling; return e; }
	return faults;
})()`

// openWall shows the wall in a window of its own size.
func (b *browser) openWall(t *testing.T, path string, width, height int64) {
	t.Helper()
	b.run(t, emulation.SetDeviceMetricsOverride(width, height, 1, false), chromedp.Navigate(b.base+path), chromedp.WaitReady("#wall", chromedp.ByQuery))
}

// TestTheWallFits: on screens of 1920 and 3840, in both languages, with a unit missing and three on one place, everything stands in its
// place and nothing scrolls.
func TestTheWallFits(t *testing.T) {
	server := httptest.NewServer(newGallery(t).handler(t, func(o *web.Options) { o.Pages = hardWall{o.Pages} }))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	for _, width := range []int64{1920, 3840} {
		for _, lang := range []string{"zh", "en"} {
			b.openWall(t, "/wall?lang="+lang, width, width*9/16)
			b.keep(t, fmt.Sprintf("wall-%s-%d", lang, width))
			for _, fault := range truth[[]string](t, b, overflowing) {
				t.Errorf("%s %d: %s", lang, width, fault)
			}
			if least := truth[float64](t, b, `Math.min(...Array.from(document.querySelectorAll('#wall p, #wall td, #wall th, #wall text, #wall h1, #wall h2')).filter(e => !e.closest('.vh') && e.textContent.trim()).map(e => parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.ownerSVGElement.getBoundingClientRect().width / e.ownerSVGElement.viewBox.baseVal.width : 1)))`); least < float64(width)/100 {
				t.Errorf("%s %d: the smallest type has %.1f pixels, want a hundredth of the width", lang, width, least)
			}
			if text := truth[string](t, b, `document.getElementById('wall').textContent`); strings.Count(text, map[string]string{"zh": "并列第10", "en": "tied 10th"}[lang]) < 3 {
				t.Errorf("%s: no three share a place", lang)
			}
			for _, c := range b.complaints(t) {
				t.Errorf("%s %d: %s", lang, width, c)
			}
		}
	}
}

// TestTheWallOfASilentServer: the last picture stays and says since when; when the server speaks again, the wall goes on.
func TestTheWallOfASilentServer(t *testing.T) {
	var silent atomic.Bool
	site := newGallery(t).handler(t, func(o *web.Options) { o.Pages = hardWall{o.Pages} })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if silent.Load() {
			panic(http.ErrAbortHandler) // as a machine that is switched off
		}
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	b.openWall(t, "/wall", 1920, 1080)
	before := truth[string](t, b, `document.querySelector('#wall h1').textContent`)
	wake := chromedp.Evaluate(`document.dispatchEvent(new Event('visibilitychange'))`, nil) // asks at once, as a screen that wakes up

	silent.Store(true)
	b.run(t, wake, chromedp.WaitVisible(".silent", chromedp.ByQuery))
	b.keep(t, "wall-silent")
	if said := truth[string](t, b, `document.querySelector('.silent').textContent`); !regexp.MustCompile(`^数据未更新 \d\d:\d\d$`).MatchString(said) {
		t.Errorf("it says %q", said)
	}
	if rows := truth[int](t, b, `document.querySelectorAll('.places tbody tr').length`); rows < 13 || truth[string](t, b, `document.querySelector('#wall h1').textContent`) != before {
		t.Error("the last picture is gone")
	}
	for _, fault := range truth[[]string](t, b, overflowing) {
		t.Errorf("silent: %s", fault)
	}

	silent.Store(false)
	b.run(t, wake, chromedp.WaitNotPresent(".silent:not([hidden])", chromedp.ByQuery))
	if after := truth[string](t, b, `document.querySelector('#wall h1').textContent`); after == before {
		t.Errorf("it still shows %q", after)
	}
}
