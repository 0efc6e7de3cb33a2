package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// keepers is a site with registers at work, and its people: reporters of two districts, the department of the studios, another one, the analyst.
type keepers struct {
	*gallery
	t     *testing.T
	front *reader
}

func newKeepers(t *testing.T) *keepers {
	t.Helper()
	k := &keepers{gallery: newGallery(t), t: t}
	for name, post := range map[string]account.Post{
		"shenhe":  {Role: assess.DistrictReporter, Unit: "210103"},
		"economy": {Role: assess.CityReviewer, Department: "economy"},
		"rights":  {Role: assess.CityReviewer, Department: "rights"},
	} {
		k.join2(t, name, post)
	}
	k.front = newReader(t, k.handler(t))
	return k
}

func (k *keepers) as(name string) *reader { k.t.Helper(); return k.front.fresh().signIn(name) }

// shows says which of some texts a page has.
func shows(page string, texts ...string) (found []string) {
	for _, text := range texts {
		if strings.Contains(page, text) {
			found = append(found, text)
		}
	}
	return found
}

// A list shows the records that its reader may see, narrowed, searched, sorted and page by page as the address says.
func TestARegisterIsListed(t *testing.T) {
	k := newKeepers(t)
	k.sampleRecord()
	k.studio(t, "GZS-210102-0002", "status", "停用", "members_count", "12", "name", "劳模甲工作室", "leader_name", "甲")
	k.studio(t, "GZS-210103-0001", "unit_code", "210103", "leader_name", "乙")
	const a, b, c = "GZS-210102-0001", "GZS-210102-0002", "GZS-210103-0001"
	list := func(who, query string) (keys []string, page string) {
		t.Helper()
		answer := k.as(who).get("/registers/innovation_studios" + query)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s asks for %s: %d", who, query, answer.StatusCode)
		}
		return shows(answer.body, a, b, c), answer.body
	}
	for _, one := range []struct {
		who, query string
		want       []string
	}{
		{"heping", "", []string{a, b}},
		{"shenhe", "", []string{c}},
		{"economy", "", []string{a, b, c}},
		{"analyst", "", []string{a, b, c}},
		{"shenhe", "?unit=210102", []string{c}},
		{"analyst", "?unit=210103", []string{c}},
		{"analyst", "?w.status=suspended", []string{b}},
		{"analyst", "?search=" + url.QueryEscape("劳模甲"), []string{b}},
		{"analyst", "?search=none", nil},
	} {
		if got, _ := list(one.who, one.query); !slices.Equal(got, one.want) {
			t.Errorf("%s with %q: %v, want %v", one.who, one.query, got, one.want)
		}
	}
	_, page := list("analyst", "?columns=all&sort=members_count&down=1")
	if got := strings.Index(page, b); got < 0 || got > strings.Index(page, a) {
		t.Error("twelve members do not stand before eight")
	}
	if want := []string{"欧*", "12,345.60", "技能传授型", "2020年5月1日", "和平区"}; !slices.Equal(shows(page, want...), want) || strings.Contains(page, studioLeader) {
		t.Errorf("values: %v", shows(page, append(want, studioLeader)...))
	}
	for i := range 120 {
		k.studio(t, fmt.Sprintf("GZS-210106-%04d", i), "unit_code", "210106", "leader_name", fmt.Sprint("丙", i))
	}
	counted := func(query string) int {
		_, page := list("analyst", query)
		return strings.Count(page, "GZS-210106-")
	}
	if got := []int{counted("?page=1&unit=210106"), counted("?page=3&unit=210106"), counted("?page=all&unit=210106"), counted("?page=9&unit=210106")}; !slices.Equal(got, []int{50, 20, 120, 50}) {
		t.Errorf("rows of the pages: %v", got)
	}
	if answer := k.as("analyst").get("/registers/none"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a register that there is not: %d", answer.StatusCode)
	}
	if page := k.as("heping").get("/registers").body; !slices.Equal(shows(page, "劳模和工匠人才创新工作室台账", "service_stations", "还没有拍摄过台账快照"), []string{"劳模和工匠人才创新工作室台账", "service_stations", "还没有拍摄过台账快照"}) {
		t.Error("the list of registers lacks something")
	}
}
