package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/web"
)

// importSet stands for the gate: it notes how a set was to be taken, and refuses the word bad.
func (p *people) importSet(_ context.Context, t account.Token, set web.ValueSet, _ time.Time) (collect.Report, error) {
	p.took = append(p.took, fmt.Sprint(t.Unit, " ", set.DryRun, " ", set.Only, " ", set.Whole))
	r := collect.Report{Run: assess.Run{ID: "r9", Taken: 4, New: 2, Changed: 1, Same: 1, State: assess.RunDone}}
	if strings.Contains(string(set.Body), "bad") {
		fault := assess.Invalid("problem.item_empty", "the row names no item; write the item's code")
		r.New, r.Refused, r.State, r.Rejected = 1, 1, assess.RunPartial, []assess.Rejection{{Code: "bad", Place: assess.Place{File: "body", Line: 3}, Problem: fault}}
	}
	return r, nil
}

func sentAs(kind string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Content-Type", kind) }
}

// A program of DHIS2 hands its values in with its token and is answered in DHIS2's words; the same request counts once.
func TestDHIS2HandsValuesIn(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t))
	_, secret := newSecretToken(t, g, account.TokenOrder{})
	const at = "/api/v1/dataValueSets"
	type summary struct {
		ResponseType, Status, Description, Reference string
		ImportCount                                  struct{ Imported, Updated, Ignored, Deleted int }
		Conflicts                                    []struct{ Object, Value string }
	}
	read := func(a answerTo) (s summary) {
		t.Helper()
		if err := json.Unmarshal([]byte(a.body), &s); err != nil || a.Header.Get("Content-Type") != "application/json" || s.ResponseType != "ImportSummary" || s.Description == "" {
			t.Errorf("%s is no summary: %v", a.body, err)
		}
		return s
	}
	for i, one := range []struct {
		kind, query, took string
	}{
		{"application/json", "", "210102 false  false"},
		{"application/xml", "?dryRun=true&orgUnitIdScheme=code", "210102 true  false"},
		{"text/csv; charset=utf-8", "?importStrategy=CREATE&atomicMode=ALL&async=false", "210102 false new true"},
		{"application/csv", "?importStrategy=updates&atomicMode=none", "210102 false changed false"},
	} {
		a := r.pushTo(at+one.query, secret, fmt.Sprint("k", i), `{"good": 1}`, sentAs(one.kind))
		a.answers(t, one.query, http.StatusOK)
		s := read(a)
		want := struct{ Imported, Updated, Ignored, Deleted int }{2, 1, 1, 0}
		if s.Status != "SUCCESS" || s.ImportCount != want || len(s.Conflicts) > 0 || !strings.Contains(a.body, `"conflicts":[]`) || (s.Reference == "") != strings.Contains(one.query, "dryRun") {
			t.Errorf("%s: %+v", one.query, s)
		}
		if diff := cmp.Diff(one.took, g.people.took[i]); diff != "" {
			t.Errorf("%s: -want +got\n%s", one.query, diff)
		}
	}
	for range 2 {
		a := r.pushTo(at, secret, "bad", "bad", sentAs("application/xml"))
		a.answers(t, "a refused value", http.StatusConflict)
		if s := read(a); s.Status != "WARNING" || s.ImportCount.Ignored != 2 || len(s.Conflicts) != 1 || s.Conflicts[0].Object != "bad" || !strings.HasPrefix(s.Conflicts[0].Value, "body:3: ") {
			t.Errorf("%+v", s)
		}
	}
	if len(g.people.took) != 5 {
		t.Errorf("the gate was asked %d times, want 5", len(g.people.took))
	}
	for _, one := range []struct {
		what, path, secret, key, kind string
		status                        int
		problem                       string
	}{
		{"no token", at, "", "x1", "application/json", 401, "about:blank"},
		{"no name of the request", at, secret, "", "application/json", 400, "urn:unionboard:problem.api-key"},
		{"another kind", at, secret, "x1", "application/pdf", 400, "urn:unionboard:problem.api-valueset"},
		{"another way under the same name", at + "?dryRun=true", secret, "k0", "application/json", 400, "urn:unionboard:problem.receipt-other"},
		{"deleting", at + "?importStrategy=DELETE", secret, "x1", "application/json", 400, "urn:unionboard:problem.api-parameter"},
		{"a misspelt dry run", at + "?dry_run=true", secret, "x1", "application/json", 400, "urn:unionboard:problem.api-parameter"},
		{"an odd dry run", at + "?dryRun=yes", secret, "x1", "application/json", 400, "urn:unionboard:problem.api-parameter"},
		{"two of a kind", at + "?dryRun=true&dryRun=false", secret, "x1", "application/json", 400, "urn:unionboard:problem.api-parameter"},
	} {
		a := r.pushTo(one.path, one.secret, one.key, "good", sentAs(one.kind))
		if kind, _ := a.problem(t); a.StatusCode != one.status || kind != one.problem {
			t.Errorf("%s: %d %s, want %d %s", one.what, a.StatusCode, kind, one.status, one.problem)
		}
	}
	if len(g.people.took) != 5 {
		t.Error("something that was refused reached the gate")
	}
}
