package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestCollectPagesAreQuiet: the sources, one of them with what it refused, and how it is read, in both languages: nothing is complained
// about, on a phone no table has to be pushed sideways, and on a desk none is wider than its box.
func TestCollectPagesAreQuiet(t *testing.T) {
	g := newGallery(t)
	g.collecting.silent = true
	name := "2026年第三季度" + strings.Repeat("工会组织与会员统计表", 4) + ".xlsx"
	g.pieces.all = []assess.HeldPiece{
		{ID: heldID, Run: "r2", Source: "shenhe", Name: name, At: g.clock.at, State: assess.PieceWaiting},
		{ID: strings.Replace(heldID, "abcd", "dcba", 1), Source: "shenhe", Name: "旧.csv", At: g.clock.at, State: assess.PieceDropped, By: "li.na", Note: strings.Repeat("重复报送", 20)},
	}
	server := httptest.NewServer(g.handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	for lang, width := range windows(320, 375, 768, 1440) {
		for _, path := range []string{"/collect", "/collect?show=trouble", "/collect/shenhe", "/collect/dadong", "/collect/shenhe/mapping"} {
			b.calm(t, "collect", path, lang, width)
			if width == 768 {
				continue
			}
			if pushed := truth[string](t, b, `Array.from(document.querySelectorAll('.scroll')).filter(x => x.scrollWidth > x.clientWidth + 1).map(x => x.getAttribute('aria-label') + ' ' + x.scrollWidth + '>' + x.clientWidth).join()`); pushed != "" {
				t.Errorf("%s at %d in %s: %s", path, width, lang, pushed)
			}
		}
	}
}
