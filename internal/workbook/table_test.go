package workbook_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/processor"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/workbook"
)

// book makes a workbook of rows: texts and numbers as they are given, nil for blank.
func (f *fixture) book(rows [][]any, merged ...string) *sheet.Book {
	f.Helper()
	file := excelize.NewFile()
	defer file.Close()
	for i, row := range rows {
		f.ok(file.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row))
	}
	for _, area := range merged {
		from, to, _ := strings.Cut(area, ":")
		f.ok(file.MergeCell("Sheet1", from, to))
	}
	var b bytes.Buffer
	f.ok(file.Write(&b))
	return f.read(b.Bytes())
}

func (f *fixture) text(content string) *sheet.Book {
	f.Helper()
	book, _, err := source.ReadBook("table.csv", []byte(content))
	f.ok(err)
	return book
}

// TestTablesOfOnesOwn: the tables that districts keep, and what is read of each.
func TestTablesOfOnesOwn(t *testing.T) {
	f := newFixture(t)
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("填报单位：和平区总工会,单位：万元\n数据项,本季末\n工会会员数,\"30,412\"\n本年送温暖资金,１２.５\n")
	f.ok(err)
	type read = map[assess.Code]string
	for _, tt := range []struct {
		name string
		book *sheet.Book
		want read
	}{
		{"names and figures alone", f.book([][]any{{"工会会员数", 30412}, {"女会员数", 15000}}), read{"union_members": "30412", "female_members": "15000"}},
		{"preamble, numbering, notes at the end", f.book([][]any{
			{"2026年第四季度工会工作统计表"},
			{"填报单位：和平区总工会", nil, "2026年12月31日"},
			{"序号", "指标名称", "计量单位", "上季末", "本季末", "备注"},
			{1, "一、工会会员数", "人", 30000, 30412, "含新业态"},
			{2, "其中：女会员数", "人", 14000, 15000},
			{3, "（1）农民工会员数", "人", 8000, "-"},
			{nil, "与本表无关的一项", "个", 1, 2},
			{"注：会员数按台账", nil, nil, nil, nil},
			{"制表人：李"},
		}), read{"union_members": "30412 含新业态", "female_members": "15000"}},
		{"full-width digits, separators, 万 and 亿", f.book([][]any{
			{"数据项", "数值"}, {"工会会员数", "３０，４１２"}, {"女会员数", "1.5万"}, {"本年送温暖资金", "0.012亿元"}, {"已建会单位职工人数", "31 000 人"},
		}), read{"union_members": "30412", "female_members": "15000", "warmth_fund_ytd": "1200000", "employees_in_unionised_units": "31000"}},
		{"unit of measure in the title", f.book([][]any{
			{"经费情况（单位：万元）"}, {"数据项", "本年累计"}, {"本年送温暖资金", 12.5}, {"工会会员数", 30412},
		}), read{"warmth_fund_ytd": "125000", "union_members": "30412"}},
		{"unit of measure in the name", f.book([][]any{{"数据项", "数值"}, {"本年送温暖资金（万元）", "12.50"}}), read{"warmth_fund_ytd": "125000"}},
		{"unit of measure in its own column", f.book([][]any{
			{"数据项", "单位", "数值"}, {"本年送温暖资金", "万元", 12.5}, {"工会会员数", "万人", 3.0412}, {"女会员数", "人", 15000},
		}), read{"warmth_fund_ytd": "125000", "union_members": "30412", "female_members": "15000"}},
		{"turned by a quarter, several units", f.book([][]any{
			{"2026年四季度各区情况"}, {"单位", "工会会员数", "女会员数"}, {"沈河区", 1, 2}, {"和平区", 30412, 15000}, {"全市", 99, 98},
		}), read{"union_members": "30412", "female_members": "15000"}},
		{"turned, merged heads of two rows", f.book([][]any{
			{"区县", "会员情况", nil, "组织情况"}, {nil, "工会会员数", "女会员数", "基层工会组织数"}, {"和平", 30412, 15000, 900},
		}, "A1:A2", "B1:C1"), read{"union_members": "30412", "female_members": "15000", "grassroots_unions": "900"}},
		{"units side by side", f.book([][]any{
			{"指标", "和平区", "沈河区"}, {"工会会员数", 30412, 1}, {"女会员数", 15000, 2},
		}), read{"union_members": "30412", "female_members": "15000"}},
		{"quarters side by side", f.book([][]any{
			{"指标", "2026年3季度", "2026年4季度", "同比"}, {"工会会员数", 1, 30412, 0.5}, {"女会员数", 2, 15000, 0.5},
		}), read{"union_members": "30412", "female_members": "15000"}},
		{"merged heads over figures", f.book([][]any{
			{"数据项", "2026年"}, {nil, "上年同期", "本年累计", "增减"}, {"工会会员数", 1, 30412, 2}, {"女会员数", 2, 15000, 3},
		}, "A1:A2", "B1:D1"), read{"union_members": "30412", "female_members": "15000"}},
		{"a stored number has all its digits, however it is written", f.book([][]any{{"数据项", "数值"}, {"本年送温暖资金", 1.23457e+06}, {"工会会员数", 30412}}), read{"warmth_fund_ytd": "1234570", "union_members": "30412"}},
		{"years over quarters", f.book([][]any{
			{"数据项", "2025年", nil, "2026年"}, {nil, "三季度", "四季度", "三季度", "四季度"}, {"工会会员数", 1, 2, 3, 30412}, {"女会员数", 1, 2, 3, 15000},
		}, "A1:A2", "B1:C1", "D1:E1"), read{"union_members": "30412", "female_members": "15000"}},
		{"quarters over years", f.book([][]any{
			{"数据项", "三季度", nil, "四季度"}, {nil, "2025年", "2026年", "2025年", "2026年"}, {"工会会员数", 1, 2, 3, 30412}, {"女会员数", 1, 2, 3, 15000},
		}, "A1:A2", "B1:C1", "D1:E1"), read{"union_members": "30412", "female_members": "15000"}},
		{"years over what they end with", f.book([][]any{
			{"数据项", "2025年", nil, "2026年"}, {nil, "上季末", "本季末", "上季末", "本季末"}, {"工会会员数", 1, 2, 3, 30412}, {"女会员数", 1, 2, 3, 15000},
		}, "A1:A2", "B1:C1", "D1:E1"), read{"union_members": "30412", "female_members": "15000"}},
		{"quarters without a year", f.text("数据项,一季度,二季度,三季度,四季度\n工会会员数,1,2,3,30412\n女会员数,1,2,3,15000\n"), read{"union_members": "30412", "female_members": "15000"}},
		{"months up to this one", f.text("数据项,1-9月,1-12月,上一季度\n本年送温暖资金,1,30412,7\n工会会员数,2,15000,8\n"), read{"warmth_fund_ytd": "30412", "union_members": "15000"}},
		{"several units of measure in the preamble", f.book([][]any{
			{"单位：人、万元"}, {"数据项", "数值"}, {"本年送温暖资金", 134.5}, {"工会会员数", 30412}, {"基层工会组织数", 7},
		}), read{"warmth_fund_ytd": "1345000", "union_members": "30412", "grassroots_unions": "7"}},
		{"four-digit figures are no years", f.text("数据项,序号,数值\n工会会员数,2001,2005\n女会员数,2002,1999\n"), read{"union_members": "2005", "female_members": "1999"}},
		{"codes instead of names", f.book([][]any{{"code", "value"}, {"union_members", 30412}}), read{"union_members": "30412"}},
		{"English", f.book([][]any{{"Item", "Figure"}, {"Union members", 30412}, {"Female members", 15000}}), read{"union_members": "30412", "female_members": "15000"}},
		{"GB18030", f.text(gb), read{"union_members": "30412", "warmth_fund_ytd": "125000"}},
		{"byte order mark and tabs", f.text("\xEF\xBB\xBF数据项\t本季\n工会会员数\t30,412\n"), read{"union_members": "30412"}},
		{"semicolons", f.text("数据项;本季\n工会会员数;30412\n女会员数;15000\n"), read{"union_members": "30412", "female_members": "15000"}},
		{"names almost as in the form", f.book([][]any{{"项目", "数"}, {"工会会员总数", 30412}, {"女会员数", 15000}}), read{"union_members": "30412", "female_members": "15000"}},
		{
			"zero is a figure, blank and dash are none", f.book([][]any{{"数据项", "数值"}, {"工会会员数", 0}, {"女会员数", "—"}, {"农民工会员数", nil}, {"基层工会组织数", 5}}),
			read{"union_members": "0", "grassroots_unions": "5"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _, err := workbook.Propose(tt.book, f.form())
			if err != nil {
				t.Fatal(err)
			}
			filled, _, err := workbook.ReadTable(tt.book, f.form(), f.words, m)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, changes(filled)); diff != "" || len(faults(filled)) > 0 {
				t.Errorf("by %+v (-want +got):\n%sfaults %v", m, diff, faults(filled))
			}
		})
	}
}

// TestTablesOfOthersAreRefused: a table that speaks of another unit or quarter is none of ours, wherever it says so.
func TestTablesOfOthersAreRefused(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		name, want string
		book       *sheet.Book
	}{
		{"another unit in the preamble", "problem.table_unit", f.book([][]any{{"填报单位：沈河区总工会"}, {"数据项", "数值"}, {"工会会员数", 5}})},
		{"other units as rows", "problem.table_unit", f.book([][]any{{"单位", "工会会员数"}, {"沈河区", 5}, {"合计", 6}})},
		{"other units as columns", "problem.table_unit", f.book([][]any{{"指标", "沈河区", "大东区", "合计"}, {"工会会员数", 5, 6, 7}})},
		{"another quarter in the title", "problem.table_period", f.book([][]any{{"2026年第三季度统计表"}, {"数据项", "数值"}, {"工会会员数", 5}})},
		{"another year", "problem.table_period", f.book([][]any{{"2025年1-12月"}, {"数据项", "数值"}, {"工会会员数", 5}})},
		{"another quarter over the figures", "problem.table_period", f.book([][]any{{"数据项", "2026Q3"}, {"工会会员数", 5}})},
		{"a unit of the city at the foot", "problem.table_unit", f.text("数据项,数值\n工会会员数,5\n填报单位：沈河\n")},
		{"another unit at the foot beside ours in front", "problem.table_unit", f.text("和平区总工会统计表\n数据项,数值\n工会会员数,5\n沈河区总工会制表\n")},
		{"another unit beside ours in the preamble", "problem.table_unit", f.book([][]any{{"和平区总工会"}, {"填报单位：沈河"}, {"数据项", "数值"}, {"工会会员数", 5}})},
		{"rows of another unit alone", "problem.table_unit", f.text("单位,期间,数据项,数值\n沈河区总工会,2026年第四季度,基层工会组织数,1200\n")},
		{"rows of another quarter alone", "problem.table_period", f.text("单位,期间,数据项,数值\n和平区总工会,2026年第三季度,基层工会组织数,1200\n")},
		{"another year over bare quarters", "problem.table_period", f.text("2025年工会统计表\n数据项,三季度,四季度\n工会会员数,5,6\n")},
		{"no name that the form knows", "problem.table_names", f.book([][]any{{"苹果", 5}, {"梨", 6}})},
		{"no figures", "problem.table_figures", f.book([][]any{{"工会会员数", "略"}, {"女会员数", "略"}})},
	} {
		_, _, err := workbook.Propose(tt.book, f.form())
		if problem, _ := errors.AsType[*assess.Problem](err); problem == nil || problem.Key != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestFaultsOfTablesStandAtTheirCells: what cannot be taken is named with its cell, and nothing else is lost for it.
func TestFaultsOfTablesStandAtTheirCells(t *testing.T) {
	f := newFixture(t)
	book := f.book([][]any{
		{"数据项", "单位", "数值"},
		{"工会会员数", "人", 30412},
		{"女会员数", "户", 15000},
		{"农民工会员数", "人", true},
		{" 工会会员数", "人", 30413},
		{"基层工会组织数", "个", "九百"},
		{"已建会单位职工人数", "人", "12\n3"},
		{"本年送温暖资金", "元", "1.23457E+06"},
	})
	m, _, err := workbook.Propose(book, f.form())
	f.ok(err)
	m.Items[3].Item = "union_members" // the same name, with a blank before it
	filled, rows, err := workbook.ReadTable(book, f.form(), f.words, m)
	f.ok(err)
	got := map[string]string{}
	for _, c := range filled.Cells {
		if c.Fault != nil {
			got[cellName(c.Fault.Place)] = c.Fault.Key
		}
	}
	want := map[string]string{"C3": "problem.table_measure", "C4": "problem.cell_boolean", "C5": "problem.table_twice", "C7": "problem.number_blank", "C8": "problem.number_scientific"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What only cannot be read as a number is kept as it was typed: the form says what is wrong with it.
	if diff := cmp.Diff(map[assess.Code]string{"union_members": "30412", "grassroots_unions": "九百"}, changes(filled)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(rows) != 7 || rows[0].Raw != "30412" || rows[0].Measure != "人" || rows[1].Value != "" {
		t.Errorf("rows %+v", rows)
	}
}

// TestRowsOfOthersAreRefusedByName: of a table of several units or quarters only our own rows are offered, wherever they stand.
func TestRowsOfOthersAreRefusedByName(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		name, at, key, of string
		book              *sheet.Book
	}{
		{"units in a column", "D2", "problem.table_row_unit", "沈河区总工会", f.text("单位,期间,数据项,数值\n沈河区总工会,2026年第四季度,工会会员数,205476\n和平,2026年第四季度,工会会员数,30412\n")},
		{"units in a column, said once", "C2", "problem.table_row_unit", "沈河区", f.text("单位,数据项,数值\n沈河区,工会会员数,205476\n和平区,女会员数,\n,工会会员数,30412\n")},
		{"the sum of all", "C3", "problem.table_row_unit", "合计", f.text("单位,数据项,数值\n和平区,工会会员数,30412\n合计,工会会员数,205476\n和平区,女会员数,\n")},
		{"units over their items", "B4", "problem.table_row_unit", "沈河区总工会", f.text("数据项,数值\n工会会员数,30412\n沈河区总工会\n工会会员数,205476\n")},
		{"quarters in a column", "C2", "problem.table_row_period", "2026Q3", f.text("期间,数据项,数值\n2026Q3,工会会员数,205476\n2026Q4,工会会员数,30412\n")},
		{"months in a column", "C2", "problem.table_row_period", "202611", f.text("月份,数据项,数值\n202611,工会会员数,205476\n202612,工会会员数,30412\n")},
	} {
		m, _, err := workbook.Propose(tt.book, f.form())
		f.ok(err)
		m, err = workbook.Remap(tt.book, f.form(), m)
		f.ok(err)
		filled, _, err := workbook.ReadTable(tt.book, f.form(), f.words, m)
		f.ok(err)
		if diff := cmp.Diff(map[assess.Code]string{"union_members": "30412"}, changes(filled)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		var said []string
		for _, c := range filled.Cells {
			if c.Fault != nil {
				said = append(said, cellName(c.Fault.Place), c.Fault.Key, c.Fault.Args["unit"]+c.Fault.Args["period"])
			}
		}
		if diff := cmp.Diff([]string{tt.at, tt.key, tt.of}, said); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestAPersonChoosesBetweenColumns: where several columns may be meant nothing is read until one is chosen, and the choice is kept.
func TestAPersonChoosesBetweenColumns(t *testing.T) {
	f := newFixture(t)
	for _, heads := range []string{"10月,11月,12月,合计", "甲数,乙数,丙数,丁数", "本季,本期,12月,x", "本季,本季,上季,目标"} {
		book := f.text("数据项," + heads + "\n工会会员数,1,2,30412,4\n女会员数,1,2,15000,4\n")
		m, named, err := workbook.Propose(book, f.form())
		f.ok(err)
		filled, _, err := workbook.ReadTable(book, f.form(), f.words, m)
		f.ok(err)
		if m.Figures != 0 || named || len(filled.Cells) > 0 {
			t.Errorf("%s: proposed %+v, which reads %v", heads, m, changes(filled))
		}
		_, err = workbook.Remap(book, f.form(), m)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.table_choose" {
			t.Errorf("%s: %v", heads, err)
		}
		before := m
		before.Figures = 4
		if m = m.Remembered(before, book, named); m.Figures != 4 {
			t.Errorf("%s: remembered %+v", heads, m)
		}
	}
}

// TestOneOfTwoMeasuresIsAGuess: 元 and 万元 above one table leave open which of them a figure has.
func TestOneOfTwoMeasuresIsAGuess(t *testing.T) {
	f := newFixture(t)
	book := f.text("单位：元、万元\n数据项,数值\n本年送温暖资金,12.5\n")
	m, _, err := workbook.Propose(book, f.form())
	f.ok(err)
	filled, _, err := workbook.ReadTable(book, f.form(), f.words, m)
	f.ok(err)
	if len(filled.Cells) != 1 || filled.Cells[0].Fault == nil || filled.Cells[0].Fault.Key != "problem.table_measure" {
		t.Errorf("cells %+v", filled.Cells)
	}
}

// TestTablesKeepNotesAndWhatIsThere: a table without notes takes none away, and what the form holds already is no change.
func TestTablesKeepNotesAndWhatIsThere(t *testing.T) {
	f := newFixture(t)
	f.typed("union_members", "30,412", "合并", "li")
	f.typed("female_members", "14000", "核对过", "li")
	book := f.book([][]any{{"数据项", "数值"}, {"工会会员数", 30412}, {"女会员数", 15000}, {"农民工会员数", nil}})
	m, _, err := workbook.Propose(book, f.form())
	f.ok(err)
	filled, _, err := workbook.ReadTable(book, f.form(), f.words, m)
	f.ok(err)
	if diff := cmp.Diff(map[assess.Code]string{"female_members": "15000 核对过"}, changes(filled)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMappingsAreRememberedByLayout: next quarter's table has the fingerprint of this one's and is read as a person had it; another
// layout has another.
func TestMappingsAreRememberedByLayout(t *testing.T) {
	f := newFixture(t)
	table := func(quarter string, members int) *sheet.Book {
		return f.book([][]any{{"2026年" + quarter}, {"项目", "甲数", "乙数"}, {"工会会员数", 1, members}, {"本单位自己的叫法", 2, 900}})
	}
	book := table("第4季度", 30412)
	m, named, err := workbook.Propose(book, f.form())
	f.ok(err)
	mark := m.Fingerprint(book)
	if named || m.Figures != 0 {
		t.Fatalf("proposed %+v", m)
	}
	m.Figures, m.Items[1].Item = 3, "grassroots_unions"
	chosen, err := workbook.Remap(book, f.form(), m)
	f.ok(err)

	next := table("第四季度", 31000)
	again, named, err := workbook.Propose(next, f.form())
	f.ok(err)
	if again.Fingerprint(next) != mark {
		t.Error("the same layout has another fingerprint")
	}
	filled, _, err := workbook.ReadTable(next, f.form(), f.words, again.Remembered(chosen, next, named))
	f.ok(err)
	if diff := cmp.Diff(map[assess.Code]string{"union_members": "31000", "grassroots_unions": "900"}, changes(filled)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := f.book([][]any{{"2026年第4季度"}, {"项目", "甲数", "丙数"}, {"工会会员数", 1, 5}, {"本单位自己的叫法", 2, 900}})
	m, _, err = workbook.Propose(other, f.form())
	f.ok(err)
	if m.Fingerprint(other) == mark {
		t.Error("another layout has the same fingerprint")
	}
}

// TestChosenLinesMustBeThere: a mapping that a person sends is checked against the table.
func TestChosenLinesMustBeThere(t *testing.T) {
	f := newFixture(t)
	book := f.book([][]any{{"数据项", "数值"}, {"工会会员数", 5}})
	good, _, err := workbook.Propose(book, f.form())
	f.ok(err)
	for name, change := range map[string]func(*workbook.Mapping){
		"no such sheet":       func(m *workbook.Mapping) { m.Sheet = "x" },
		"no such line":        func(m *workbook.Mapping) { m.Labels = 9 },
		"no such first":       func(m *workbook.Mapping) { m.First = 99 },
		"no figures":          func(m *workbook.Mapping) { m.Figures = 0 },
		"figures are names":   func(m *workbook.Mapping) { m.Figures = m.Labels },
		"measure out of line": func(m *workbook.Mapping) { m.Measure = -1 },
	} {
		bad := good
		change(&bad)
		if _, err := workbook.Remap(book, f.form(), bad); !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzPropose: whatever table comes, it is refused with a Problem or read with cells that stand in it.
func FuzzPropose(f *testing.F) {
	f.Add("填报单位：和平区总工会\n数据项,单位,本季末\n工会会员数,万人,3.0412\n女会员数,人,\"15,000\"\n")
	f.Add("单位;工会会员数;女会员数（万人）\n沈河区;1;2\n和平;30412;1.5\n")
	edition, err := shipped()
	if err != nil {
		f.Fatal(err)
	}
	words, err := i18n.New()
	if err != nil {
		f.Fatal(err)
	}
	unit, _ := edition.Roster.Unit(heping)
	form := &desk.Form{Unit: unit, Period: quarter, Edition: edition, Sections: []desk.Section{{}}}
	for _, item := range edition.Items {
		form.Sections[0].Fields = append(form.Sections[0].Fields, desk.Field{Kind: desk.Typed, Item: item, Period: quarter})
	}
	f.Fuzz(func(t *testing.T, content string) {
		book, _, err := source.ReadBook("a.csv", []byte(content))
		if err != nil {
			return
		}
		m, _, err := workbook.Propose(book, form)
		if err == nil {
			m, err = workbook.Remap(book, form, m)
		}
		if err != nil {
			if _, ok := errors.AsType[*assess.Problem](err); !ok {
				t.Fatal(err)
			}
			return
		}
		if _, _, err := workbook.ReadTable(book, form, words, m); err != nil {
			t.Fatal(err)
		}
		m.Fingerprint(book)
	})
}

// TestTablesOfChanceAreReadInTime: a table as large as the gate lets through, whose every cell is a text of its own, takes seconds.
func TestTablesOfChanceAreReadInTime(t *testing.T) {
	f := newFixture(t)
	s := sheet.Sheet{File: "a.csv", Name: "a"}
	for row := 1; row <= sheet.MostRows/2; row++ {
		r := sheet.Row{Number: row}
		for column := 1; column <= sheet.MostColumns; column++ {
			r.Cells = append(r.Cells, sheet.Cell{Column: column, Kind: sheet.Text, Text: fmt.Sprintf("本年会员%d数%d人", row, column)})
		}
		s.Rows = append(s.Rows, r)
		s.Merged = append(s.Merged, sheet.Area{Top: 1, Left: 1, Bottom: sheet.MostRows, Right: sheet.MostColumns})
	}
	s.Rows[0].Cells[0].Text, s.Rows[0].Cells[1] = "工会会员数", sheet.Cell{Column: 2, Kind: sheet.Number, Text: "5"}
	started := processor.Time()
	book := &sheet.Book{File: "a.csv", Sheets: []sheet.Sheet{s}}
	m, _, err := workbook.Propose(book, f.form())
	f.ok(err)
	m.Fingerprint(book)
	if took := processor.Time() - started; took > 20*time.Second && !processor.Raced {
		t.Errorf("it took %s", took)
	}
}
