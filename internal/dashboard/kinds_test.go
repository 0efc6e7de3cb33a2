package dashboard

import (
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// TestEveryPanelAnswersEveryQuery: each type with each measure, of everything, of everybody, in every period, with the parameters
// of a page and without: it shows data or says why not, and nothing panics.
func TestEveryPanelAnswersEveryQuery(t *testing.T) {
	b, words := small(t), catalogue(t)
	of := []string{
		"overall", "framework", "code", "frameworks", "dimensions", "indicators", "composite", "six_systems", "org_building",
		"lecture_rate", "cases", "incident", "party_rating", "nonsense",
	}
	for _, k := range kinds() {
		var row RowDefinition
		for _, measure := range k.measures {
			for _, units := range k.units {
				for _, what := range of {
					for _, draft := range drafts() {
						p := PanelDefinition{
							ID: measure, Type: k.name, Query: Query{Measure: measure, Of: what, Units: units, Periods: 8},
							Options: Options{Limit: 3, Transposed: units == "all", Draft: draft},
						}
						row.Panels = append(row.Panels, p)
						if k.name != "text" {
							break // the others know no drafts
						}
					}
				}
			}
		}
		for _, parameters := range [][]string{nil, {"unit", "group"}, {"framework"}, {"code"}, {"unit", "framework", "code", "group"}, {"units"}, {"units", "framework"}} {
			d := Definition{Page: "all", Path: "/all", Sentence: "home", Parameters: parameters, Rows: []RowDefinition{row}}
			for _, period := range []assess.Period{q2025Q1, y2025, q2026Q1, q2026Q2} {
				page, err := Resolve(t.Context(), b, words, d, Request{Period: period, Unit: tiexi, Units: []assess.UnitCode{tiexi, kangpin}, Framework: "five_type_organ", Code: "cases", Group: "core_urban"})
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range page.Rows[0].Panels {
					full := p.Stat != nil || p.LagList != nil || p.TileMap != nil || p.Ranking != nil || p.Status != nil || p.Lights != nil || p.Spread != nil ||
						p.Bars != nil || p.Contrast != nil || p.Radar != nil || p.Trend != nil || p.Table != nil || p.Facts != nil || p.Text != nil || p.RankBand != nil || p.Waterfall != nil
					if full == (p.Problem != nil) {
						t.Errorf("%s %+v: data %v, problem %v", k.name, row.Panels[i].Query, full, p.Problem)
					}
				}
			}
		}
	}
}

// TestEveryDraftIsWritten: no draft leaves the top of a page empty, whatever the page takes.
func TestEveryDraftIsWritten(t *testing.T) {
	for _, name := range append(drafts(), "no_such_draft") {
		for _, parameters := range [][]string{nil, {"unit", "framework", "code"}} {
			d := Definition{Page: "p", Path: "/p", Sentence: name, Parameters: parameters}
			page, err := Resolve(t.Context(), small(t), catalogue(t), d, Request{Period: q2026Q1, Unit: tiexi, Code: "lecture_rate"})
			if err != nil {
				t.Fatal(err)
			}
			if page.Sentence.Plain() == "" {
				t.Errorf("%s with %v writes nothing", name, parameters)
			}
		}
	}
}
