package dashboard

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ownReferences = `references:
- of: [membership_rate]
  place: {zh: 湖北省, en: Hubei}
  when: {zh: 2022年}
  value: {zh: '3,357 家'}
  source: {zh: 报道}
  note: {zh: '年底 3,672 家'}
- of: [new_unions]
  place: {zh: 别处}
  when: {zh: 2020年}
  value: {zh: 9 家}
  source: {zh: 年鉴}
`

// TestReferencesStandOnTheirIndicator: a file of the folder takes the place of the shipped list; each entry stands on the page of its
// indicator alone; a wrong file leaves what was before.
func TestReferencesStandOnTheirIndicator(t *testing.T) {
	f := newFolder()
	s, _ := shelfOver(t, f)
	f.write("references.yaml", ownReferences)
	rows := func(code string) (texts []string) {
		t.Helper()
		p, err := Resolve(context.Background(), small(t), catalogue(t), Definition{
			Page: "one", Path: "/one", Parameters: []string{"period"}, Sentence: "home", Rows: []RowDefinition{{Panels: []PanelDefinition{{
				ID: "x", Type: "references", Query: Query{Measure: "published", Of: code, Units: "city"},
			}}}},
		}, Request{Period: q2026Q1, References: s.Pages(f.now).References()})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range panelOf(t, p, "x").Table.Rows {
			for _, c := range row {
				texts = append(texts, c.Text)
			}
		}
		return texts
	}
	want := []string{"湖北省", "2022年", "3,357 家", "报道（年底 3,672 家）"}
	if diff := cmp.Diff(want, rows("membership_rate")); diff != "" {
		t.Error(diff)
	}
	if got := rows("lecture_rate"); got != nil {
		t.Errorf("an indicator without references has %v", got)
	}
	f.write("references.yaml", strings.Replace(ownReferences, "  source: {zh: 年鉴}\n", "", 1))
	files := s.Files(f.now)
	if len(files) != 1 || len(files[0].Faults) != 1 || files[0].Faults[0].Place.Line != 8 || !strings.Contains(files[0].Faults[0].Error(), "source is missing") {
		t.Errorf("faults: %v", files[0].Faults)
	}
	if diff := cmp.Diff(want, rows("membership_rate")); diff != "" {
		t.Errorf("the old list does not stand: %s", diff)
	}
}

// TestShippedReferencesAreOfIndicators: each names place, time and source in both languages.
func TestShippedReferencesAreOfIndicators(t *testing.T) {
	list := shipped(t).References()
	if len(list) < 4 {
		t.Fatalf("%d references are shipped", len(list))
	}
	for _, one := range list {
		for what, text := range map[string]string{"place": one.Place.EN, "when": one.When.EN, "value": one.Value.EN, "source": one.Source.EN} {
			if text == "" {
				t.Errorf("%v: no English %s", one.Of, what)
			}
		}
	}
}
