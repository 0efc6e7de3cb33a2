package demo

import (
	"testing"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// figuresOf answers what every cell of a unit says in the end and, of the quarter that is asked about, what its cells said when
// they were first handed in.
func figuresOf(c folders, unit assess.UnitCode, asked assess.Period) quality.Figures {
	figures := quality.Figures{}
	for _, at := range c.order {
		for _, f := range c.figures[at] {
			v, ok := f.final()
			if f.Period == asked {
				v, ok = f.versions[0], true
			}
			if ok && f.Unit == unit && f.Part == "" {
				figures[quality.Cell{Period: f.Period, Item: f.Item}] = quality.Figure{State: v.state, Value: v.value}
			}
		}
	}
	return figures
}

// Every rule of level error holds for every report, when it is first handed in and in the end; those that only ask are broken now
// and then, as the story wants it.
func TestRulesHold(t *testing.T) {
	testkit.Sequential(t)
	e := testEdition(t)
	checks, err := quality.New(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{Seed, 1} {
		c := cityOf(t, seed, 8)
		told := everything(t, c)
		var asked []quality.Finding
		for _, u := range e.Roster.Units {
			final := figuresOf(told, u.Code, assess.Period{})
			for _, q := range c.Periods() {
				for _, figures := range []quality.Figures{final, figuresOf(told, u.Code, q)} {
					for _, f := range checks.Check(quality.Report{Unit: u.Code, Period: q, Figures: figures}) {
						if f.Level == quality.Error {
							t.Errorf("seed %d: %s %s %s %v: %s", seed, f.Check, u.Code, q, f.Items, f.Message)
							continue
						}
						asked = append(asked, f)
					}
				}
			}
		}
		if len(asked) == 0 || len(asked) > 40 {
			t.Errorf("seed %d: the rules ask %d times, want a few: %v", seed, len(asked), asked)
		}
	}
}
