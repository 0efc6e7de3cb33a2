package score_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

func decimalText(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func observation(seq int64, value string) assess.Observation {
	return assess.Observation{Seq: seq, CellKey: assess.CellKey{Unit: "u1", Period: q1, Item: "x"}, State: assess.Reported, Value: value}
}

func TestTheHighestSequenceNumberHolds(t *testing.T) {
	for _, order := range [][]int64{{1, 2, 3}, {3, 2, 1}, {2, 3, 1}} {
		f := official(direct("x", "100"))
		p := panel(t, units(1), f)
		for _, seq := range order {
			if err := p.Put(observation(seq, fmt.Sprint(seq*10))); err != nil {
				t.Fatal(err)
			}
		}
		n := compute(t, f, p, q1).Cards[0].Node("x")
		want := []assess.Input{{Role: "value", Item: "x", Value: "30", State: assess.Reported, From: q1, Seq: 3}}
		if diff := cmp.Diff(want, n.Why.Inputs, cmp.Comparer(func(a, b assess.Period) bool { return a == b })); diff != "" || n.Score != 30 {
			t.Errorf("order %v: score %v, inputs (-want +got):\n%s", order, n.Score, diff)
		}
	}
}

// TestPartsStandInOneOrder, however they came; and of a part the newest figure holds.
func TestPartsStandInOneOrder(t *testing.T) {
	ballot := func(seq int64, ref, value string) assess.Observation {
		o := observation(seq, value)
		o.Part, o.Ref = "leaders", ref
		return o
	}
	ballots := []assess.Observation{ballot(1, "a", "90"), ballot(2, "b", "80"), ballot(3, "c", "70"), ballot(4, "b", "60")}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 3, 0, 1}} {
		f := official(ballotIndicator())
		p := panel(t, units(1), f)
		for _, i := range order {
			if err := p.Put(ballots[i]); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		for _, in := range compute(t, f, p, q1).Cards[0].Node("x").Why.Inputs {
			if in.Role == "ballot" {
				got += in.Ref + in.Value + " "
			}
		}
		if got != "a90 b60 c70 " {
			t.Errorf("order %v: ballots %s, want a90 b60 c70", order, got)
		}
	}
}

func TestACorrectionMayTakeAFigureBack(t *testing.T) {
	f := official(direct("x", "100"))
	p := panel(t, units(1), f)
	last := observation(2, "")
	last.State = assess.Missing
	for _, o := range []assess.Observation{last, observation(1, "50.00")} {
		if err := p.Put(o); err != nil {
			t.Fatal(err)
		}
	}
	if n := compute(t, f, p, q1).Cards[0].Node("x"); n.State != assess.NotReported || n.Value != nil {
		t.Errorf("state %s, value %v; want not reported, none", n.State, n.Value)
	}
}

func TestFiguresAreShownAsWritten(t *testing.T) {
	for _, written := range []string{"30412", "92.50", "0.10", "12345678901234567.89"} {
		f := official(direct("x", "100"))
		p := panel(t, units(1), f)
		put(t, p, "u1", q1, "x", written)
		if got := compute(t, f, p, q1).Cards[0].Node("x").Why.Inputs[0].Value; got != written {
			t.Errorf("%s is shown as %s", written, got)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	at := func(u assess.UnitCode, p assess.Period, item assess.Code, state assess.State, value string) assess.Observation {
		return assess.Observation{CellKey: assess.CellKey{Unit: u, Period: p, Item: item}, State: state, Value: value}
	}
	for name, c := range map[string]struct {
		o   assess.Observation
		key string
	}{
		"not a number":       {at("u1", q1, "x", assess.Reported, "NaN"), "problem.figure_number"},
		"infinity":           {at("u1", q1, "x", assess.Reported, "Inf"), "problem.figure_number"},
		"too large":          {at("u1", q1, "x", assess.Reported, "1e999"), "problem.figure_number"},
		"hexadecimal":        {at("u1", q1, "x", assess.Reported, "0x10"), "problem.figure_number"},
		"grouped":            {at("u1", q1, "x", assess.Reported, "1,204"), "problem.figure_number"},
		"empty":              {at("u1", q1, "x", assess.Reported, ""), "problem.figure_number"},
		"a level of another": {at("u1", q1, "x", assess.Reported, "good"), "problem.figure_number"},
		"an unknown state":   {at("u1", q1, "x", "guessed", "5"), "problem.figure_state"},
		"an unknown unit":    {at("zz", q1, "x", assess.Reported, "5"), "problem.unknown_unit"},
		"an unknown item":    {at("u1", q1, "zz", assess.Reported, "5"), "problem.unknown_item"},
		"another year":       {at("u1", assess.NewQuarter(2027, 1), "x", assess.Reported, "5"), "problem.period_outside"},
	} {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, panel(t, units(1), official(direct("x", "100"))).Put(c.o), c.key)
		})
	}
}

func TestACellGivenTwice(t *testing.T) {
	p := panel(t, units(1), official(direct("x", "100")))
	for i, c := range []struct {
		value string
		key   string
	}{{"5", ""}, {"5", ""}, {"6", "problem.cell_twice"}} {
		err := p.Put(observation(7, c.value))
		if c.key == "" && err != nil {
			t.Errorf("%d: %v", i, err)
		}
		if c.key != "" {
			wantProblem(t, err, c.key)
		}
	}
}

func TestPutTargetRefuses(t *testing.T) {
	p := panel(t, units(1), official(direct("x", "100")))
	wantProblem(t, p.PutTarget(assess.Target{Unit: "zz", Period: year, Code: "x"}), "problem.unknown_unit")
	wantProblem(t, p.PutTarget(assess.Target{Unit: "u1", Period: year, Code: "x", Value: decimal.New(-1, 0)}), "problem.target_negative")
}

// TestPanelIsLittleMoreThanItsFloats fills 500 units × 20 items × 12 quarters and looks at the memory it holds.
func TestPanelIsLittleMoreThanItsFloats(t *testing.T) {
	const n, items, quarters = 500, 20, 12
	var list []assess.Item
	for i := range items {
		list = append(list, assess.Item{Code: assess.Code(fmt.Sprint("i", i))})
	}
	var periods []assess.Period
	for i := range quarters {
		periods = append(periods, assess.NewQuarter(2020, 1).Add(i))
	}
	r := units(n)
	held := func() int64 {
		runtime.GC()
		runtime.GC() // what pools of tests before this one keep goes with the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := held()
	p := score.NewPanel(r, list, periods)
	for _, period := range periods {
		for _, item := range list {
			for u := range r.Units {
				put(t, p, r.Units[u].Code, period, item.Code, "1.5")
			}
		}
	}
	floats := int64(n * items * quarters * 8)
	if grown := held() - before; grown > floats*5/4+200_000 {
		t.Errorf("the panel holds %d bytes, its floats are %d", grown, floats)
	}
	runtime.KeepAlive(p)
}
