package api

import (
	"slices"
	"strings"
	"testing"
)

// The guide has every call of the API with its scope, its parameters in their order and an address to try, and no name in it leads nowhere.
func TestTheGuideHasEveryCall(t *testing.T) {
	g, err := NewGuide()
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string]bool{"Table": true}
	for _, s := range g.Shapes {
		shapes[s.Name] = true
	}
	known := func(where, name string) {
		if name != "" && !shapes[name] {
			t.Errorf("%s names the shape %q, which is not there", where, name)
		}
	}
	calls := map[string]Entry{}
	for _, group := range g.Groups {
		for _, c := range group.Calls {
			calls[c.Method+" "+c.Path] = c
			if strings.ContainsAny(c.Example, "{}") || strings.HasSuffix(c.Example, "=") {
				t.Errorf("%s has the example %q", c.Path, c.Example)
			}
			for _, a := range c.Answers {
				for _, f := range a.Forms {
					known(c.Path, f.Shape)
				}
			}
		}
	}
	for _, o := range New(Options{}).Operations() {
		c, ok := calls["GET "+o.Path]
		if !ok || c.Scope != string(o.Scope) || c.Summary == "" || len(c.Answers) < 2 {
			t.Errorf("GET %s is %+v", o.Path, c)
		}
	}
	for _, s := range g.Shapes {
		for _, f := range s.Fields {
			known(s.Name+"."+f.Name, f.Of)
			if f.Type == "" && f.Of == "" {
				t.Errorf("%s.%s has no type", s.Name, f.Name)
			}
		}
	}
	scores := calls["GET /api/v1/scores"]
	var names []string
	for _, p := range scores.Parameters {
		names = append(names, p.Name)
	}
	if want := []string{"lang", "period", "framework", "unit", "node", "with_city", "edition", "limit", "cursor"}; !slices.Equal(names, want) {
		t.Errorf("scores are asked for by %v, want %v", names, want)
	}
	if scores.Example != "/api/v1/scores?period=2026Q1" {
		t.Errorf("an example of scores is %s", scores.Example)
	}
	if len(g.Problems) < 40 || g.Problems[0].Status != 400 {
		t.Errorf("there are %d problems, the first %+v", len(g.Problems), g.Problems[0])
	}
}
