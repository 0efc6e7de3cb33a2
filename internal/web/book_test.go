package web_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/sheet"
)

const (
	officeForm = "/fill/2026Q4"
	bookName   = "2026年第四季度_和平区总工会_填报表.xlsx"
)

// uploadBook sends a file from the page of the form.
func (r *reader) uploadBook(path, name string, content []byte) answerTo {
	r.t.Helper()
	return r.sendFiles(path, func(w *multipart.Writer) error {
		part, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write(content)
		}
		return err
	})
}

// sendFiles posts a form with files, its token first.
func (r *reader) sendFiles(path string, parts func(*multipart.Writer) error) answerTo {
	r.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("form_token", r.ownToken()); err != nil {
		r.t.Fatal(err)
	}
	if err := parts(w); err != nil {
		r.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		r.t.Fatal(err)
	}
	return r.do(http.MethodPost, path, url.Values{}, func(req *http.Request) {
		req.Body, req.ContentLength = io.NopCloser(&body), int64(body.Len())
		req.Header.Set("Content-Type", w.FormDataContentType())
	})
}

// waiting uploads a file that is taken, and answers the address where it waits.
func (r *reader) waiting(name string, content []byte) string {
	r.t.Helper()
	a := r.uploadBook(officeForm+"/upload", name, content)
	to := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, officeForm+"/upload/") {
		r.t.Fatalf("the file was answered %d %s\n%s", a.StatusCode, to, a.body)
	}
	return to
}

// book downloads the form.
func (r *reader) book() []byte {
	r.t.Helper()
	a := wantPage(r.t, r.get(officeForm+"/form.xlsx"), http.StatusOK)
	_, said, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
	if err != nil || said["filename"] != bookName || !strings.Contains(a.Header.Get("Content-Type"), "spreadsheetml.sheet") {
		r.t.Errorf("sent as %v %s", said, a.Header.Get("Content-Type"))
	}
	return []byte(a.body)
}

// typedInto changes figures of a downloaded form, by item, and notes by item and "/note".
func typedInto(t *testing.T, data []byte, values map[string]any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("填报表")
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for i, row := range rows {
		if len(row) == 0 {
			continue
		}
		for column, suffix := range map[string]string{"G": "", "J": "/note"} {
			if value, ok := values[row[0]+suffix]; ok {
				if err := f.SetCellValue("填报表", fmt.Sprint(column, i+1), value); err != nil {
					t.Fatal(err)
				}
				done++
			}
		}
	}
	if done != len(values) {
		t.Fatalf("only %d of %v were found", done, values)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var seenPart = regexp.MustCompile(`name="seen" value="([^"]+)"`)

// confirm sends the confirmation of a page that was just seen.
func (r *reader) confirm(path string, more ...string) answerTo {
	r.t.Helper()
	page := wantPage(r.t, r.get(path), http.StatusOK)
	v := url.Values{"seen": {seenPart.FindStringSubmatch(page.body)[1]}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return r.submit(path, v)
}

// TestFormsTravelByWorkbook: downloaded, filled in, uploaded, looked at, confirmed; nothing is kept before, only drafts after.
func TestFormsTravelByWorkbook(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	wantPage(t, r.get(officeForm), http.StatusOK, "下载填报表", "上传并核对")
	data := typedInto(t, r.book(), map[string]any{"covered_units": 5512, "new_unions_ytd": "１.２万", "new_unions_ytd/note": "集中建会", "female_members": true})
	path := r.waiting(`C:\报表\`+bookName, data)
	page := wantPage(t, r.get(path), http.StatusOK, bookName, "将改动 2 格", "1 格读不进", "基层工会涵盖单位数", "5,512", "读作 12,000", "集中建会",
		"单元格是 TRUE 或 FALSE", "填报表 G", "标出问题的副本")
	if strings.Contains(page.body, "/报表/") || strings.Contains(page.body, `C:\`) {
		t.Error("the page shows the sender's folders")
	}
	if n := o.form().Counts.Filled; n != 0 {
		t.Errorf("%d cells were kept before anybody confirmed", n)
	}
	if to := r.confirm(path).Header.Get("Location"); to != officeForm+"/check" {
		t.Errorf("confirmed, it leads to %q", to)
	}
	if f := o.field("covered_units"); f.Draft.Value != "5512" || f.Draft.By != "heping" {
		t.Errorf("kept %+v", f.Draft)
	}
	if f := o.field("new_unions_ytd"); f.Shown != "12000" || f.Draft.Note != "集中建会" || f.Draft.Value != "１.２万" {
		t.Errorf("kept %+v as %s", f.Draft, f.Shown)
	}
	if f := o.field("female_members"); f.Draft.Revision != 0 {
		t.Errorf("kept %+v", f.Draft)
	}
	if s := o.form().Filing.State; s != "draft" {
		t.Errorf("the report is %s", s)
	}
	// The answer was lost and the browser asks again: it counts once.
	for _, a := range []answerTo{r.submit(path, url.Values{"seen": {"x"}}), r.get(path)} {
		if a.StatusCode != http.StatusSeeOther {
			t.Errorf("asked again: %d", a.StatusCode)
		}
	}
	if f := o.field("covered_units"); f.Draft.Revision != 1 {
		t.Errorf("saved %d times", f.Draft.Revision)
	}
	// The same file once more types nothing.
	wantPage(t, r.get(r.waiting(bookName, data)), http.StatusOK, "将改动 0 格")
	lines, err := o.store.AuditLines(t.Context(), 0, 1000)
	o.ok(err)
	found := 0
	for _, l := range lines {
		if l.Action == "form.upload" && l.Object == bookName && l.Unit == officeUnit && strings.HasPrefix(l.After, "2 cells") {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d lines in the audit log", found)
	}
}

// TestFaultsComeBackMarked: the copy has every fault at its cell, those of single cells and those that the rules find.
func TestFaultsComeBackMarked(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	data := typedInto(t, r.book(), map[string]any{"covered_units": 5512, "union_members": 100_000, "female_members": 100_001, "new_unions_ytd": true})
	path := r.waiting(bookName, data)
	wantPage(t, r.get(path), http.StatusOK, "女会员数不得大于会员数")
	a := wantPage(t, r.get(path+"/marked.xlsx"), http.StatusOK)
	if _, said, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err != nil || said["filename"] != strings.Replace(bookName, ".xlsx", "_已标注.xlsx", 1) {
		t.Errorf("sent as %v", said)
	}
	if _, err := sheet.Read("copy.xlsx", []byte(a.body)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	o.ok(err)
	defer f.Close()
	comments, err := f.GetComments("填报表")
	o.ok(err)
	marked := map[string]string{}
	for _, c := range comments {
		for _, run := range c.Paragraph {
			c.Text += run.Text
		}
		if strings.HasPrefix(c.Text, "✎") {
			code, err := f.GetCellValue("填报表", "A"+c.Cell[1:])
			o.ok(err)
			marked[code] = c.Text
		}
	}
	if !strings.Contains(marked["female_members"], "女会员数不得大于会员数") || !strings.Contains(marked["new_unions_ytd"], "TRUE 或 FALSE") || marked["covered_units"] != "" {
		t.Errorf("marked %v", marked)
	}
	if n := o.form().Counts.Filled; n != 0 {
		t.Errorf("%d cells were kept", n)
	}
}

// TestUploadsOverwriteNobody: what another has changed since the download waits for a choice, and the page must be the newest.
func TestUploadsOverwriteNobody(t *testing.T) {
	for _, choice := range []struct{ take, holds string }{{"", "5600"}, {"theirs", "5600"}, {"mine", "5512"}} {
		o := newOffice(t)
		r := o.reader(t, "heping")
		data := typedInto(t, r.book(), map[string]any{"covered_units": 5512, "new_unions_ytd": 70})
		o.typed("covered_units", "5600", "", "district_reporter")
		path := r.waiting(bookName, data)
		page := wantPage(t, r.get(path), http.StatusOK, "1 格下载后已被他人改过", "演示district_reporter", "5,600", "5,512")
		old := url.Values{"seen": {seenPart.FindStringSubmatch(page.body)[1]}}
		o.typed("union_members", "100000", "", "district_reporter")
		wantPage(t, r.submit(path, old), http.StatusConflict, "填报表又有改动")
		if f := o.field("new_unions_ytd"); f.Draft.Revision != 0 {
			t.Errorf("kept after a page that was not the newest: %+v", f.Draft)
		}
		more := []string{}
		if choice.take != "" {
			more = []string{"t.covered_units", choice.take}
		}
		wantPage(t, r.confirm(path, more...), http.StatusSeeOther)
		if f := o.field("covered_units"); f.Draft.Value != choice.holds {
			t.Errorf("choosing %q: %q holds", choice.take, f.Draft.Value)
		}
		if f := o.field("new_unions_ytd"); f.Draft.Value != "70" {
			t.Errorf("the other cell is %+v", f.Draft)
		}
	}
}

// TestFilesThatAreRefused: damaged, cut, hostile, foreign or too large: said on the page, with the form untouched.
func TestFilesThatAreRefused(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	good := r.book()
	foreign := typedHidden(t, good, "B2", "210103")
	for _, tt := range []struct {
		name    string
		content []byte
		status  int
		says    string
	}{
		{"cut", good[:len(good)/2], 422, "工作簿已损坏或不完整"},
		{"old", []byte("\xD0\xCF\x11\xE0 old"), 422, "旧版 .xls"},
		{"nothing", nil, 422, "没有选文件"},
		{"another unit's form", foreign, 403, "其他单位的填报表"},
		{"another quarter's form", typedHidden(t, good, "B3", "2026Q3"), 403, "2026年第三季度的填报表"},
		{"another unit's table", []byte("填报单位：沈河区总工会,\n数据项,数值\n工会会员数,5\n"), 403, "其他单位的表"},
		{"another unit at the foot", []byte("数据项,数值\n工会会员数,5\n填报单位：沈河\n"), 403, "表里写着“填报单位：沈河”"},
		{"no names", []byte("苹果,5\n梨,6\n"), 422, "没有找到填报表上的数据项名称"},
		{"a row too many", []byte(strings.Repeat("工会会员数,5\n", 10_001)), 422, "10000"},
	} {
		name := "a.xlsx"
		if utf8.Valid(tt.content) { // a name that promises a workbook is a fault of its own
			name = "a.csv"
		}
		a := r.uploadBook(officeForm+"/upload", name, tt.content)
		if a.StatusCode != tt.status || !strings.Contains(a.body, tt.says) || !strings.Contains(a.body, "文件没有读入") {
			t.Errorf("%s: %d, says %q: %v", tt.name, a.StatusCode, tt.says, strings.Contains(a.body, tt.says))
		}
	}
	wantPage(t, r.uploadBook(officeForm+"/upload", "a.csv", bytes.Repeat([]byte("x"), 10<<20+1)), 422, "10 MiB")
	wantPage(t, r.uploadBook(officeForm+"/upload", "a.csv", bytes.Repeat([]byte("x"), 12<<20)), 422, "10 MiB")
	wantPage(t, r.sendFiles(officeForm+"/upload", func(w *multipart.Writer) error { return w.WriteField("unit", "210103") }), http.StatusBadRequest)
	if n := o.form().Counts.Filled; n != 0 {
		t.Errorf("%d cells were kept", n)
	}
}

// typedHidden changes a cell of the hidden sheet.
func typedHidden(t *testing.T, data []byte, cell, value string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	if err := f.SetCellValue("unionboard", cell, value); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWaitingFilesAreTheirSenders: nobody else sees a waiting file, not even at the same district; after its time nobody does.
func TestWaitingFilesAreTheirSenders(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	path := r.waiting(bookName, typedInto(t, r.book(), map[string]any{"covered_units": 5512}))
	for _, address := range []string{path, path + "/marked.xlsx"} {
		for _, other := range []string{"district_reporter", "tiexi", "analyst"} {
			if a := r.fresh().signIn(other).get(address); a.StatusCode != http.StatusNotFound {
				t.Errorf("%s is answered %d at %s", other, a.StatusCode, address)
			}
		}
	}
	if a := r.get(strings.Replace(path, "2026Q4", "2026Q3", 1)); a.StatusCode != http.StatusNotFound {
		t.Errorf("in another quarter: %d", a.StatusCode)
	}
	o.clock.at = o.clock.at.Add(2 * time.Hour)
	if a := r.fresh().signIn("heping").get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("after its time: %d", a.StatusCode)
	}
}

// TestTablesAreReadAfterALook: how a table is read is shown, corrected, confirmed, and remembered for the next of its kind.
func TestTablesAreReadAfterALook(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	table := func(members string) []byte {
		return []byte("和平区总工会2026年第四季度统计表,,\n项目,甲数,乙数\n工会会员数,1," + members + "\n新建的会,2,70\n女会员,3,\"90,000\"\n注：略,,\n")
	}
	path := r.waiting("统计.csv", table("12.5万"))
	page := wantPage(t, r.get(path), http.StatusOK, "这张表怎样读", "B 列 甲数", "新建的会", "请核对", "请选择", "系统不替您选")
	if strings.Contains(page.body, "将改动") || strings.Contains(page.body, ">确认") {
		t.Error("figures are offered from a column that nobody chose")
	}
	wantPage(t, r.confirm(path), http.StatusUnprocessableEntity, "系统不替您选")
	index := regexp.MustCompile(`(?s)<th scope="row">新建的会</th>.*?name="(i\.\d+)"`).FindStringSubmatch(page.body)[1]
	v := url.Values{"sheet": {"统计"}, "across": {"0"}, "labels": {"1"}, "figures": {"3"}, "measure": {"0"}, "notes": {"0"}, "first": {"3"}, "whole": {""}}
	v.Set("figures", "0")
	wantPage(t, r.submit(path+"/mapping", v), http.StatusUnprocessableEntity, "系统不替您选")
	v.Set("figures", "3")
	v.Set(index, "没有这一项")
	wantPage(t, r.submit(path+"/mapping", v), http.StatusUnprocessableEntity, "不是填报表上的数据项")
	v.Set(index, "本年新建基层工会数")
	wantPage(t, r.submit(path+"/mapping", v), http.StatusSeeOther)
	wantPage(t, r.get(path), http.StatusOK, "125,000 人", "90,000 人", "将改动 3 格")
	wantPage(t, r.confirm(path), http.StatusSeeOther)
	for item, want := range map[string]string{"union_members": "125000", "female_members": "90000", "new_unions_ytd": "70"} {
		if f := o.field(assess.Code(item)); f.Shown != want {
			t.Errorf("%s is %s, want %s", item, f.Shown, want)
		}
	}
	wantPage(t, r.get(r.waiting("统计.csv", table("12.6万"))), http.StatusOK, "126,000 人", "将改动 1 格", "本年新建基层工会数")

	bad := r.waiting("统计.csv", table("1"))
	v.Set("figures", "9")
	wantPage(t, r.submit(bad+"/mapping", v), http.StatusUnprocessableEntity, "所选的列或行不在表里")
	v.Set("status", "accepted")
	wantPage(t, r.submit(bad+"/mapping", v), http.StatusBadRequest)
	// Rows of others are named and not offered.
	wantPage(t, r.get(r.waiting("两区.csv", []byte("单位,数据项,数值\n沈河区,工会会员数,205476\n和平区,工会会员数,126500\n"))),
		http.StatusOK, "126,500 人", "将改动 1 格", "这一行是“沈河区”的", "C2")
	// Items side by side are another table: its lines are looked for anew.
	side := r.waiting("横表.csv", []byte("单位,工会会员数,女会员数\n沈河区,1,2\n和平区,125500,90500\n"))
	wantPage(t, r.get(side), http.StatusOK, "第 3 行", "125,500 人", "90,500 人")
}

// TestShutFormsTakeNoFiles: a form that nothing can be typed into can be taken away as a workbook and takes none back.
func TestShutFormsTakeNoFiles(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	data := typedInto(t, r.book(), map[string]any{"covered_units": 5512})
	waits := r.waiting(bookName, data)
	o.ok(o.gate.Advance(t.Context(), officeQuarter(), "published", "system", o.clock.at))
	wantPage(t, r.uploadBook(officeForm+"/upload", bookName, data), http.StatusConflict, "文件没有读入")
	page := wantPage(t, r.get(waits), http.StatusOK)
	if strings.Contains(page.body, "确认并存入草稿") {
		t.Error("a closed form takes what waits")
	}
	r.book()
}
