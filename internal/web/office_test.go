package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/web"
	"github.com/unionboard/unionboard/seeds"
)

// office is a district union at work: the site over a real store and desk with the officeFigures definitions, the figures of a made-up
// district for eight quarters, and the fourth quarter of 2026 open since two days.
type office struct {
	*gallery
	t       testing.TB
	store   *store.Store
	calls   *failing.Calls // to its database
	gate    *collect.Gate
	desk    *desk.Desk
	edition *assess.Edition
	site    http.Handler
}

const officeUnit assess.UnitCode = "210102"

func officeQuarter() assess.Period { return assess.NewQuarter(2026, 4) }

// officeFigures are the definitions and the figures of the made-up district, by period and item: made once for all tests.
var officeFigures = sync.OnceValues(func() (*assess.Edition, map[assess.Period]map[assess.Code]string) {
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		panic(err)
	}
	city, err := demo.New(edition, demo.Seed, officeQuarter(), 9)
	if err != nil {
		panic(err)
	}
	figures := map[assess.Period]map[assess.Code]string{}
	for _, p := range append(city.Periods(), assess.NewYear(2025), assess.NewYear(2026)) {
		figures[p] = handedIn(city, p)
	}
	return edition, figures
})

// handedIn asks the made-up system of the district for its figures of a period.
func handedIn(city *demo.City, p assess.Period) map[assess.Code]string {
	late := func() time.Time { return p.LastDay().AddDate(1, 0, 0) }
	values := map[assess.Code]string{}
	address := fmt.Sprintf("/districts/%s/values?period=%s", officeUnit, p)
	for address != "" {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Authorization", "Bearer "+city.Token(officeUnit))
		w := httptest.NewRecorder()
		city.Handler(late).ServeHTTP(w, r)
		var body struct {
			Values []struct {
				Code  assess.Code
				Value string
			}
			Next string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			return values
		}
		for _, v := range body.Values {
			values[v.Code] = v.Value
		}
		address = body.Next
	}
	return values
}

func newOffice(t testing.TB, change ...func(*web.Options)) *office {
	t.Helper()
	o := &office{gallery: newGallery(t), t: t}
	o.clock.at = time.Date(2027, 1, 6, 2, 32, 0, 0, time.UTC)
	var figures map[assess.Period]map[assess.Code]string
	o.edition, figures = officeFigures()
	o.store, o.calls = testkit.Faulty(t)
	zone := time.FixedZone("UTC+8", 8*60*60)
	forms := &lateForms{}
	o.gate = collect.New(collect.Config{Store: o.store, Editions: o, Zone: zone, Forms: forms})
	o.desk = desk.New(desk.Config{Store: o.store, Gate: o.gate, Editions: o, Evidence: o.store})
	forms.Desk = o.desk
	for p, values := range figures {
		if p != officeQuarter() && p != officeQuarter().Year() {
			o.past(p, values)
		}
	}
	o.past(officeQuarter(), o.given(figures))
	o.ok(o.gate.Advance(t.Context(), officeQuarter(), assess.CycleOpen, "system", o.clock.at))
	o.site = o.handler(t, append([]func(*web.Options){func(w *web.Options) {
		w.Differing = web.Differing{Book: o.store, Gate: o.gate}
		w.Board, w.Desk, w.Evidence, w.Uploads = officeBoard{o}, o.desk, newEvidence(t, o.store), o.store
	}}, change...)...)
	return o
}

// lateForms are the forms of the gate, which the desk needs itself.
type lateForms struct{ *desk.Desk }

// given are figures that the city and the registers supply.
func (o *office) given(figures map[assess.Period]map[assess.Code]string) map[assess.Code]string {
	values := map[assess.Code]string{}
	for _, i := range o.edition.Items {
		if r, ok := i.Plausible["core_urban"]; ok && i.Frequency == assess.Quarterly && i.Origin == assess.FromRegister && r.Low != nil {
			values[i.Code] = r.Low.StringFixed(0)
		}
	}
	return values
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// past files accepted figures.
func (o *office) past(p assess.Period, values map[assess.Code]string) {
	o.t.Helper()
	in := assess.Intake{Audit: []assess.AuditLine{{At: o.clock.at, Actor: "system", Action: "test", Result: "ok"}}}
	for _, code := range slices.Sorted(maps.Keys(values)) {
		if values[code] == "" {
			continue
		}
		in.Observations = append(in.Observations, assess.Observation{
			CellKey: assess.CellKey{Unit: officeUnit, Period: p, Item: code}, State: assess.Reported, Value: values[code],
			EnteredBy: "source:heping", AcceptedBy: "source:heping", RecordedAt: o.clock.at.AddDate(0, -3, 0),
		})
	}
	_, err := o.store.Commit(o.t.Context(), in)
	o.ok(err)
}

// Edition answers the officeFigures edition for every year.
func (o *office) Edition(context.Context, int) (*assess.Edition, error) { return o.edition, nil }

// type_ saves a cell as an editor does who has just seen the form.
func (o *office) typed(item assess.Code, value, note, by string) desk.Saved {
	o.t.Helper()
	saved, err := o.desk.Save(o.t.Context(), desk.Save{
		Unit: officeUnit, Period: officeQuarter(), Item: item, Value: value, Note: note, Base: o.field(item).Draft.Revision,
		Request: fmt.Sprintf("test-%s-%d", item, o.field(item).Draft.Revision),
	}, by, o.clock.at)
	o.ok(err)
	return saved
}

// fillUp types into every empty field what the made-up district hands in.
func (o *office) fillUp(by string) {
	o.t.Helper()
	_, figures := officeFigures()
	for _, p := range []assess.Period{officeQuarter(), officeQuarter().Year()} {
		for _, item := range slices.Sorted(maps.Keys(figures[p])) {
			if f := o.find(item); f != nil && f.Kind == desk.Typed && f.Shown == "" && f.Period == p {
				o.typed(item, figures[p][item], "", by)
			}
		}
	}
}

func (o *office) form() *desk.Form {
	o.t.Helper()
	form, err := o.desk.Form(o.t.Context(), officeUnit, officeQuarter(), o.clock.at)
	o.ok(err)
	return form
}

func (o *office) find(item assess.Code) *desk.Field {
	o.t.Helper()
	form := o.form()
	for i := range form.Sections {
		for j := range form.Sections[i].Fields {
			if f := &form.Sections[i].Fields[j]; f.Item.Code == item {
				return f
			}
		}
	}
	return nil
}

func (o *office) field(item assess.Code) *desk.Field {
	o.t.Helper()
	f := o.find(item)
	if f == nil {
		o.t.Fatalf("the form has no field %s", item)
	}
	return f
}

// officeBoard answers where the collections stand.
type officeBoard struct{ *office }

func (b officeBoard) Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	cycles, err := b.store.Cycles(ctx)
	if err != nil {
		return nil, err
	}
	s := &results.Sheet{Period: p, Edition: b.edition, Version: 1, AsOf: p.LastDay(), Cycle: assess.Cycle{Period: p, State: assess.CyclePublished}}
	for _, c := range cycles {
		if c.Period == p {
			s.Cycle = c
		}
	}
	if s.Filings, err = b.store.Filings(ctx, p); err != nil {
		return nil, err
	}
	return s, nil
}

func (b officeBoard) Periods(context.Context) ([]assess.Period, error) {
	var list []assess.Period
	for p := officeQuarter().Add(-8); p.Compare(officeQuarter()) <= 0; p = p.Next() {
		list = append(list, p)
	}
	return list, nil
}

func (b officeBoard) History(context.Context, assess.CellKey) ([]assess.Observation, error) {
	return nil, nil
}
