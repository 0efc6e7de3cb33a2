package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/dashboard"
)

// letter is a letter with a table of so many rows.
func letter(rows int) *Letter {
	table := &Table{Heads: []string{"组别", "区县", "得分"}, Numeric: []bool{false, false, true}}
	for i := range rows {
		table.Rows = append(table.Rows, []string{"中心城区组", fmt.Sprint("第", i, "区"), fmt.Sprintf("%d.00", i)})
	}
	l := &Letter{
		Title: "关于2026年第一季度全市工会重点工作进展情况的通报", Mark: "草稿 · 数据版本 v7", To: "各区、县（市）总工会：",
		Blocks: []Block{
			{Kind: Paragraph, Text: "根据2026年度考核方案，<现将>进展情况 & 数据通报如下。"},
			{Kind: Heading1, Text: "一、总体情况"},
			{Kind: Paragraph, Text: strings.Repeat("六个体系 90.79 分，较上季 +0.33 分；", 8)},
			{Kind: Heading1, Text: "二、完成情况"},
			{Kind: Tabular, Text: "表1 综合得分", Table: table},
		},
		AnnexLabel: "附件：", Annexes: []string{"1．得分汇总表", "2．分项完成情况表"},
		From: "沈阳市总工会办公室", Date: "2026年4月28日",
		Behind: []Block{{Kind: Annex, Text: "附件1　得分汇总表"}, {Kind: Tabular, Text: "得分汇总表", Table: table}, {Kind: Annex, Text: "附件2　分项完成情况表"}},
	}
	l.about = About{Title: l.Title, Author: l.From, Made: printed()}
	return l
}

// TestALetterIsSetWhole: every text of it can be read back, tables of any length go on under their heads, each annex begins a page.
func TestALetterIsSetWhole(t *testing.T) {
	for _, rows := range []int{1, 13, 31, 32, 33, 34, 200} {
		l := letter(rows)
		var out bytes.Buffer
		print, err := press(t).Letter(&out, l)
		if err != nil || len(print.Lost) > 0 {
			t.Fatal(rows, print, err)
		}
		pages := readBack(t, out.Bytes())
		if len(pages) != print.Pages {
			t.Errorf("%d rows: %d pages read back of %d", rows, len(pages), print.Pages)
		}
		all := strings.Join(pages, "")
		for i := range rows {
			if got := strings.Count(all, fmt.Sprintf("第%d区 ", i)); got != 2 {
				t.Fatalf("%d rows: row %d stands there %d times, want once in the letter and once in the annex", rows, i, got)
			}
		}
		for _, want := range []string{l.To, "一、总体情况", "<现将>", "附件：1．得分汇总表", l.From, l.Date, "附件2　分项完成情况表"} {
			if !strings.Contains(bare(all), bare(want)) {
				t.Errorf("%d rows: no %q in\n%s", rows, want, all)
			}
		}
		for i, page := range pages {
			if !strings.Contains(bare(page), fmt.Sprintf("—%d—", i+1)) || !strings.Contains(bare(page), bare(l.Mark)) {
				t.Errorf("%d rows: page %d lacks its number or mark:\n%s", rows, i+1, page)
			}
			if n := strings.Count(page, "区 "); strings.Contains(page, "得分") && n > 0 && n < fewest && rows > fewest {
				t.Errorf("%d rows: page %d has %d rows of a table", rows, i+1, n)
			}
		}
		if !strings.Contains(pages[len(pages)-1], "附件2") {
			t.Errorf("%d rows: annex 2 does not begin the last page", rows)
		}
	}
}

// texts are what a letter says, in order, a table as its cells.
func texts(l *Letter) (list []string) {
	list = append(list, l.Title, l.To)
	blocks := func(all []Block) {
		for _, b := range all {
			list = append(list, b.Text)
			if b.Table == nil {
				continue
			}
			for _, row := range append([][]string{b.Table.Heads}, b.Table.Rows...) {
				for _, text := range row {
					list = append(list, "|"+text)
				}
			}
		}
	}
	blocks(l.Blocks)
	for i, text := range l.Annexes {
		if i == 0 {
			text = l.AnnexLabel + text
		}
		list = append(list, text)
	}
	list = append(list, l.From, l.Date)
	blocks(l.Behind)
	return list
}

// TestAWordFileSaysWhatTheLetterSays: read back by another way than it was written.
func TestAWordFileSaysWhatTheLetterSays(t *testing.T) {
	l := letter(13)
	var out, again bytes.Buffer
	if err := errors.Join(l.Word(&out), l.Word(&again)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Error("the same letter has other bytes")
	}
	if diff := cmp.Diff(texts(l), wordTexts(t, out.Bytes())); diff != "" {
		t.Error("the file differs (-letter +file):\n" + diff)
	}
}

// wordTexts reads the paragraphs of a Word file; those of tables begin with a stroke, and what marks the end of a table is left out.
// Every part must be well formed, and every style that is used defined.
func wordTexts(t *testing.T, file []byte) (list []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(body)
		for d := xml.NewDecoder(bytes.NewReader(body)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	d, cell, text := xml.NewDecoder(strings.NewReader(parts["word/document.xml"])), "", ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tc":
				cell = "|"
			case "p":
				text = ""
			case "pStyle":
				if !strings.Contains(parts["word/styles.xml"], `w:styleId="`+e.Attr[0].Value+`"`) {
					t.Errorf("no style %s", e.Attr[0].Value)
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "tc":
				cell = ""
			case "p":
				if cell+text != "" {
					list = append(list, cell+text)
				}
			}
		case xml.CharData:
			text += string(e)
		}
	}
}

// TestLibreOfficeOpensTheWordFile and reads from it what stands in it: as text, and as a PDF.
func TestLibreOfficeOpensTheWordFile(t *testing.T) {
	if os.Getenv("UNIONBOARD_TEST_OFFICE") == "" {
		t.Skip("set UNIONBOARD_TEST_OFFICE=1; make test-full does")
	}
	dir, l := t.TempDir(), letter(40)
	var out bytes.Buffer
	if err := l.Word(&out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notice.docx"), out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"txt:Text (encoded):UTF8", "pdf"} {
		cmd := exec.Command("soffice", "--headless", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to", format, "--outdir", dir, filepath.Join(dir, "notice.docx"))
		if said, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(said), "Error") {
			t.Fatalf("%v: %s", err, said)
		}
	}
	read, err := os.ReadFile(filepath.Join(dir, "notice.txt"))
	if err != nil {
		t.Fatal(err)
	}
	got := bare(strings.TrimPrefix(string(read), "\ufeff"))
	for _, want := range texts(l) {
		want = bare(strings.TrimPrefix(want, "|"))
		at := strings.Index(got, want)
		if at < 0 {
			t.Fatalf("LibreOffice lacks %q, or has it in another place", want)
		}
		got = got[at+len(want):]
	}
	pdf, err := os.ReadFile(filepath.Join(dir, "notice.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if pages := readBack(t, pdf); len(pages) < 3 || !strings.Contains(bare(pages[1]), "—2—") || !strings.Contains(pages[1], "草稿") {
		t.Errorf("%d pages; the second is\n%s", len(pages), pages[min(1, len(pages)-1)])
	}
}

// TestNumberedItemsBeginParagraphs, and a panel's title is parted into heading and caption.
func TestNumberedItemsBeginParagraphs(t *testing.T) {
	page := &dashboard.Page{Rows: []dashboard.Row{{Panels: []dashboard.Panel{
		{Title: "四、下步要求", Text: text("1. 由组织部牵头；2. 由财务部牵头，补齐 1.5 万；于9月30日前。")},
		{Title: "二、完成情况　表1 综合得分", Table: &dashboard.Table{Heads: []dashboard.TableHead{{Text: "区县"}}, Rows: [][]dashboard.Cell{{{Text: "和平区"}}}}},
		{Title: "表2　变化最大", Table: &dashboard.Table{Empty: "没有位次。"}},
		{Title: "2. Results. Table 1: totals", Table: &dashboard.Table{Heads: []dashboard.TableHead{{Text: "District"}}, Rows: [][]dashboard.Cell{{{Text: "Heping"}}}}},
	}}}}
	var got []string
	for _, b := range (notice{words: heading(t, "zh").Words}).blocks(page) {
		got = append(got, string(b.Kind)+": "+b.Text)
	}
	want := []string{
		"heading: 四、下步要求", "paragraph: 1. 由组织部牵头；", "paragraph: 2. 由财务部牵头，补齐 1.5 万；于9月30日前。",
		"heading: 二、完成情况", "table: 表1 综合得分", "paragraph: 没有位次。", "heading: 2. Results", "table: Table 1: totals",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
