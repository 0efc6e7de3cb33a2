package refund_test

import (
	"os"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/refund/trial"
)

// intake takes the rows of a set in.
func intake(tb testing.TB, s *trial.Set) *refund.Intake {
	tb.Helper()
	in := &refund.Intake{TaxFile: "tax.csv", UnionFile: "unions.csv"}
	rows := func(heads []string, rows [][]string, need, may []string, visit func(int, []string, *assess.Problem)) {
		at := map[string]int{}
		for i, h := range heads {
			at[h] = i
		}
		wanted := append(need, may...)
		cells := make([]string, len(wanted))
		for n, row := range rows {
			for i, h := range wanted {
				cells[i] = row[at[h]]
			}
			visit(n+2, cells, nil)
		}
	}
	need, may := refund.PaymentColumns()
	rows(trial.TaxHeads, s.Tax, need, may, in.Payment)
	need, may = refund.UnionColumns()
	rows(trial.UnionHeads, s.Unions, need, may, in.Union)
	return in
}

func outcomes(r *refund.Result) []trial.Outcome {
	out := make([]trial.Outcome, len(r.Lines))
	for i, l := range r.Lines {
		out[i] = trial.Outcome{Status: string(l.Status), PayTo: string(l.PayTo), Fen: int64(l.Fen), District: district(l.District)}
		if l.Union >= 0 {
			out[i].Union = r.Unions[l.Union].ID
		}
	}
	return out
}

func district(n int32) string {
	if n == 0 {
		return ""
	}
	b := []byte("000000")
	for i := 5; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

func judge(tb testing.TB, s trial.Setting) (trial.Marks, *refund.Result, *trial.Set) {
	tb.Helper()
	set := trial.Make(s)
	in := intake(tb, set)
	r, err := refund.Run(in.Payments, in.Unions, refund.Options{Policy: refund.FilePolicy()})
	if err != nil {
		tb.Fatal(err)
	}
	return trial.Judge(set, outcomes(r)), r, set
}

// The sets that the rules and thresholds were found with. Their marks say nothing of others.
var developing = []trial.Setting{
	{Seed: 1, Rows: 30_000, Strength: 0.6, City: "shenyang"},
	{Seed: 2, Rows: 30_000, Strength: 1, City: "shenyang"},
	{Seed: 3, Rows: 30_000, Strength: 1.5, City: "shenyang"},
	{Seed: 11, Rows: 30_000, Strength: 1.2, City: "shenyang"}, // and 12 to 18
}

// The sets that are judged by: other seeds, other strengths, and a city that nothing was tried with. Nothing is ever changed for one of
// them; who must change something finds it with the sets above and takes new seeds here. (201 to 207 were judged by once: two of them had
// three refunds in 25,000 at a wrong district.)
var judging = []trial.Setting{
	{Seed: 301, Rows: 30_000, Strength: 0.5, City: "shenyang"},
	{Seed: 302, Rows: 30_000, Strength: 0.9, City: "fuzhou"},
	{Seed: 303, Rows: 30_000, Strength: 1.0, City: "shenyang"},
	{Seed: 304, Rows: 30_000, Strength: 1.0, City: "fuzhou"},
	{Seed: 305, Rows: 30_000, Strength: 1.1, City: "fuzhou"},
	{Seed: 306, Rows: 30_000, Strength: 1.5, City: "shenyang"},
	{Seed: 307, Rows: 30_000, Strength: 1.5, City: "fuzhou"},
}

// hold holds marks to the bars: precision 99.9 in a hundred, recall 97, with what reviewers see 99, reviews 4, one automatic row in ten
// thousand at a wrong district; with half as much noise again precision 99.9 and recall 95.
func hold(t *testing.T, s trial.Setting, m trial.Marks) {
	t.Helper()
	recall, reached, review, misplaced := 0.97, 0.99, 0.04, 0.0001
	if s.Strength >= 1.5 {
		recall, reached, review, misplaced = 0.95, 0, 1, 1
	}
	switch {
	case m.Precision() < 0.999, m.Recall() < recall, m.Reached() < reached, m.Reviewed() > review, m.Misplaced() > misplaced:
		t.Errorf("%+v: %v", s, m)
	case m.Twice > 0, m.Duplicates > 0, m.WrongFen > 0:
		t.Errorf("%+v: tickets or amounts are wrong: %v", s, m)
	default:
		t.Logf("%+v: %v", s, m)
	}
}

// TestSmallSet: the bars hold on a small set of development.
func TestSmallSet(t *testing.T) {
	s := developing[1]
	s.Rows = 6000
	m, _, _ := judge(t, s)
	hold(t, s, m)
}

// TestJudged: the bars hold on sets that nothing was tuned on. UNIONBOARD_TEST_REFUND=judge, as `WHOLE=1 make test-full` has it; or develop.
func TestJudged(t *testing.T) {
	sets := map[string][]trial.Setting{"judge": judging, "develop": developing}[os.Getenv("UNIONBOARD_TEST_REFUND")]
	if sets == nil {
		t.Skip("UNIONBOARD_TEST_REFUND=judge or develop")
	}
	for _, s := range sets {
		m, _, _ := judge(t, s)
		hold(t, s, m)
	}
}
