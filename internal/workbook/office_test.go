package workbook_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/workbook"
)

// office opens and saves a workbook in LibreOffice, as a person does who looks at it and saves. It takes seconds, so it is asked for
// by UNIONBOARD_TEST_OFFICE.
func office(t *testing.T) func(data []byte) []byte {
	t.Helper()
	if os.Getenv("UNIONBOARD_TEST_OFFICE") == "" {
		t.Skip("UNIONBOARD_TEST_OFFICE is not set")
	}
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("LibreOffice is not installed")
	}
	home := t.TempDir()
	return func(data []byte) []byte {
		t.Helper()
		from, to := filepath.Join(t.TempDir(), "form.xlsx"), t.TempDir()
		if err := os.WriteFile(from, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "-env:UserInstallation=file://"+home, "--headless",
			"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", to, from)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		saved, err := os.ReadFile(filepath.Join(to, "form.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
}

// TestRoundTripThroughLibreOffice: export, save there, edit, save there again, import: no difference but the edits; and every planted
// error stands at its cell in the copy, also after that was opened and saved there.
func TestRoundTripThroughLibreOffice(t *testing.T) {
	save := office(t)
	f := newFixture(t)
	f.typed("ent25_unionised", "１,204 家", "名单\n有误", "li")
	f.typed("grassroots_unions", "800", "", "li")
	for _, lang := range []string{i18n.Chinese, i18n.English} {
		saved := save(f.write(lang))
		filled := f.filled(saved)
		if len(changes(filled))+len(faults(filled))+len(filled.Notes) > 0 {
			t.Fatalf("saved alone, it types %v, faults %v, notes %v", changes(filled), faults(filled), filled.Notes)
		}
	}
	plant := func(e *editing) {
		e.set("union_members", valueHead, 30412)
		e.set("warmth_fund_ytd", valueHead, 1234.56)
		e.set("grassroots_unions", valueHead, nil)
		e.set("new_unions_ytd", valueHead, "１.２万")
		e.set("covered_units", stateHead, "无法取得")
		e.set("covered_units", noteHead, "系统停用")
		e.ok(e.SetCellFormula(e.name, e.cell("migrant_members", valueHead), "1+1"))
		date, err := e.NewStyle(&excelize.Style{NumFmt: 14})
		e.ok(err)
		e.set("female_members", valueHead, 46112)
		e.ok(e.SetCellStyle(e.name, e.cell("female_members", valueHead), e.cell("female_members", valueHead), date))
		e.ok(e.SetCellFormula(e.name, e.cell("nef_members", valueHead), "1/0"))
	}
	saved := save(f.edit(save(f.write(i18n.Chinese)), plant))
	filled := f.filled(saved)
	want := map[assess.Code]string{
		"union_members": "30412", "warmth_fund_ytd": "1234.56", "grassroots_unions": "", "new_unions_ytd": "１.２万",
		"covered_units": "系统停用 missing", "migrant_members": "2",
	}
	if diff := cmp.Diff(want, changes(filled)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	planted := map[assess.Code]string{"female_members": "problem.cell_date", "nef_members": "problem.cell_fault"}
	if diff := cmp.Diff(planted, faults(filled)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	// LibreOffice works all formulas out when it opens a file of ours, not one of its own.
	f.formulasAgree(save(f.edit(f.write(i18n.Chinese), plant)), filled)

	var marks []workbook.Mark
	places := map[string]bool{}
	for _, c := range filled.Cells {
		if c.Fault != nil {
			marks = append(marks, workbook.Mark{Sheet: "填报表", Row: c.At.Line, Column: c.At.Column, Text: c.Fault.Message})
			places[cellName(c.At)] = true
		}
	}
	copied, err := workbook.Marked(f.read(saved), saved, marks)
	f.ok(err)
	for name, data := range map[string][]byte{"the copy": copied, "the copy, saved": save(copied)} {
		found := marksOf(t, data)
		for cell := range places {
			if found[cell] == "" {
				t.Errorf("%s: no mark at %s, only %v", name, cell, found)
			}
			if got := f.fillOf(data, cell); got != "F9C9BC" {
				t.Errorf("%s: %s is %s", name, cell, got)
			}
		}
		if len(found) != len(places) {
			t.Errorf("%s: marks %v", name, found)
		}
	}
	again, err := workbook.Marked(f.read(save(copied)), save(copied), nil)
	f.ok(err)
	if found := marksOf(t, again); len(found) > 0 {
		t.Errorf("marks that are not taken out: %v", found)
	}
}

// formulasAgree compares what LibreOffice made of the formulas with what the form says of the same figures.
func (f *fixture) formulasAgree(saved []byte, filled *workbook.Filled) {
	f.Helper()
	form, err := f.Try(f.Context(), heping, quarter, filled.Saves(func(assess.Code) bool { return true }), morning)
	f.ok(err)
	rows := map[string]sheet.Row{}
	for _, r := range f.read(saved).Sheets[0].Rows {
		rows[r.Cell(1).Text] = r
	}
	compared, checks := 0, map[assess.Code]string{}
	for _, s := range form.Sections {
		for _, field := range s.Fields {
			row := rows[string(field.Item.Code)]
			if field.Of != nil {
				row = rows["rate:"+string(field.Item.Code)]
			}
			if text := row.Cell(12).Text; text != "" && row.Cell(12).Formula {
				checks[field.Item.Code] = text
			}
			if c := row.Cell(7); c.Kind != sheet.Number && c.Kind != sheet.Blank {
				continue // what was planted, and what the form reads more of than a spreadsheet
			}
			agree := func(column int, want string, what string) {
				if want == "" {
					return
				}
				compared++
				a, errA := decimal.NewFromString(want)
				b, errB := decimal.NewFromString(row.Cell(column).Text)
				if errA != nil || errB != nil || a.Sub(b).Abs().GreaterThan(decimal.New(1, -7)) {
					f.Errorf("%s: %s is %q in the file and %q in the form", field.Item.Code, what, row.Cell(column).Text, want)
				}
			}
			if field.Kind == desk.Computed {
				agree(7, field.Shown, "value")
			}
			agree(8, field.Net, "net change")
			if field.OnYear != nil && field.Item.Type == assess.Percent {
				agree(9, fmt.Sprint(*field.OnYear), "change on last year")
			} else if field.OnYear != nil {
				agree(9, fmt.Sprint(*field.OnYear/100), "change on last year")
			}
		}
	}
	if compared < 60 {
		f.Errorf("only %d formulas were compared", compared)
	}
	for code, want := range map[assess.Code]string{
		"ent25_unionised": "", "grassroots_unions": "未填", "new_unions_ytd": "错误：应填数字", "covered_units": "", "nef_members": "错误：应填数字",
		"warmth_fund_ytd": "错误：本年累计数不得小于上季累计数，更正须走更正流程",
	} {
		if got := checks[code]; got != want {
			f.Errorf("the check of %s says %q, want %q", code, got, want)
		}
	}
}
