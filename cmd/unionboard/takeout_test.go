package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/takeout"
)

// person makes an account of a role, of a unit where it is a district's.
func person(role assess.Role, unit assess.UnitCode) account.User {
	return account.User{ID: string(role), Name: string(role), Role: role, Unit: unit}
}

func orderOf(table string, format takeout.Format, p assess.Period, units ...assess.UnitCode) takeout.Order {
	return takeout.Order{
		Order:  export.Order{Table: table, Periods: []assess.Period{p}, Units: units, Lang: "zh", Now: time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)},
		Format: format,
	}
}

// TestWhatIsTakenOutIsTheReadersOwn: in no table that a district takes out stands another district; what it may not have is refused, and
// another's unit in the words for one that does not exist.
func TestWhatIsTakenOutIsTheReadersOwn(t *testing.T) {
	t.Parallel()
	inDemo(t, func(a *app) {
		room, err := a.takeout()
		if err != nil {
			t.Fatal(err)
		}
		published, open := assess.NewQuarter(2026, 1), assess.NewQuarter(2026, 4)
		edition, err := a.board.Edition(t.Context(), 2026)
		if err != nil {
			t.Fatal(err)
		}
		own := person(assess.DistrictReporter, "210102")
		for _, table := range export.Names() {
			file, err := room.FileFor(t.Context(), own, orderOf(table, takeout.CSV, published))
			if err != nil {
				t.Fatal(table, err)
			}
			var b bytes.Buffer
			if err := file.Write(t.Context(), &b); err != nil {
				t.Fatal(table, err)
			}
			for _, u := range edition.Roster.Units {
				if u.Code != own.Unit && (strings.Contains(b.String(), string(u.Code)) || strings.Contains(b.String(), u.Name.ZH)) {
					t.Errorf("%s of %s holds %s", table, own.Unit, u.Name.ZH)
				}
			}
			if !file.Order.Published || file.Order.Unsigned {
				t.Errorf("%s: taken out as %+v", table, file.Order)
			}
		}
		analyst := person(assess.CityAnalyst, "")
		for name, c := range map[string]struct {
			who  account.User
			o    takeout.Order
			key  string
			more func(*takeout.Order)
		}{
			"another's":        {own, orderOf("scores", takeout.CSV, published, "210103"), "problem.unknown_unit", nil},
			"nobody's":         {own, orderOf("scores", takeout.CSV, published, "999999"), "problem.unknown_unit", nil},
			"unpublished":      {own, orderOf("scores", takeout.CSV, open), "problem.not_published", nil},
			"notice":           {own, orderOf("notice", takeout.PDF, published), "problem.takeout_all_units", nil},
			"administrator":    {person(assess.Admin, ""), orderOf("scores", takeout.CSV, published), "problem.no_permission", nil},
			"personal":         {own, orderOf("appeals", takeout.CSV, published), "problem.takeout_personal", func(o *takeout.Order) { o.Personal = true }},
			"no such unit":     {analyst, orderOf("scores", takeout.CSV, published, "999999"), "problem.unknown_unit", nil},
			"not yet an issue": {analyst, orderOf("scores", takeout.CSV, open), "problem.takeout_unpublished", func(o *takeout.Order) { o.Published = true }},
			"leader, personal": {person(assess.CityLeader, ""), orderOf("appeals", takeout.CSV, published), "problem.takeout_personal", func(o *takeout.Order) { o.Personal = true }},
		} {
			if c.more != nil {
				c.more(&c.o)
			}
			_, err := room.FileFor(t.Context(), c.who, c.o)
			var wrong *assess.Problem
			if !errors.As(err, &wrong) || wrong.Key != c.key {
				t.Errorf("%s: %v, want %s", name, err, c.key)
			}
		}
		file, err := room.FileFor(t.Context(), analyst, orderOf("appeals", takeout.CSV, published))
		if err != nil || file.Order.Personal {
			t.Errorf("analyst: %+v, %v", file, err)
		}
		line := file.Line(assess.AuditLine{Actor: "a"}, 17)
		if want := "format csv; units all; edition working v2; language zh; 17 bytes"; line.Object != "appeals 2026Q1" || line.After != want {
			t.Errorf("line %+v, want %s", line, want)
		}
		// With what is not published nothing is compared.
		before := published.Prev()
		if err := a.store.PutCycle(t.Context(), assess.Cycle{Period: before, State: assess.CycleScored, PublishedAt: time.Now()}, atConsole("test", "x")); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who   account.User
			knows bool
		}{{own, false}, {analyst, true}} {
			p, err := a.takeaway.Preview(t.Context(), c.who, orderOf("scores", takeout.XLSX, published), 5)
			if err != nil {
				t.Fatal(err)
			}
			moved := slices.IndexFunc(p.Table.Columns, func(c export.Column) bool { return c.Code == "moved" })
			if is := p.Rows[0].Cells[moved].Is; (is != export.None) != c.knows {
				t.Errorf("%s sees a place of %s: %v", c.who.Name, before, p.Rows[0].Cells[moved])
			}
		}
	})
}
