package main

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// sentStep is something that is sent to a page; next makes it ready for another subject, and answers false where there is none: then
// the first time that it is done in spite of a failure is the last.
type sentStep struct {
	name string
	send func() reply
	next func() bool
}

// failEach lets the first call to the database fail while a step is sent, then the second, until one goes through. What is refused has changed
// nothing of the city, and says that it is the server's fault; what is answered as done is done.
func (c *movedCity) failEach(calls *failing.Calls, step sentStep) {
	t := c.t
	t.Helper()
	rows := func() string {
		text, err := testkit.Rows(c.app.store, "session", "attempt", "account", "audit", "head") // confirming a password is a step of its own
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	said, without := 0, 0
	enough := func() {
		t.Logf("%s: %d failures were said, %d did not matter", step.name, said, without)
		if said < 3 {
			t.Errorf("%s: only %d failures were said", step.name, said)
		}
	}
	for n := 1; ; n++ {
		c.mu.Lock()
		c.at = c.at.Add(time.Minute) // passwords may be tried only so often
		c.mu.Unlock()
		before := rows()
		calls.Arm(n, errors.New("no such thing"))
		got := step.send()
		fell := calls.Disarm()
		changed := rows() != before
		switch {
		case !fell && (got.status >= http.StatusBadRequest || !changed):
			t.Fatalf("%s: nothing failed, and it is answered %d, changed %v: %.500s", step.name, got.status, changed, mainOf(got.body))
		case !fell:
			enough()
			return
		case got.status < http.StatusBadRequest && !changed:
			t.Errorf("%s: call %d failed, and it is said to be done", step.name, n)
		case got.status >= http.StatusBadRequest && got.status < http.StatusInternalServerError:
			t.Errorf("%s: call %d failed, and it is answered %d as if the sender were wrong: %.300s", step.name, n, got.status, mainOf(got.body))
		case !changed:
			said++
			continue
		case got.status >= http.StatusInternalServerError: // it was done, and its page could not be drawn
			whole := rows()
			if again := step.send(); again.status >= http.StatusInternalServerError || rows() != whole {
				t.Errorf("%s: call %d failed after it was done, and sent again it is answered %d or done twice", step.name, n, again.status)
			}
			without++
		default:
			without++ // it can do without that call
		}
		if !step.next() { // it is done; the calls after this one are those of drawing a page
			enough()
			return
		}
	}
}

// Whatever call to the database fails while a report is signed, its figures are accepted, or a payment list is drawn: it is done whole or not at all,
// and people are told which.
func TestEveryFailingCallOfAReportAndARefundIsSaid(t *testing.T) {
	t.Parallel()
	alone(t)
	calls := &failing.Calls{}
	c := newMovedCity(t, func(*app, *world) time.Time { return time.Now() }, store.WithReserve(0), store.Through(calls.Through))
	ctx, q := t.Context(), c.quarter.String()
	must := func(got reply, err error) reply {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	units, at := reportedUnits(), 0
	var chair *guest
	var digest string
	forward := func() bool {
		if at >= len(units) {
			return false
		}
		if got := must(c.guest("a"+units[at], at).post(ctx, "/fill/"+q+"/forward", url.Values{})); got.status != http.StatusSeeOther {
			t.Fatalf("forward: %d %.500s", got.status, mainOf(got.body))
		}
		chair = c.guest("chair"+units[at], 20+at)
		digest = between(must(chair.get(ctx, "/fill/"+q+"/cover")).body, `name="digest" value="`, `"`)
		at++
		return true
	}
	forward()
	c.failEach(calls, sentStep{"a signature", func() reply {
		return must(chair.post(ctx, "/fill/"+q+"/sign", url.Values{"digest": {digest}, "current": {guestPassword}}))
	}, forward})

	signed := units[:at]
	item, reviewed := string(c.cell.item), 0
	reviewer := c.guest("reviewer."+item, 50)
	var seen string
	look := func() bool {
		if reviewed >= len(signed) {
			return false
		}
		seen = between(must(reviewer.get(ctx, "/review/"+signed[reviewed]+"/"+q)).body, `name="seen.`+item+`" value="`, `"`)
		reviewed++
		return seen != ""
	}
	if !look() {
		t.Fatal("nothing waits for review")
	}
	c.failEach(calls, sentStep{"an acceptance", func() reply {
		return must(reviewer.post(ctx, "/review/"+signed[reviewed-1]+"/"+q, url.Values{"choice." + item: {"accept"}, "seen." + item: {seen}}))
	}, look})

	addPeople(t, c.app, map[string]account.Post{"finance": {Role: assess.CityReviewer, Department: "finance"}})
	finance := c.guest("finance", 60)
	tax, unions := refundFiles(t, t.TempDir())
	if got := must(finance.uploads(ctx, "/registers/dues_refunds/deliveries", tax, unions)); got.status != http.StatusSeeOther {
		t.Fatalf("deliver: %d %.500s", got.status, mainOf(got.body))
	}
	const lists = "/registers/dues_refunds/batches"
	none := func() bool { return false }
	c.failEach(calls, sentStep{"a payment list", func() reply { return must(finance.post(ctx, lists, url.Values{"unit": {"210102"}})) }, none})
	c.failEach(calls, sentStep{"a list that is sent", func() reply { return must(finance.post(ctx, lists+"/1", url.Values{"do": {"send"}, "bank": {"0001"}})) }, none})
	head := must(finance.get(ctx, lists+"/1"))
	if head.status != http.StatusOK {
		t.Errorf("the payment list: %d", head.status)
	}
}
