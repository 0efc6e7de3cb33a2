package store

import (
	"fmt"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// BenchmarkCommit writes the reports of units with a hundred figures each, a thousand reports in a transaction: with the submissions they came
// in, the observations and the line of the audit log. An operation is one figure.
func BenchmarkCommit(b *testing.B) {
	s, err := Create(b.Context(), b.TempDir(), WithReserve(0))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		var in assess.Intake
		for len(in.Observations) < 100_000 && done < b.N {
			sub := assess.Submission{
				ID: fmt.Sprintf("01980000-0000-7000-8000-%012d", done), Unit: assess.UnitCode(fmt.Sprint(300000 + done/100)), Period: q1,
				Door: assess.DoorImport, Source: "import", ReceivedAt: spring, EnteredBy: "console:clerk",
			}
			for i := range min(100, b.N-done) {
				e := assess.Entry{Place: assess.Place{File: "figures.csv", Line: done + 2}, Unit: sub.Unit, PeriodText: "2026Q1", Code: assess.Code(fmt.Sprintf("item_number_%d", i)), Value: "1204"}
				sub.Entries = append(sub.Entries, e)
				in.Observations = append(in.Observations, assess.Observation{
					CellKey: assess.CellKey{Unit: sub.Unit, Period: q1, Item: e.Code}, State: assess.Reported, Value: e.Value, Submission: sub.ID,
					EnteredBy: "console:clerk", AcceptedBy: "console:clerk", RecordedAt: spring,
				})
				done++
			}
			in.Submissions = append(in.Submissions, sub)
		}
		in.Audit = []assess.AuditLine{line("import")}
		if _, err := s.Commit(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
