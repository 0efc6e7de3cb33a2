package dashboard

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestNewestQuarterIsShown(t *testing.T) {
	p := resolve(t, small(t), "home", Request{})
	if p.Bar.Period != q2026Q2 || p.Bar.Base != q2026Q1 || p.Bar.BaseKind != "prev" || len(p.Bar.Periods) != 6 {
		t.Errorf("the bar says %+v", p.Bar)
	}
	if p.Bar.Reported != 1 || p.Bar.Units != 4 || p.Bar.AsOf != "截至2026年6月30日" || p.Bar.Scheme != "方案 2026-1" {
		t.Errorf("the bar says %+v", p.Bar)
	}
	if b := resolve(t, small(t), "home", Request{Period: q2026Q1, BaseKind: "year"}).Bar; b.Base != q2025Q1 || b.Version != 2 {
		t.Errorf("against last year: %+v", b)
	}
	if b := resolve(t, small(t), "home", Request{Period: y2025}).Bar; !b.Base.IsZero() {
		t.Errorf("2024 has no figures, but the base is %s", b.Base)
	}
	old := small(t)
	delete(old.sheets, q2026Q1)
	delete(old.sheets, q2026Q2)
	if p := resolve(t, old, "home", Request{}).Bar.Period; p != q2025Q4 {
		t.Errorf("the newest quarter of 2025 is %s; a year is asked for by name", p)
	}
	empty := &board{}
	d, _ := shipped(t).Page("home")
	if _, err := Resolve(t.Context(), empty, catalogue(t), d, Request{}); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("without any figures: %v", err)
	}
}

func TestUnknownThingsAreNotFound(t *testing.T) {
	b := small(t)
	for page, req := range map[assess.Code]Request{
		"unit": {Unit: "999999"}, "framework": {Framework: "no_such"}, "indicator": {Code: "skills"}, "home": {Group: "no_such"},
		"indicators": {Period: assess.MustPeriod("2019Q1")},
	} {
		d, _ := shipped(t).Page(page)
		if _, err := Resolve(t.Context(), b, catalogue(t), d, req); !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%s with %+v: %v, want not found", page, req, err)
		}
	}
}

// What the file has fixed and the scheme does not have is the file's fault, and said so: nothing is wrong with the address.
func TestAWrongFixedParameterIsTheFilesFault(t *testing.T) {
	d, _ := shipped(t).Page("framework")
	d.Parameters, d.Fixed = []string{"period", "base"}, Fixed{Framework: "six_system"}
	_, err := Resolve(t.Context(), small(t), catalogue(t), d, Request{Period: q2026Q1})
	if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.page_fixed" || p.Args["value"] != "six_system" || p.Args["parameter"] != "framework" {
		t.Errorf("answered %v", err)
	}
}

// TestAFailingPanelLeavesThePage: the panel says why it failed; what is internal stays hidden behind one fixed sentence.
func TestAFailingPanelLeavesThePage(t *testing.T) {
	d, _ := shipped(t).Page("home")
	d.Rows = append(slices.Clone(d.Rows), RowDefinition{Panels: []PanelDefinition{{
		ID: "foreign", Type: "ranking", Title: assess.Text{ZH: "外来"},
		Query: Query{Measure: "score", Of: "no_such_framework", Units: "all"},
	}}})
	b := small(t)
	b.broken = map[assess.Period]error{q2025Q3: errors.New("disk on fire")} // needed by the small lines only
	p, err := Resolve(t.Context(), b, catalogue(t), d, Request{Period: q2026Q1})
	if err != nil {
		t.Fatal(err)
	}
	failed := map[string]string{}
	for _, row := range p.Rows {
		for _, panel := range row.Panels {
			if panel.Problem != nil {
				failed[panel.ID] = panel.Problem.Key
				if strings.Contains(panel.Problem.Message, "fire") || panel.Title == "" {
					t.Errorf("%s: title %q, message %q", panel.ID, panel.Title, panel.Problem.Message)
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"foreign": "problem.panel_of", "frameworks": "problem.panel"}, failed); diff != "" {
		t.Error(diff)
	}
	if len(panelOf(t, p, "map").TileMap.Tiles) != 4 || p.Sentence.Plain() == "" {
		t.Error("the rest of the page is gone")
	}
}

func TestFilters(t *testing.T) {
	p := resolve(t, small(t), "framework", Request{Period: q2026Q1, BaseKind: "year", Group: "county", Show: "rank", Sort: "-skills"})
	links := map[string]string{}
	for _, f := range p.Filters {
		for _, c := range f.Choices {
			links[f.Name+"="+c.Code] = c.Link
			if current := map[string]string{"framework": "six_systems", "group": "county", "show": "rank", "base": "year"}[f.Name]; c.Current != (c.Code == current) {
				t.Errorf("%s=%s is current: %v", f.Name, c.Code, c.Current)
			}
		}
	}
	want := map[string]string{
		"framework=six_systems":     "/f/six_systems?base=year&group=county&q=2026Q1&show=rank&sort=-skills",
		"framework=five_type_organ": "/f/five_type_organ?base=year&group=county&q=2026Q1&show=rank&sort=-skills",
		"group=":                    "/f/six_systems?base=year&q=2026Q1&show=rank&sort=-skills",
		"group=core_urban":          "/f/six_systems?base=year&group=core_urban&q=2026Q1&show=rank&sort=-skills",
		"group=county":              "/f/six_systems?base=year&group=county&q=2026Q1&show=rank&sort=-skills",
		"show=score":                "/f/six_systems?base=year&group=county&q=2026Q1&sort=-skills",
		"show=progress":             "/f/six_systems?base=year&group=county&q=2026Q1&show=progress&sort=-skills",
		"show=rank":                 "/f/six_systems?base=year&group=county&q=2026Q1&show=rank&sort=-skills",
		"base=prev":                 "/f/six_systems?group=county&q=2026Q1&show=rank&sort=-skills",
		"base=year":                 "/f/six_systems?base=year&group=county&q=2026Q1&show=rank&sort=-skills",
	}
	if diff := cmp.Diff(want, links); diff != "" {
		t.Error(diff)
	}
}

// everyText visits every string of a page, with the way to it.
func everyText(v reflect.Value, way string, visit func(way, text string)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			everyText(v.Elem(), way, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				everyText(v.Field(i), way+"."+v.Type().Field(i).Name, visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			everyText(v.Index(i), way, visit)
		}
	case reflect.String:
		visit(way, v.String())
	}
}

// everyPage makes every page of every period, unit, framework and indicator, in the languages asked for.
func everyPage(t testing.TB, b *board, languages []string, visit func(name string, page any)) {
	t.Helper()
	c := catalogue(t)
	set := shipped(t)
	for p, sheet := range b.sheets {
		for _, lang := range languages {
			for _, base := range []string{"prev", "year"} {
				req := Request{Period: p, Lang: lang, BaseKind: base, Unit: heping, Code: "cases", Framework: "five_type_organ"}
				for _, d := range set.All() {
					page, err := Resolve(context.Background(), b, c, d, req)
					if err != nil {
						t.Fatal(err)
					}
					visit(string(d.Page)+" "+p.String()+" "+lang, page)
				}
				for _, code := range append(codesOf(sheet.Edition.Frameworks[0].Root.Leaves()), "incident", "party_rating", "appeal_rate", "clean", assess.CompositeCode) {
					for _, u := range []assess.UnitCode{tiexi, kangpin, city} {
						req.Unit, req.Code = u, code
						e, err := Why(context.Background(), b, c, req)
						if err != nil {
							t.Fatal(err)
						}
						visit("why "+string(u)+" "+string(code)+" "+p.String()+" "+lang, e)
					}
				}
			}
		}
	}
}

// TestNoPageShowsAKeyOrAHole: no message key, unfilled placeholder, NaN or ASCII minus before a figure reaches a reader, in any
// language; every panel stands; every link keeps the period and the base.
func TestNoPageShowsAKeyOrAHole(t *testing.T) {
	key := regexp.MustCompile(`^[a-z_]+\.[a-z0-9_]+$`)
	hole := regexp.MustCompile(`\{[a-z_]*\}|NaN|Inf|%!|<nil>|(^|[^0-9A-Za-z=&?/_-])-\d`)
	everyPage(t, small(t), []string{"zh", "en"}, func(name string, page any) {
		everyText(reflect.ValueOf(page), "", func(way, text string) {
			field := way[strings.LastIndex(way, ".")+1:]
			switch field {
			case "Path", "Sort", "Link", "Why", "All":
				if text != "" && !strings.Contains(text, "q=20") && !(field == "Sort" && !strings.HasPrefix(text, "/")) {
					t.Errorf("%s: the link %s at %s does not keep the period", name, text, way)
				}
			default:
				if key.MatchString(text) || hole.MatchString(text) {
					t.Errorf("%s: %q at %s", name, text, way)
				}
			}
		})
		if p, ok := page.(*Page); ok {
			for _, row := range p.Rows {
				for _, panel := range row.Panels {
					if panel.Problem != nil {
						t.Errorf("%s: %s: %v", name, panel.ID, panel.Problem)
					}
				}
			}
			if p.Sentence.Plain() == "" {
				t.Errorf("%s has no sentence", name)
			}
		}
	})
}

// TestEnglishHasNoChinese: every text of an English page is English, as long as the definitions are.
func TestEnglishHasNoChinese(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}|[，。；（）、]`)
	b := small(t)
	for _, sheet := range b.sheets {
		for i := range sheet.Edition.Items {
			sheet.Edition.Items[i].Name.EN = string(sheet.Edition.Items[i].Code)
		}
	}
	everyPage(t, b, []string{"en"}, func(name string, page any) {
		everyText(reflect.ValueOf(page), "", func(way, text string) {
			if han.MatchString(text) {
				t.Errorf("%s: %q at %s", name, text, way)
			}
		})
	})
}

// TestResolveIsPure: the same request gives the same page, and the board is left as it was.
func TestResolveIsPure(t *testing.T) {
	b := small(t)
	before := b.sheets[q2026Q1].Composite.Cards[0].Root().Shown
	req := Request{Period: q2026Q1, Unit: heping, Code: "lecture_rate"}
	for _, d := range shipped(t).All() {
		first, second := resolve(t, b, d.Page, req), resolve(t, b, d.Page, req)
		if diff := cmp.Diff(first, second, cmp.AllowUnexported(assess.Period{})); diff != "" {
			t.Errorf("%s differs:\n%s", d.Page, diff)
		}
	}
	if b.sheets[q2026Q1].Composite.Cards[0].Root().Shown != before || len(b.sheets[q2026Q1].Filings) != 4 || b.sheets[q2026Q1].Filings[0].Unit != heping {
		t.Error("the sheet was changed")
	}
}

// TestWithoutAComposite: an edition that combines nothing is led by its first framework.
func TestWithoutAComposite(t *testing.T) {
	b := small(t)
	for _, sheet := range b.sheets {
		sheet.Composite, sheet.Edition.Assessment.Composite = nil, nil
	}
	p := resolve(t, b, "home", Request{Period: q2026Q1})
	if r := panelOf(t, p, "ranking").Ranking; r.Of.Code != "six_systems" || r.Rows[0].ValueText != "96.00" {
		t.Errorf("the ranking is of %s", r.Of.Code)
	}
	if got, want := p.Sentence.Plain(), "4 项指标滞后，涉及 2 个区县；康平进步最大 +15.50 分，铁西退步最多 −27.00 分。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestWithoutACity: a roster without a city has no row for it and no links to it.
func TestWithoutACity(t *testing.T) {
	b := small(t)
	for _, sheet := range b.sheets {
		sheet.Edition.Roster.City = assess.Unit{}
		sheet.Composite.City = nil
		for _, f := range sheet.Frameworks {
			f.City = nil
		}
	}
	l := panelOf(t, resolve(t, b, "framework", Request{Period: q2026Q1}), "lights").Lights
	if last := l.Rows[len(l.Rows)-1]; last.City || len(l.Rows) != 4 {
		t.Errorf("the last row is %+v", last.Name)
	}
	everyText(reflect.ValueOf(resolve(t, b, "home", Request{Period: q2026Q1})), "", func(way, text string) {
		if strings.Contains(text, "/why//") || strings.Contains(text, "/d/?") {
			t.Errorf("%s leads nowhere: %s", way, text)
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	fake, words := small(b), catalogue(b)
	for _, page := range []assess.Code{"home", "framework", "unit"} {
		d, _ := shipped(b).Page(page)
		b.Run(string(page), func(b *testing.B) {
			for b.Loop() {
				if _, err := Resolve(b.Context(), fake, words, d, Request{Period: q2026Q1, Unit: heping}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
