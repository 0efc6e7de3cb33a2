package audit_test

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

// Row 61: the sheet of a breach says who saw personal data, what of, how often, when, and how many records that were, by hand: li uncovered
// two columns of one record and one of another, which are two records; wang took 120 records twice.
func TestWhoSawPersonalDataIsTold(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 4, 3, hour, 0, 0, 0, time.UTC) }
	line := func(hour int, actor, action, object, after string) assess.AuditLine {
		return assess.AuditLine{At: at(hour), Actor: actor, Address: "10.0.0.1", Action: action, Object: object, After: after, Unit: "210102", Result: "ok"}
	}
	lines := []assess.AuditLine{
		line(1, "li", "record.uncover", "dues_refunds/FH-1/paying_account_no", "核对"),
		line(2, "li", "record.uncover", "dues_refunds/FH-1/contact_phone", "核对"),
		line(3, "wang", "export", "register dues_refunds", "format xlsx; 120 records; personal columns readable; release 7"),
		line(4, "li", "refund.uncover", "FH-2/payee.account", "退汇"),
		line(4, "li", "record.uncover", "young_cadres/QNGB-1/name", "核对"),
		line(5, "wang", "export", "register dues_refunds", "format csv; 300 records; personal columns covered"),
		line(6, "wang", "export", "register dues_refunds", "format csv; 120 records; personal columns readable; 移交"),
		line(7, "wang", "person.find", "registers", "3 records; 本人查询"),
		line(8, "wang", "record.change", "dues_refunds/FH-1", "version 2"),
		line(9, "li", "record.uncover", "dues_refunds/FH-3/contact_phone", "核对"),
	}
	refused := line(10, "zhao", "record.uncover", "dues_refunds/FH-1/contact_phone", "看看")
	refused.Result = "forbidden"
	all := func(q audit.ReadingQuery) (short []string) {
		t.Helper()
		readings, err := audit.Readings(each(append(lines, refused)), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range readings {
			short = append(short, r.Actor+" "+r.Action+" "+r.Object+" "+r.First.Format("15")+"-"+r.Last.Format("15")+fmt.Sprintf(" %dx %d", r.Times, r.Records))
		}
		return short
	}
	want := []string{
		"li record.uncover dues_refunds 01-09 3x 2", "wang export dues_refunds 03-06 2x 240", "li refund.uncover dues_refunds 04-04 1x 1",
		"li record.uncover young_cadres 04-04 1x 1", "wang person.find registers 07-07 1x 3",
	}
	if diff := cmp.Diff(want, all(audit.ReadingQuery{})); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"li record.uncover dues_refunds 02-02 1x 1"}, all(audit.ReadingQuery{From: at(2), To: at(3), Actor: "li", Object: "dues"})); diff != "" {
		t.Errorf("narrowed (-want +got):\n%s", diff)
	}
}

func each(lines []assess.AuditLine) iter.Seq2[assess.AuditLine, error] {
	return func(yield func(assess.AuditLine, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}
