package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/testkit"
)

// TestTheRegistersSayWhatTheFiguresAre: in every quarter of the story every item of a register is counted from its records to what the
// district's year was drawn with, and no record breaks a rule of its register.
func TestTheRegistersSayWhatTheFiguresAre(t *testing.T) {
	e := testkit.Shipped(t)
	city, err := New(e, Seed, assess.MustPeriod("2026Q3"), 8)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := register.Of(e)
	if err != nil {
		t.Fatal(err)
	}
	by := map[assess.Code]*register.Table{}
	for _, table := range tables {
		by[table.Code] = table
		for _, child := range table.Children {
			by[child.Code] = child
		}
	}
	held, at := register.Holdings{}, map[string]int{}
	keepings, records, changes, warned := city.Keepings(), 0, 0, 0
	for _, p := range city.Periods() {
		for ; len(keepings) > 0 && keepings[0].Period == p; keepings = keepings[1:] {
			k := keepings[0]
			table := by[k.Table]
			for _, row := range k.Rows {
				typed := table.ReadAll(row)
				if len(typed.Findings) > 0 {
					t.Fatalf("%s %s: %v: %v", p, k.Table, row, typed.Findings[0])
				}
				r := assess.Record{Table: k.Table, Key: table.KeyOf(typed.Values), Unit: table.UnitOf(typed.Values), Values: typed.Values}
				r.ID = string(k.Table) + r.Key
				if table.Above != nil {
					r.Above = string(table.Above.Code) + typed.Values[table.Through]
				}
				if n, known := at[r.ID]; known {
					held[k.Table][n], changes = r, changes+1
					continue
				}
				at[r.ID], records = len(held[k.Table]), records+1
				held[k.Table] = append(held[k.Table], r)
			}
		}
		for code, all := range held {
			if p != city.last() {
				break // what is right in the end was right before: records are only added to and brought up to date
			}
			others := register.NewOthers(by[code], all)
			for i := range all {
				others.Add(by[code], &all[i], -1)
				for _, f := range by[code].Check(all[i].Values, city.calendar.at(p, snapshotDay-1, 15, 0), others) {
					if warned++; f.Level == register.Error || warned > 20 { // a register has something to look at, too
						t.Errorf("%s %s %s: %s %s %s", p, code, all[i].Key, f.Level, f.Rule, f.Column)
					}
				}
				others.Add(by[code], &all[i], 1)
			}
		}
		var drawn []*draft
		for i := range e.Roster.Units {
			d, err := city.model.work(i, p.CalendarYear())
			if err != nil {
				t.Fatal(err)
			}
			drawn = append(drawn, d)
		}
		for _, item := range e.Items {
			if item.Register == nil {
				continue
			}
			counted, err := by[item.Register.Register].Count(*item.Register, p, p.LastDay(), held)
			if err != nil {
				t.Fatal(err)
			}
			for i, u := range e.Roster.Units {
				if got, want := counted[u.Code].Value.IntPart(), drawn[i].value(item.Code, p); got != want {
					t.Errorf("%s %s %s: the register says %d, the year was drawn with %d", p, u.Code, item.Code, got, want)
				}
			}
		}
	}
	t.Logf("%d records, %d changes", records, changes)
	if records < 3000 || records > 6000 {
		t.Errorf("%d records: too few to look at, or too many to make", records)
	}
}

// TestNothingOfTheRegistersIsReal: every record carries the label, and the codes, accounts and telephones are such as there are none.
func TestNothingOfTheRegistersIsReal(t *testing.T) {
	city, err := New(testkit.Shipped(t), Seed, assess.MustPeriod("2026Q3"), 2)
	if err != nil {
		t.Fatal(err)
	}
	var last time.Time
	for _, k := range city.Keepings() {
		if k.At.Before(last) || k.By == "" {
			t.Errorf("%s %s by %q at %s", k.Period, k.Table, k.By, k.At)
		}
		last = k.At
		for _, r := range k.Rows {
			if r["source_note"] != label && r["summary_zh"] != label {
				t.Fatalf("%s: %v has no label", k.Table, r)
			}
			for column, start := range map[string]string{"uscc": "9199", "paying_account_no": "000000", "union_account_no": "000000", "contact_phone": "024-0", "manager_phone": "024-0"} {
				if v := r[column]; v != "" && !strings.HasPrefix(v, start) {
					t.Errorf("%s: %s %q could be real", k.Table, column, v)
				}
			}
		}
	}
}

// everything is what the city hands in and what its registers say.
func everything(t testing.TB, c *City) (all folders) {
	t.Helper()
	for _, at := range c.folders.order {
		for _, f := range c.folders.figures[at] {
			all.add(f)
		}
	}
	for _, p := range c.Periods() {
		for i, u := range c.roster() {
			d, err := c.model.work(i, p.CalendarYear())
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range c.model.edition.Items {
				if item.Origin == assess.FromRegister {
					state, value := written(item, d.value(item.Code, p))
					all.add(&figure{assess.CellKey{Unit: u.Code, Period: p, Item: item.Code}, register.Source, []version{{c.calendar.at(p, snapshotDay, 0, 10), state, value, ""}}})
				}
			}
		}
	}
	return all
}
