package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// playedCity is the demonstration opened for reading.
type playedCity struct {
	*app
	t *testing.T
}

// readCity lets a test look into the demonstration.
func readCity(t *testing.T, do func(c playedCity)) {
	t.Helper()
	inside(t, demonstration(t), func(a *app) { do(playedCity{a, t}) })
}

func (c playedCity) rows(table, period string) []map[string]string {
	c.t.Helper()
	return rows(c.t, c.written(c.t, table, assess.MustPeriod(period)))
}

// cell answers the one row of a unit and code in the observations of a period.
func (c playedCity) cell(unit, period, code string) map[string]string {
	c.t.Helper()
	found := where(c.rows("observations", period), "unit", unit, "code", code)
	if len(found) != 1 {
		c.t.Fatalf("%d rows of %s %s %s", len(found), unit, period, code)
	}
	return found[0]
}

func (c playedCity) filing(unit, period string) assess.Filing {
	c.t.Helper()
	filings, err := c.store.Filings(c.t.Context(), assess.MustPeriod(period))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range filings {
		if f.Unit == assess.UnitCode(unit) {
			return f
		}
	}
	return assess.Filing{}
}

func (c playedCity) history(unit, period, item string) []assess.Observation {
	c.t.Helper()
	key := assess.CellKey{Unit: assess.UnitCode(unit), Period: assess.MustPeriod(period), Item: assess.Code(item)}
	history, err := c.store.History(c.t.Context(), key)
	if err != nil {
		c.t.Fatal(err)
	}
	return history
}

// The story of package demo, cell by cell, in what the program exports and keeps.

func TestTwoReportsCameLate(t *testing.T) {
	readCity(t, func(c playedCity) {
		for _, late := range []struct {
			unit, period string
			days         int
		}{{"210111", "2025Q3", 2}, {"210104", "2026Q2", 1}, {"210102", "2025Q3", 0}} {
			if f := c.filing(late.unit, late.period); f.LateDays != late.days || f.State != assess.Locked {
				t.Errorf("the report of %s for %s is %s and %d days late, want %d", late.unit, late.period, f.State, f.LateDays, late.days)
			}
		}
	})
	// The year takes half a point for each of the two working days from 苏家屯, and nothing from anybody else.
	table := good(t, "score", "--data", demonstration(t), "--period", "2025", "--framework", "composite")
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if head := strings.Fields(lines[1]); head[4] != "late" || len(lines) != 2+13 {
		t.Fatalf("the table is\n%s", table)
	}
	for _, line := range lines[2:] {
		cells, want := strings.Fields(line), "0.00"
		if cells[0] == "苏家屯区" {
			want = "1.00"
		}
		if cells[4] != want {
			t.Errorf("%s loses %s points for being late, want %s", cells[0], cells[4], want)
		}
	}
}

func TestOneReportNeverCame(t *testing.T) {
	readCity(t, func(c playedCity) {
		if f := c.filing("210124", "2025Q2"); f.State != assess.FilingMissing || !f.SubmittedAt.IsZero() {
			t.Errorf("the report is %s", f.State)
		}
		if found := where(c.rows("observations", "2025Q2"), "unit", "210124", "code", "union_members"); len(found) != 0 {
			t.Errorf("it says %v", found)
		}
		scores := c.rows("scores", "2025Q2")
		missing := where(scores, "unit", "210124", "state", "not_reported")
		if len(missing) < 40 {
			t.Errorf("%d nodes are not reported", len(missing))
		}
		for _, row := range missing {
			if row["value"] != "" || row["points"] != "0.0000" || row["coverage"] != "0" {
				t.Errorf("not reported and yet %v", row)
			}
		}
		if others := len(where(scores, "state", "not_reported")); others != len(missing) {
			t.Errorf("%d nodes of other districts are not reported", others-len(missing))
		}
	})
}

func TestThreeReportsWereReturned(t *testing.T) {
	readCity(t, func(c playedCity) {
		for _, returned := range []struct {
			unit, period string
			cells        []assess.Code
			reason       assess.Code
		}{
			{"210113", "2026Q1", []assess.Code{"warmth_fund_ytd", "culture_participants_ytd"}, "measure"},
			{"210181", "2026Q3", []assess.Code{"nef_care_ytd"}, "definition"},
			{"210123", "2025Q1", []assess.Code{"skill_training_ytd", "lecture_attendees_ytd", "legal_aid_closed_ytd"}, "anomaly"},
		} {
			if f := c.filing(returned.unit, returned.period); f.Returns != len(returned.cells) || f.Rounds != 1 || f.State != assess.Locked {
				t.Errorf("of %s %s %d cells came back in %d rounds, and it is %s", returned.unit, returned.period, f.Returns, f.Rounds, f.State)
			}
			steps, err := c.store.FilingChanges(t.Context(), assess.UnitCode(returned.unit), assess.MustPeriod(returned.period))
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(steps, func(s assess.FilingChange) bool { return s.To == assess.Returned })
			if i < 0 || !slices.Equal(steps[i].Items, returned.cells) || steps[i].Reason != returned.reason || steps[i].Note == "" || steps[i].By != "demo.reviewer" {
				t.Errorf("%s %s was returned by %+v", returned.unit, returned.period, steps)
			}
			for _, item := range returned.cells {
				// What was returned never became an observation: there is one, the one that was handed in again.
				if h := c.history(returned.unit, returned.period, string(item)); len(h) != 1 || h[0].AcceptedBy != "demo.reviewer" {
					t.Errorf("%s %s %s has the history %+v", returned.unit, returned.period, item, h)
				}
			}
		}
	})
}

func TestOneIndicatorIsNotApplicable(t *testing.T) {
	readCity(t, func(c playedCity) {
		for _, p := range []string{"2024Q4", "2025Q3", "2026Q3"} {
			if row := c.cell("210123", p, "palace_visits_ytd"); row["state"] != "not_applicable" || row["value"] != "" || row["note"] == "" {
				t.Errorf("%s: the county without a palace says %v", p, row)
			}
			rows := where(c.rows("scores", p), "node", "palace_visits", "state", "not_applicable")
			if len(rows) != 1 || rows[0]["unit"] != "210123" || rows[0]["score"]+rows[0]["points"] != "" {
				t.Errorf("%s: not applicable is %v", p, rows)
			}
		}
	})
}

func TestOneReportHasAZero(t *testing.T) {
	readCity(t, func(c playedCity) {
		if row := c.cell("210123", "2026Q1", "supervision_issued_ytd"); row["state"] != "zero_report" || row["value"] != "0" || !strings.Contains(row["note"], "零报送") {
			t.Errorf("the zero report says %v", row)
		}
	})
}

// TestTwoDistrictsShareAPlace: both are shown as 93.57; both are fourth, and nobody is fifth.
func TestTwoDistrictsShareAPlace(t *testing.T) {
	readCity(t, func(c playedCity) {
		ranks := map[string][]string{}
		for _, row := range where(c.rows("scores", "2026Q3"), "node", "composite") {
			ranks[row["rank"]] = append(ranks[row["rank"]], row["unit"])
		}
		if !slices.Equal(ranks["4"], []string{"210102", "210106"}) || len(ranks["5"]) != 0 || len(ranks["6"]) != 1 {
			t.Errorf("places: %v", ranks)
		}
	})
}

// TestTwoFiguresWereCorrected: what was first accepted was too high by 6 and 15 percent; people see version 2 of these quarters.
func TestTwoFiguresWereCorrected(t *testing.T) {
	readCity(t, func(c playedCity) {
		for _, corrected := range []struct {
			unit, period, item string
			first              int64 // in ten-thousandths of what is right
		}{{"210105", "2025Q4", "skill_upgrade_ytd", 10_600}, {"210106", "2026Q1", "legal_aid_closed_ytd", 11_500}} {
			h := c.history(corrected.unit, corrected.period, corrected.item)
			if len(h) != 2 {
				t.Fatalf("%s has the history %+v", corrected.item, h)
			}
			first, _ := h[0].Number()
			right, _ := h[1].Number()
			if want := right.Mul(decimal.NewFromInt(corrected.first)).Shift(-4).Round(0); !first.Equal(want) {
				t.Errorf("%s was first %s, want %s", corrected.item, first, want)
			}
			if row := c.cell(corrected.unit, corrected.period, corrected.item); row["value"] != right.String() || row["note"] == "" {
				t.Errorf("exported is %v", row)
			}
			sheet, err := c.board.Sheet(t.Context(), assess.MustPeriod(corrected.period))
			if err != nil {
				t.Fatal(err)
			}
			if len(sheet.Corrections) != 1 || sheet.Corrections[0].Before.Seq != h[0].Seq || sheet.Corrections[0].After.Seq != h[1].Seq || sheet.Version != 2 {
				t.Errorf("%s is at version %d with the corrections %+v", corrected.period, sheet.Version, sheet.Corrections)
			}
		}
		sheet, err := c.board.Sheet(t.Context(), assess.MustPeriod("2026Q2"))
		if err != nil {
			t.Fatal(err)
		}
		if sheet.Version != 1 || len(sheet.Corrections) != 0 {
			t.Errorf("2026Q2 is at version %d with %d corrections", sheet.Version, len(sheet.Corrections))
		}
	})
}

// TestTheYearHasBonusAndAVeto: 铁西 has 2.5 points of bonus; 于洪 is vetoed and gets no good grade with 87.32
// points.
func TestTheYearHasBonusAndAVeto(t *testing.T) {
	readCity(t, func(c playedCity) {
		scores := c.rows("scores", "2025")
		grade := map[string]string{}
		for _, row := range where(scores, "node", "composite") {
			grade[row["unit"]] = row["grade"]
		}
		if grade["210106"] != "excellent" || grade["210114"] == "excellent" || grade["210114"] == grade["210104"] {
			t.Errorf("grades: %v", grade)
		}
		sheet, err := c.board.Sheet(t.Context(), assess.MustPeriod("2025"))
		if err != nil {
			t.Fatal(err)
		}
		if card := sheet.Composite.Card("210106"); card.Bonus != 2.5 {
			t.Errorf("bonus %v", card.Bonus)
		}
		if card := sheet.Composite.Card("210114"); len(card.Vetoed) != 1 {
			t.Errorf("vetoes %v", card.Vetoed)
		}
	})
}

// TestADeadSystemAndAMisspeltCode: the system of 辽中 answers no more in the last quarter, whose figures came by hand; a code that
// nobody knows was refused and the rest of the report taken.
func TestADeadSystemAndAMisspeltCode(t *testing.T) {
	readCity(t, func(c playedCity) {
		runs, err := c.store.Runs(t.Context(), "district_210115", 1)
		if err != nil || len(runs) != 1 || runs[0].State != assess.RunFailed || runs[0].Problem == "" {
			t.Errorf("the last run of the dead system is %+v, %v", runs, err)
		}
		for _, o := range c.history("210115", "2026Q3", "union_members") {
			if o.EnteredBy != "demo.analyst" || o.AcceptedBy != "demo.reviewer" {
				t.Errorf("entered by %s, accepted by %s", o.EnteredBy, o.AcceptedBy)
			}
		}
		if runs, err = c.store.Runs(t.Context(), "district_210105", 100); err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, r := range runs {
			full, err := c.store.Run(t.Context(), r.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range full.Rejected {
				if x.Code == "skill_trainings_ytd" && x.Problem.Key == "problem.item_misspelt" && r.State == assess.RunPartial && x.Place.Line > 1 {
					refused++
				}
			}
		}
		if refused == 0 || c.filing("210105", "2026Q2").State != assess.Locked {
			t.Errorf("refused %d times; the report is %s", refused, c.filing("210105", "2026Q2").State)
		}
	})
}
