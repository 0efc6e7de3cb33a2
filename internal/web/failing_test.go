package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/takeout"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/web"
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

// awayBoard is a board that cannot be read, as while a standby of the database is promoted.
type awayBoard struct{ galleryBoard }

func errAway() error {
	return assess.Unavailable("problem.database_away", "the PostgreSQL at db cannot be reached, nothing was changed; start it, or look at the network between")
}

func (awayBoard) Periods(context.Context) ([]assess.Period, error) { return nil, errAway() }

func (awayBoard) Edition(context.Context, int) (*assess.Edition, error) { return nil, errAway() }

// awayPerson are accounts of which one cannot be read.
type awayPerson struct {
	keptAccounts
	id string
}

type keptAccounts = web.Accounts

func (a awayPerson) Account(ctx context.Context, id string) (account.User, error) {
	if id == a.id {
		return account.User{}, errAway()
	}
	return a.keptAccounts.Account(ctx, id)
}

// What cannot be looked up because the database is away is not taken for something that is not there, or that was typed wrong.
func TestADatabaseThatIsAwayIsNobodysMistake(t *testing.T) {
	g := newGallery(t)
	r := newReader(t, g.handler(t, func(o *web.Options) {
		o.Board = awayBoard{}
		o.Takeaway = takeout.NewDesk(takeout.Config{
			Room: func() (takeout.Room, error) { return takeout.Room{}, errAway() }, Store: g.people.Store, Folder: t.TempDir(), Now: g.clock.now, Log: o.Log,
		})
	}))
	person := g.people.of("heping").ID
	half := newReader(t, g.handler(t, func(o *web.Options) { o.Accounts = awayPerson{o.Accounts, person} })).signIn("admin")
	admin, analyst := r.fresh().signIn("admin"), r.fresh().signIn("analyst")
	for name, a := range map[string]answerTo{
		"a list of telephones": r.fresh().signIn("heping").get("/phones/210102"),
		"an account":           admin.send("/admin/accounts", "name", "new", "shown", "新", "role", "district_reporter", "unit", "210199", "reason", "x", "current", goodPassword),
		"a token":              admin.send("/admin/tokens", "name", "x", "unit", "210199", "submit", "1", "days", "30", "reason", "x", "current", goodPassword),
		"who answers for it":   half.send("/admin/tokens", "name", "x", "unit", "210102", "person", person, "submit", "1", "days", "30", "reason", "x", "current", goodPassword),
		"a table":              analyst.get("/export/observations.csv?q=2026Q1"),
	} {
		if a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
}
