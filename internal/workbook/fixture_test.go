package workbook_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/workbook"
	"github.com/unionboard/unionboard/seeds"
)

const heping assess.UnitCode = "210102"

var (
	quarter = assess.NewQuarter(2026, 4)
	morning = time.Date(2027, 1, 6, 9, 0, 0, 0, time.UTC)
	zone    = time.FixedZone("UTC+8", 8*60*60)
)

// shipped are the definitions that come with the program; nobody changes them.
var shipped = sync.OnceValues(func() (*assess.Edition, error) { return catalog.Load(seeds.Files()) })

type always struct{ edition *assess.Edition }

func (a always) Edition(context.Context, int) (*assess.Edition, error) { return a.edition, nil }

// fixture is a desk over a real store with the shipped definitions, a year of figures behind it and the fourth quarter open.
type fixture struct {
	*testing.T
	*desk.Desk
	store *store.Store
	words *i18n.Catalogue
	saves int
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	s := testkit.Store(t)
	edition, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, store: s}
	if f.words, err = i18n.New(); err != nil {
		t.Fatal(err)
	}
	gate := collect.New(collect.Config{Store: s, Editions: always{edition}})
	f.Desk = desk.New(desk.Config{Store: s, Gate: gate, Editions: always{edition}})
	f.ok(gate.Advance(t.Context(), quarter, assess.CycleOpen, "system", morning))
	f.past(edition)
	return f
}

func (f *fixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// past files accepted figures of the four quarters before, growing from quarter to quarter, and what the city supplies for this one.
func (f *fixture) past(e *assess.Edition) {
	f.Helper()
	in := assess.Intake{Audit: []assess.AuditLine{{At: morning, Actor: "system", Action: "test", Result: "ok"}}}
	put := func(i assess.Item, p assess.Period, value int) {
		in.Observations = append(in.Observations, assess.Observation{
			CellKey: assess.CellKey{Unit: heping, Period: p, Item: i.Code}, State: assess.Reported, Value: fmt.Sprint(value),
			EnteredBy: "source:x", AcceptedBy: "source:x", RecordedAt: morning.AddDate(0, -3, 0),
		})
	}
	for n, item := range e.Items {
		if item.Frequency == assess.Annual || item.Type != assess.Count && item.Type != assess.Money {
			continue
		}
		size := 1000 + 37*n
		for back := range 4 {
			put(item, quarter.Add(-1-back), size*(8-back))
		}
		if item.Origin != assess.FromDistrict && item.Origin != assess.Computed {
			put(item, quarter, size*9)
		}
	}
	_, err := f.store.Commit(f.Context(), in)
	f.ok(err)
}

func (f *fixture) form() *desk.Form {
	f.Helper()
	form, err := f.Form(f.Context(), heping, quarter, morning)
	f.ok(err)
	return form
}

// typed saves a cell as an editor does that has just seen the form.
func (f *fixture) typed(item assess.Code, value, note, by string) {
	f.Helper()
	f.saves++
	_, err := f.Save(f.Context(), desk.Save{
		Unit: heping, Period: quarter, Item: item, Value: value, Note: note, Base: f.field(item).Draft.Revision, Request: fmt.Sprint("r", f.saves),
	}, by, morning)
	f.ok(err)
}

func (f *fixture) field(item assess.Code) desk.Field {
	f.Helper()
	for _, s := range f.form().Sections {
		for _, field := range s.Fields {
			if field.Item.Code == item && field.Of == nil {
				return field
			}
		}
	}
	f.Fatalf("the form has no field %s", item)
	return desk.Field{}
}

func (f *fixture) write(lang string) []byte {
	f.Helper()
	data, err := workbook.Write(f.form(), f.words.In(lang), zone)
	f.ok(err)
	if dir := os.Getenv("UNIONBOARD_TEST_WORKBOOKS"); dir != "" { // to be looked at
		f.ok(os.WriteFile(fmt.Sprintf("%s/%s-%s.xlsx", dir, f.Name(), lang), data, 0o600))
	}
	return data
}

func (f *fixture) read(data []byte) *sheet.Book {
	f.Helper()
	book, err := sheet.Read("form.xlsx", data)
	f.ok(err)
	return book
}

func cellName(p assess.Place) string { return sheet.CellName(p.Line, p.Column) }

// closed is why nothing can be typed into a form.
func (f *fixture) closed() *assess.Problem {
	return assess.Conflict("problem.form_closed", "the quarter is closed; have a figure corrected with a reason")
}
