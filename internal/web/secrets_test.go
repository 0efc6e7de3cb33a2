package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/web"
)

// unmasked finds what of the seeded accounts, telephones and persons stands in an answer, in its files unpacked.
func unmasked(t *testing.T, a answerTo) (found []string) {
	text := a.body
	if strings.HasPrefix(text, "PK\x03\x04") {
		text = unzipped(t, []byte(text))
	}
	plain := marks.ReplaceAllString(text, "") // a sign that differs is marked: a number could else hide between the marks
	for _, secret := range secretsOfFiles() {
		if strings.Contains(text, secret) || strings.Contains(plain, secret) {
			found = append(found, secret)
		}
	}
	return found
}

var marks = regexp.MustCompile(`<[^<>]*>`)

// TestNobodyReadsAccountsUnasked is row 59 of the security checklist for refunds, and row 56 for what the server writes: accounts, telephones and
// persons of a delivery that was taken, decided, paid and looked at stand on no page, in no file, in no answer of the API and in no log for any
// role. Who handles them reads one by one with a reason, and the list for the bank; who does not is refused.
func TestNobodyReadsAccountsUnasked(t *testing.T) {
	g := newGallery(t)
	g.finance(t)
	g.sampleRefund()
	g.deliver(t)
	first := newReader(t, g.handler(t))
	pay := first.fresh().signIn("finance")
	pay.send("/registers/dues_refunds/batches", "unit", "").leads(t, "draw", "/registers/dues_refunds/batches/1")

	cases, _, err := g.ledger.Cases(t.Context(), assess.RefundQuery{}, account.User{Role: assess.CityAnalyst})
	if err != nil || len(cases) < 6 {
		t.Fatal(len(cases), err)
	}
	walked, _, err := web.Walked(g.options(t))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, route := range walked {
		method, template, _ := strings.Cut(route, " ")
		if method != http.MethodGet {
			continue
		}
		switch name := plain(template); {
		case strings.Contains(name, "{refund}"), strings.Contains(name, "{record}"):
			for i, c := range cases {
				if i > 1 && !theWhole() {
					break
				}
				paths = append(paths, strings.NewReplacer("{refund}", c.Number, "{register}", "dues_refunds", "{record}", c.Record).Replace(name))
			}
		case strings.Contains(name, "{register}"):
			paths = append(paths, strings.NewReplacer("{register}", "dues_refunds", "{upload}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ").Replace(name))
		default:
			path, _ := sample(g, template, ownUnit)
			paths = append(paths, path)
		}
	}
	for _, search := range []string{"6666010199887766554", "13812345678", "欧阳示例"} {
		paths = append(paths, "/registers/dues_refunds?search="+search, "/registers/dues_refunds/review?find="+search)
	}
	paths = append(paths, "/registers/dues_refunds?columns=all&closed=1", "/registers/dues_refunds/review?state=all")
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	asks := func(who string, r *reader, path string, change ...func(*http.Request)) {
		if found := unmasked(t, r.do(http.MethodGet, path, nil, change...)); len(found) > 0 && !strings.Contains(path, found[0]) {
			t.Errorf("%s reads %v at %s", who, found, path)
		}
	}
	names, _ := columns()
	for _, who := range append(names[1:], "finance") { // finance last
		r := first.fresh().signIn(who)
		g.clock.at = g.clock.at.Add(time.Minute)
		for _, path := range paths {
			if strings.HasPrefix(path, "/api/") || !theWhole() && !strings.HasPrefix(path, "/registers/") && who != string(assess.CityAnalyst) {
				continue // pages that show no register are read by one role here, by all in the whole check
			}
			asks(who, r, path)
		}
		formats := []string{"csv", "xlsx", "json", "parquet"}
		if !theWhole() && who != "finance" {
			formats = formats[:1]
		}
		for _, format := range formats {
			if found := unmasked(t, r.send("/registers/dues_refunds/take", "format", format)); len(found) > 0 {
				t.Errorf("%s takes %v out as %s", who, found, format)
			}
		}
		handles := who == "finance" || who == string(assess.DistrictReporter)
		for _, one := range []struct{ path, a, x string }{{refundQueue + "/" + cases[0].Number + "/uncover", "column", "tax.account"}, {"/registers/dues_refunds/batches/1/list", "format", "csv"}} {
			found := unmasked(t, r.send(one.path, one.a, one.x, "reason", "核对"))
			pays := strings.HasSuffix(one.path, "/list")
			if want := handles && (who == "finance" || !pays); (len(found) > 0) != want {
				t.Errorf("%s at %s reads %v, want some: %v", who, one.path, found, want)
			}
		}
	}
	for _, path := range paths {
		if strings.HasPrefix(path, "/api/") {
			asks("a program", first, path, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) })
		}
	}
	for what, text := range map[string]string{"the log": g.logs.String(), "the audit log": fmt.Sprint(g.people.lines())} {
		for _, secret := range secretsOfFiles() {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", what, secret)
			}
		}
	}
	if !strings.Contains(g.logs.String(), "/registers/dues_refunds/review/{refund") {
		t.Error("the log says nothing of the pages")
	}
}
