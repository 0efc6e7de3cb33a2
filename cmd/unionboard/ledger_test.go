package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unbooked answers a ledger without the moments of booking.
func unbooked(ledger string) string {
	return regexp.MustCompile(`(?m),[^,\n]*$`).ReplaceAllString(ledger, "")
}

// TestRefundRun: the promised columns, each ticket once however often and in which order the files come, and nothing booked under --review-all.
func TestRefundRun(t *testing.T) {
	t.Parallel()
	dir, folder := installation(t), t.TempDir()
	tax, unions := refundFiles(t, folder)
	refund := func(tax string, more ...string) string {
		t.Helper()
		return good(t, append([]string{"refund", "run", "--data", dir, "--tax", tax, "--unions", unions, "--ledger", "-"}, more...)...)
	}
	if got := refund(tax, "--review-all"); got != "ticket_no,tax_id,union_id,refund_fen,kind,booked_at\n" {
		t.Errorf("under --review-all:\n%s", got)
	}
	dir = installation(t)
	want := "ticket_no,tax_id,union_id,refund_fen,kind\nk1,T1,U1,296319,refund\nk2,T2,U1,100000,refund\n"
	first := refund(tax)
	if diff := cmp.Diff(want, unbooked(first)); diff != "" {
		t.Fatal(diff)
	}
	rows := strings.SplitAfter(refundTax, "\n")
	rows = slices.Insert(rows[:len(rows)-1], len(rows)-1, "T5,1001,91350100M000100Y43,沈阳鑫源机械有限公司,,210102,中山路12号,张伟,,13812345678,2025-07-01,2025-09-30,,7000,k5,2025-10-15,3301010122334455667,沈阳鑫源机械有限公司,\n")
	slices.Reverse(rows[1:])
	later := filepath.Join(folder, "later.csv")
	write(t, later, strings.Join(rows, ""))
	for _, file := range []string{tax, later, tax, later} { // the later one lifts the enterprise over the limit: what was refunded stays
		if again := refund(file); again != first {
			t.Errorf("after %s the ledger is\n%s", filepath.Base(file), again)
		}
	}

	bad := filepath.Join(folder, "bad.csv")
	write(t, bad, strings.Replace(refundTax, "50.5", "fifty", 1))
	var out, errOut bytes.Buffer
	code := run([]string{"refund", "run", "--data", dir, "--tax", bad, "--unions", unions, "--ledger", "-"}, strings.NewReader(""), &out, &errOut)
	if code != exitPart || !strings.Contains(errOut.String(), "bad.csv:5") || out.String() != first {
		t.Errorf("it ends with %d: %s%s", code, errOut.String(), out.String())
	}
	call(t, "refund", "run", "--data", dir).oneSentence(t, exitUsage, "--ledger LEDGER.csv")
	call(t, "refund", "run", "--data", dir, "--tax", tax, "--unions", "gone.csv", "--ledger", "-").oneSentence(t, exitUsage, "gone.csv")
}
