package collect_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
)

// signs takes the report of the first district to its chair, who signs it with these members.
func (c *collection) signs(members string, at time.Time) error {
	c.t.Helper()
	state := cmp.Or(c.filings()[unitA], assess.NotStarted)
	var steps []assess.FilingChange
	begin := cycle.Fill
	if state == assess.Submitted || state == assess.UnderReview {
		begin = cycle.TakeOver
	}
	for _, action := range []cycle.Action{begin, cycle.Forward} {
		next, err := cycle.Next(state, action)
		if err != nil {
			return err
		}
		if next != state {
			steps = append(steps, assess.FilingChange{Unit: unitA, Period: q1, From: state, To: next, At: at, By: "li"})
		}
		state = next
	}
	if _, err := c.log.Commit(c.t.Context(), assess.Intake{Filings: steps, Audit: []assess.AuditLine{{At: at, Actor: "li", Action: "forward", Result: "ok"}}}); err != nil {
		return err
	}
	var entries []assess.Entry
	for _, e := range []assess.Entry{{Code: "members", Value: members}, {Code: "unions", Value: "2"}, {Code: "fund", Value: "7"}, {Code: "office", Value: "1"}} {
		e.Unit, e.PeriodText, e.EnteredBy = unitA, "2026Q1", "li"
		entries = append(entries, e)
	}
	return c.Sign(c.t.Context(), collect.Signed{Unit: unitA, Period: q1, Entries: entries, By: "chair"}, at)
}

// pull asks a source of the first district that has these members; as accept its figures count unseen.
func (c *collection) pull(members string, authority collect.Authority, dry bool, at time.Time) collect.Report {
	c.t.Helper()
	src := district("heping", unitA, brings(c.t, "210102,2026Q1,members,"+members+",,,,\n"))
	src.Authority = authority
	r, err := c.Run(c.t.Context(), src, collect.Ask{Slot: at, DryRun: dry}, at)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *collection) differences() []assess.Difference {
	c.t.Helper()
	all, err := c.log.Differences(c.t.Context(), assess.DifferenceQuery{Steps: true})
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// figure answers what the figure of the members is: what waits, else what counts.
func (c *collection) figure() string {
	c.t.Helper()
	pending, err := c.Pending(c.t.Context(), unitA, q1)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range pending {
		if p.Item == "members" {
			return p.Value
		}
	}
	held, err := c.Held(c.t.Context(), assess.CellKey{Unit: unitA, Period: q1, Item: "members"})
	if err != nil {
		c.t.Fatal(err)
	}
	return held
}

func (c *collection) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func actionsOf(d assess.Difference) (all []assess.DifferenceAction) {
	for _, s := range d.Steps {
		all = append(all, s.Action)
	}
	return all
}

// What a source says of a signed figure is one difference however often it is said, revised when it says something else, and gone
// when it says the same. A dry run shows it and writes nothing.
func TestASourceThatDiffersRaisesOneDifference(t *testing.T) {
	c := newCollection(t)
	c.must(c.signs("1240", inTime))
	hour := func(n int) time.Time { return inTime.Add(time.Duration(n) * time.Hour) }
	before := c.head()
	if r := c.pull("1204", collect.Submit, true, hour(1)); len(r.Differences) != 1 || r.Differences[0].SaidValue != "1204" || c.head() != before {
		t.Errorf("a dry run: %+v, head %v", r.Differences, c.head())
	}
	c.pull("1204", collect.Submit, false, hour(1))
	c.pull("1204", collect.Submit, false, hour(2))
	all := c.differences()
	if len(all) != 1 {
		t.Fatalf("%d differences", len(all))
	}
	d := all[0]
	if d.State != assess.DifferenceOpen || d.Held.Value != "1240" || d.Held.By != "chair" || d.Held.Submission == "" || !d.Held.At.Equal(inTime) ||
		d.SaidValue != "1204" || d.Times != 2 || !d.First.Equal(hour(1)) || !d.Last.Equal(hour(2)) || d.Run == "" || d.Place.Line != 2 || d.Source != "heping" {
		t.Errorf("%+v", d)
	}
	c.pull("1210", collect.Submit, false, hour(3))
	if d := c.differences()[0]; d.SaidValue != "1210" || d.Times != 1 || !d.First.Equal(hour(3)) || d.Steps[0].Said != "1204" || d.Steps[1].Said != "1210" {
		t.Errorf("revised: %+v", d)
	}
	c.pull("1240", collect.Submit, false, hour(4))
	d = c.differences()[0]
	if want := []assess.DifferenceAction{assess.RaiseDifference, assess.ReviseDifference, assess.SettleDifference}; d.State != assess.DifferenceSettled || !slices.Equal(actionsOf(d), want) {
		t.Errorf("settled: %s %v", d.State, actionsOf(d))
	}
	c.pull("1204", collect.Submit, false, hour(5))
	if all := c.differences(); len(all) != 2 || all[0].State != assess.DifferenceOpen || c.figure() != "1240" {
		t.Errorf("said anew: %+v, the figure is %s", all, c.figure())
	}
}

// That the person's figure stays is decided with a reason, once, and what the source says is then no news; another figure is.
func TestAFigureThatStays(t *testing.T) {
	c := newCollection(t)
	c.must(c.signs("1240", inTime))
	c.pull("1204", collect.Submit, false, inTime.Add(time.Hour))
	id := c.differences()[0].ID
	if err := c.Keep(t.Context(), id, " ", "zhao", inTime); !errors.Is(err, assess.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	c.must(c.Answer(t.Context(), id, "系统未含新建单位", "li", inTime.Add(2*time.Hour)))
	c.must(c.Keep(t.Context(), id, "系统数据滞后", "zhao", inTime.Add(3*time.Hour)))
	if err := c.Keep(t.Context(), id, "again", "zhao", inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	c.pull("1204", collect.Adopt, false, inTime.Add(4*time.Hour))
	d := c.differences()
	if want := []assess.DifferenceAction{assess.RaiseDifference, assess.AnswerDifference, assess.KeepDifference}; len(d) != 1 || d[0].State != assess.DifferenceKept || !slices.Equal(actionsOf(d[0]), want) {
		t.Errorf("%+v", d)
	}
	c.pull("1205", collect.Submit, false, inTime.Add(5*time.Hour))
	c.pull("1204", collect.Submit, false, inTime.Add(6*time.Hour))
	if d := c.differences(); len(d) != 2 || d[0].State != assess.DifferenceSettled || d[1].State != assess.DifferenceKept || c.figure() != "1240" {
		t.Errorf("another figure, and back: %+v", d)
	}
	lines, err := c.log.AuditAbout(t.Context(), id, 10)
	if err != nil || len(lines) != 2 || lines[0].Action != "difference.keep" || lines[0].Actor != "zhao" {
		t.Errorf("audit %+v, %v", lines, err)
	}
}

// What was decided about one figure says nothing of another that its district signs afterwards.
func TestAKeptFigureCoversNoOther(t *testing.T) {
	c := newCollection(t)
	c.must(c.signs("1240", inTime))
	c.pull("1204", collect.Submit, false, inTime.Add(time.Hour))
	c.must(c.Keep(t.Context(), c.differences()[0].ID, "系统数据滞后", "zhao", inTime.Add(2*time.Hour)))
	c.must(c.Decide(t.Context(), unitA, q1, collect.Returns([]assess.Code{"members"}, "anomaly", "再核"), collect.Reviewer{By: "zhao"}, inTime.Add(3*time.Hour)))
	c.must(c.signs("9240", inTime.Add(4*time.Hour)))
	c.pull("1204", collect.Submit, false, inTime.Add(5*time.Hour))
	if d := c.differences(); len(d) != 2 || d[0].State != assess.DifferenceOpen || d[0].Held.Value != "9240" {
		t.Errorf("another figure was signed: %+v", d)
	}
}

// That the source is right sends the figure back to its district, and nothing else: what the chair signs then is the figure.
func TestAFigureThatGoesBack(t *testing.T) {
	for _, tc := range []struct {
		again string
		state assess.DifferenceState
	}{{"1204", assess.DifferenceSettled}, {"1240", assess.DifferenceOpen}, {"1230", assess.DifferenceOpen}} {
		c := newCollection(t)
		c.must(c.signs("1240", inTime))
		c.pull("1204", collect.Submit, false, inTime.Add(time.Hour))
		id := c.differences()[0].ID
		c.must(c.Take(t.Context(), id, "anomaly", "系统为 1204", collect.Reviewer{By: "zhao"}, inTime.Add(2*time.Hour)))
		if got := c.filings()[unitA]; got != assess.Returned || c.figure() != "1240" || c.differences()[0].State != assess.DifferenceTaken {
			t.Fatalf("the report is %s, the figure %s", got, c.figure())
		}
		if err := c.Take(t.Context(), id, "anomaly", "x", collect.Reviewer{By: "zhao"}, inTime); !errors.Is(err, assess.ErrConflict) {
			t.Errorf("taken twice: %v", err)
		}
		c.pull("1204", collect.Submit, false, inTime.Add(3*time.Hour))
		if d := c.differences(); len(d) != 1 || d[0].State != assess.DifferenceTaken || c.filings()[unitA] != assess.Returned {
			t.Errorf("said again on its way: %+v", d)
		}
		c.must(c.signs(tc.again, inTime.Add(4*time.Hour)))
		if d := c.differences()[0]; d.State != tc.state || d.Held.Value != tc.again {
			t.Errorf("signed as %s: %s, held %s", tc.again, d.State, d.Held.Value)
		}
	}
}

// What a department has accepted of an open period stays; of a closed one a correction is the way, whose difference goes with it.
func TestAnAcceptedFigureIsCorrected(t *testing.T) {
	c := newCollection(t)
	c.must(c.signs("1240", inTime))
	c.must(c.AcceptAll(t.Context(), unitA, q1, "zhao", inTime.Add(time.Hour)))
	c.pull("1204", collect.Adopt, false, inTime.Add(2*time.Hour))
	d := c.differences()[0]
	if d.Held.By != "zhao" || d.Held.Seq == 0 || c.figure() != "1240" {
		t.Errorf("%+v, figure %s", d, c.figure())
	}
	if err := c.Take(t.Context(), d.ID, "anomaly", "x", collect.Reviewer{By: "zhao"}, inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("an accepted figure went back: %v", err)
	}
	if _, err := c.Taken(t.Context(), d.ID, "x", "zhao", inTime); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("a correction of an open period: %v", err)
	}
	c.advance(q1, assess.CycleScored)
	if way, err := c.Remedy(t.Context(), &d, inTime); way != collect.Correct || err != nil {
		t.Errorf("closed: %s, %v", way, err)
	}
	e := assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "members", Value: "1204"}
	c.must(c.Correct(t.Context(), e, collect.Correction{Reason: "以系统为准"}, "wang", false, inTime.Add(3*time.Hour)))
	if d := c.differences()[0]; d.State != assess.DifferenceSettled || d.Steps[1].By != "wang" || c.figure() != "1204" {
		t.Errorf("corrected: %+v, figure %s", d, c.figure())
	}
}

// A figure of the city's own people is theirs in each of its parts.
func TestNoSourceChangesWhatTheCityHandedIn(t *testing.T) {
	c := newCollection(t)
	entries := []assess.Entry{{Unit: unitA, PeriodText: "2026", Code: "awards", Value: "3", Part: "national", Ref: "r1"}, {Unit: unitA, PeriodText: "2026Q1", Code: "rate", Value: "80"}}
	if _, err := c.Supply(t.Context(), collect.Supply{Entries: entries, EnteredBy: "zhao", Audit: []assess.AuditLine{{At: inTime, Actor: "zhao", Action: "city.supply", Result: "ok"}}}, inTime); err != nil {
		t.Fatal(err)
	}
	src := district("city", "", brings(t, "210102,2026,awards,1,,,national,r1\n210102,2026Q1,rate,10,,,,\n"))
	src.Units, src.Authority, src.Supplies = nil, collect.Adopt, []assess.Origin{assess.FromCity}
	r, err := c.Run(t.Context(), src, collect.Ask{Slot: inTime.Add(time.Hour)}, inTime.Add(time.Hour))
	if err != nil || r.New+r.Changed > 0 || len(c.differences()) != 2 {
		t.Errorf("%s, %d differences, %v", counts(r), len(c.differences()), err)
	}
}

// Whatever people and machines do in whatever order: a machine never changes a figure that a person has signed, at most one difference
// of a source goes on, it goes on exactly while the two differ and nobody has decided, and no step is ever changed.
func TestNoOrderOfActsOverwritesAPerson(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCollection(t)
		now, signed, said, kept := inTime, false, "", map[string]bool{}
		var steps []assess.DifferenceStep
		for range rapid.IntRange(4, 8).Draw(rt, "acts") {
			now = now.Add(time.Minute)
			value := rapid.SampledFrom([]string{"10", "20", "30"}).Draw(rt, "value")
			before, all := c.figure(), c.differences()
			act := rapid.SampledFrom([]string{"submit", "adopt", "push", "sign", "sign", "accept", "return", "keep", "take", "answer"}).Draw(rt, "act")
			switch act {
			case "submit", "adopt", "push":
				authority := collect.Submit
				if act == "adopt" {
					authority = collect.Adopt
				}
				if act == "push" { // another source
					c.push("210102,2026Q1,members,"+value+",,,,\n", "token:7f", now)
				} else {
					c.pull(value, authority, false, now)
					said = value
				}
				if after := c.figure(); signed && after != before {
					rt.Fatalf("%s of %s made %s of the signed %s", act, value, after, before)
				}
			case "sign":
				signed = c.signs(value, now) == nil || signed
			case "accept":
				_ = c.AcceptAll(t.Context(), unitA, q1, "zhao", now)
			case "return":
				_ = c.Decide(t.Context(), unitA, q1, collect.Returns([]assess.Code{"members"}, "anomaly", "再核"), collect.Reviewer{By: "zhao"}, now)
			default:
				if len(all) == 0 {
					continue
				}
				d := all[0]
				switch act {
				case "keep":
					if c.Keep(t.Context(), d.ID, "如此", "zhao", now) == nil {
						kept[fmt.Sprint(d.Source, d.SaidValue, d.Held.Value)] = true
					}
				case "take":
					_ = c.Take(t.Context(), d.ID, "anomaly", "如此", collect.Reviewer{By: "zhao"}, now)
				case "answer":
					_ = c.Answer(t.Context(), d.ID, "如此", "li", now)
				}
			}
			going := map[assess.Code]int{}
			var now []assess.DifferenceStep
			for _, d := range c.differences() {
				now = append(now, d.Steps...)
				if d.State.Going() {
					going[d.Source]++
					if d.Held.Value == d.SaidValue || d.Held.Value != c.figure() {
						rt.Fatalf("%s: a difference of %s and %s goes on while the figure is %s", act, d.Held.Value, d.SaidValue, c.figure())
					}
				}
			}
			slices.SortFunc(now, func(a, b assess.DifferenceStep) int { return cmp.Compare(a.Seq, b.Seq) })
			if len(now) < len(steps) || !slices.Equal(now[:len(steps)], steps) {
				rt.Fatalf("%s changed steps:\n%+v\n%+v", act, steps, now)
			}
			steps = now
			if going["heping"] > 1 || going["push"] > 1 {
				rt.Fatalf("%s: %v differences go on", act, going)
			}
			if (act == "submit" || act == "adopt") && signed {
				if want := said != c.figure() && !kept["heping"+said+c.figure()]; want != (going["heping"] == 1) {
					rt.Fatalf("%s of %s to %s: %d go on, kept %v", act, said, c.figure(), going["heping"], kept)
				}
			}
		}
	})
}

// What a person has imported by hand is a person's, too: a source that says otherwise raises a difference, whatever it may do, and only a
// person changes the figure.
func TestNoSourceOverwritesWhatWasImportedByHand(t *testing.T) {
	c := newCollection(t)
	byHand := func(members string, at time.Time) {
		t.Helper()
		entry := assess.Entry{Unit: unitA, PeriodText: "2026Q1", Code: "members", Value: members}
		r, err := c.Import(t.Context(), assess.Delivery{Door: assess.DoorImport, Source: "import", Entries: []assess.Entry{entry}},
			collect.Options{By: "analyst", Authority: collect.Adopt}, at)
		if err != nil || r.Refused > 0 {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	byHand("30000", inTime)
	r := c.pull("1", collect.Adopt, false, inTime.Add(time.Hour))
	if d := c.differences(); len(d) != 1 || d[0].Held.Value != "30000" || d[0].SaidValue != "1" || r.Changed != 0 || c.figure() != "30000" {
		t.Errorf("differences %+v, changed %d, the figure is %s", d, r.Changed, c.figure())
	}
	byHand("29999", inTime.Add(2*time.Hour))
	if c.figure() != "29999" {
		t.Errorf("a person's next import left %s", c.figure())
	}
}
