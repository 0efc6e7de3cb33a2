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

// TestPoliciesOfAFolder: the city's own rows hold in the place of the shipped ones, and one that nobody can follow is said with its line.
func TestPoliciesOfAFolder(t *testing.T) {
	t.Parallel()
	dir, folder := installation(t), t.TempDir()
	tax, unions := refundFiles(t, folder)
	own := filepath.Join(dir, "refund_policies.csv")
	good(t, "refund", "policies", "--data", dir, "--out", own)
	shipped := good(t, "refund", "policies", "--data", dir)
	write(t, own, strings.Replace(shipped, ",10000,,100,yes,", ",3963.20,,50,yes,", 1))
	if out := good(t, "check", dir); !strings.Contains(out, "refund_policies.csv: 1 policies, 0 of them confirmed") {
		t.Errorf("check says %s", out)
	}
	want := "ticket_no,tax_id,union_id,refund_fen,kind\nk1,T1,U1,148159,refund\nk2,T2,U1,50000,refund\n" // 3963.19 yuan in the year, half of each
	run := []string{"refund", "run", "--data", dir, "--tax", tax, "--unions", unions, "--ledger", "-"}
	if diff := cmp.Diff(want, unbooked(good(t, run...))); diff != "" {
		t.Error(diff)
	}
	write(t, own, strings.Replace(shipped, ",year,", ",month,", 1))
	for _, words := range [][]string{run, {"check", dir}, {"refund", "policies", "--data", dir}} {
		call(t, words...).oneSentence(t, exitRefused, "refund_policies.csv:2", "choose year or two_years")
	}
}
