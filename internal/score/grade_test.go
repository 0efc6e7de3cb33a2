package score_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
)

// gradeCase is a case of testdata/grades.txt.
type gradeCase struct {
	name  string
	rules map[string]string
	units [][]string
	wants [][]string
}

func readGradeCases(t *testing.T) (cases []*gradeCase) {
	file, err := os.Open("testdata/grades.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		if words[0] == "case" {
			cases = append(cases, &gradeCase{name: strings.Join(words[1:], " ")})
			continue
		}
		c := cases[len(cases)-1]
		switch words[0] {
		case "rules":
			c.rules = pairs(words[1:])
		case "unit":
			c.units = append(c.units, words[1:])
		case "want":
			c.wants = append(c.wants, words[1:])
		default:
			t.Fatalf("testdata/grades.txt:%d: %q", n, words[0])
		}
	}
	return cases
}

// pairs reads key=value words; a word alone is a key with the value "yes".
func pairs(words []string) map[string]string {
	m := map[string]string{}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			value = "yes"
		}
		m[key] = value
	}
	return m
}

// twoFrameworks are six (90 points and a core indicator of 10) and five (100 points, and the bonus), combined 0.6 to 0.4.
func twoFrameworks() (*assess.Assessment, []*assess.Framework) {
	core := direct("six_core", "10")
	core.Indicator.Core = true
	six := official(direct("six_main", "90"), core)
	six.Code, six.Root.Code = "six", "six"
	five := official(direct("five_main", "100"), annual(indicator("award", "0", assess.Method{Kind: assess.Bonus, Cap: 9})))
	five.Code, five.Root.Code, five.BonusInComposite = "five", "five", true
	return &assess.Assessment{
		Composite: []assess.Share{{Framework: "six", Weight: decimalOf("0.6")}, {Framework: "five", Weight: decimalOf("0.4")}},
		Decimals:  2, MinGroup: 4, BonusCap: 3, Late: assess.Lateness{PerDay: 0.5, Cap: 2},
		Lights: six.Lights,
		Vetoes: []assess.GlobalVeto{{Item: "fraud", Effect: "not_excellent", Name: assess.Text{ZH: "弄虚作假"}}},
		Grading: assess.Grading{
			Grades:   []assess.Grade{{Code: "excellent", MinScore: 90}, {Code: "good", MinScore: 80}, {Code: "pass", MinScore: 60}, {Code: "fail"}},
			TieChain: []assess.Code{"six", "returns"}, VetoGrade: "pass",
		},
	}, []*assess.Framework{six, five}
}

// combinedPanel makes a panel for both frameworks and the veto item.
func combinedPanel(r assess.Roster, frameworks []*assess.Framework) *score.Panel {
	items := []assess.Item{{Code: "fraud", Type: assess.Boolean, Frequency: assess.Annual}}
	for _, f := range frameworks {
		implied, err := score.Implied(f)
		if err != nil {
			panic(err) // frameworks without expressions
		}
		items = append(items, implied...)
	}
	return score.NewPanel(r, items, []assess.Period{q1, q2, q3, q4, year})
}

func combine(t testing.TB, a *assess.Assessment, frameworks []*assess.Framework, p *score.Panel, period assess.Period) *assess.Scores {
	t.Helper()
	var parts []*assess.Scores
	for _, f := range frameworks {
		parts = append(parts, compute(t, f, p, period))
	}
	s, err := score.Composite(a, frameworks, parts, p, period, score.Options{City: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGrades(t *testing.T) {
	for _, c := range readGradeCases(t) {
		t.Run(c.name, func(t *testing.T) {
			a, frameworks := twoFrameworks()
			share, err := strconv.ParseFloat(c.rules["share"], 64)
			if err != nil {
				t.Fatal(err)
			}
			a.Grading.QuotaShare, a.Grading.QuotaScope = int(share*100), c.rules["scope"]
			a.Grading.QuotaLeast, _ = strconv.Atoi(c.rules["least"])
			s := combine(t, a, frameworks, gradePanel(t, c, frameworks), year)
			for _, want := range c.wants {
				card := s.Card(assess.UnitCode(want[0]))
				n := card.Root()
				total, grade := "-", "-"
				if n.HasScore() {
					total, grade = decimal.NewFromFloat(n.Shown).StringFixed(2), string(n.Grade)
				}
				got := []string{want[0], total, strconv.Itoa(n.Rank), strconv.Itoa(n.GroupRank), grade}
				if card.TiedAtQuota {
					got = append(got, "tied")
				}
				if strings.Join(got, " ") != strings.Join(want, " ") {
					t.Errorf("got  %s\nwant %s", strings.Join(got, " "), strings.Join(want, " "))
				}
			}
		})
	}
}

func gradePanel(t *testing.T, c *gradeCase, frameworks []*assess.Framework) *score.Panel {
	var r assess.Roster
	for _, u := range c.units {
		r.Units = append(r.Units, assess.Unit{Code: assess.UnitCode(u[0]), Group: assess.Code(u[1])})
	}
	p := combinedPanel(r, frameworks)
	for i, u := range c.units {
		code, v := r.Units[i].Code, pairs(u[2:])
		put(t, p, code, q4, "six_main", v["six"])
		if v["nocore"] == "" {
			put(t, p, code, q4, "six_core", v["six"])
		}
		if v["five"] != "" {
			put(t, p, code, q4, "five_main", v["five"])
		}
		if v["bonus"] != "" {
			put(t, p, code, year, "award", v["bonus"])
		}
		if v["veto"] != "" {
			put(t, p, code, year, "fraud", "1")
		}
		if v["open"] != "" {
			p.SetOpen(q4, true)
		}
		late, _ := strconv.Atoi(v["late"])
		returns, _ := strconv.Atoi(v["returns"])
		// Conduct adds up over the quarters of the year.
		p.PutConduct(code, q1, score.Conduct{LateDays: late - late/2, Returns: returns})
		p.PutConduct(code, q3, score.Conduct{LateDays: late / 2})
	}
	return p
}

// TestFrameworkGrading: a framework may give grades of its own, by the same rule.
func TestFrameworkGrading(t *testing.T) {
	a, frameworks := twoFrameworks()
	f := frameworks[0]
	f.Grading = &a.Grading
	f.Grading.QuotaShare, f.Grading.QuotaLeast, f.Grading.TieChain = 5000, 1, []assess.Code{"six_core"}
	p := combinedPanel(units(2), frameworks)
	for u, core := range map[assess.UnitCode]string{"u1": "91", "u2": "100"} {
		put(t, p, u, q4, "six_core", core)
	}
	put(t, p, "u1", q4, "six_main", "91")
	put(t, p, "u2", q4, "six_main", "90")
	s := compute(t, f, p, year) // 0.9 × 91 + 0.1 × 91 = 91 and 0.9 × 90 + 0.1 × 100 = 91
	if a, b := s.Cards[0].Root(), s.Cards[1].Root(); a.Shown != b.Shown || a.Grade != "good" || b.Grade != "excellent" {
		t.Errorf("%v %s and %v %s; want 91 good and 91 excellent, by the core indicator", a.Shown, a.Grade, b.Shown, b.Grade)
	}
	if s := compute(t, f, p, q4); s.Cards[0].Root().Grade != "" {
		t.Error("a quarter has grades")
	}
}
