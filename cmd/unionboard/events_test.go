package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/workbook"
)

const (
	telephone = "13812345678"
	citizen   = "210102199001011234"
)

// formulas are texts that a spreadsheet would run, each beginning with another sign.
func formulas() []string {
	return []string{"=HYPERLINK(\"http://x\",\"点\")", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1,1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)"}
}

// said is what somebody wrote: a formula, then numbers that tell a person.
func said(i int, what string) string {
	return formulas()[i] + " " + what + "，电话" + telephone + "，身份证" + citizen
}

// eventful writes matters and evidence into an installation, for each of the formulas one of each kind, all of 和平区 in the first quarter, and
// answers a room in which figures were returned and notes written in the same way.
func eventful(t *testing.T, a *app) export.Room {
	t.Helper()
	ctx, at := t.Context(), time.Date(2026, 5, 6, 2, 0, 0, 0, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	line := assess.AuditLine{At: at, Actor: "test", Action: "test", Result: "ok"}
	q := assess.NewQuarter(2026, 1)
	codes := []assess.Code{
		"lecture_union_coverage", "online_member_rate", "culture_participation", "union_rate_25plus", "membership_rate", "new_unions", "nef_members", "warmth_households", "legal_aid_cases", "harmony_units",
	}
	for i := range formulas() {
		appeal := fmt.Sprintf("appeal-%d", i)
		must(a.store.OpenMatter(ctx, assess.Matter{
			ID: appeal, Kind: assess.Appeal, Unit: "210102", Period: q, Code: codes[i], State: "submitted", Reason: said(i, "申诉"), Before: "86.50", OpenedBy: "li", OpenedAt: at.AddDate(0, 0, i),
		}, assess.MatterStep{Matter: appeal, Action: "open", To: "submitted", By: "li", At: at, Note: "开"}, line))
		if to := [...]string{"changed", "upheld", ""}[i%3]; to != "" {
			must(a.store.MoveMatter(ctx, assess.MatterStep{Matter: appeal, Action: "decide", From: "submitted", To: to, By: "wang", At: at, Note: said(i, "复核")}, time.Time{}, line))
		}
		task := fmt.Sprintf("task-%d", i)
		must(a.store.OpenMatter(ctx, assess.Matter{
			ID: task, Kind: assess.Task, Unit: "210102", Period: q, State: "open", Title: said(i, "问题"), Origin: "inspection", Measure: said(i, "措施"), Due: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
			OpenedBy: "li", OpenedAt: at.AddDate(0, 0, i),
		}, assess.MatterStep{Matter: task, Action: "open", To: "open", By: "li", At: at}, line))
		if i%2 == 0 {
			must(a.store.MoveMatter(ctx, assess.MatterStep{Matter: task, Action: "close", From: "open", To: "closed", By: "wang", At: at.AddDate(0, 1, 0), Note: said(i, "进展")}, time.Time{}, line))
		}
		for j, e := range []assess.Evidence{
			{Use: assess.OfFigure, Object: "union_members", Name: said(i, "名单") + ".xlsx"}, {Use: assess.OfAppeal, Object: appeal, Name: "一.pdf"}, {Use: assess.OfAppeal, Object: appeal, Name: "二.pdf"},
		} {
			e.ID, e.Unit, e.From, e.Period, e.Privacy, e.AddedBy, e.AddedAt = fmt.Sprintf("e-%d-%d", i, j), "210102", "210102", q, assess.Impersonal, "li", at
			e.File = assess.EvidenceFile{Hash: fmt.Sprintf("%064d", 10*i+j), Kind: "pdf", Size: 1000, Scan: assess.Clean, AddedAt: at}
			_, err := a.store.AddEvidence(ctx, []assess.Evidence{e}, assess.EvidenceRoom{Quota: 1 << 30}, line)
			must(err)
		}
	}
	room := a.room()
	room.Log = writtenLog{room.Log}
	return room
}

// writtenLog is a log in which figures were returned with words, and others have notes.
type writtenLog struct{ export.Log }

func (l writtenLog) Decisions(_ context.Context, p assess.Period, _ ...assess.UnitCode) (all []assess.Decision, err error) {
	for i := range formulas() {
		all = append(all, assess.Decision{
			Unit: "210102", Period: p, Item: "union_members", Reason: "above_total", Note: said(i, "退回"), Value: fmt.Sprint(30_000 + i), Round: 1, Submission: fmt.Sprint(i), At: time.Date(2026, 4, 9, 2, 0, 0, 0, time.UTC),
		})
	}
	return all, nil
}

func (l writtenLog) Each(_ context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	for i := range formulas() {
		o := assess.Observation{CellKey: assess.CellKey{Unit: "210102", Period: q.Periods[0], Item: "union_members"}, State: assess.Reported, Value: fmt.Sprint(-i) + ".5", Note: said(i, "说明")}
		if err := visit(o); err != nil {
			return err
		}
	}
	return nil
}

// eventBooks answers the tables that hold what people wrote.
func eventBooks(t *testing.T, room export.Room, personal bool) (books []*export.Book) {
	t.Helper()
	for _, name := range []string{"returns", "evidence", "appeals", "actions", "observations"} {
		book, err := room.Book(t.Context(), export.Order{
			Table: name, Periods: []assess.Period{assess.NewQuarter(2026, 1)}, Units: []assess.UnitCode{"210102"}, Lang: i18n.Chinese, Personal: personal, Unsigned: true,
			Now: time.Date(2026, 10, 9, 1, 0, 0, 0, time.UTC),
		})
		if err != nil {
			t.Fatal(err)
		}
		books = append(books, book)
	}
	return books
}

// TestWhatPeopleWroteIsHarmlessAndMasked: in workbooks and in CSV no text is read as a formula, whatever it begins with, and the numbers of persons
// are masked unless they are asked for; then every word is there.
func TestWhatPeopleWroteIsHarmlessAndMasked(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		room := eventful(t, a)
		for _, personal := range []bool{false, true} {
			for _, book := range eventBooks(t, room, personal) {
				var text, file bytes.Buffer
				if err := book.CSV(&text); err != nil {
					t.Fatal(err)
				}
				if err := workbook.WriteBook(&file, book); err != nil {
					t.Fatal(err)
				}
				readBack(t, book, file.Bytes())
				readParquet(t, book)
				rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text.Bytes(), []byte("\ufeff")))).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				var words []string
				for _, row := range rows {
					words = append(words, row...)
				}
				read, err := sheet.Read(book.File, file.Bytes())
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range read.Sheets {
					for _, row := range s.Rows {
						for _, c := range row.Cells {
							if c.Formula {
								t.Errorf("%s: %q is a formula", book.Name, c.Text)
							}
							if c.Kind == sheet.Text {
								words = append(words, c.Text)
							}
						}
					}
				}
				harmlessWords(t, book.Name, words, personal)
			}
		}
	})
}

// harmlessWords looks at all texts of the formats of a table.
func harmlessWords(t *testing.T, name string, words []string, personal bool) {
	t.Helper()
	found := map[string]int{}
	for _, text := range words {
		if first, _ := utf8.DecodeRuneInString(text); strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
			if _, err := decimal.NewFromString(text); err != nil {
				t.Errorf("%s: %q would be run", name, text)
			}
		}
		if strings.Contains(text, telephone) != (personal && strings.Contains(text, "电话138")) || strings.Contains(text, citizen) && !personal {
			t.Errorf("%s: %q stands in the file", name, text)
		}
		for i, formula := range formulas() {
			// A spreadsheet keeps a carriage return as a line feed.
			if begins := strings.TrimPrefix(text, "\u00a0"); strings.HasPrefix(begins, formula) || strings.HasPrefix(begins, strings.ReplaceAll(formula, "\r", "\n")) {
				found[formulas()[i]]++
			}
		}
	}
	for _, formula := range formulas() {
		if found[formula] < 2 {
			t.Errorf("%s: %q is there %d times, want it in both formats", name, formula, found[formula])
		}
	}
}

// TestTidyRowsAreMasked unless the numbers are asked for.
func TestTidyRowsAreMasked(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		room, err := a.takeout()
		if err != nil {
			t.Fatal(err)
		}
		room.Log = writtenLog{room.Log}
		for _, personal := range []bool{false, true} {
			order := orderOf("observations", takeout.CSV, assess.NewQuarter(2026, 1))
			order.Personal = personal
			file, err := room.File(t.Context(), order)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := file.Write(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), telephone) != personal || strings.Contains(out.String(), "138****78") == personal {
				t.Errorf("personal %v:\n%s", personal, out.String())
			}
		}
	})
}

// TestTablesOfEventsSayWhatHappened: what was appealed, returned, proved and put right, cell by cell.
func TestTablesOfEventsSayWhatHappened(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		room := eventful(t, a)
		s, err := a.board.Sheet(t.Context(), assess.NewQuarter(2026, 1))
		if err != nil {
			t.Fatal(err)
		}
		f, _, n := s.Node("210102", "lecture_union_coverage")
		after := decimal.NewFromFloat(n.Shown).StringFixed(int32(f.Decimals))
		for name, want := range map[string]map[string]string{
			"appeals 0":      {"unit": "和平区", "node": "lecture_union_coverage", "was": "86.50", "grounds": said(0, "申诉"), "proofs": "2", "opinion": said(0, "复核"), "result": "变更", "after": after, "opened": "2026-05-06"},
			"appeals 1":      {"node": "online_member_rate", "result": "维持", "after": "86.50", "opinion": said(1, "复核"), "opened": "2026-05-07"},
			"appeals 2":      {"node": "culture_participation", "result": "已提交", "after": "待报", "opinion": "—", "proofs": "2"},
			"actions 0":      {"problem": said(0, "问题"), "source": "督查检查", "owner": "和平区", "action": said(0, "措施"), "deadline": "2026-06-01", "progress": "已销号 " + said(0, "进展"), "closed": "2026-06-06"},
			"actions 1":      {"problem": said(1, "问题"), "progress": "待整改", "closed": "待报"},
			"returns 3":      {"unit": "和平区", "figure": "工会会员数", "reported": "30003", "opinion": said(3, "退回"), "refilled": "30004", "round": "1"},
			"evidence 3":     {"no": "4", "unit": "和平区", "proves": "工会会员数", "material": said(1, "名单") + ".xlsx", "copies": "1", "privacy": "不含个人信息", "provider": "和平区", "added": "2026-05-06"},
			"observations 5": {"unit": "和平区", "period": "2026Q1", "item": "union_members", "figure": "工会会员数", "value": "-5.5", "note": said(5, "说明"), "part": "—"},
		} {
			table, at, _ := strings.Cut(name, " ")
			for _, book := range eventBooks(t, room, true) {
				if book.Name != table {
					continue
				}
				rows, err := book.Tables[0].Read()
				if err != nil {
					t.Fatal(err)
				}
				if table == "observations" { // the cells of a row hold until the next one
					rows = nil
					for r := range book.Tables[0].Rows {
						rows = append(rows, export.Row{Cells: append([]export.Cell{}, r.Cells...)})
					}
				}
				got := map[string]string{}
				for i, c := range book.Tables[0].Columns {
					if _, asked := want[c.Code]; asked {
						got[c.Code] = book.Tables[0].Say(rows[at[0]-'0'].Cells[i])
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("row %s of %s (-want +got):\n%s", at, table, diff)
				}
			}
		}
	})
}

// TestLibreOfficeTakesWhatPeopleWrote: the workbooks with texts like formulas are opened, worked out anew and saved, and none has become one.
func TestLibreOfficeTakesWhatPeopleWrote(t *testing.T) {
	if os.Getenv("UNIONBOARD_TEST_OFFICE") == "" {
		t.Skip("UNIONBOARD_TEST_OFFICE is not set")
	}
	inDemo(t, func(a *app) { throughOffice(t, eventBooks(t, eventful(t, a), true)) })
}
