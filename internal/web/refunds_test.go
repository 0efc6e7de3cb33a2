package web_test

import (
	"net/http"
	"strings"
	"testing"
)

const refundQueue = "/registers/dues_refunds/review"

// TestTheReviewOfRefunds: the queue of a district shows its own refunds; a refund shows both records with what differs marked and its verdict in
// words, the runner-up, the affiliation, a warning of what many share, and no number in full.
func TestTheReviewOfRefunds(t *testing.T) {
	g := newGallery(t)
	g.sampleRefund()
	first := newReader(t, g.handler(t))
	r := first.fresh().signIn("heping")
	queue := r.get(refundQueue).body
	for _, want := range []string{waitingRefund, lonelyRefund, "待审 2 笔", "2,963.19", "有几个工会差不多", "沈阳鑫源机械有限公司"} {
		if !strings.Contains(queue, want) {
			t.Errorf("the queue does not say %s", want)
		}
	}
	if strings.Contains(queue, otherRefund) || strings.Contains(queue, bookedRefund) {
		t.Error("the queue shows what is another district's or decided")
	}
	page := r.get(refundQueue + "/" + waitingRefund).body
	for _, want := range []string{
		`沈阳<mark>市</mark>鑫源机械<mark>厂</mark>`, `91210102MA0TEST0<mark>71</mark>`, "≈", "≠", "=", "不符", "近似", "37", "鑫原机械", "4.2 比特", "中山路街道总工会", "和平区总工会", "****5678", `<mark>欧</mark>*`,
		"等企业来电核实", `value="this"`, `value="another"`, "第 1 条，共 2 条", lonelyRefund,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the refund does not say %s", want)
		}
	}
	for _, secret := range secretsOfRefunds {
		if strings.Contains(page+queue, secret) {
			t.Errorf("a page shows %s", secret)
		}
	}
	wantStatus(t, r.get(refundQueue+"/"+otherRefund), http.StatusNotFound)
	if page := r.get(refundQueue + "/" + waitingRefund + "?find=商贸").body; !strings.Contains(page, "和平鑫源商贸工会") || !strings.Contains(page, `value="U3"`) {
		t.Error("another union of the district is not found")
	}
}

// TestADeliveryNamesWhatItRefused: the row and why, in the reader's language, without what stands in it.
func TestADeliveryNamesWhatItRefused(t *testing.T) {
	g := newGallery(t)
	g.sampleRefund()
	r := newReader(t, g.handler(t)).signIn("analyst")
	for _, one := range []struct{ query, says string }{{"", "超过一千亿元"}, {"?lang=en", "hundred milliard"}} { // the language is kept for the next page
		if page := r.get("/registers/dues_refunds/deliveries/1" + one.query).body; !strings.Contains(page, "tax.csv:5") || !strings.Contains(page, one.says) || strings.Contains(page, "{amount}") {
			t.Errorf("%q does not say which row was refused, and why", one.query)
		}
	}
}

// TestUncoveringARefund: one number in full for those who handle it, with a reason, in the answer to a form and in no address; a line says who, what
// and why, and not the number.
func TestUncoveringARefund(t *testing.T) {
	g := newGallery(t)
	g.sampleRefund()
	first := newReader(t, g.handler(t))
	path := refundQueue + "/" + waitingRefund
	r := first.fresh().signIn("heping")
	wantPage(t, r.send(path+"/uncover", "column", "tax.account", "reason", " "), http.StatusUnprocessableEntity, "用途")
	before := len(g.people.lines())
	a := r.send(path+"/uncover", "column", "tax.account", "reason", "与企业核对账号")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "3301010122334455667") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d, cache %s", a.StatusCode, a.Header.Get("Cache-Control"))
	}
	line := g.people.last()
	if n := len(g.people.lines()); n != before+1 || line.Action != "refund.uncover" || line.Object != waitingRefund+"/tax.account" || line.After != "与企业核对账号" || line.Unit != ownUnit || line.Actor != "heping" {
		t.Errorf("%d lines, the last %+v", n-before, line)
	}
	for _, who := range []string{"analyst", "leader", "chair", "auditor"} { // who may read the register and not handle it
		wantStatus(t, first.fresh().signIn(who).send(path+"/uncover", "column", "tax.account", "reason", "x"), http.StatusForbidden)
	}
}
