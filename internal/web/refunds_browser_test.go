package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// A delivery: an enterprise whose union is found without a person, one for a reviewer whose name alone is alike, one without a union, and a ticket
// that is sent twice. Nobody in it exists.
const (
	taxRows = "tax_id,djxh,uscc,name,tax_office,district_code,address,legal_rep,contact,phone,period_from,period_to,payroll_yuan,dues_yuan,ticket_no,paid_date,payer_account,payer_account_name,payer_bank\n" +
		"T1,1001,91350100M000100Y43,沈阳鑫源机械有限公司,和平区税务局,210102,中山路12号,欧阳示例,欧阳示例,13812345678,2026-01-01,2026-03-31,500000,\"￥2,963.19\",K1,2026-04-10,3301010122334455667,沈阳鑫源机械有限公司,示例银行\n" +
		"T2,1001,91350100M000100Y43,沈阳鑫源机械有限公司,和平区税务局,210102,中山路12号,欧阳示例,欧阳示例,13812345678,2026-01-01,2026-03-31,500000,2963.19,K1,2026-04-10,3301010122334455667,沈阳鑫源机械有限公司,示例银行\n" +
		"T3,1002,,沈阳市华宇科技,和平区税务局,210102,青年大街3号,司马演示,司马演示,13912345678,2026-01-01,2026-03-31,80000,1600.00,K2,2026-04-11,6222020200112345687,沈阳市华宇科技,示例银行\n" +
		"T4,1003,91110000101623741K,沈阳远航贸易有限公司,和平区税务局,210102,太原街8号,诸葛虚构,诸葛虚构,13700001111,2026-01-01,2026-03-31,20000,400,K3,2026-04-12,4401010122334455667,沈阳远航贸易有限公司,示例银行\n"
	unionRows = "union_id,union_name,union_type,status,parent_union_id,district_code,union_uscc,ent_name,ent_uscc,ent_address,ent_legal_rep,contact,phone,member_count,has_account,account_no,account_name,bank,founded\n" +
		"U1,沈阳鑫源机械有限公司工会委员会,基层工会,正常,D1,210102,,沈阳鑫源机械有限公司,91350100M000100Y43,中山路12号,欧阳示例,欧阳示例,13812345678,12,是,6666010199887766554,沈阳鑫源机械有限公司工会委员会,示例银行,\n" +
		"U2,沈阳华宇科技有限公司工会,基层工会,正常,D1,210102,,沈阳华宇科技有限公司,,青年大街3号,司马演示,司马演示,02422345678,8,是,6222020200112345678,沈阳华宇科技有限公司工会委员会,示例银行,\n" +
		"U3,沈阳华宇科技有限公司联合工会,基层工会,正常,D1,210102,,沈阳华宇科技有限公司,,青年大街3号,司马演示,,02422345678,8,否,,,,\n" +
		"D1,和平区总工会,区县总工会,正常,C1,210102,,,,,,,,,,,,,\n" +
		"C1,沈阳市总工会,市总工会,正常,,210100,,,,,,,,,,,,,\n"
)

// secretsOfFiles are the accounts, telephones and persons of the delivery.
func secretsOfFiles() []string {
	return append(secretsOfRefunds, "6666010199887766554", "4401010122334455667", "13700001111", "02422345678", "诸葛虚构")
}

// finance adds two people of the finance department, who take deliveries and pay.
func (g *gallery) finance(t testing.TB) {
	t.Helper()
	for _, name := range []string{"finance", "finance2"} {
		g.join2(t, name, account.Post{Role: assess.CityReviewer, Department: "finance"})
	}
}

// TestARefundFromTheFilesToTheBank walks a real browser through import, match, review, payment list and reconciliation.
func TestARefundFromTheFilesToTheBank(t *testing.T) {
	g := newGallery(t)
	g.finance(t)
	server := httptest.NewServer(g.handler(t))
	t.Cleanup(server.Close)
	b := openBrowser(t, server)
	folder := t.TempDir()
	tax, unions := filepath.Join(folder, "税务.csv"), filepath.Join(folder, "名册.csv")
	for path, text := range map[string]string{tax: taxRows, unions: unionRows} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says := func(what string, want ...string) {
		t.Helper()
		var text string
		b.run(t, chromedp.WaitReady("html[data-ready]", chromedp.ByQuery), chromedp.Text("main", &text, chromedp.ByQuery))
		for _, one := range want {
			if !strings.Contains(text, one) {
				t.Errorf("%s: the page does not say %s:\n%s", what, one, text)
			}
		}
		for _, secret := range secretsOfFiles() {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %s", what, secret)
			}
		}
		for _, c := range append(b.axe(t), b.complaints(t)...) {
			t.Errorf("%s: %s", what, c)
		}
	}
	b.signIn(t, "finance")

	b.open(t, "/registers/dues_refunds/deliveries", 1440)
	b.run(t, chromedp.SetUploadFiles("#tax", []string{tax}), chromedp.SetUploadFiles("#unions", []string{unions}), chromedp.Click(`main form[enctype] button`), chromedp.WaitVisible(".digest", chromedp.ByQuery))
	says("the delivery", "4 行：自动匹配 1，待审核 1，无工会 1，重复 1，不能采用 0")

	b.run(t, chromedp.Click(`a[href*="review?delivery=1"]`), chromedp.WaitVisible(".queue", chromedp.ByQuery))
	says("the queue", "沈阳市华宇科技", "1,600.00")
	b.run(t, chromedp.Click(`.queue tbody th a`), chromedp.WaitVisible("#decide", chromedp.ByQuery))
	says("the refund", "司*", "****5687", "****5678", "近似", "和平区总工会")
	b.run(t, chromedp.Click(`input[value="this"]`), chromedp.SendKeys("#note", "与企业核对，是同一单位"), chromedp.Click(`#decide button`), chromedp.WaitVisible(".notice.good", chromedp.ByQuery))
	says("after the last one", "队列里没有下一条")

	b.open(t, "/registers/dues_refunds/batches", 1440)
	says("what waits", "待付 2 笔，共 4,563.19 元")
	b.run(t, chromedp.Click(`.drawing button`), chromedp.WaitVisible("#list", chromedp.ByQuery))
	says("the payment list", "4,563.19", "****6554", "****5678")
	for _, w := range b.fits(t) {
		t.Errorf("the payment list: %s", w)
	}
	b.run(t, chromedp.SendKeys("#bank", "ICBC-2026-0001"), chromedp.Click(`button[value="send"]`), chromedp.WaitVisible(`button[value="all"]`, chromedp.ByQuery))
	b.run(t, chromedp.SetValue("#day", "2026-04-20"), chromedp.Click(`button[value="all"]`), chromedp.WaitNotPresent(`button[value="all"]`, chromedp.ByQuery))
	says("what the bank answered", "已到账 2 笔，退汇 0 笔", "已办结")

	b.open(t, "/registers/dues_refunds/reconciliation", 1440)
	says("the reconciliation", "账目到分平衡：收到 4 行", "平")
	b.open(t, "/registers/dues_refunds/districts", 1440)
	says("the districts", "返还率 100.0%", "4,563.19")

	b.open(t, "/registers/dues_refunds/deliveries", 1440)
	b.run(t, chromedp.SetUploadFiles("#tax", []string{tax}), chromedp.SetUploadFiles("#unions", []string{unions}), chromedp.Click(`main form[enctype] button`), chromedp.WaitVisible(".digest", chromedp.ByQuery))
	says("the same files again", "以前收到过")
}

// TestThePaymentList: the file for the bank holds the accounts and control totals, is taken with a reason, and names who took it in every line; who
// does not pay gets none.
func TestThePaymentList(t *testing.T) {
	g := newGallery(t)
	g.finance(t)
	first := newReader(t, g.handler(t))
	r := first.fresh().signIn("finance")
	g.deliver(t)
	r.send("/registers/dues_refunds/batches", "unit", "").leads(t, "draw", "/registers/dues_refunds/batches/1")
	const list = "/registers/dues_refunds/batches/1/list"
	wantPage(t, r.send(list, "format", "csv", "reason", ""), http.StatusUnprocessableEntity, "用途")
	a := r.send(list, "format", "csv", "reason", "交银行代付")
	for _, want := range []string{"6666010199887766554", "2963.19", "finance 2026-04-20 10:32", "FH-210102-"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the list does not hold %s:\n%s", want, a.body)
		}
	}
	if last := g.people.last(); last.Action != "refund.list" || !strings.Contains(last.After, "交银行代付") || strings.Contains(last.After, "6666") {
		t.Errorf("the line says %+v", last)
	}
	if text := unzipped(t, []byte(r.send(list, "format", "xlsx", "reason", "交银行代付").body)); !strings.Contains(text, "6666010199887766554") || !strings.Contains(text, "控制总数：1 笔，2963.19 元") {
		t.Errorf("the workbook lacks the account or the totals: %v\n%.3000s", strings.Contains(text, "6666010199887766554"), text[max(0, strings.Index(text, "控制")):])
	}
	for _, who := range []string{"analyst", "heping", "chair", "auditor", "reviewer"} {
		wantStatus(t, first.fresh().signIn(who).send(list, "format", "csv", "reason", "x"), http.StatusForbidden)
	}
}

// TestManyAccountsTakeASecondPerson is row 59 of the security checklist: a payment list of more than a hundred accounts leaves by another person than
// who drew it.
func TestManyAccountsTakeASecondPerson(t *testing.T) {
	g := newGallery(t)
	g.finance(t)
	first := newReader(t, g.handler(t))
	tax, unions := taxRows, unionRows
	for i := range 100 {
		name := fmt.Sprintf("沈阳%c%c制造有限公司", '一'+rune(i*97), '丁'+rune(i*61))
		tax += fmt.Sprintf("M%d,M%d,,%s,和平区税务局,210102,长白路%d号,,,,2026-01-01,2026-03-31,5000,100,M%d,2026-04-10,33010101%08d,%s,示例银行\n", i, i, name, i+1, i, i, name)
		unions += fmt.Sprintf("M%d,%s工会,基层工会,正常,D1,210102,,%s,,长白路%d号,,,,9,是,66660101%08d,%s工会,示例银行,\n", i, name, name, i+1, i, name)
	}
	f := ledgerFiles()
	f.Tax, f.Unions = []byte(tax), []byte(unions)
	if _, err := g.refunds(t).Take(t.Context(), f, ledgerOptions(), g.people.line("refund.deliver")); err != nil {
		t.Fatal(err)
	}
	r := first.fresh().signIn("finance")
	r.send("/registers/dues_refunds/batches", "unit", "").leads(t, "draw", "/registers/dues_refunds/batches/1")
	const list = "/registers/dues_refunds/batches/1/list"
	if page := r.get("/registers/dues_refunds/batches/1").body; !strings.Contains(page, "101 笔") {
		t.Fatal("the list has not 101 accounts")
	}
	wantStatus(t, r.send(list, "format", "csv", "reason", "交银行代付"), http.StatusForbidden)
	if a := first.fresh().signIn("finance2").send(list, "format", "csv", "reason", "交银行代付"); a.StatusCode != http.StatusOK || strings.Count(a.body, "finance2 2026-04-20") != 102 {
		t.Errorf("the second person: %d, named in %d lines", a.StatusCode, strings.Count(a.body, "finance2 2026-04-20"))
	}
}

// deliver takes the delivery in.
func (g *gallery) deliver(t testing.TB) {
	t.Helper()
	f := ledgerFiles()
	if _, err := g.refunds(t).Take(t.Context(), f, ledgerOptions(), g.people.line("refund.deliver")); err != nil {
		t.Fatal(err)
	}
}

// unzipped answers all that a workbook holds.
func unzipped(t testing.TB, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, part); err != nil {
			t.Fatal(err)
		}
		part.Close()
	}
	return all.String()
}
