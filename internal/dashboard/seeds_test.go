package dashboard_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
	"github.com/unionboard/unionboard/seeds"
)

// seeded is a board of the shipped definitions over figures drawn from a hash inside their usual ranges: thirteen districts, the
// quarters of 2025 and the first of 2026.
type seeded struct {
	sheets map[assess.Period]*results.Sheet
}

func (b *seeded) Sheet(_ context.Context, p assess.Period) (*results.Sheet, error) {
	if s := b.sheets[p]; s != nil {
		return s, nil
	}
	return nil, assess.NotFound("problem.period_empty", "no figures")
}

func (b *seeded) Periods(context.Context) (periods []assess.Period, _ error) {
	for p := range b.sheets {
		periods = append(periods, p)
	}
	slices.SortFunc(periods, assess.Period.Compare)
	return periods, nil
}

func (b *seeded) Edition(context.Context, int) (*assess.Edition, error) {
	for _, s := range b.sheets {
		return s.Edition, nil
	}
	return nil, assess.NotFound("problem.no_edition", "no edition")
}

func (b *seeded) History(context.Context, assess.CellKey) ([]assess.Observation, error) {
	return nil, nil
}

// drawn is a number from 0 to 1 that depends on the words alone.
func drawn(words ...any) float64 {
	h := fnv.New64a()
	fmt.Fprint(h, words...)
	x := h.Sum64()
	x = (x ^ x>>31) * 0x9E3779B97F4A7C15 // the last letters move the first digits too
	x = (x ^ x>>29) * 0xBF58476D1CE4E5B9
	return float64((x^x>>32)>>11) / (1 << 53)
}

// draw draws a figure for an item.
func draw(item assess.Item, u assess.Unit, p assess.Period) string {
	at := drawn(item.Code, u.Code, p)
	switch {
	case len(item.Levels) > 0:
		return string(item.Levels[int(at*float64(len(item.Levels)))])
	case item.Type == assess.Boolean:
		return "0"
	}
	low, high := 0.0, 100.0
	if r, ok := item.Plausible[u.Group]; ok && r.Low != nil && r.High != nil {
		low, high = r.Low.InexactFloat64(), r.High.InexactFloat64()
	}
	return strconv.FormatFloat(math.Round(low+(high-low)*at), 'f', -1, 64)
}

func board(t testing.TB) *seeded {
	t.Helper()
	e, err := catalog.Load(seeds.Files())
	if err != nil {
		t.Fatalf("the shipped definitions do not load: %v", err)
	}
	e.Year, e.Number = 2026, 1
	b := &seeded{sheets: map[assess.Period]*results.Sheet{}}
	for _, text := range []string{"2025Q1", "2025Q2", "2025Q3", "2025Q4", "2025", "2026Q1"} {
		b.sheets[assess.MustPeriod(text)] = sheet(t, e, assess.MustPeriod(text))
	}
	return b
}

func sheet(t testing.TB, e *assess.Edition, p assess.Period) *results.Sheet {
	t.Helper()
	filed := append(p.Quarters(), p.Year())
	panel := score.NewPanel(e.Roster, e.Items, filed)
	seq := int64(0)
	for _, u := range e.Roster.Units {
		for _, item := range e.Items {
			for _, q := range filed {
				if item.Formula != "" || (item.Frequency == assess.Annual) != (q.Kind() == assess.Year) || drawn("blank", item.Code, u.Code, q) < 0.01 {
					continue
				}
				seq++
				o := assess.Observation{Seq: seq, CellKey: assess.CellKey{Unit: u.Code, Period: q, Item: item.Code}, State: assess.Reported, Value: draw(item, u, q)}
				if err := panel.Put(o); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i := range e.Frameworks {
			for _, n := range e.Frameworks[i].Root.Leaves() {
				if r := n.Indicator.Target; r != nil && r.FullYear == nil {
					target := assess.Target{Unit: u.Code, Period: p.Year(), Code: n.Code, Value: decimal.NewFromInt(int64(20 + 400*drawn(u.Code, n.Code)))}
					if err := panel.PutTarget(target); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	s := &results.Sheet{Period: p, Edition: e, Version: 1, AsOf: p.LastDay(), Cycle: assess.Cycle{Period: p, State: assess.CyclePublished}}
	for _, u := range e.Roster.Units {
		s.Filings = append(s.Filings, assess.Filing{Unit: u.Code, Period: p.LastQuarter(), State: assess.Locked})
	}
	options := score.Options{City: true, Explain: true}
	var frameworks []*assess.Framework
	for i := range e.Frameworks {
		frameworks = append(frameworks, &e.Frameworks[i])
		scores, err := score.Compute(&e.Frameworks[i], panel, p, options)
		if err != nil {
			t.Fatal(err)
		}
		s.Frameworks = append(s.Frameworks, scores)
	}
	var err error
	if s.Composite, err = score.Composite(&e.Assessment, frameworks, s.Frameworks, panel, p, options); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRealDefinitions makes every page and every explanation of the shipped definitions, in both languages.
func TestRealDefinitions(t *testing.T) {
	b := board(t)
	words, set := dashboard.Catalogue(t), dashboard.Shipped(t)
	key := regexp.MustCompile(`^[a-z_]+\.[a-z0-9_]+$`)
	hole := regexp.MustCompile(`\{[a-z_]*\}|NaN|Inf|%!|<nil>`)
	han := regexp.MustCompile(`\p{Han}|[，。；（）、]`)
	look := func(name, lang string, page any) {
		dashboard.EveryText(reflect.ValueOf(page), "", func(way, text string) {
			if key.MatchString(text) || hole.MatchString(text) || lang == "en" && han.MatchString(text) {
				t.Errorf("%s in %s: %q at %s", name, lang, text, way)
			}
		})
	}
	e, _ := b.Edition(t.Context(), 2026)
	for _, lang := range []string{"zh", "en"} {
		for _, period := range []string{"2025", "2026Q1"} {
			req := dashboard.Request{Period: assess.MustPeriod(period), Lang: lang, Unit: e.Roster.Units[0].Code}
			for i := range e.Frameworks {
				for _, leaf := range e.Frameworks[i].Root.Leaves() {
					req.Framework, req.Code = e.Frameworks[i].Code, leaf.Code
					why, err := dashboard.Why(t.Context(), b, words, req)
					if err != nil {
						t.Fatal(err)
					}
					look("why "+string(leaf.Code), lang, why)
					d, _ := set.Page("indicator")
					look("indicator "+string(leaf.Code), lang, resolve(t, b, d, req))
				}
				for _, d := range set.All() {
					look(string(d.Page)+" "+period, lang, resolve(t, b, d, req))
				}
			}
		}
	}
}

func resolve(t testing.TB, b *seeded, d dashboard.Definition, req dashboard.Request) *dashboard.Page {
	t.Helper()
	p, err := dashboard.Resolve(t.Context(), b, dashboard.Catalogue(t), d, req)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range p.Rows {
		for _, panel := range row.Panels {
			if panel.Problem != nil {
				t.Errorf("%s/%s: %v: %v", d.Page, panel.ID, panel.Problem, panel.Problem.Cause)
			}
		}
	}
	return p
}

// TestRealSizes holds the pages to what the interface specification promises: 13 tiles, 13 rows and the city, 6 axes, 16 headings.
func TestRealSizes(t *testing.T) {
	b := board(t)
	set := dashboard.Shipped(t)
	page := func(code assess.Code, framework assess.Code) *dashboard.Page {
		d, _ := set.Page(code)
		return resolve(t, b, d, dashboard.Request{Period: assess.MustPeriod("2026Q1"), Unit: "210102", Framework: framework})
	}
	home := page("home", "")
	if m := dashboard.PanelOf(t, home, "map").TileMap; len(m.Tiles) != 13 || m.Rows != 5 || m.Columns != 4 {
		t.Errorf("the map has %d tiles on %d × %d", len(m.Tiles), m.Rows, m.Columns)
	}
	if cards := dashboard.PanelOf(t, home, "frameworks").Stat.Cards; len(cards) != 3 {
		t.Errorf("%d framework cards", len(cards))
	}
	if rows := dashboard.PanelOf(t, home, "lagging").LagList.Rows; len(rows) > 8 {
		t.Errorf("%d rows lag, at most 8 are shown", len(rows))
	}
	if l := dashboard.PanelOf(t, page("framework", "six_systems"), "lights").Lights; len(l.Rows) != 14 || len(l.Columns) != 7 {
		t.Errorf("the matrix has %d rows and %d columns", len(l.Rows), len(l.Columns))
	}
	indicators := 0
	for _, f := range []assess.Code{"six_systems", "five_projects", "five_type_organ"} {
		l := dashboard.PanelOf(t, page("indicators", f), "lights").Lights
		indicators += len(l.Rows)
		if len(l.Columns) != 14 {
			t.Errorf("%s: %d columns", f, len(l.Columns))
		}
	}
	unit := page("unit", "")
	if axes := dashboard.PanelOf(t, unit, "radar").Radar.Axes; len(axes) != 6 || indicators != 70 {
		t.Errorf("%d axes, %d indicators", len(axes), indicators)
	}
	if rows := dashboard.PanelOf(t, unit, "dimensions").Bars.Rows; len(rows) != 16 {
		t.Errorf("%d headings are compared", len(rows))
	}
	if !strings.HasPrefix(unit.Sentence.Plain(), "和平区（中心城区组）综合") {
		t.Errorf("the sentence is %s", unit.Sentence.Plain())
	}
}
