package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund/trial"
)

// refunding is what a delivery leaves.
type refunding struct {
	Ledger string // without the moments of booking
	// Cases are the number, ticket, state, amount, reason, union of each, in the order of their numbers.
	Cases []string
	Rows  int
	Begun bool
	Done  bool
}

// deliveryFiles writes two large files, as the generator makes them.
func deliveryFiles(t *testing.T, folder string, rows int) (tax, unions string) {
	t.Helper()
	set := trial.Make(trial.Setting{Seed: 91, Rows: rows, Strength: 1, City: "shenyang"})
	tax, unions = filepath.Join(folder, "tax.csv"), filepath.Join(folder, "unions.csv")
	for path, one := range map[string]struct {
		heads []string
		rows  [][]string
	}{tax: {trial.TaxHeads, set.Tax}, unions: {trial.UnionHeads, set.Unions}} {
		var b bytes.Buffer
		if err := trial.Write(&b, one.heads, one.rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tax, unions
}

// refunded reads what a folder holds of refunds, and that its sums balance; even is asked only of a delivery that is whole.
func refunded(t *testing.T, dir string) (r refunding) {
	t.Helper()
	inside(t, dir, func(a *app) {
		kept, err := a.refunds()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := kept.WriteLedger(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		r.Ledger = unbooked(b.String())
		deliveries, err := a.store.RefundDeliveries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range deliveries {
			r.Begun, r.Done = true, d.Done
			if err := a.store.EachRefundRow(t.Context(), d.Number, func(assess.RefundRow) error { r.Rows++; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		err = a.store.EachRefundCase(t.Context(), func(c assess.RefundCase) error {
			r.Cases = append(r.Cases, fmt.Sprintf("%s %s %s %d %s %s v%d", c.Number, c.Ticket, c.State, c.Refund, c.Why, c.UnionID, c.Version))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		even, err := kept.Reconcile(t.Context(), account.User{Name: "wu", Role: assess.CityReviewer, Department: "finance"})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range even.Balances {
			if !b.Even() && (r.Done || b.Key != "delivery") { // a file of which rows are missing shows
				t.Errorf("%s of %q does not balance: %+v and %+v", b.Key, b.Unit, b.Left, b.Right)
			}
		}
	})
	return r
}

// TestAKilledRefundIsMadeWhole kills `refund run` at points of chance, from its start to the last row. Nothing is there by halves, and after the
// next run there is what an undisturbed one leaves: the same refunds, each once, and totals equal to the fen. REFUND_KILLS and
// REFUND_KILL_SEED in the environment say how many and which; `make test-full` kills thirty times, with WHOLE=1 a hundred.
func TestAKilledRefundIsMadeWhole(t *testing.T) {
	t.Parallel()
	kills, seed := setting(t, "REFUND_KILLS", 10), setting(t, "REFUND_KILL_SEED", 8)
	folder, pristine := t.TempDir(), installation(t)
	tax, unions := deliveryFiles(t, folder, 700)
	begin := func() (*program, string) {
		dir := filepath.Join(t.TempDir(), "data")
		copyInstallation(t, pristine, dir)
		return start(t, "refund", "run", "--data", dir, "--tax", tax, "--unions", unions, "--ledger", filepath.Join(dir, "ledger.csv")), dir
	}
	p, dir := begin()
	steps := writes(p, dir, func(int) bool { return false })
	if r := p.wait(); r.code != exitDone {
		t.Fatalf("undisturbed it ended with %d: %s", r.code, r.err)
	}
	want := refunded(t, dir)
	if !want.Done || want.Rows < 700 || strings.Count(want.Ledger, ",refund") < 500 || steps < 4 {
		t.Fatalf("undisturbed it leaves %d rows, %d cases in %d steps", want.Rows, len(want.Cases), steps)
	}
	// What is booked is what `refund match` says that it would refund.
	var booked []string
	for _, line := range strings.Split(good(t, "refund", "match", "--tax", tax, "--unions", unions, "--out", "-"), "\n")[1:] {
		if cells, err := csv.NewReader(strings.NewReader(line)).Read(); err == nil && cells[2] == "auto" && cells[8] != "0" {
			booked = append(booked, cells[0]+","+cells[1]+","+cells[8]+",refund")
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(want.Ledger), "\n")[1:] {
		_, rest, _ := strings.Cut(line, ",")
		if i := slices.Index(booked, rest); i >= 0 {
			booked = slices.Delete(booked, i, i+1)
		} else {
			t.Errorf("`refund match` does not say %s", rest)
		}
	}
	if len(booked) > 0 {
		t.Errorf("not booked are %q", booked)
	}
	chance, amid, rows := rand.New(rand.NewPCG(uint64(seed), 1)), 0, 0
	for n := range kills {
		at := 1 + chance.IntN(steps)
		p, dir := begin()
		writes(p, dir, func(steps int) bool { return steps >= at })
		time.Sleep(time.Duration(chance.Int64N(int64(8 * time.Millisecond))))
		p.kill()
		p.wait()
		head(t, dir)
		left := refunded(t, dir)
		if left.Begun && !left.Done {
			amid++
		}
		if left.Rows > 0 && !left.Done {
			rows++
		}
		out := good(t, "refund", "run", "--data", dir, "--tax", tax, "--unions", unions, "--ledger", "-")
		if diff := cmp.Diff(want, refunded(t, dir)); diff != "" {
			t.Errorf("kill %d, after %d rows, leaves something else (-undisturbed +killed):\n%s", n, left.Rows, diff)
		}
		if unbooked(out) != want.Ledger {
			t.Errorf("kill %d: the ledger that is written is another", n)
		}
	}
	t.Logf("of %d kills with seed %d, %d hit in the middle of the delivery, %d of them between its first row and its last", kills, seed, amid, rows)
	if 3*amid < kills || rows == 0 {
		t.Errorf("only %d of %d kills hit in the middle of the delivery, %d between its rows", amid, kills, rows)
	}
}

// writes looks at a program until it ends, and answers how often it has written; until says when that is enough.
func writes(p *program, dir string, until func(steps int) bool) (steps int) {
	last := time.Time{}
	for {
		if info, err := os.Stat(filepath.Join(dir, "unionboard.db-wal")); err == nil && !info.ModTime().Equal(last) {
			steps, last = steps+1, info.ModTime()
		}
		if until(steps) {
			return steps
		}
		select {
		case <-p.ended:
			return steps
		case <-time.After(200 * time.Microsecond): // look again
		}
	}
}
