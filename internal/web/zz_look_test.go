package web_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestZZLook(t *testing.T) {
	base := os.Getenv("LOOK")
	if base == "" {
		t.Skip()
	}
	s := httptest.NewUnstartedServer(nil)
	s.URL = base
	b := openBrowser(t, s)
	b.run(t, chromedp.Navigate(base+"/sign-in"), chromedp.SendKeys("#name", os.Getenv("LOOKU")), chromedp.SendKeys("#password", os.Getenv("LOOKP")+"\r"),
		chromedp.WaitReady("header nav", chromedp.ByQuery), chromedp.WaitReady("html[data-ready]", chromedp.ByQuery))
	for _, lang := range strings.Fields(os.Getenv("LOOKL")) {
		for _, w := range []int64{375, 768, 1440, 1920} {
			for _, p := range strings.Fields(os.Getenv("LOOKPATHS")) {
				b.open(t, withLang(p, lang), w)
				if e := os.Getenv("LOOKEVAL"); e != "" {
					b.run(t, chromedp.Evaluate(e, nil))
				}
				b.keep(t, fmt.Sprintf("r%s-%s-%d", strings.NewReplacer("/", "_", "?", "_").Replace(p), lang, w))
				var wide int64
				b.run(t, chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide))
				if wide > w {
					t.Errorf("%s %s %d: wide %d", p, lang, w, wide)
				}
				for _, c := range b.complaints(t) {
					t.Errorf("%s %s %d: %s", p, lang, w, c)
				}
			}
		}
	}
}
