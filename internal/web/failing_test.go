package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// rowsOf answers all that a store holds but what reading a page may write: the last use of a session.
func rowsOf(t *testing.T, s *store.Store) string {
	t.Helper()
	text, err := testkit.Rows(s, "session", "attempt")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Whatever call to the database fails while something is sent: it is taken, or the page says that it was not. Where it was taken and its
// page could not be drawn, sending it again changes nothing more.
func TestEveryFailingCallIsSaidOnThePage(t *testing.T) {
	o := newOffice(t)
	r := o.reader(t, "heping")
	token := r.ownToken()
	for _, way := range []struct {
		name  string
		calls *failing.Calls
		kept  *store.Store
		ready func(n int) (send func() answerTo)
	}{
		{"a cell, by the script", o.calls, o.store, func(n int) func() answerTo {
			v := url.Values{
				"item": {"covered_units"}, "value": {strconv.Itoa(5000 + n)}, "note": {""}, "missing": {""}, "request": {"cell" + strconv.Itoa(n)}, "form_token": {token},
				"base": {strconv.FormatInt(o.field("covered_units").Draft.Revision, 10)},
			}
			return func() answerTo { return r.do(http.MethodPost, "/fill/2026Q4/cell", v) }
		}},
		{"a file that proves", o.calls, o.store, func(n int) func() answerTo {
			u := sending{map[string]string{"form_token": token, "privacy": "masked", "back": proofPath}, [][2]string{{fmt.Sprintf("%d.pdf", n), string(samplePDF(strconv.Itoa(n)))}}}
			return func() answerTo { return r.upload(proofPath, u) }
		}},
		{"a sign-in", o.people.calls, o.people.Store, func(int) func() answerTo {
			o.clock.at = o.clock.at.Add(time.Hour) // attempts are counted by the minute
			other := newReader(t, o.site)
			form := url.Values{"name": {"analyst"}, "password": {goodPassword}, "form_token": {other.token("/sign-in")}}
			return func() answerTo { return other.do(http.MethodPost, "/sign-in", form) }
		}},
	} {
		said, taken := 0, 0
		for n := 1; ; n++ {
			send, before := way.ready(n), rowsOf(t, way.kept)
			way.calls.Arm(n, errors.New("no such thing"))
			a := send()
			fell := way.calls.Disarm()
			changed := rowsOf(t, way.kept) != before
			switch {
			case !fell && (a.StatusCode >= http.StatusBadRequest || !changed):
				t.Fatalf("%s: nothing failed, and it is answered by %d, changed %v", way.name, a.StatusCode, changed)
			case !fell:
			case a.StatusCode < http.StatusBadRequest && !changed:
				t.Errorf("%s: call %d failed and it is said to be taken", way.name, n)
			case a.StatusCode < http.StatusBadRequest:
				taken++ // it can do without that call
			case a.StatusCode < http.StatusInternalServerError && a.StatusCode != http.StatusConflict:
				t.Errorf("%s: call %d failed, and it is answered by %d as if the sender were wrong", way.name, n, a.StatusCode)
			case changed && way.name == "a sign-in": // the attempt was counted, as a wrong one is
				said++
			case changed:
				whole := rowsOf(t, way.kept)
				if again := send(); again.StatusCode >= http.StatusBadRequest && again.StatusCode != http.StatusConflict || rowsOf(t, way.kept) != whole {
					t.Errorf("%s: call %d failed, and sent again it is answered by %d or taken twice", way.name, n, again.StatusCode)
				}
				taken++
			default:
				said++
			}
			if !fell {
				break
			}
			if n > 1000 {
				t.Fatalf("%s: call 1,000 still fails", way.name)
			}
		}
		if said < 3 {
			t.Errorf("%s: only %d failures were said, %d did not matter", way.name, said, taken)
		}
	}
}
