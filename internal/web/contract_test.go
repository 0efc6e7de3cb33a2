package web_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/apitest"
	"github.com/unionboard/unionboard/internal/web"
)

// The description of the API is one of OpenAPI 3.1, and it describes every handler there is and none that there is not.
func TestTheDescriptionIsThatOfTheHandlers(t *testing.T) {
	doc, err := apitest.Description()
	if err != nil {
		t.Fatal(err)
	}
	if !doc.IsOpenAPI31OrLater() {
		t.Errorf("the description is of OpenAPI %s", doc.OpenAPI)
	}
	var described, there []string
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			described = append(described, method+" "+path)
			if o.Summary == "" || o.OperationID == "" || len(o.Tags) != 1 {
				t.Errorf("%s %s has no summary, name or tag", method, path)
			}
		}
	}
	walked, declared, err := web.Walked(newGallery(t).options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range walked {
		method, template, _ := strings.Cut(name, " ")
		if !strings.HasPrefix(template, "/api/") { // /api is for people
			continue
		}
		path := plain(template)
		there = append(there, method+" "+path)
		item := doc.Paths.Value(path)
		if item == nil || item.GetOperation(method) == nil {
			continue
		}
		// What a token must open stands there, too.
		asks := ""
		if security := item.GetOperation(method).Security; security != nil && len(*security) == 1 {
			asks = strings.Join((*security)[0]["token"], " ")
		}
		if asks != declared[name].Action {
			t.Errorf("%s %s is said to ask for the scope %q, it asks for %q", method, path, asks, declared[name].Action)
		}
	}
	slices.Sort(described)
	slices.Sort(there)
	if !slices.Equal(described, there) {
		t.Errorf("described are %q, there are %q", described, there)
	}
}

// The page for people has every call, object and problem of the description, in both languages, without anything from elsewhere.
func TestTheAPIIsShownToPeople(t *testing.T) {
	doc, err := apitest.Description()
	if err != nil {
		t.Fatal(err)
	}
	first := newReader(t, newGallery(t).handler(t))
	first.get("/api").leads(t, "without signing in", "/sign-in?next=%2Fapi")
	in := first.fresh().signIn("heping")
	for _, lang := range []string{"zh", "en"} {
		body := in.get("/api?lang=" + lang).body
		for path, item := range doc.Paths.Map() {
			for method, o := range item.Operations() {
				if !strings.Contains(body, method+" "+path) || !strings.Contains(body, `id="`+o.OperationID+`"`) {
					t.Errorf("%s: the page has no %s %s", lang, method, path)
				}
				if lang == "en" && !strings.Contains(body, "<b>"+o.Summary) {
					t.Errorf("the page does not say of %s what its summary does: %s", o.OperationID, o.Summary)
				}
			}
		}
		problems, err := apitest.Problems()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if _, code, _ := strings.Cut(p, " "); !strings.Contains(body, "<code>"+code+"</code>") {
				t.Errorf("%s: the page has no problem %s", lang, code)
			}
		}
		if strings.Contains(body, "api.call.") || strings.Contains(body, "api.problem.") || strings.Contains(body, "api.group.") || strings.Contains(body, "<script src=\"http") {
			t.Errorf("%s: the page has words that nobody wrote, or something from elsewhere", lang)
		}
	}
}
