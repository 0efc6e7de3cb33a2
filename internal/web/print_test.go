package web_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestPagesPrint counts the sheets of paper: an empty box before a long table once made 32,049 of them.
func TestPagesPrint(t *testing.T) {
	server := httptest.NewServer(newGallery(t).handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "analyst")
	for _, one := range []struct {
		path string
		most int
	}{{"/", 2}, {"/f/six_systems", 2}, {"/f/six_systems/indicators", 3}, {"/d/210102", 3}, {"/i/enterprises", 3}, {"/why/210102/organisation", 3}} {
		for _, width := range []int64{375, 1920} {
			if width > 375 && !theWhole() {
				continue // a phone is farther from paper
			}
			b.open(t, one.path, width)
			var pdf []byte
			b.run(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
				pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPrintBackground(true).Do(ctx)
				return err
			}))
			sheets := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page "))
			if sheets < 1 || sheets > one.most {
				t.Errorf("%s at %d: %d sheets, want 1 to %d", one.path, width, sheets, one.most)
			}
			if dir := os.Getenv("UNIONBOARD_TEST_SHOTS"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, "print"+strings.ReplaceAll(one.path, "/", "_")+".pdf"), pdf, 0o644)
			}
		}
	}
}
