package workbook_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

// TestFormIsLaidOutAsOfficesKnowIt: title, unit and date, the columns of the quarterly form in their order, the signatures, and the
// file's name.
func TestFormIsLaidOutAsOfficesKnowIt(t *testing.T) {
	f := newFixture(t)
	book := f.read(f.write(i18n.Chinese))
	form := book.Sheets[0]
	row := func(number int) (texts []string) {
		for _, c := range form.Rows[number].Cells {
			texts = append(texts, c.Text)
		}
		return texts
	}
	want := [][]string{
		{"2026年第四季度工会工作数据填报表"},
		{"填报单位：和平区总工会", "数据截至：2026年12月31日", "报送期限：2027年1月13日 01:00"},
		{"code", "序号", "数据项", "口径说明", "单位", "上季末", "本季末/本年累计", "本季净增（自动）", "同比", "说明", "佐证", "校验", "填报状态"},
		{"一、思想政治引领体系（六个体系）"},
		{"grassroots_unions", "1", "基层工会组织数", "经上一级工会批准且未撤销的基层工会委员会，含联合基层工会；工会小组、车间分会不计", "个", "8000", "", "", "—", "未填"},
	}
	if diff := cmp.Diff(want, [][]string{row(0), row(1), row(2), row(3), row(4)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"制表：", "审核：", "签批：", "日期："}, row(len(form.Rows)-1)); diff != "" {
		t.Errorf("foot (-want +got):\n%s", diff)
	}
	for lang, name := range map[string]string{
		i18n.Chinese: "2026年第四季度_和平区总工会_填报表.xlsx", i18n.English: "Q4 2026_Heping District Federation of Trade Unions_form.xlsx",
	} {
		if got := workbook.FileName(f.form(), f.words.In(lang)); got != name {
			t.Errorf("the file is called %q, want %q", got, name)
		}
	}
	var names []string
	for _, s := range book.Sheets {
		names = append(names, s.Name+map[bool]string{true: " (hidden)"}[s.Hidden])
	}
	if diff := cmp.Diff([]string{"填报表", "填表说明", "unionboard (hidden)"}, names); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
}

// TestOnlyInputIsUnlocked: the sheet is protected, and the cells that are not locked are those of the figure, its note and its state
// in the rows that the district types, and the signatures.
func TestOnlyInputIsUnlocked(t *testing.T) {
	f := newFixture(t)
	data := f.write(i18n.Chinese)
	parts := unpacked(t, data)
	content, styles := parts["xl/worksheets/sheet1.xml"], parts["xl/styles.xml"]
	for _, sheet := range []string{"1", "2", "3"} {
		if !strings.Contains(parts["xl/worksheets/sheet"+sheet+".xml"], "<sheetProtection ") {
			t.Errorf("sheet %s is not protected", sheet)
		}
	}
	if !strings.Contains(parts["xl/workbook.xml"], "<workbookProtection ") {
		t.Error("sheets can be moved")
	}
	var open []bool
	for _, xf := range regexp.MustCompile(`(?s)<xf .*?(?:/>|</xf>)`).FindAllString(regexp.MustCompile(`(?s)<cellXfs.*</cellXfs>`).FindString(styles), -1) {
		open = append(open, strings.Contains(xf, `locked="false"`) || strings.Contains(xf, `locked="0"`))
	}
	unlocked := map[string]bool{}
	for _, c := range regexp.MustCompile(`<c r="([A-Z]+\d+)" s="(\d+)"`).FindAllStringSubmatch(content, -1) {
		if open[number(t, c[2])] {
			unlocked[c[1]] = true
		}
	}
	want, row := map[string]bool{}, 3
	for _, s := range f.form().Sections {
		row++
		for _, field := range s.Fields {
			row++
			if field.Kind == desk.Typed {
				for _, column := range []int{7, 10, 13} {
					want[sheet.CellName(row, column)] = true
				}
			}
		}
	}
	for column := 2; column <= 13; column++ {
		want[sheet.CellName(row+2, column)] = true
	}
	if diff := cmp.Diff(want, unlocked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLimitsAndChoices: counts take whole numbers, amounts numbers, states a list; each has its prompt.
func TestLimitsAndChoices(t *testing.T) {
	f := newFixture(t)
	content := unpacked(t, f.write(i18n.Chinese))["xl/worksheets/sheet1.xml"]
	rules := map[string]string{}
	for _, v := range regexp.MustCompile(`(?s)<dataValidation (.*?)</dataValidation>`).FindAllStringSubmatch(content, -1) {
		rules[regexp.MustCompile(`sqref="([^"]+)"`).FindStringSubmatch(v[1])[1]] = v[1]
	}
	count, money := f.cellOf("union_members"), f.cellOf("warmth_fund_ytd")
	for cell, parts := range map[string][]string{
		"G" + count: {`type="whole"`, "<formula1>0</formula1>", "单位：人"}, "G" + money: {`type="decimal"`, "单位：元"},
		"J" + count: {`type="textLength"`, "<formula2>1000</formula2>"}, "M" + count: {`type="list"`, "无法取得"},
	} {
		for _, part := range parts {
			if !strings.Contains(rules[cell], part) {
				t.Errorf("%s lacks %s: %s", cell, part, rules[cell])
			}
		}
	}
	if len(rules) < 180 {
		t.Errorf("only %d cells are limited", len(rules))
	}
}

func (f *fixture) cellOf(item string) (row string) {
	f.Helper()
	f.edit(f.write(i18n.Chinese), func(e *editing) { row = strings.TrimPrefix(e.cell(item, valueHead), "G") })
	return row
}

// TestPaper: A4 across, one page wide, the heads on every page.
func TestPaper(t *testing.T) {
	f := newFixture(t)
	parts := unpacked(t, f.write(i18n.Chinese))
	for _, piece := range []string{`orientation="landscape"`, `paperSize="9"`, `fitToHeight="0"`, `fitToPage="true"`, `hidden="true"`} {
		if !strings.Contains(parts["xl/worksheets/sheet1.xml"], piece) && !strings.Contains(parts["xl/worksheets/sheet1.xml"], strings.ReplaceAll(piece, `"true"`, `"1"`)) {
			t.Errorf("the sheet lacks %s", piece)
		}
	}
	for _, piece := range []string{"_xlnm.Print_Titles", "$3:$3", "_xlnm.Print_Area"} {
		if !strings.Contains(parts["xl/workbook.xml"], piece) {
			t.Errorf("the workbook lacks %s", piece)
		}
	}
}

// TestShutFormsAreAllLocked: a form that nothing can be typed into is a file without an open cell, and takes nothing back.
func TestShutFormsAreAllLocked(t *testing.T) {
	f := newFixture(t)
	data := f.write(i18n.Chinese)
	form := f.form()
	form.Shut = f.closed()
	shut, err := workbook.Write(form, f.words.In(i18n.Chinese), zone)
	f.ok(err)
	if content := unpacked(t, shut)["xl/worksheets/sheet1.xml"]; strings.Contains(content, "<dataValidation ") {
		t.Error("cells can be typed into")
	}
	filled, err := workbook.ReadForm(f.read(f.edit(data, func(e *editing) { e.set("union_members", valueHead, 5) })), form, f.words)
	f.ok(err)
	if got := faults(filled); got["union_members"] != "problem.form_closed" || len(changes(filled)) > 0 {
		t.Errorf("faults %v, changes %v", got, changes(filled))
	}
}
