package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/unionboard/unionboard/internal/refund"
)

const (
	refundTax = "tax_id,djxh,uscc,name,tax_office,district_code,address,legal_rep,contact,phone,period_from,period_to,payroll_yuan,dues_yuan,ticket_no,paid_date,payer_account,payer_account_name,payer_bank\n" +
		"T1,1001,91350100M000100Y43,沈阳鑫源机械有限公司,,210102,中山路12号,张伟,,13812345678,2025-01-01,2025-03-31,,\"￥2,963.19\",k1,2025-04-15,3301010122334455667,沈阳鑫源机械有限公司,\n" +
		"T2,1001,91350100M000100Y43,沈阳鑫源机械有限公司,,210102,中山路12号,张伟,,13812345678,2025-04-01,2025-06-30,,1000,k2,2025-07-15,3301010122334455667,沈阳鑫源机械有限公司,\n" +
		"T3,1001,91350100M000100Y43,沈阳鑫源机械有限公司,,210102,中山路12号,张伟,,13812345678,2025-04-01,2025-06-30,,1000,k2,2025-07-15,3301010122334455667,沈阳鑫源机械有限公司,\n" +
		"T4,1002,91110000101623741K,沈阳华宇科技有限公司,,210103,青年大街3号,李娜,,13900001111,2025-01-01,2025-03-31,,50.5,k3,2025-04-15,4401010122334455667,沈阳华宇科技有限公司,\n"
	refundUnions = "union_id,union_name,union_type,status,parent_union_id,district_code,union_uscc,ent_name,ent_uscc,ent_address,ent_legal_rep,contact,phone,member_count,has_account,account_no,account_name,bank,founded\n" +
		"U1,沈阳鑫源机械有限公司工会委员会,基层工会,正常,D1,210102,,沈阳鑫源机械有限公司,91350100M000100Y43,中山路12号,张伟,,13812345678,12,是,6666010199887766554,沈阳鑫源机械有限公司工会委员会,,\n" +
		"D1,和平区总工会,区县总工会,正常,C1,210102,,,,,,,,,,,,,\n" +
		"C1,沈阳市总工会,市总工会,正常,,210100,,,,,,,,,,,,,\n"
)

// refundFiles puts the files into a folder that the examples of `refund match` name.
func refundFiles(t *testing.T, folder string) (tax, unions string) {
	t.Helper()
	tax, unions = filepath.Join(folder, "tax.csv"), filepath.Join(folder, "unions.csv")
	for path, text := range map[string]string{tax: refundTax, unions: refundUnions} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return tax, unions
}

// TestRefundMatch: the promised columns, a row for each row, the report that balances, and the same from files of another encoding.
func TestRefundMatch(t *testing.T) {
	folder := t.TempDir()
	tax, unions := refundFiles(t, folder)
	report := filepath.Join(folder, "report.json")
	got := good(t, "refund", "match", "--tax", tax, "--unions", unions, "--out", "-", "--report", report)
	want := "tax_id,union_id,status,pay_to,pay_account,refund_fen\n" +
		"T1,U1,auto,union,6666010199887766554,296319\nT2,U1,auto,union,6666010199887766554,100000\nT3,U1,duplicate,hold,,0\nT4,,none,hold,,0\n"
	if diff := cmp.Diff(want, columnsOf(got)); diff != "" {
		t.Error(diff)
	}
	if heads, _, _ := strings.Cut(got, "\n"); heads != "tax_id,union_id,status,score,reason,district_code,pay_to,pay_account,refund_fen" {
		t.Errorf("heads: %s", heads)
	}
	body, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r refund.Report
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	if r.Totals.Rows != 4 || r.Totals.Paid != 296319+100000+100000+5050 || r.Totals.Refund != 396319 || len(r.Files) != 2 || len(r.Files[0].SHA256) != 64 {
		t.Errorf("report: %+v, files %+v", r.Totals, r.Files)
	}
	for _, secret := range []string{"6666010199887766554", "3301010122334455667", "13812345678", "张伟", "鑫源"} {
		if bytes.Contains(body, []byte(secret)) {
			t.Errorf("the report holds %s", secret)
		}
	}
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String(refundTax)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(tax, []byte(chinese), 0o644); err != nil {
		t.Fatal(err)
	}
	if again := good(t, "refund", "match", "--tax", tax, "--unions", unions, "--out", "-", "--parameters", report); again != got {
		t.Errorf("GB18030: %s", cmp.Diff(got, again))
	}
}

// columnsOf leaves score, reason and district out, which other tests hold.
func columnsOf(matches string) string {
	var b strings.Builder
	for line := range strings.Lines(matches) {
		c := strings.Split(strings.TrimSpace(line), ",")
		n := len(c)
		b.WriteString(strings.Join([]string{c[0], c[1], c[2], c[n-3], c[n-2], c[n-1]}, ",") + "\n")
	}
	return b.String()
}

// TestRefundRefusals: what is wrong with the files or the command is said with its place, and by the exit code.
func TestRefundRefusals(t *testing.T) {
	folder := t.TempDir()
	tax, unions := refundFiles(t, folder)
	bad := filepath.Join(folder, "bad.csv")
	for _, c := range []struct {
		text string
		code int
		says string
	}{
		{"tax_id,name\n1,x\n", exitRefused, "the first row has no column uscc, dues_yuan, ticket_no"},
		{strings.Replace(refundTax, ",1000,k2", ",1.234,k2", 1), exitPart, "bad.csv:3: the amount \"1.234\" has more than two decimals"},
		{refundTax[:len(refundTax)-40], exitRefused, "cut"},
	} {
		write(t, bad, c.text)
		var out, errOut bytes.Buffer
		code := run([]string{"refund", "match", "--tax", bad, "--unions", unions, "--out", filepath.Join(folder, "m.csv")}, strings.NewReader(""), &out, &errOut)
		if code != c.code || !strings.Contains(errOut.String(), c.says) {
			t.Errorf("code %d, want %d: %s", code, c.code, &errOut)
		}
	}
	for _, words := range [][]string{{"refund", "match"}, {"refund", "match", "--tax", tax, "--unions", "gone.csv", "--out", "-"}, {"refund", "pay"}} {
		var out, errOut bytes.Buffer
		if code := run(words, strings.NewReader(""), &out, &errOut); code != exitUsage {
			t.Errorf("%v: %d, %s", words, code, &errOut)
		}
	}
}
