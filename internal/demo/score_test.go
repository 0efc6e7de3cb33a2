package demo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
	"github.com/unionboard/unionboard/internal/testkit"
)

func testEdition(t testing.TB) *assess.Edition {
	t.Helper()
	e := testkit.Shipped(t)
	return e
}

// results are the scores of a period, as the real engine computes them from the end of the story.
type results struct {
	frameworks []*assess.Scores
	composite  *assess.Scores
}

func resultsOf(t testing.TB, c *City, p assess.Period) results {
	t.Helper()
	e := c.model.edition
	panel := score.NewPanel(e.Roster, e.Items, append(p.Quarters(), p))
	told := everything(t, c)
	for _, at := range told.order {
		if at.period != p && at.period != p.Year() && at.period.Year() != p {
			continue
		}
		for _, f := range told.figures[at] {
			v, ok := f.final()
			if _, known := e.Item(f.Item); !ok || !known {
				continue
			}
			if err := panel.Put(assess.Observation{CellKey: f.CellKey, State: v.state, Value: v.value}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, target := range c.Targets() {
		panel.PutTarget(target)
	}
	for _, q := range p.Quarters() {
		for _, u := range c.roster() {
			conduct := score.Conduct{}
			if _, at, ok := c.handIn(u.Code, q); ok {
				conduct.LateDays = c.plan(q).LateDays(u.Code, at)
			}
			back, _ := c.returnOf(u.Code, q)
			conduct.Returns = len(back.items)
			panel.PutConduct(u.Code, q, conduct)
		}
	}
	var r results
	var frameworks []*assess.Framework
	o := score.Options{City: true}
	for i := range e.Frameworks {
		f := &e.Frameworks[i]
		s, err := score.Compute(f, panel, p, o)
		if err != nil {
			t.Fatal(err)
		}
		frameworks, r.frameworks = append(frameworks, f), append(r.frameworks, s)
	}
	var err error
	if r.composite, err = score.Composite(&e.Assessment, frameworks, r.frameworks, panel, p, o); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTheResultsAreThoseOfABelievableCity scores the shipped demonstration with the real engine. With -v it prints the table.
func TestTheResultsAreThoseOfABelievableCity(t *testing.T) {
	testkit.Sequential(t)
	c := cityOf(t, Seed, 8)
	leaders, moves, ties := map[assess.UnitCode]bool{}, 0, 0
	before := map[assess.UnitCode]int{}
	for _, p := range c.Periods() {
		r := resultsOf(t, c, p)
		t.Logf("%s\n%s", p, r.table(c))
		r.checkLights(t, p)
		for i, u := range c.roster() {
			missing := u.Code == faku && p == quarter("2025Q2")
			for _, s := range r.frameworks {
				if root := s.Cards[i].Root(); root.State != assess.Scored || !missing && (root.Shown < 60 || root.Shown > 98) {
					t.Errorf("%s has %.2f in %s %s (%s), want 60 to 98", u.Name.ZH, root.Shown, s.Framework, p, root.State)
				}
			}
			root := r.composite.Cards[i].Root()
			if root.Rank == 1 {
				leaders[u.Code] = true
			}
			if last, ok := before[u.Code]; ok && last != root.Rank {
				moves++
			}
			before[u.Code] = root.Rank
		}
		ties += tied(r.composite)
	}
	if len(leaders) < 3 || moves < 30 {
		t.Errorf("%d districts lead in turn and places change %d times, want 3 and 30 at least", len(leaders), moves)
	}
	if ties == 0 {
		t.Error("no two districts share a place in any quarter")
	}
}

// table is what a person looks at.
func (r results) table(c *City) string {
	var b strings.Builder
	for i, u := range c.roster() {
		fmt.Fprintf(&b, "%s", u.Short.ZH)
		for _, s := range append(r.frameworks, r.composite) {
			n := s.Cards[i].Root()
			fmt.Fprintf(&b, "\t%.2f (%d)", n.Shown, n.Rank)
		}
		k := r.composite.Cards[i]
		fmt.Fprintf(&b, "\t+%.1f −%.1f %s\n", k.Bonus, k.Late, k.Root().Grade)
	}
	return b.String()
}

// checkLights wants every colour on at least one indicator in twenty.
func (r results) checkLights(t *testing.T, p assess.Period) {
	t.Helper()
	lights, all := map[assess.Light]int{}, 0
	for _, s := range r.frameworks {
		for _, card := range s.Cards {
			for _, n := range card.Nodes {
				if n.Level == 1 && n.Light != "" {
					lights[n.Light]++
					all++
				}
			}
		}
	}
	for _, light := range []assess.Light{assess.Green, assess.Yellow, assess.Red} {
		if lights[light]*20 < all {
			t.Errorf("%s has %d of %d lights %s", p, lights[light], all, light)
		}
	}
}

// tied counts the pairs of units that share a place.
func tied(s *assess.Scores) (pairs int) {
	for i := range s.Cards {
		for j := range i {
			if a, b := s.Cards[i].Root(), s.Cards[j].Root(); a.State == assess.Scored && a.Shown == b.Shown && a.Rank == b.Rank {
				pairs++
			}
		}
	}
	return pairs
}

func TestTheYearHasGrades(t *testing.T) {
	c := cityOf(t, Seed, 8)
	r := resultsOf(t, c, quarter("2025"))
	t.Logf("2025\n%s", r.table(c))
	grades, groups := map[assess.Code]int{}, map[assess.Code]bool{}
	for i, u := range c.roster() {
		grade := r.composite.Cards[i].Root().Grade
		grades[grade]++
		if grade == "excellent" {
			if groups[u.Group] {
				t.Errorf("two of group %s are excellent; the quota is one", u.Group)
			}
			groups[u.Group] = true
		}
	}
	if grades["excellent"] < 2 || grades["good"] < 5 || grades["pass"] < 2 || grades["fail"] > 0 {
		t.Errorf("grades: %v", grades)
	}
	card := r.composite.Card(yuhong)
	if len(card.Vetoed) != 1 || card.Root().Grade != "pass" || card.Total < 80 {
		t.Errorf("the vetoed district has %.2f and %s, vetoed %v; it would have been good", card.Total, card.Root().Grade, card.Vetoed)
	}
	// Two working days at 0.5 points.
	if card := r.composite.Card(sujiatun); card.Late != 1 || card.LateDays != 2 {
		t.Errorf("the late district loses %.2f for %d days, want 1 for 2", card.Late, card.LateDays)
	}
	// One provincial honour is 1 point; the one honoured by the city too counts once.
	if a, b := r.composite.Card(shenhe).Bonus, r.composite.Card(xinmin).Bonus; a != 1 || b != 1 {
		t.Errorf("bonus points are %.1f and %.1f, want 1 and 1", a, b)
	}
}

func TestEveryKindOfNoScoreIsThere(t *testing.T) {
	testkit.Sequential(t)
	c := cityOf(t, Seed, 8)
	node := func(p string, framework int, u assess.UnitCode, code assess.Code) *assess.NodeScore {
		return resultsOf(t, c, quarter(p)).frameworks[framework].Card(u).Node(code)
	}
	for name, tt := range map[string]struct {
		got  *assess.NodeScore
		want assess.NodeState
	}{
		"no palace":            {node("2026Q2", 0, kangping, "palace_visits"), assess.NotApplicable},
		"no pilot task":        {node("2025", 2, liaozhong, "pilot_task_rating"), assess.NotApplicable},
		"no report":            {node("2025Q2", 0, faku, "membership_rate"), assess.NotReported},
		"no season":            {node("2026Q1", 0, heping, "cooling_recipients"), assess.NotDue},
		"no letter was issued": {node("2026Q1", 0, kangping, "supervision_response_rate"), assess.NotApplicable},
	} {
		if tt.got.State != tt.want {
			t.Errorf("%s: %s, want %s", name, tt.got.State, tt.want)
		}
	}
	if n := node("2026Q1", 2, kangping, "mentor_pairing_rate"); !n.SmallSample {
		t.Errorf("two young cadres are no small sample: %+v", n)
	}
	if n := node("2026Q1", 2, heping, "mentor_pairing_rate"); n.SmallSample {
		t.Error("twelve young cadres are a small sample")
	}
}
