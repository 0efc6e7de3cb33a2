package web_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/web"
)

const mappingPage = "/collect/shenhe/mapping"

// mappingOffice is an office whose source shenhe sends the figures of its district.
func mappingOffice(t *testing.T) (*office, *reader) {
	o := newOffice(t)
	o.site = o.handler(t, func(w *web.Options) {
		w.Board, w.Desk, w.Evidence, w.Uploads = officeBoard{o}, o.desk, newEvidence(t, o.store), o.store
		w.Mappings = o.store
		w.Try = func(ctx context.Context, name assess.Code, p source.Piece, m *source.Mapping, now time.Time) (collect.Trial, error) {
			return o.gate.Try(ctx, collect.Source{Name: name, Units: []assess.UnitCode{officeUnit}, Authority: collect.Submit}, p, m, now)
		}
	})
	return o, newReader(t, o.site).signIn("analyst")
}

// form answers the fields of the form of a mapping as a browser would send them.
func mappingForm(page string) url.Values {
	form := url.Values{}
	page = page[strings.Index(page, `class="source"`):]
	for _, m := range regexp.MustCompile(`<input[^>]* name="([^"]+)" value="([^"]*)"|<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Set(m[1]+m[3], html.UnescapeString(m[2]+m[4]))
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(page, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(page, -1) {
		options := regexp.MustCompile(`value="([^"]*)"( selected)?`).FindAllStringSubmatch(m[2], -1)
		form.Set(m[1], options[0][1])
		for _, option := range options {
			if option[2] != "" {
				form.Set(m[1], option[1])
			}
		}
	}
	return form
}

// An analyst uploads a sample, sees how its first rows will be read, corrects it and keeps it with a reason.
func TestMappingIsEditedByLookingAtASample(t *testing.T) {
	o, r := mappingOffice(t)
	sample := "和平区总工会2026年第四季度统计表,,,\n指标,完成数,上季,备注\n工会会员数,3.0412,3,\n会员人员总计,12,,\n女职工数,—,1,\n"
	a := r.sendSample(mappingPage+"/sample", "样表.csv", sample)
	to := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, mappingPage+"?sample=") {
		t.Fatalf("the sample was answered %d %s\n%s", a.StatusCode, to, a.body)
	}
	page := wantPage(t, r.get(to), http.StatusOK).body
	for _, want := range []string{"前二十行将这样读入", "尚未保存", "工会会员数 = ", "会员人员总计", "退回", "2026Q4", "和平区"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	form := mappingForm(page)
	form.Set("do", "look")
	form.Set("items", strings.Replace(form.Get("items"), "工会会员数 = union_members", "工会会员数 = union_members × 万\n会员人员总计 = -", 1))
	page = wantPage(t, r.do(http.MethodPost, mappingPage, form), http.StatusOK).body
	if !strings.Contains(page, "30412") || !strings.Contains(page, "略去 1 项") {
		t.Errorf("what was corrected is not read so:\n%s", page)
	}
	if m, err := o.store.SourceMapping(t.Context(), "shenhe"); err != nil || m.Number != 0 {
		t.Errorf("looking kept revision %d, %v", m.Number, err)
	}
	form = mappingForm(page)
	form.Set("do", "save")
	wantPage(t, r.do(http.MethodPost, mappingPage, form), http.StatusUnprocessableEntity) // no reason
	form.Set("reason", "新表样")
	if a := r.do(http.MethodPost, mappingPage, form); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("keeping was answered %d\n%s", a.StatusCode, a.body)
	}
	kept, err := o.store.SourceMapping(t.Context(), "shenhe")
	if err != nil || kept.Number != 1 || kept.Reason != "新表样" || kept.By != "analyst" {
		t.Fatalf("kept %+v, %v", kept, err)
	}
	m, revision, err := collect.New(collect.Config{Store: o.store, Mappings: o.store}).Mapping(t.Context(), "shenhe")
	if err != nil || revision != 1 || len(m.Items) == 0 {
		t.Errorf("the gate reads by %+v, revision %d, %v", m, revision, err)
	}
	form.Set("reason", "再改")
	wantPage(t, r.do(http.MethodPost, mappingPage, form), http.StatusConflict) // seen before the revision that was kept
	if page := wantPage(t, r.get(mappingPage), http.StatusOK).body; !strings.Contains(page, "现行第 1 版") || !strings.Contains(page, "新表样") {
		t.Error("the page does not say which revision holds")
	}
}

// sendSample sends a file from the page of a mapping.
func (r *reader) sendSample(path, name, content string) answerTo {
	r.t.Helper()
	return r.uploadBook(path, name, []byte(content))
}

// What cannot be is refused with what would be right, and what was typed stays.
func TestMappingPageRefusesWhatCannotBe(t *testing.T) {
	_, r := mappingOffice(t)
	empty := mappingForm(wantPage(t, r.get(mappingPage), http.StatusOK).body)
	for _, one := range []struct {
		field, value string
		status       int
		says         string
	}{
		{"items", "会费", http.StatusUnprocessableEntity, "第 1 行"},
		{"items", "会费 = nothing_such", http.StatusUnprocessableEntity, "nothing_such"},
		{"units", "和平 = 210102\n和 平 = 210103", http.StatusUnprocessableEntity, "两次"},
		{"skip", "many", http.StatusUnprocessableEntity, "many"},
		{"year", "20266", http.StatusUnprocessableEntity, "2100"},
		{"c.0.of", "no such thing", http.StatusUnprocessableEntity, "no such thing"},
		{"c.0.factor", "-1", http.StatusUnprocessableEntity, "-1"},
		{"sample", "GONE", http.StatusNotFound, ""},
		{"unit_code", "210103", http.StatusBadRequest, ""},
	} {
		form := url.Values{}
		for name, values := range empty {
			form[name] = values
		}
		form.Set("do", "look")
		form.Set("c.0.head", "数值")
		form.Set("c.0.role", "value")
		form.Set(one.field, one.value)
		a := r.do(http.MethodPost, mappingPage, form)
		if a.StatusCode != one.status || !strings.Contains(a.body, one.says) {
			t.Errorf("%s=%q was answered %d, want %d saying %q", one.field, one.value, a.StatusCode, one.status, one.says)
		}
	}
	wantPage(t, r.get("/collect/nowhere/mapping"), http.StatusNotFound)
	wantPage(t, r.sendSample(mappingPage+"/sample", "cut.xlsx", "PK\x03\x04"), http.StatusSeeOther) // kept to be looked at
	if a := r.sendSample(mappingPage+"/sample", "empty.csv", ""); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty sample was answered %d", a.StatusCode)
	}
}
