package refund_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/refund/trial"
)

// BenchmarkMatch matches a set of ROWS rows, 30,000 without. `make bench-refund` measures the whole command.
func BenchmarkMatch(b *testing.B) {
	rows := 30_000
	if text := os.Getenv("ROWS"); text != "" {
		rows, _ = strconv.Atoi(text)
	}
	set := trial.Make(trial.Setting{Seed: 9, Rows: rows, Strength: 1, City: "shenyang"})
	in := intake(b, set)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := refund.Run(in.Payments, in.Unions, refund.Options{Policy: refund.FilePolicy()}); err != nil {
			b.Fatal(err)
		}
	}
}
