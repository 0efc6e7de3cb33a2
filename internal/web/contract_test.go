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
		if !strings.HasPrefix(template, "/api/") {
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
