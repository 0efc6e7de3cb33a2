package desk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

const (
	heping assess.UnitCode = "210102"
	shenhe assess.UnitCode = "210103"
)

var (
	q3 = assess.NewQuarter(2026, 3)
	q4 = assess.NewQuarter(2026, 4)
	// morning is a working day on which the fourth quarter of 2026 is collected.
	morning = time.Date(2027, 1, 6, 9, 0, 0, 0, time.UTC)
)

// always is one edition for every year.
type always struct{ edition *assess.Edition }

func (a always) Edition(context.Context, int) (*assess.Edition, error) { return a.edition, nil }

// fixture is a desk over a real store with the shipped definitions. The fourth quarter of 2026 is open.
type fixture struct {
	testing.TB
	*desk.Desk
	store   *store.Store
	gate    *collect.Gate
	edition *assess.Edition
	now     time.Time
	saves   int
	made    *demo.City
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	s := testkit.Store(t)
	edition := testkit.Shipped(t)
	f := &fixture{TB: t, store: s, edition: edition, now: morning}
	forms := &lateForms{}
	f.gate = collect.New(collect.Config{Store: s, Editions: always{edition}, Forms: forms})
	f.Desk = desk.New(desk.Config{Store: s, Gate: f.gate, Editions: always{edition}})
	forms.Desk = f.Desk
	f.cycle(q4, assess.CycleOpen)
	return f
}

// lateForms are the forms of the gate, which the desk needs itself.
type lateForms struct{ *desk.Desk }

func (f *fixture) cycle(p assess.Period, to assess.CycleState) {
	f.Helper()
	f.ok(f.gate.Advance(f.Context(), p, to, "system", f.now))
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// past files accepted figures of an earlier quarter or year.
func (f *fixture) past(unit assess.UnitCode, p assess.Period, values map[assess.Code]string) {
	f.Helper()
	in := assess.Intake{Audit: []assess.AuditLine{{At: f.now, Actor: "system", Action: "test", Result: "ok"}}}
	for code, value := range values {
		in.Observations = append(in.Observations, assess.Observation{
			CellKey: assess.CellKey{Unit: unit, Period: p, Item: code}, State: assess.Reported, Value: value,
			EnteredBy: "source:x", AcceptedBy: "source:x", RecordedAt: f.now.AddDate(0, -3, 0),
		})
	}
	_, err := f.store.Commit(f.Context(), in)
	f.ok(err)
}

// city is the made-up city, for figures that fit together.
func (f *fixture) city() *demo.City {
	f.Helper()
	if f.made == nil {
		city, err := demo.New(f.edition, demo.Seed, q3, 8)
		f.ok(err)
		f.made = city
	}
	return f.made
}

// history files the accepted figures of a unit for the quarters from 2024Q4 to 2026Q3, and what the city and the registers supply of
// 2026Q4.
func (f *fixture) history(unit assess.UnitCode) {
	f.Helper()
	city := f.city()
	if unit == "210123" { // which has no workers' palace
		f.exempt(unit, "palace_visits_ytd")
	}
	for p := q3.Add(-7); p.Compare(q4) <= 0; p = p.Next() {
		origins := []assess.Origin{assess.FromCity, assess.FromRegister}
		if p != q4 {
			origins = append(origins, assess.FromDistrict)
		}
		for _, at := range []assess.Period{p, p.Year()} {
			if at.Kind() == assess.Year && p.Part() != 4 {
				continue
			}
			f.past(unit, at, f.values(city.Figures(unit, at, origins...)))
		}
	}
}

// exempt marks an item as not applicable, as the city does.
func (f *fixture) exempt(unit assess.UnitCode, item assess.Code) {
	f.Helper()
	delivery := assess.Delivery{Door: assess.DoorImport, Source: "office", Entries: []assess.Entry{{Unit: unit, PeriodText: q4.String(), Code: item, Value: "N/A"}}}
	_, err := f.gate.Import(f.Context(), delivery, collect.Options{By: "city"}, f.now)
	f.ok(err)
}

// values answers figures by item.
func (f *fixture) values(entries []assess.Entry, err error) map[assess.Code]string {
	f.Helper()
	f.ok(err)
	values := map[assess.Code]string{}
	for _, e := range entries {
		values[e.Code] = e.Value
	}
	return values
}

// fill types the figures of the made-up city into every field of the form.
func (f *fixture) fill(unit assess.UnitCode, by string) {
	f.Helper()
	city := f.city()
	var saves []desk.Save
	for _, at := range []assess.Period{q4, q4.Year()} {
		entries, err := city.Figures(unit, at, assess.FromDistrict)
		f.ok(err)
		for _, e := range entries {
			f.saves++
			saves = append(saves, desk.Save{Unit: unit, Period: q4, Item: e.Code, Value: e.Value, Note: e.Note, Request: fmt.Sprint("r", f.saves)})
		}
	}
	_, err := f.SaveAll(f.Context(), unit, q4, saves, by, f.now)
	f.ok(err)
}

// typed saves one cell as an editor does that has just seen the form, and answers its field as it stands then.
func (f *fixture) typed(unit assess.UnitCode, item assess.Code, value, note, by string) desk.Field {
	f.Helper()
	field := f.field(unit, item)
	f.saves++
	_, err := f.Save(f.Context(), desk.Save{
		Unit: unit, Period: q4, Item: item, Value: value, Note: note, Base: field.Draft.Revision, Request: fmt.Sprint("r", f.saves),
	}, by, f.now)
	f.ok(err)
	return f.field(unit, item)
}

func (f *fixture) form(unit assess.UnitCode) *desk.Form {
	f.Helper()
	form, err := f.Form(f.Context(), unit, q4, f.now)
	f.ok(err)
	return form
}

// field answers a field of the form of the fourth quarter.
func (f *fixture) field(unit assess.UnitCode, code assess.Code) desk.Field {
	f.Helper()
	for _, s := range f.form(unit).Sections {
		for _, field := range s.Fields {
			if field.Item.Code == code {
				return field
			}
		}
	}
	f.Fatalf("the form has no field %s", code)
	return desk.Field{}
}
