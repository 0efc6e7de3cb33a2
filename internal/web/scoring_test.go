package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// An analyst proposes, a leader approves; nobody is offered a step that is not theirs.
func TestPublishingTakesTwoPersons(t *testing.T) {
	g := newGallery(t)
	first := newReader(t, g.handler(t))
	analyst, leader, district := first.fresh().signIn("analyst"), first.fresh().signIn("leader"), first.fresh().signIn("heping")
	const at = "/scoring/2026Q1"
	page := wantPage(t, leader.get(at), http.StatusOK, "第2版已于", "第2版与第1版的不同", "1,136", "1,204", "86.42", "86.67", "+0.25", inFours(firstSeal))
	if strings.Contains(page.body, at+"/approve") {
		t.Error("a leader may approve what nobody has proposed")
	}
	const open = "/scoring/2026Q2"
	wantStatus(t, leader.send(open+"/propose", "note", "x"), http.StatusForbidden)
	wantStatus(t, analyst.send(open+"/propose", "note", "审核完毕"), http.StatusSeeOther)
	own := wantPage(t, analyst.get(open), http.StatusOK, "等待市总领导审批", "审核完毕", open+"/withdraw")
	if strings.Contains(own.body, open+"/approve") {
		t.Error("who proposed may approve")
	}
	wantPage(t, leader.get(open), http.StatusOK, open+"/approve", open+"/refuse")
	wantStatus(t, analyst.send(open+"/approve"), http.StatusForbidden)
	wantStatus(t, leader.send(open+"/approve", "note", "同意", "edition", "9"), http.StatusBadRequest)
	wantStatus(t, leader.send(open+"/approve", "note", "同意"), http.StatusSeeOther)
	wantPage(t, leader.send(open+"/refuse", "note", "晚了"), http.StatusConflict, `role="alert"`, "没有提请中的发布")

	// What has changed since it was proposed can be refused, and not approved.
	wantStatus(t, analyst.send(open+"/propose", "note", overtaken), http.StatusSeeOther)
	if old := wantPage(t, leader.get(open), http.StatusOK, "不能再按原内容审批", open+"/refuse"); strings.Contains(old.body, open+"/approve") {
		t.Error("what has changed since is offered for approval")
	}

	// A district sees what was published: the scores of all, the figures of its own.
	theirs := wantPage(t, district.get(at), http.StatusOK, "86.67", inFours(firstSeal))
	if strings.Contains(theirs.body, "1,204") || strings.Contains(theirs.body, ".seal") {
		t.Error("a district sees another's figures, or is offered the seal")
	}
	wantStatus(t, district.get(at+"/1.seal"), http.StatusForbidden)
	if a := analyst.get(at + "/2.seal"); a.StatusCode != http.StatusOK || a.body != "seal 2" || !strings.Contains(a.Header.Get("Content-Disposition"), "2026Q1-2.seal") {
		t.Errorf("the seal: %d %q", a.StatusCode, a.body)
	}
	wantStatus(t, analyst.get(at+"/7.seal"), http.StatusNotFound)
}

func inFours(hex string) string {
	var b strings.Builder
	for i, r := range hex {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
