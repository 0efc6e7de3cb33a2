package dashboard

import (
	"os"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/dashboards"
)

// TestTheDocumentedPageLoads: the page of docs/dashboards.md, copied as it stands, is a page with three panels; and the document names
// every type of panel.
func TestTheDocumentedPageLoads(t *testing.T) {
	text, err := os.ReadFile("../../docs/dashboards.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	file, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("there is no page in the document")
	}
	f := newFolder()
	f.write("skills.yaml", file)
	s, err := NewShelf(dashboards.Files(), f.MapFS, nil)
	if err != nil {
		t.Fatal(err)
	}
	if files := s.Files(f.now); len(files[0].Faults) > 0 {
		t.Fatal(files[0].Faults)
	}
	d, _, ok := s.Pages(f.now).At("/p/skills")
	panels := 0
	for _, row := range d.Rows {
		panels += len(row.Panels)
	}
	if !ok || panels != 3 {
		t.Errorf("%d panels", panels)
	}
	for _, k := range kinds() {
		if !strings.Contains(string(text), "`"+k.name+"`") {
			t.Errorf("the document does not name %s", k.name)
		}
	}
}
