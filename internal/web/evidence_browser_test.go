package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	downloads "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/web"
)

// TestEvidencePagesAreQuiet: a figure without files, with files, and after a bad upload; the list; in both languages, on a phone and
// on a desk.
func TestEvidencePagesAreQuiet(t *testing.T) {
	o := newOffice(t)
	o.typed(claim, "12", "", "heping")
	o.typed("bookhouses", "12", "", "heping")
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "heping")
	look := func(state string, paths ...string) {
		t.Helper()
		for lang, width := range windows(375, 1440) {
			for _, path := range paths {
				b.calm(t, "evidence-"+state, path, lang, width)
			}
		}
	}
	look("empty", "/fill/2026Q4/evidence", proofPath)
	r := (&reader{t: t, base: server.URL}).fresh().signIn("heping")
	long := strings.Repeat("二〇二六年第四季度职工法律援助案件结案情况汇总", 3) + ".pdf"
	r.upload(proofPath, r.proof([2]string{long, string(samplePDF("1"))}, [2]string{"盖章页.png", string(samplePNG(900, 1200))}))
	r.upload("/fill/2026Q4/evidence/legal_aid_closed_ytd", r.proof([2]string{"bad.pdf", "<html>"}))
	look("full", "/fill/2026Q4/evidence", proofPath, "/fill/2026Q4/evidence/bookhouses")
}

// TestEvidenceWithoutScript: a file is chosen, sent, seen and taken away by plain forms.
func TestEvidenceWithoutScript(t *testing.T) {
	o := newOffice(t)
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "名册.pdf"), filepath.Join(dir, "网页.pdf")
	for name, content := range map[string]string{good: string(samplePDF("1")), bad: "<html><script>1</script>"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := openBrowser(t, server)
	b.run(t, emulation.SetScriptExecutionDisabled(true), emulation.SetDeviceMetricsOverride(375, 900, 1, true),
		chromedp.Navigate(b.base+"/sign-in"), chromedp.SendKeys("#name", "heping"), chromedp.SendKeys("#password", goodPassword),
		chromedp.Click(".door button"), chromedp.WaitReady("header nav", chromedp.ByQuery))
	var said, files string
	b.run(t, chromedp.Navigate(b.base+proofPath), chromedp.SetUploadFiles(`input[type="file"]`, []string{bad, good}, chromedp.ByQuery),
		chromedp.Click(".add button", chromedp.ByQuery), chromedp.WaitVisible(".notice.bad", chromedp.ByQuery),
		chromedp.Text(".notice.bad", &said, chromedp.ByQuery), chromedp.Text("ul.files", &files, chromedp.ByQuery))
	b.keep(t, "evidence-fault-375")
	if !strings.Contains(said, "网页.pdf") || !strings.Contains(said, "内容却是 HTML") || !strings.Contains(files, "名册.pdf") || strings.Contains(files, "网页.pdf") {
		t.Errorf("said %q, files %q", said, files)
	}
	b.run(t, chromedp.Click("ul.files form button", chromedp.ByQuery), chromedp.WaitVisible(".proofs .empty", chromedp.ByQuery))
}

// TestAPageCalledPDFDoesNotRun, security checklist, row 41: a page that got past every check, called pdf, is neither shown nor run,
// whichever way a browser comes to it; and where something on the way drops what makes it a download, it still runs nothing.
func TestAPageCalledPDFDoesNotRun(t *testing.T) {
	const page = `<!DOCTYPE html><title>ran</title><script>window.ran=1;new Image().src='/healthz?ran'</script><img src="/healthz?ran"><svg onload="fetch('/healthz?ran')"></svg><meta http-equiv="refresh" content="0;url=/healthz?ran">`
	data := t.TempDir()
	files, err := evidence.Open(data, evidence.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	o := newOffice(t, func(w *web.Options) { w.Evidence = web.Evidence{Files: files, Book: w.Evidence.Book, Quota: 1 << 20} })
	sum := sha256.Sum256([]byte(page))
	hash := hex.EncodeToString(sum[:])
	place := filepath.Join(data, "evidence", hash[:2], hash[2:4])
	o.ok(os.MkdirAll(place, 0o700))
	o.ok(os.WriteFile(filepath.Join(place, hash), []byte(page), 0o600))
	_, err = o.store.AddEvidence(t.Context(), []assess.Evidence{{
		ID: galleryFile, Unit: officeUnit, Period: officeQuarter(), Use: assess.OfFigure, Object: string(claim), Name: "名册.pdf", Privacy: assess.Masked,
		AddedBy: "heping", AddedAt: o.clock.at, File: assess.EvidenceFile{Hash: hash, Kind: "pdf", Size: int64(len(page)), Scan: assess.Unscanned, AddedAt: o.clock.at},
	}}, assess.EvidenceRoom{Quota: 1 << 20}, assess.AuditLine{At: o.clock.at, Actor: "test", Action: "test", Result: "ok"})
	o.ok(err)

	var ran, handed atomic.Int32
	var stripped atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "ran") {
			ran.Add(1)
		}
		if strings.HasPrefix(r.URL.Path, "/evidence/") {
			handed.Add(1)
			if stripped.Load() {
				w = &without{w}
			}
		}
		o.site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	b.signIn(t, "heping")
	b.run(t, downloads.SetDownloadBehavior(downloads.SetDownloadBehaviorBehaviorDeny))
	link := "/evidence/" + galleryFile

	b.open(t, proofPath, 1440)
	b.run(t, chromedp.Click(`a[href="`+link+`"]`, chromedp.ByQuery), chromedp.Poll(`true`, nil))
	if err := chromedp.Run(b.ctx, chromedp.Navigate(b.base+link)); err == nil {
		t.Error("the address was opened as a page")
	}
	if at := truth[string](t, b, `location.pathname`); at != proofPath {
		t.Errorf("the browser went to %s", at)
	}
	// As a picture, a frame or a script of a page of ours.
	b.run(t, chromedp.Evaluate(`new Promise(done => {
		let open = 3; const end = () => { if (--open === 0) done(true); };
		for (const name of ['img', 'script', 'iframe']) {
			const e = document.createElement(name); e.onload = e.onerror = end; e.src = '`+link+`'; document.body.append(e);
			if (name === 'iframe') setTimeout(end, 500);
		}
	})`, nil, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if ran.Load() > 0 || truth[bool](t, b, `'ran' in window`) {
		t.Error("the page ran")
	}
	if handed.Load() < 2 {
		t.Errorf("the file was asked for %d times", handed.Load())
	}

	stripped.Store(true)
	b.run(t, chromedp.Navigate(b.base+link), chromedp.WaitReady("body", chromedp.ByQuery))
	if title := truth[string](t, b, `document.title`); title != "ran" {
		t.Fatalf("the proxy showed %q", title)
	}
	if truth[bool](t, b, `'ran' in window`) || ran.Load() > 0 {
		t.Error("shown as a page, it ran")
	}
}

// without is a proxy that makes a page of every download.
type without struct{ http.ResponseWriter }

// WriteHeader drops what says that it is none.
func (w *without) WriteHeader(status int) {
	w.Header().Del("Content-Disposition")
	w.Header().Del("X-Content-Type-Options")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.ResponseWriter.WriteHeader(status)
}
