package refund_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/refund/trial"
	"github.com/unionboard/unionboard/internal/source"
)

var small = trial.Setting{Seed: 4, Rows: 1500, Strength: 1.2, City: "shenyang"}

// table answers the matches as text, and by tax_id.
func table(t *testing.T, r *refund.Result) (string, map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteMatches(&b); err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(b.String()) {
		id, rest, _ := strings.Cut(line, ",")
		rows[id] += rest
	}
	return b.String(), rows
}

func match(t *testing.T, in *refund.Intake, parameters *refund.Parameters) *refund.Result {
	t.Helper()
	r, err := refund.Run(slices.Clone(in.Payments), slices.Clone(in.Unions), refund.Options{Policy: refund.FilePolicy(), Parameters: parameters})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOrderOfRowsDecidesNothing: shuffled files give every row the same answer, to the last digit.
func TestOrderOfRowsDecidesNothing(t *testing.T) {
	in := intake(t, trial.Make(small))
	_, want := table(t, match(t, in, nil))
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 0))
		r.Shuffle(len(in.Payments), func(i, j int) { in.Payments[i], in.Payments[j] = in.Payments[j], in.Payments[i] })
		r.Shuffle(len(in.Unions), func(i, j int) { in.Unions[i], in.Unions[j] = in.Unions[j], in.Unions[i] })
		if _, got := table(t, match(t, in, nil)); !cmp.Equal(want, got) {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(want, got))
		}
	}
}

// TestProcessorsDecideNothing: the same bytes on one processor and on several, and a second time.
func TestProcessorsDecideNothing(t *testing.T) {
	in := intake(t, trial.Make(small))
	want, _ := table(t, match(t, in, nil))
	for _, n := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(n)
		got, _ := table(t, match(t, in, nil))
		runtime.GOMAXPROCS(before)
		if got != want {
			t.Fatalf("%d processors: %s", n, cmp.Diff(want, got))
		}
	}
}

// TestStrangersChangeNothing: with kept parameters, rows of another city change no outcome.
func TestStrangersChangeNothing(t *testing.T) {
	in := intake(t, trial.Make(small))
	first := match(t, in, nil)
	strangers := intake(t, trial.Make(trial.Setting{Seed: 5, Rows: 500, Strength: 1, City: "fuzhou"}))
	both := &refund.Intake{Payments: slices.Clone(in.Payments), Unions: slices.Clone(in.Unions)}
	for _, p := range strangers.Payments {
		p.ID, p.Ticket = "F"+p.ID, "F"+p.Ticket
		both.Payments = append(both.Payments, p)
	}
	for _, u := range strangers.Unions {
		u.ID, u.Parent = "F"+u.ID, "F"+u.Parent
		both.Unions = append(both.Unions, u)
	}
	second := match(t, both, first.Parameters)
	changed := 0
	for i, a := range first.Lines {
		if b := second.Lines[i]; a.Status != b.Status || a.Union != b.Union || a.Fen != b.Fen || a.District != b.District || a.PayTo != b.PayTo {
			changed++
			t.Logf("%s: %+v, then %+v", first.Payments[i].ID, a, b)
		}
	}
	// Names that both cities have in common are less rare then; more than one row in a thousand is no such accident.
	if changed > len(first.Lines)/1000 {
		t.Errorf("%d of %d rows changed", changed, len(first.Lines))
	}
}

// TestSentTwice: a file whose rows stand in it twice refunds what it refunds once.
func TestSentTwice(t *testing.T) {
	in := intake(t, trial.Make(small))
	once := match(t, in, nil)
	twice := &refund.Intake{Unions: in.Unions, Payments: slices.Clone(in.Payments)}
	for _, p := range in.Payments {
		p.ID = "Z" + p.ID
		twice.Payments = append(twice.Payments, p)
	}
	again := match(t, twice, once.Parameters)
	sum := func(r *refund.Result) (fen refund.Fen, auto int) {
		for _, l := range r.Lines {
			if l.Status == refund.Auto {
				fen += l.Fen
				auto++
			}
		}
		return fen, auto
	}
	fen, auto := sum(once)
	if f, a := sum(again); f != fen || a != auto || fen == 0 {
		t.Errorf("once %d rows, %d fen; twice %d rows, %d fen", auto, fen, a, f)
	}
}

// TestEveryRowIsAnswered: whatever is in the files, there is a row for each row, and the report balances.
func TestEveryRowIsAnswered(t *testing.T) {
	tax := "\ufeffname,tax_id,dues_yuan,ticket_no,uscc,note\n" +
		"沈阳鑫源机械有限公司,T1,\"￥2,963.19\",k1,91350100M000100Y43,\n" +
		"沈阳鑫源机械有限公司,T2,much,k2,91350100M000100Y43,\n" +
		"沈阳鑫源机械有限公司,T3,1,k3\n" +
		",T4,1,k4,,\n" +
		"沈阳华宇科技有限公司,,1,k5,,\n"
	unions := "union_id,union_name,union_type,status,parent_union_id,district_code,ent_name,ent_uscc\n" +
		"U1,沈阳鑫源机械有限公司工会,基层工会,正常,D1,210102,沈阳鑫源机械有限公司,91350100M000100Y43\n" +
		"D1,和平区总工会,区县总工会,正常,,210102,,\n,无名,,,,,,\n"
	in := &refund.Intake{TaxFile: "tax.csv", UnionFile: "unions.csv"}
	read(t, in, []byte(tax), []byte(unions))
	r := match(t, in, nil)
	got, _ := table(t, r)
	want := "tax_id,union_id,status,score,reason,district_code,pay_to,pay_account,refund_fen\n" +
		"T1,U1,review,REASON,210102,hold,,0\n" +
		"T2,,none,REASON,210102,hold,,0\nT3,,none,REASON,,hold,,0\nT4,,none,REASON,,hold,,0\n,,none,REASON,,hold,,0\n"
	var plain strings.Builder
	for line := range strings.Lines(got) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if cells[0] != "tax_id" {
			cells = slices.Concat(cells[:3], []string{"REASON"}, cells[len(cells)-4:])
		}
		plain.WriteString(strings.Join(cells, ",") + "\n")
	}
	if diff := cmp.Diff(want, plain.String()); diff != "" {
		t.Errorf("%s\n%s", diff, got)
	}
	report, err := r.Report(in.Warnings)
	if err != nil {
		t.Fatal(err)
	}
	if report.Totals.Rows != 5 || report.Totals.Paid != 296319+100+100 || report.Totals.Unknown != 2 {
		t.Errorf("totals: %+v", report.Totals)
	}
	var places []string
	for _, p := range report.Refused {
		places = append(places, fmt.Sprintf("%s:%d %s %s", p.File, p.Line, p.Field, p.Key))
	}
	wantPlaces := []string{
		"tax.csv:3 dues_yuan problem.refund_amount", "tax.csv:4  problem.row_width", "tax.csv:5 name problem.refund_nobody", "tax.csv:6 tax_id problem.refund_tax_id",
		"unions.csv:4 union_id problem.refund_union_id",
	}
	if diff := cmp.Diff(wantPlaces, places); diff != "" {
		t.Error(diff)
	}
}

func read(t testing.TB, in *refund.Intake, tax, unions []byte) {
	t.Helper()
	need, may := refund.PaymentColumns()
	if _, err := source.Rows("tax.csv", tax, need, may, in.Payment); err != nil {
		t.Fatal(err)
	}
	need, may = refund.UnionColumns()
	if _, err := source.Rows("unions.csv", unions, need, may, in.Union); err != nil {
		t.Fatal(err)
	}
}

// TestCitizensNumbersStayOut: an owner's number in the code's column is an identity like others, and in no warning and no report.
func TestCitizensNumbersStayOut(t *testing.T) {
	tax := "tax_id,uscc,name,dues_yuan,ticket_no\nT1,11010519491231002X,沈阳市和平区张三餐饮店,12,k1\n"
	unions := "union_id,union_name,union_type,status,parent_union_id,district_code,ent_name,ent_uscc\nU1,张三餐饮店工会,基层工会,正常,D1,210102,沈阳市和平区张三餐饮店,11010519491231002X\nD1,和平区总工会,区县总工会,正常,,210102,,\n"
	in := &refund.Intake{TaxFile: "tax.csv", UnionFile: "unions.csv"}
	read(t, in, []byte(tax), []byte(unions))
	r := match(t, in, nil)
	if r.Lines[0].Status != refund.Auto || r.Lines[0].Union != 0 {
		t.Errorf("%+v", r.Lines[0])
	}
	report, err := r.Report(in.Warnings)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := table(t, r)
	if said := fmt.Sprintf("%+v %s", *report, text); len(report.Warnings) != 2 || strings.Contains(said, "19491231") {
		t.Errorf("%d warnings: %s", len(report.Warnings), said)
	}
}

// FuzzIntake: any bytes are refused as a file or give a row for each row, and nobody is refunded twice for a ticket.
func FuzzIntake(f *testing.F) {
	f.Add("tax_id,uscc,name,dues_yuan,ticket_no\n1,91350100M000100Y43,鑫源,5,k\n2,,鑫源,5,k\n", "union_id,union_name,union_type,status,parent_union_id,district_code,ent_name,ent_uscc\nU,鑫源工会,,,,210102,鑫源,91350100M000100Y43\n")
	f.Add("tax_id;uscc;name;dues_yuan;ticket_no\n", "")
	f.Fuzz(func(t *testing.T, tax, unions string) {
		in := &refund.Intake{TaxFile: "t", UnionFile: "u"}
		rows := 0
		need, may := refund.PaymentColumns()
		if _, err := source.Rows("t", []byte(tax), need, may, func(line int, cells []string, fault *assess.Problem) {
			rows++
			in.Payment(line, cells, fault)
		}); err != nil {
			return
		}
		need, may = refund.UnionColumns()
		if _, err := source.Rows("u", []byte(unions), need, may, in.Union); err != nil {
			return
		}
		r, err := refund.Run(in.Payments, in.Unions, refund.Options{Policy: refund.FilePolicy()})
		if err != nil {
			t.Fatal(err)
		}
		paid := map[string]bool{}
		for i, l := range r.Lines {
			if l.Status == refund.Auto && r.Payments[i].Ticket != "" {
				if paid[r.Payments[i].Ticket] {
					t.Errorf("the ticket %q is automatic twice", r.Payments[i].Ticket)
				}
				paid[r.Payments[i].Ticket] = true
			}
		}
		if _, err := r.Report(in.Warnings); err != nil || len(r.Lines) != rows {
			t.Errorf("%d rows, %d lines: %v", rows, len(r.Lines), err)
		}
	})
}
