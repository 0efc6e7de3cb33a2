package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// A clock that jumps – a day back or on, to 2019, to 2035 – lets no session live longer than promised, shuts nobody out for ever, and opens
// no form whose time is over; when it is right again all is as before, with what was saved.
func TestAClockThatJumpsKeepsItsPromises(t *testing.T) {
	o := newOffice(t)
	right := o.clock.at
	r := o.reader(t, "heping")
	v := fields(t, r.get(orgSection).body)
	v.Set("v.covered_units", "5512")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	for name, jump := range map[string]time.Time{
		"a day back": right.AddDate(0, 0, -1), "a day on": right.AddDate(0, 0, 1),
		"to 2019": time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC), "to 2035": time.Date(2035, 5, 1, 0, 0, 0, 0, time.UTC),
	} {
		before := o.reader(t, "heping")
		o.clock.at = jump
		if a := before.get("/account"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/sign-in") {
			t.Errorf("%s: a session of before goes on: %d", name, a.StatusCode)
		}
		during := o.reader(t, "heping") // the door is open
		if a := during.get(orgSection); a.StatusCode != http.StatusOK {
			t.Errorf("%s: the form is answered by %d", name, a.StatusCode)
		} else if late := jump.Year() == 2035; late && strings.Contains(a.body, `name="v.covered_units"`) {
			t.Errorf("%s: a form whose time is over can be typed into", name)
		}
		o.clock.at = right
		if a := during.get("/account"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: a session of then goes on: %d", name, a.StatusCode)
		}
		wantPage(t, o.reader(t, "heping").get(orgSection), http.StatusOK, `value="5512"`)
	}
	r = o.reader(t, "heping")
	v = fields(t, r.get(orgSection).body)
	v.Set("v.covered_units", "5513")
	wantPage(t, r.submit(orgSection, v), http.StatusSeeOther)
	if o.field("covered_units").Draft.Value != "5513" {
		t.Error("when the clock was right again nothing could be saved")
	}
}
