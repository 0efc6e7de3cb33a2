package dashboard

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// largeCity is a log of the small city's figures and reports, each also of twenty-five units like it, so that its sheets are kept without
// derivations.
type largeCity struct {
	*board
	units []assess.Unit // with those alike
}

func newLargeCity(t *testing.T) *largeCity {
	c := &largeCity{board: small(t), units: slices.Clone(roster().Units)}
	alike := map[assess.UnitCode][]assess.UnitCode{}
	for i, u := range slices.Repeat(roster().Units, 25) {
		like := u.Code
		u.Code = assess.UnitCode(fmt.Sprintf("9%05d", i))
		alike[like], c.units = append(alike[like], u.Code), append(c.units, u)
	}
	for _, o := range slices.Clone(c.log) {
		for _, u := range alike[o.Unit] {
			o.Unit, o.Seq = u, int64(len(c.log)+1)
			c.log = append(c.log, o)
		}
	}
	return c
}

func (c *largeCity) Head(context.Context) (assess.Head, error) {
	return assess.Head{Seq: int64(len(c.log)), Version: 1}, nil
}

func (c *largeCity) Each(_ context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	newest := map[assess.CellKey]assess.Observation{}
	for _, o := range c.log {
		if slices.Contains(q.Periods, o.Period) && (q.AsOf == 0 || o.Seq <= q.AsOf) {
			newest[o.CellKey] = o
		}
	}
	for _, o := range newest {
		if err := visit(o); err != nil {
			return err
		}
	}
	return nil
}

func (c *largeCity) Targets(context.Context, int) ([]assess.Target, error) { return nil, nil }

func (c *largeCity) Filings(_ context.Context, periods ...assess.Period) (all []assess.Filing, _ error) {
	for _, p := range periods {
		for _, u := range c.units {
			all = append(all, filing(u.Code, p))
		}
	}
	return all, nil
}

func (c *largeCity) ResultStages(context.Context, assess.Period) ([]assess.ResultStage, error) {
	return nil, nil
}

func (c *largeCity) Cycles(context.Context) (all []assess.Cycle, _ error) {
	for p := range c.sheets {
		if p.Kind() == assess.Quarter {
			all = append(all, assess.Cycle{Period: p, State: assess.CyclePublished, LockSeq: int64(len(c.log)), Edition: 1})
		}
	}
	slices.SortFunc(all, func(a, b assess.Cycle) int { return a.Period.Compare(b.Period) })
	return all, nil
}

func (c *largeCity) Changed(context.Context, []assess.Period, int64, int64) (bool, error) {
	return false, nil
}

func (c *largeCity) Editions(context.Context) ([]assess.Edition, error) {
	return []assess.Edition{{Year: 2025, Number: 1}, {Year: 2026, Number: 1}}, nil
}

func (c *largeCity) EditionFiles(_ context.Context, year, number int) (assess.Edition, map[string][]byte, error) {
	return assess.Edition{Year: year, Number: number}, map[string][]byte{"year": fmt.Append(nil, year)}, nil
}

func (c *largeCity) load(files map[string][]byte) (*assess.Edition, error) {
	e := edition(2026)
	if string(files["year"]) == "2025" {
		e = edition(2025)
	}
	e.Roster.Units = c.units
	return e, nil
}

// told is a board whose sheets have the derivations of all units.
type told struct {
	results.Board
	mu   sync.Mutex // pages ask for several sheets at once
	made map[*results.Sheet]*results.Sheet
}

func (b *told) Sheet(ctx context.Context, p assess.Period) (*results.Sheet, error) {
	s, err := b.Board.Sheet(ctx, p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil && b.made[s] == nil {
		b.made[s], err = s.Explained()
	}
	return b.made[s], err
}

// TestPagesOfManyUnitsSayWhatTheyWould: every page says of a large city, whose sheets are kept without derivations, what it says where
// all of them are there. A panel that shows something of a derivation and does not ask for it fails here.
func TestPagesOfManyUnitsSayWhatTheyWould(t *testing.T) {
	c := newLargeCity(t)
	bare := results.New(c, c.load)
	all := &told{Board: bare, made: map[*results.Sheet]*results.Sheet{}}
	if s, err := bare.Sheet(t.Context(), q2026Q1); err != nil || s.Composite.Card(heping).Root().Why != nil {
		t.Fatalf("the sheets of the large city have derivations, or there are none: %v", err)
	}
	for _, d := range shipped(t).All() {
		requests := []Request{{Period: q2026Q1, Show: showProgress, Page: 2}, {Period: y2025}}
		if d.Takes("code") {
			requests = []Request{{Period: q2026Q1, Code: "lecture_rate"}, {Period: q2026Q1, Code: "cases"}, {Period: y2025, Code: "membership_rate"}}
		}
		for _, req := range requests {
			req.Unit, req.Units, req.Framework = kangpin, []assess.UnitCode{heping, kangpin}, "six_systems"
			have, err := Resolve(t.Context(), bare, catalogue(t), d, req)
			if err != nil {
				t.Fatalf("%s: %v", d.Page, err)
			}
			want, err := Resolve(t.Context(), all, catalogue(t), d, req)
			if err != nil {
				t.Fatalf("%s: %v", d.Page, err)
			}
			for i := range want.Rows {
				for k, panel := range want.Rows[i].Panels {
					if !reflect.DeepEqual(have.Rows[i].Panels[k], panel) {
						t.Errorf("%s of %s, %s: panel %s is another without derivations", d.Page, req.Period, req.Code, panel.ID)
					}
				}
			}
			if !reflect.DeepEqual(have.Sentence, want.Sentence) {
				t.Errorf("%s of %s: %q, want %q", d.Page, req.Period, have.Sentence.Plain(), want.Sentence.Plain())
			}
		}
	}
	for _, u := range []assess.UnitCode{city, kangpin} {
		for _, p := range []assess.Period{q2026Q1, y2025} {
			for _, code := range []assess.Code{assess.CompositeCode, "six_systems", "skills", "lecture_rate", "membership_rate", "election_rate", "cases"} {
				req := Request{Period: p, Unit: u, Code: code}
				have, err := Why(t.Context(), bare, catalogue(t), req)
				if err != nil {
					t.Fatal(err)
				}
				want, err := Why(t.Context(), all, catalogue(t), req)
				if err != nil {
					t.Fatal(err)
				}
				if len(want.Formula) == 0 && want.Figure.State == assess.Scored || !reflect.DeepEqual(have, want) {
					t.Errorf("why %s of %s in %s is another without derivations, or says nothing", code, u, p)
				}
			}
		}
	}
}
