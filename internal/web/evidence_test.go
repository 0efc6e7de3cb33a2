package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/web"
)

// claim is a figure of the office's form that a proof is asked for.
const claim assess.Code = "legal_aid_closed_ytd"

const proofPath = "/fill/2026Q4/evidence/" + string(claim)

// sending is a form with files: fields, and files by name in their order.
type sending struct {
	fields map[string]string
	files  [][2]string // name, content
}

// upload sends a form with files as a browser does: fields first.
func (r *reader) upload(path string, u sending) answerTo {
	r.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range u.fields {
		_ = w.WriteField(name, value)
	}
	for _, f := range u.files {
		to, err := w.CreateFormFile("file", f[0])
		if err != nil {
			r.t.Fatal(err)
		}
		_, _ = io.WriteString(to, f[1])
	}
	_ = w.Close()
	return r.stream(path, &body, w.FormDataContentType())
}

func (r *reader) stream(path string, body io.Reader, kind string) answerTo {
	r.t.Helper()
	return r.do(http.MethodPost, path, nil, func(req *http.Request) {
		req.Body = io.NopCloser(body)
		req.ContentLength = -1
		req.Header.Set("Content-Type", kind)
	})
}

// proof is an upload as the page's own form would send it.
func (r *reader) proof(files ...[2]string) sending {
	return sending{map[string]string{"form_token": r.ownToken(), "privacy": "masked", "back": proofPath}, files}
}

// join adds a person to a gallery.
func (g *gallery) join(t testing.TB, name string, role assess.Role, unit assess.UnitCode) {
	t.Helper()
	post := account.Post{Role: role, Unit: unit}
	if account.OfDepartment(role) {
		post.Department = "legal"
	}
	u, err := account.New(name, name, post, g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	u.PasswordHash = g.people.of("heping").PasswordHash
	if err := g.people.AddAccount(t.Context(), u, g.people.line("user.add")); err != nil {
		t.Fatal(err)
	}
}

var proofLink = regexp.MustCompile(`href="(/evidence/[0-9a-f-]{36})"`)

// proofs answers the addresses of the files on a page.
func (a answerTo) proofs() (all []string) {
	for _, m := range proofLink.FindAllStringSubmatch(a.body, -1) {
		all = append(all, m[1])
	}
	return all
}

// TestEvidenceOfAFigure walks the life of a file: asked for, handed in, looked at, used again, taken away.
func TestEvidenceOfAFigure(t *testing.T) {
	o := newOffice(t)
	r := newReader(t, o.site).signIn("heping")
	o.typed(claim, "12", "", "heping")
	if !o.field(claim).Unproved() {
		t.Fatal("the claim is not asked for a proof")
	}
	if page := r.get("/fill/2026Q4/evidence"); page.StatusCode != http.StatusOK || !strings.Contains(page.body, `href="`+proofPath+`"`) {
		t.Errorf("%d: the list does not name the claim without a proof", page.StatusCode)
	}
	page := r.get(proofPath)
	for _, want := range []string{"案件清单（脱敏，含案号和结果）", "PDF、JPG、PNG、DOCX、XLSX，每个不超过 1 MB", `enctype="multipart/form-data"`, `accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page of the figure lacks %q", want)
		}
	}
	pdf := samplePDF("1")
	if a := r.upload(proofPath, r.proof([2]string{`C:\桌面\案件清单.pdf`, string(pdf)}, [2]string{"照片.png", string(samplePNG(1500, 900))})); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != proofPath {
		t.Fatalf("upload: %d %s\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	if f := o.field(claim); f.EvidenceCount != 2 || f.Unproved() {
		t.Errorf("the form counts %d files", f.EvidenceCount)
	}
	page = r.get(proofPath)
	links := page.proofs()
	if len(links) != 2 || !strings.Contains(page.body, "案件清单.pdf") || strings.Contains(page.body, "桌面") || !strings.Contains(page.body, `<img src="`+links[1]+`/preview"`) {
		t.Fatalf("files %v on\n%s", links, page.body)
	}
	file := r.get(links[0])
	if file.body != string(pdf) || file.Header.Get("Content-Length") != fmt.Sprint(len(pdf)) {
		t.Errorf("%d bytes came back", len(file.body))
	}
	if head := r.do(http.MethodHead, links[0], nil); head.StatusCode != http.StatusOK || head.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("HEAD: %d", head.StatusCode)
	}
	if preview := r.get(links[1] + "/preview"); preview.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(preview.body, "\xff\xd8\xff") {
		t.Errorf("preview: %v", preview.Header)
	}
	if preview := r.get(links[0] + "/preview"); preview.StatusCode != http.StatusNotFound {
		t.Errorf("preview of a PDF: %d", preview.StatusCode)
	}

	// Used again for another figure, without its bytes being sent or kept again.
	other := "/fill/2026Q4/evidence/bookhouses"
	again := regexp.MustCompile(`<option value="([0-9a-f-]{36})">案件清单`).FindStringSubmatch(r.get(other).body)
	if again == nil {
		t.Fatal("this year's file is not offered")
	}
	u := r.proof()
	u.fields["use"], u.fields["back"] = again[1], "//elsewhere.example"
	if a := r.upload(other, u); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/" {
		t.Errorf("used again: %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	if page := r.get(other); len(page.proofs()) != 1 || regexp.MustCompile(`<option[^>]*>案件清单`).MatchString(page.body) {
		t.Error("used again: not there, or still offered")
	}
	if list := r.get("/fill/2026Q4/evidence"); len(list.proofs()) != 3 || !strings.Contains(list.body, "共 3 份材料，佐证 2 项数据") {
		t.Errorf("list of %d", len(list.proofs()))
	}

	remove := func(fields map[string]string) answerTo {
		return r.upload(links[0]+"/remove", sending{fields: fields}) // multipart on a route without files: no token is found
	}
	if a := remove(map[string]string{"form_token": r.ownToken()}); a.StatusCode != http.StatusForbidden {
		t.Errorf("remove by a form with files: %d", a.StatusCode)
	}
	if a := r.do(http.MethodPost, links[0]+"/remove", map[string][]string{"form_token": {r.ownToken()}, "back": {proofPath}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("remove: %d", a.StatusCode)
	}
	if a := r.get(links[0]); a.StatusCode != http.StatusNotFound || o.field(claim).EvidenceCount != 1 {
		t.Errorf("after it was taken away: %d, %d files", a.StatusCode, o.field(claim).EvidenceCount)
	}
	lines, err := o.store.AuditLines(t.Context(), 1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, l := range lines {
		if strings.HasPrefix(l.Action, "evidence.") {
			said = append(said, l.Action+" "+l.Actor+" "+string(l.Unit))
		}
	}
	for _, l := range o.people.lines() {
		if strings.HasPrefix(l.Action, "evidence.") {
			said = append(said, l.Action+" "+l.Actor+" "+string(l.Unit))
		}
	}
	want := []string{
		"evidence.add heping 210102", "evidence.add heping 210102", "evidence.add heping 210102", "evidence.remove heping 210102",
		"evidence.read heping 210102",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// TestWhoReadsEvidence, security checklist, rows 20 and 41: as who may read what it proves; for all others it is not there.
func TestWhoReadsEvidence(t *testing.T) {
	o := newOffice(t)
	o.join(t, "dadong", assess.DistrictReporter, "210104")
	nobody := newReader(t, o.site)
	in := func(name string) *reader { return nobody.fresh().signIn(name) }
	own := in("heping")
	people := map[string]*reader{}
	for _, name := range []string{"dadong", "district_checker", "district_chair", "city_reviewer", "city_leader", "auditor", "admin"} {
		people[name] = in(name)
	}
	hand := func(name string) string {
		t.Helper()
		if a := own.upload(proofPath, own.proof([2]string{name, string(samplePNG(20, 20+len(name)))})); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("upload %s: %d", name, a.StatusCode)
		}
		links := own.get(proofPath).proofs()
		return links[len(links)-1]
	}
	// look answers what each person gets: of the file, its preview, and the pages that list it.
	look := func(link string) map[string]string {
		got := map[string]string{}
		for name, r := range people {
			list := "/fill/2026Q4/evidence"
			if name == "city_reviewer" || name == "city_leader" || name == "auditor" || name == "admin" || name == "dadong" {
				list += "?unit=210102"
			}
			page := r.get(list)
			got[name] = fmt.Sprint(r.get(link).StatusCode, r.get(link+"/preview").StatusCode, page.StatusCode, strings.Contains(page.body, link))
		}
		return got
	}
	first, gone := hand("a.png"), hand("bb.png")
	want := map[string]string{
		"dadong": "404 404 404 false", "district_checker": "200 200 200 true", "district_chair": "200 200 200 true", "auditor": "200 200 200 true",
		"city_reviewer": "404 404 404 false", "city_leader": "404 404 404 false", "admin": "403 403 403 false",
	}
	if diff := cmp.Diff(want, look(first)); diff != "" {
		t.Errorf("before it was handed in (-want +got):\n%s", diff)
	}
	for name, r := range people {
		foreign, unknown := r.get(first), r.get("/evidence/00000000-0000-4000-8000-000000000000")
		if diff := cmp.Diff(withoutID(unknown.body), withoutID(foreign.body)); want[name][:3] == "404" && (foreign.StatusCode != unknown.StatusCode || diff != "") {
			t.Errorf("%s can tell a foreign file from one that is not there:\n%s", name, diff)
		}
	}
	if a := nobody.get(first); a.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody: %d", a.StatusCode)
	}
	for name, r := range map[string]*reader{"dadong": people["dadong"], "district_checker": people["district_checker"], "auditor": people["auditor"]} {
		a := r.do(http.MethodPost, first+"/remove", map[string][]string{"form_token": {r.ownToken()}})
		if a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusForbidden || own.get(first).StatusCode != http.StatusOK {
			t.Errorf("%s removes: %d", name, a.StatusCode)
		}
	}

	theirs := people["dadong"].proof()
	theirs.fields["use"] = strings.TrimPrefix(first, "/evidence/")
	if a := people["dadong"].upload(proofPath, theirs); a.StatusCode != http.StatusNotFound || strings.Contains(people["dadong"].get(proofPath).body, "/evidence/0") {
		t.Errorf("another district uses the file for itself: %d", a.StatusCode)
	}

	o.clock.at = o.clock.at.Add(time.Minute)
	o.hand(assess.Draft, assess.PendingSignature)
	o.hand(assess.PendingSignature, assess.Submitted)
	want["city_reviewer"], want["city_leader"] = "200 200 200 true", "200 200 200 true"
	if diff := cmp.Diff(want, look(gone)); diff != "" {
		t.Errorf("handed in (-want +got):\n%s", diff)
	}
	// With the city nothing of it can be changed, and what was handed in with it stays until it is handed in again.
	if a := own.upload(proofPath, own.proof([2]string{"late.png", string(samplePNG(9, 9))})); a.StatusCode != http.StatusConflict {
		t.Errorf("upload after the signature: %d", a.StatusCode)
	}
	if a := own.do(http.MethodPost, gone+"/remove", map[string][]string{"form_token": {own.ownToken()}}); a.StatusCode != http.StatusConflict {
		t.Errorf("remove after the signature: %d", a.StatusCode)
	}
	o.clock.at = o.clock.at.Add(time.Minute)
	o.hand(assess.Submitted, assess.UnderReview)
	o.hand(assess.UnderReview, assess.Returned)
	late := hand("ccc.png")
	if a := own.do(http.MethodPost, gone+"/remove", map[string][]string{"form_token": {own.ownToken()}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("remove after the return: %d", a.StatusCode)
	}
	if got := look(gone); got["city_reviewer"] != "200 200 200 true" || got["district_chair"] != "404 404 200 false" {
		t.Errorf("taken away after the return: %v", got)
	}
	if got := look(late); got["city_reviewer"] != "404 404 200 false" || got["district_chair"] != "200 200 200 true" {
		t.Errorf("added after the return: %v", got)
	}
	o.clock.at = o.clock.at.Add(time.Minute)
	o.hand(assess.Returned, assess.PendingSignature)
	o.hand(assess.PendingSignature, assess.Submitted)
	if got := look(gone)["city_reviewer"] + look(late)["city_reviewer"]; got != "404 404 200 false200 200 200 true" {
		t.Errorf("handed in again: %v", got)
	}
}

// TestReviewersSeeTheFiles: beside the figure, with its picture, what the report was handed in with and nothing that came later.
func TestReviewersSeeTheFiles(t *testing.T) {
	g := newGallery(t)
	book := proofs{}
	e := newEvidence(t, book)
	taken, err := e.Files.Take(t.Context(), "名册.png", bytes.NewReader(samplePNG(60, 40)), 1<<20, g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	for id, minutes := range map[string]int{"01900000-0000-7000-8000-000000000002": 0, "01900000-0000-7000-8000-000000000003": 1} {
		book[id] = assess.Evidence{
			ID: id, Unit: "210102", Period: assess.NewQuarter(2026, 1), Use: assess.OfFigure, Object: "union_members", Name: taken.Name, File: taken.File,
			Privacy: assess.Masked, AddedBy: "heping", AddedAt: time.Date(2026, 4, 9, 2, minutes, 0, 0, time.UTC),
		}
	}
	r := newReader(t, g.handler(t, func(o *web.Options) { o.Evidence = e })).signIn("reviewer")
	page := r.get(reviewPath)
	if diff := cmp.Diff([]string{"/evidence/01900000-0000-7000-8000-000000000002"}, page.proofs()); diff != "" || strings.Count(page.body, "/preview\"") != 2 {
		t.Errorf("files beside the figures (-want +got):\n%s", diff)
	}
	open := 0
	for _, tag := range regexp.MustCompile(`</?form\b`).FindAllString(page.body, -1) {
		if open += map[bool]int{true: 1, false: -1}[tag == "<form"]; open > 1 {
			t.Fatal("a form stands inside another")
		}
	}
}

// hand moves the office's report a step.
func (o *office) hand(from, to assess.FilingState) {
	o.t.Helper()
	if from == assess.Draft {
		filings, err := o.store.Filings(o.t.Context(), officeQuarter())
		o.ok(err)
		if len(filings) == 0 {
			o.hand(assess.NotStarted, assess.Draft)
		}
	}
	_, err := o.store.Commit(o.t.Context(), assess.Intake{
		Filings: []assess.FilingChange{{Unit: officeUnit, Period: officeQuarter(), From: from, To: to, At: o.clock.at, By: "test"}},
		Audit:   []assess.AuditLine{{At: o.clock.at, Actor: "test", Action: "test", Result: "ok"}},
	})
	o.ok(err)
}

var errorNumber = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}`)

var fileID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// withoutID leaves out what differs from answer to answer: the number of the request, the address, tokens.
func withoutID(body string) string {
	return errorNumber.ReplaceAllString(fileID.ReplaceAllString(tokenForm.ReplaceAllString(body, ""), ""), "")
}

// TestEvidenceOfMatters: corrections, appeals and tasks have files; who sees the matter reads them, who leads it adds them, and an
// appeal takes one.
func TestEvidenceOfMatters(t *testing.T) {
	g := newGallery(t)
	g.join(t, "dadong", assess.DistrictReporter, "210104")
	e := newEvidence(t, proofs{})
	front := newReader(t, g.handler(t, func(o *web.Options) { o.Evidence = e }))
	pdf := func(n string) [2]string { return [2]string{n + ".pdf", string(samplePDF(n))} }
	for _, c := range []struct {
		path, adds, reads string
		foreign           []string // who may read and not add
		most              int
	}{
		{"/corrections/" + matterID(assess.Correction), "heping", "analyst", []string{"analyst", "district_checker"}, 5},
		{"/appeals/" + matterID(assess.Appeal), "district_chair", "leader", []string{"heping", "leader"}, 1},
		{"/actions/" + matterID(assess.Task), "heping", "auditor", []string{"auditor", "leader"}, 5},
	} {
		adds, reads, dadong := front.fresh().signIn(c.adds), front.fresh().signIn(c.reads), front.fresh().signIn("dadong")
		if page := adds.get(c.path); page.StatusCode != http.StatusOK || !strings.Contains(page.body, `action="`+c.path+`/evidence" enctype="multipart/form-data"`) {
			t.Fatalf("%s: %d, nothing can be added by %s", c.path, page.StatusCode, c.adds)
		}
		send := func(r *reader, files ...[2]string) answerTo {
			u := r.proof(files...)
			return r.upload(c.path+"/evidence", u)
		}
		for _, who := range c.foreign {
			r := front.fresh().signIn(who)
			if a := send(r, pdf("foreign")); a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusConflict || strings.Contains(r.get(c.path).body, "/evidence\" enctype") {
				t.Errorf("%s: %s adds: %d", c.path, who, a.StatusCode)
			}
		}
		if a := send(dadong, pdf("foreign")); a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: another district adds: %d", c.path, a.StatusCode)
		}
		if a := send(adds, [2]string{"a.pdf", "<html>"}); a.StatusCode != 422 || !strings.Contains(a.body, "a.pdf: 文件扩展名是 pdf") {
			t.Errorf("%s: a bad file: %d", c.path, a.StatusCode)
		}
		if a := send(adds, pdf("one")); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != c.path {
			t.Errorf("%s: %d to %s", c.path, a.StatusCode, a.Header.Get("Location"))
		}
		links := reads.get(c.path).proofs()
		if len(links) != 1 || reads.get(links[0]).StatusCode != http.StatusOK {
			t.Fatalf("%s: %s reads %v", c.path, c.reads, links)
		}
		if a := dadong.get(links[0]); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: another district reads the file: %d", c.path, a.StatusCode)
		}
		if a := adds.do(http.MethodPost, links[0]+"/remove", map[string][]string{"form_token": {adds.ownToken()}}); a.StatusCode == http.StatusSeeOther {
			t.Errorf("%s: a file of a matter was taken away", c.path)
		}
		if a := send(adds, pdf("two")); (a.StatusCode == http.StatusSeeOther) != (c.most > 1) {
			t.Errorf("%s: a second file: %d", c.path, a.StatusCode)
		}
	}
}

// casesCity has the cases of a test.
type casesCity struct {
	galleryCity
	sheet *city.PointsSheet
}

func (c casesCity) Points(context.Context, int, city.Act) (*city.PointsSheet, error) {
	return c.sheet, nil
}

// TestADistrictReadsWhatACaseRestsOnOnceItCounts: before that it is the city's alone, and it is never another district's.
func TestADistrictReadsWhatACaseRestsOnOnceItCounts(t *testing.T) {
	e := newEvidence(t, proofs{})
	taken, err := e.Files.Take(t.Context(), "通报.pdf", bytes.NewReader(samplePDF("")), 1<<30, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	e.Book.(proofs)[galleryFile] = assess.Evidence{
		ID: galleryFile, Unit: "210102", Period: assess.NewQuarter(2026, 1), Use: assess.OfPoints, Object: "case-1", Name: taken.Name, File: taken.File,
		Privacy: assess.Impersonal, AddedBy: "assessor", AddedAt: time.Date(2026, 4, 9, 1, 0, 0, 0, time.UTC),
	}
	sheet := &city.PointsSheet{
		Year: 2026, Edition: galleryEdition(2026), Items: []city.PointsItem{{Column: city.Column{Item: assess.Item{Code: "events", UsedBy: []assess.Code{"organisation"}}}}},
		Cases: []assess.Proposal{{ID: "case-1", Kind: assess.EventProposed, CellKey: assess.CellKey{Unit: "210102", Period: assess.NewQuarter(2026, 1), Item: "events"}, Title: "未按时换届"}},
	}
	front := newReader(t, newGallery(t).handler(t, func(o *web.Options) { o.Evidence, o.City = e, casesCity{sheet: sheet} }))
	own, other, analyst := front.fresh().signIn("heping"), front.fresh().signIn("tiexi"), front.fresh().signIn("analyst")
	for state, status := range map[assess.ProposalState]int{
		assess.Proposed: 404, assess.ProposalConfirmed: 200, assess.ProposalDisputed: 200, assess.ProposalRevoked: 404, assess.ProposalRefused: 404,
	} {
		sheet.Cases[0].State = state
		if a := own.get("/evidence/" + galleryFile); a.StatusCode != status {
			t.Errorf("%s: the district gets %d, want %d", state, a.StatusCode, status)
		}
		if a := other.get("/evidence/" + galleryFile); a.StatusCode != 404 {
			t.Errorf("%s: another district gets %d", state, a.StatusCode)
		}
		if a := analyst.get("/evidence/" + galleryFile); a.StatusCode != 200 {
			t.Errorf("%s: the city gets %d", state, a.StatusCode)
		}
		page := own.get("/why/210102/organisation?q=2026Q1").body
		if strings.Contains(page, "未按时换届") != (status == 200) || strings.Contains(page, "/evidence/"+galleryFile) != (status == 200) {
			t.Errorf("%s: the page of the score shows the case and its file otherwise", state)
		}
	}
}

// TestFilesAreHandedOutAsFiles is row 41: to be saved, never to be run, kept by nobody on the way.
func TestFilesAreHandedOutAsFiles(t *testing.T) {
	o := newOffice(t)
	r := newReader(t, o.site).signIn("heping")
	if a := r.upload(proofPath, r.proof([2]string{"案件; \"清单\".png", string(samplePNG(50, 50))})); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("upload: %d", a.StatusCode)
	}
	link := r.get(proofPath).proofs()[0]
	for path, want := range map[string]map[string]string{
		link:              {"Content-Type": "image/png", "Content-Disposition": `attachment; filename="__; ____.png"; filename*=UTF-8''%E6%A1%88%E4%BB%B6%3B%20_%E6%B8%85%E5%8D%95_.png`},
		link + "/preview": {"Content-Type": "image/jpeg", "Content-Disposition": `inline; filename="preview.jpg"`},
	} {
		a := r.get(path)
		want["X-Content-Type-Options"], want["Cache-Control"] = "nosniff", "private, no-store"
		want["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
		want["Cross-Origin-Resource-Policy"], want["Content-Encoding"] = "same-origin", ""
		for name, value := range want {
			if got := a.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
	}
}

// TestUploadsThatAreRefused: what a page's own form would not send, and what is no evidence. Nothing of it stays.
func TestUploadsThatAreRefused(t *testing.T) {
	o := newOffice(t)
	base := newReader(t, o.site)
	r, other := base.fresh().signIn("heping"), base.fresh().signIn("district_reporter")
	pdf := [2]string{"a.pdf", string(samplePDF("1"))}
	with := func(name, value string) sending {
		u := r.proof(pdf)
		if u.fields[name] = value; value == "" {
			delete(u.fields, name)
		}
		return u
	}
	for _, c := range []struct {
		name, path string
		u          sending
		status     int
		says       string
	}{
		{"no token", proofPath, with("form_token", ""), 403, ""},
		{"another's token", proofPath, with("form_token", other.ownToken()), 403, ""},
		{"no privacy", proofPath, with("privacy", ""), 400, "已脱敏"},
		{"another privacy", proofPath, with("privacy", "open"), 400, "已脱敏"},
		{"nothing at all", proofPath, r.proof(), 422, "没有选择文件"},
		{"an unknown file again", proofPath, with("use", "00000000-0000-4000-8000-000000000000"), 404, ""},
		{"no such figure", "/fill/2026Q4/evidence/no_such_item", r.proof(pdf), 404, ""},
		{"a figure nobody types", "/fill/2026Q4/evidence/studios_active", r.proof(pdf), 404, ""},
		{"another unit", proofPath + "?unit=210103", r.proof(pdf), 404, ""},
		{"a closed quarter", "/fill/2026Q1/evidence/" + string(claim), r.proof(pdf), 409, ""},
		{"a page called pdf", proofPath, r.proof([2]string{"a.pdf", "<script>alert(1)</script>"}), 422, "内容却是 HTML"},
		{"SVG", proofPath, r.proof([2]string{"a.svg", "<svg/>"}), 422, "不在接收范围内"},
		{"empty", proofPath, r.proof([2]string{"a.pdf", ""}), 422, "文件是空的"},
		{"a byte too many", proofPath, r.proof([2]string{"a.pdf", string(samplePDF(strings.Repeat("x", 1<<20)))}), 422, "文件超过 1 MB"},
		{"six files", proofPath, r.proof(many(6)...), 422, "一次最多接收 5 个文件"},
	} {
		before, _ := o.store.EvidenceList(t.Context(), assess.EvidenceQuery{Removed: true})
		a := r.upload(c.path, c.u)
		if a.StatusCode != c.status || !strings.Contains(a.body, c.says) {
			t.Errorf("%s: %d, want %d saying %q", c.name, a.StatusCode, c.status, c.says)
		}
		if after, _ := o.store.EvidenceList(t.Context(), assess.EvidenceQuery{Removed: true}); len(after) != len(before) && c.name != "six files" {
			t.Errorf("%s: %d files are bound", c.name, len(after)-len(before))
		}
	}
	// Row 22: fields that are not in the form.
	for _, field := range []string{"state", "status", "score", "unit", "period", "approver", "added_by", "added_at", "name", "hash", "kind", "scan"} {
		before, _ := o.store.EvidenceSize(t.Context(), officeUnit)
		if a := r.upload(proofPath, with(field, "x")); a.StatusCode != http.StatusBadRequest {
			t.Errorf("field %s: %d", field, a.StatusCode)
		}
		if after, _ := o.store.EvidenceSize(t.Context(), officeUnit); after != before {
			t.Errorf("field %s: something was kept", field)
		}
	}
	// A good file beside a bad one is kept, and the page says which was which.
	a := r.upload(proofPath, r.proof([2]string{"bad.pdf", "<html>"}, [2]string{"good.pdf", string(samplePDF("good"))}))
	if a.StatusCode != 422 || !strings.Contains(a.body, "<b>bad.pdf</b>") || !strings.Contains(a.body, ">good.pdf</a>") {
		t.Errorf("a good and a bad file: %d", a.StatusCode)
	}
}

func many(n int) (all [][2]string) {
	for i := range n {
		all = append(all, [2]string{fmt.Sprintf("many%d.pdf", i), string(samplePDF(fmt.Sprint("many", i)))})
	}
	return all
}

// TestUploadsAreBounded, rows 29 and 42: no body beyond the limit, little memory for a large one, nothing above the quota, nothing on
// a full disk.
func TestUploadsAreBounded(t *testing.T) {
	free := int64(1 << 40)
	o := newOffice(t, func(w *web.Options) {
		w.Evidence = newEvidence(t, w.Evidence.Book, func(f *evidence.Options) { f.Size, f.Free = 20<<20, func() (int64, error) { return free, nil } })
		w.Evidence.Quota = 3000
	})
	r := newReader(t, o.site).signIn("heping")

	head := "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n" + r.ownToken() +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"privacy\"\r\n\r\nmasked\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a := r.stream(proofPath, io.MultiReader(strings.NewReader(head), io.LimitReader(blanks{}, 100<<20), strings.NewReader("\r\n--x--\r\n")), "multipart/form-data; boundary=x")
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; a.StatusCode != 422 || !strings.Contains(a.body, "文件超过 20 MB") || grown > 64<<20 {
		t.Errorf("100 MB: %d with %d bytes of memory", a.StatusCode, grown)
	}
	resp, err := r.client.Do(bodyOf(t, r, head, 200<<20))
	if err == nil {
		if resp.Body.Close(); resp.StatusCode != http.StatusRequestEntityTooLarge && resp.StatusCode != 422 {
			t.Errorf("200 MB: %d", resp.StatusCode)
		}
	} // else the server stopped listening, which is as good
	if a := r.upload(proofPath, r.proof(many(5)...)); a.StatusCode != http.StatusSeeOther {
		t.Errorf("within the quota: %d\n%s", a.StatusCode, a.body)
	}
	if a := r.upload(proofPath, r.proof([2]string{"big.pdf", string(samplePDF(strings.Repeat("x", 2000)))})); a.StatusCode != 422 || !strings.Contains(a.body, "空间已用完") {
		t.Errorf("above the quota: %d", a.StatusCode)
	}
	free = 1 << 20
	if a := r.upload(proofPath, r.proof([2]string{"b.pdf", string(samplePDF("b"))})); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(a.body, "磁盘空间不足") {
		t.Errorf("on a full disk: %d", a.StatusCode)
	}
	files, _ := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*"))
	if len(files) > 0 {
		t.Errorf("files were kept outside: %q", files)
	}
}

func bodyOf(t *testing.T, r *reader, head string, size int64) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base+proofPath, io.MultiReader(strings.NewReader(head), io.LimitReader(blanks{}, size)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	return req
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestWhatIsNotScannedIsNotHandedOut is row 42 on the page: the file is there, named, and closed.
func TestWhatIsNotScannedIsNotHandedOut(t *testing.T) {
	o := newOffice(t, func(w *web.Options) {
		w.Evidence = newEvidence(t, w.Evidence.Book, func(f *evidence.Options) { f.Scanner = &evidence.Scanner{Command: []string{"false", "x"}} })
		w.Evidence.Files.Scanner.Command = []string{"sh", "-c", "exit 2"}
	})
	r := newReader(t, o.site).signIn("heping")
	if a := r.upload(proofPath, r.proof([2]string{"a.png", string(samplePNG(10, 10))})); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("upload: %d", a.StatusCode)
	}
	page := r.get(proofPath)
	if len(page.proofs()) != 0 || !strings.Contains(page.body, "等待病毒扫描") {
		t.Error("the page leads to a file that was not scanned")
	}
	all, err := o.store.EvidenceList(t.Context(), assess.EvidenceQuery{})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if a := r.get("/evidence/" + all[0].ID); a.StatusCode != http.StatusConflict {
		t.Errorf("download: %d", a.StatusCode)
	}
	if a := r.get("/evidence/" + all[0].ID + "/preview"); a.StatusCode != http.StatusNotFound {
		t.Errorf("preview: %d", a.StatusCode)
	}
}
