package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"golang.org/x/text/unicode/norm"

	"github.com/unionboard/unionboard/internal/demo"
)

// Sheets of paper in points.
const (
	a4Across  = "842 × 595"
	a4Upright = "595 × 842"
	a3Across  = "1191 × 842"
)

// paperPage is a page as it must come out of the printer.
type paperPage struct {
	path   string
	sheets int // 0: two where at most eight lights are red, else three
	size   string
}

// papers are the pages of the demonstration that are printed: some of each kind, or with UNIONBOARD_TEST_PAPER, as in `WHOLE=1 make test-full`, all.
func papers() []paperPage {
	some := []paperPage{
		{"/", 2, a4Across},
		{"/f/six_systems", 2, a4Across},
		{"/f/six_systems/indicators", 2, a3Across},
		{"/d/210102", 2, a4Across},
		{"/d/210123", 3, a4Across},
		{"/notice", 2, a4Upright},
	}
	if os.Getenv("UNIONBOARD_TEST_PAPER") == "" {
		return some
	}
	all := append(some, []paperPage{
		{"/?q=2025", 2, a4Across},
		{"/lags", 2, a4Across},
		{"/f/five_projects", 2, a4Across},
		{"/f/five_type_organ", 2, a4Across},
		{"/f/five_projects/indicators", 2, a3Across},
		{"/f/five_type_organ/indicators", 2, a3Across},
		{"/compare?u=210102&u=210103&u=210104", 3, a4Across},
		{"/i/union_rate_25plus", 2, a4Across},
		{"/why/210102/org_building", 2, a4Across},
		{"/why/210102/union_rate_25plus", 2, a4Across},
		{"/status/2026Q3", 1, a4Across},
		{"/calendar?q=2026Q3", 2, a4Across},
		{"/targets/2026", 1, a3Across},
		{"/city/2026/ratings", 1, a4Across},
		{"/city/2026/points", 1, a4Across},
		{"/corrections", 1, a4Across},
		{"/appeals", 1, a4Across},
	}...)
	for _, unit := range []string{"210103", "210104", "210105", "210106", "210111", "210112", "210113", "210114", "210115", "210181", "210124"} {
		all = append(all, paperPage{"/d/" + unit, 0, a4Across})
	}
	return all
}

// TestPaper prints pages of the demonstration – thirteen districts, eight quarters – from a phone and from a wide window. Sheets are counted,
// their size is looked at; what was printed from the phone is what was printed from the wide window; the short words of every cell are there; the head of a table
// that goes on stands on both sheets; nothing is cut by the edge of a sheet; who prints, what and when stands on top, the line for signatures below.
func TestPaper(t *testing.T) {
	p := printer{t: t, tab: openTab(t)}
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, demonstration(t), dir)
	server := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
	p.base = server.serving()
	defer server.stop()
	p.signIn("demo.analyst")
	_, err := exec.LookPath("pdftotext")
	reads := err == nil
	if !reads {
		t.Log("only counted: pdftotext and pdftoppm of poppler-utils are not installed")
	}
	for _, one := range papers() {
		var texts [][]string
		for _, width := range []int64{375, 1920} {
			file, cells := p.print(one.path, width)
			pdf, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("%s at %d", one.path, width)
			sizes := mediaBoxes(pdf)
			if want := one.sheets; want > 0 && len(sizes) != want {
				t.Errorf("%s: %d sheets, want %d", name, len(sizes), want)
			}
			if slices.ContainsFunc(sizes, func(s string) bool { return s != one.size }) {
				t.Errorf("%s: sheets of %v, want %s", name, sizes, one.size)
			}
			if !reads {
				continue
			}
			sheets := p.read(file)
			texts = append(texts, sheets)
			p.checkWords(name, one, sheets, cells)
			p.checkEdges(name, file)
		}
		if len(texts) == 2 && !slices.Equal(texts[0], texts[1]) {
			t.Errorf("%s: from a phone it is printed otherwise than from a wide window", one.path)
		}
	}
}

// printer prints pages.
type printer struct {
	t    *testing.T
	tab  context.Context
	base string
}

func openTab(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{os.Getenv("UNIONBOARD_TEST_CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); name != "" && err == nil && path == "" {
			path = found
		}
	}
	if path == "" && os.Getenv("UNIONBOARD_TEST_NEED_BROWSER") != "" {
		t.Fatal("no browser: install chromium or set UNIONBOARD_TEST_CHROMIUM")
	}
	if path == "" {
		t.Skip("no browser: install chromium or set UNIONBOARD_TEST_CHROMIUM")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, kill := chromedp.NewExecAllocator(context.Background(), options...)
	tab, leave := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		peace := time.AfterFunc(10*time.Second, kill)
		_ = chromedp.Cancel(tab)
		peace.Stop()
		leave()
		kill()
		chromedp.FromContext(tab).Allocator.Wait()
	})
	return tab
}

func (p printer) run(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.tab, actions...); err != nil {
		p.t.Fatal(err)
	}
}

func (p printer) signIn(name string) {
	p.t.Helper()
	all := demo.Accounts()
	password := all[slices.IndexFunc(all, func(a demo.Account) bool { return a.Name == name })].Password
	p.run(chromedp.Navigate(p.base+"/sign-in"), chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", password+"\r"),
		chromedp.WaitReady("header nav", chromedp.ByQuery))
}

// print answers the file of a page that was printed from a window of a width, and the cells of tables that must be on it.
func (p printer) print(path string, width int64) (file string, cells []string) {
	p.t.Helper()
	var pdf []byte
	p.run(emulation.SetDeviceMetricsOverride(width, 900, 1, width < 700), chromedp.Navigate(p.base+path), chromedp.WaitReady("html[data-ready]", chromedp.ByQuery),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPrintBackground(true).Do(ctx)
			return err
		}),
		emulation.SetEmulatedMedia().WithMedia("print"),
		chromedp.Evaluate(`Array.from(document.querySelectorAll('main td, main tbody th')).filter(e => e.offsetParent && !e.closest('details:not([open])')).map(e => e.innerText)`, &cells),
		emulation.SetEmulatedMedia().WithMedia(""))
	dir := os.Getenv("UNIONBOARD_TEST_SHOTS")
	if dir == "" {
		dir = p.t.TempDir()
	}
	name := strings.Trim(regexp.MustCompile(`[^a-z0-9A-Z]+`).ReplaceAllString(path, "_"), "_")
	file = filepath.Join(dir, fmt.Sprintf("paper-%s-%d.pdf", name, width))
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return file, cells
}

// mediaBoxes answers the size of each sheet.
func mediaBoxes(pdf []byte) (sizes []string) {
	for _, m := range regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`).FindAllSubmatch(pdf, -1) {
		width, _ := strconv.ParseFloat(string(m[1]), 64)
		height, _ := strconv.ParseFloat(string(m[2]), 64)
		sizes = append(sizes, fmt.Sprintf("%.0f × %.0f", width, height))
	}
	return sizes
}

// read answers the words of each sheet without blanks; the time of printing is taken out.
func (p printer) read(file string) (sheets []string) {
	p.t.Helper()
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		p.t.Fatal(err)
	}
	for sheet := range strings.SplitSeq(strings.TrimSuffix(string(out), "\f"), "\f") {
		sheets = append(sheets, regexp.MustCompile(`(打印于[^:]*日)\d\d:\d\d`).ReplaceAllString(tight(sheet), "${1}hh:mm"))
	}
	return sheets
}

// tight writes a text without blanks and its Chinese characters as they are typed: what is read from a PDF has radicals of the same shape.
func tight(text string) string {
	typed := strings.NewReplacer("⺠", "民", "⻔", "门", "戶", "户", "⻚", "页", "⻅", "见", "⻋", "车", "⻓", "长", "⻛", "风", "⻘", "青", "⻄", "西", "⻆", "角", "⻬", "齐", "⻢", "马")
	return typed.Replace(strings.Join(strings.Fields(norm.NFKC.String(text)), ""))
}

func (p printer) checkWords(name string, one paperPage, sheets, cells []string) {
	p.t.Helper()
	all, last := strings.Join(sheets, ""), sheets[len(sheets)-1]
	for _, word := range []string{"沈阳市总工会", "打印于", "hh:mm", "演示分析员"} {
		if !strings.Contains(sheets[0], word) {
			p.t.Errorf("%s: %s does not stand on top", name, word)
		}
	}
	for _, word := range []string{"制表:", "审核:", "签批:"} {
		if !strings.Contains(last, word) {
			p.t.Errorf("%s: the last sheet has no line %s", name, word)
		}
	}
	for _, cell := range cells {
		for _, word := range strings.Fields(cell) {
			if !strings.Contains(all, tight(word)) && len([]rune(word)) < 8 { // long ones are broken into lines
				p.t.Errorf("%s: %q is missing", name, word)
			}
		}
	}
	if one.sheets == 0 {
		red := strings.Count(all, "为什么") - 1
		if len(sheets) > 3 || red <= 8 && len(sheets) != 2 || red >= 10 && len(sheets) != 3 { // nine fit on two where their names are short
			p.t.Errorf("%s: %d sheets for %d red lights", name, len(sheets), red)
		}
	}
	if one.path == "/d/210123" && strings.Count(all, "较上年同期") != 2 {
		p.t.Errorf("%s: the head of the long table stands on %d sheets, want 2", name, strings.Count(all, "较上年同期"))
	}
}

// checkEdges looks at the sheets in grey: no ink in the margins, and none at the very edge of what is printed, where a row or a chart that
// is cut would have it.
func (p printer) checkEdges(name, file string) {
	p.t.Helper()
	dir := p.t.TempDir()
	if out, err := exec.Command("pdftoppm", "-r", "72", "-gray", file, filepath.Join(dir, "s")).CombinedOutput(); err != nil {
		p.t.Fatal(err, string(out))
	}
	sheets, _ := filepath.Glob(filepath.Join(dir, "s*.pgm"))
	for i, sheet := range sheets {
		body, err := os.ReadFile(sheet)
		if err != nil {
			p.t.Fatal(err)
		}
		head := bytes.SplitN(body, []byte("\n"), 4) // P5, width and height, most, pixels
		w, h, _ := strings.Cut(string(head[1]), " ")
		width, _ := strconv.Atoi(w)
		height, _ := strconv.Atoi(h)
		margin := 34 // 12 mm
		switch {
		case width > 1000:
			margin = 28 // 10 mm
		case height > width:
			margin = 70 // 25 mm, the least of the notice's
		}
		for y := range height {
			if y > margin && y < height-margin-2 {
				continue
			}
			if x := bytes.IndexFunc(head[3][y*width:(y+1)*width], func(r rune) bool { return r < 90 }); x >= 0 {
				p.t.Errorf("%s: sheet %d has ink at %d, %d of %d by %d", name, i+1, x, y, width, height)
				break
			}
		}
	}
}
