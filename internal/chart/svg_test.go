package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/chart"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// element is an element of a picture with its attributes and the text in it.
type element struct {
	name       string
	attributes map[string]string
	text       string
}

// read reads a picture as XML and holds it to the content policy: no style, no script, no event, no foreign address.
func read(t testing.TB, picture string) (elements []element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("%v in %s", err, picture)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, attributes: map[string]string{}}
			for _, a := range x.Attr {
				e.attributes[a.Name.Local] = a.Value
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "url(") || strings.Contains(a.Value, "://") {
					t.Errorf("%s carries %s=%q", e.name, a.Name.Local, a.Value)
				}
			}
			if e.name == "script" || e.name == "style" || e.name == "foreignObject" {
				t.Errorf("the picture has a %s", e.name)
			}
			elements = append(elements, e)
		case xml.CharData:
			if len(elements) > 0 {
				elements[len(elements)-1].text += string(x)
			}
		}
	}
}

func count(elements []element, name string) (n int) {
	for _, e := range elements {
		if e.name == name {
			n++
		}
	}
	return n
}

func TestSparkline(t *testing.T) {
	e := read(t, chart.Sparkline(spots(number(10), number(20), nil, number(30), number(40)), "六个体系"))
	if e[0].attributes["aria-label"] != "六个体系" || e[0].attributes["role"] != "img" {
		t.Errorf("the picture says of itself %v", e[0].attributes)
	}
	if count(e, "polyline") != 2 || count(e, "circle") != 1 {
		t.Errorf("%d lines and %d discs, want two lines around the gap and a disc at the end", count(e, "polyline"), count(e, "circle"))
	}
	// Of 10 to 40 the first lies at the bottom, 24 − 4, the last on top, 4; 88 pixels for four steps.
	if got := e[1].attributes["points"]; got != "4,20 26,14.67" {
		t.Errorf("the first line is %s", got)
	}
	if got := e[3].attributes; got["cx"] != "92" || got["cy"] != "4" {
		t.Errorf("the disc is at %v", got)
	}
	apart := spots(number(10), number(20), number(30), number(40))
	apart[2].Apart = true
	if e := read(t, chart.Sparkline(apart, "x")); count(e, "polyline") != 2 {
		t.Errorf("%d lines, want none across another scheme", count(e, "polyline"))
	}
	if chart.Sparkline(spots(nil, nil), "x") != "" || chart.Sparkline(nil, "x") != "" {
		t.Error("of no values something is drawn")
	}
	lone := read(t, chart.Sparkline(spots(number(5), nil, number(5)), "x"))
	if count(lone, "polyline") != 0 || count(lone, "circle") != 3 {
		t.Errorf("lone points: %d discs, want one each and the last one's own", count(lone, "circle"))
	}
	read(t, chart.Sparkline(spots(number(1)), `"><script>alert(1)</script>`))
}

func TestCellBar(t *testing.T) {
	for share, want := range map[float64]string{0.5: "32", 1: "64", 1.3: "64"} {
		e := read(t, chart.CellBar(share, assess.Red))
		if e[2].attributes["width"] != want || e[2].attributes["fill"] != "#7A1F0C" {
			t.Errorf("%v is drawn %v, want %s wide", share, e[2].attributes, want)
		}
	}
	for _, share := range []float64{0, -1, math.NaN()} {
		if e := read(t, chart.CellBar(share, assess.Green)); len(e) != 2 {
			t.Errorf("%v is drawn as a bar", share)
		}
	}
}

func TestRangeMark(t *testing.T) {
	e := read(t, chart.RangeMark(2, 5, 10, "第2–5位"))
	// From 1 + 94 × 0.2 to 1 + 94 × 0.5.
	if e[2].attributes["x1"] != "19.8" || e[2].attributes["x2"] != "48" {
		t.Errorf("the range is drawn %v", e[2].attributes)
	}
	if chart.RangeMark(5, 2, 10, "x") != "" || chart.RangeMark(0, 1, 0, "x") != "" || chart.RangeMark(math.NaN(), 1, 2, "x") != "" {
		t.Error("what is no range is drawn")
	}
}

func tiles() *dashboard.TileMap {
	tile := func(row, column int, short string, f dashboard.Figure) dashboard.Tile {
		return dashboard.Tile{Row: row, Column: column, Name: dashboard.Name{Full: short + "区", Short: short, Link: "/d/1?base=year&q=2026Q1"}, Figure: f}
	}
	return &dashboard.TileMap{Rows: 2, Columns: 3, Tiles: []dashboard.Tile{
		tile(0, 0, "和平", dashboard.Figure{State: assess.Scored, Light: assess.Green, Text: "97.6", RankText: "第1"}),
		tile(0, 1, "沈河", dashboard.Figure{State: assess.Scored, Light: assess.Yellow, Text: "86.0", RankText: "并列第2"}),
		tile(0, 2, "铁西", dashboard.Figure{State: assess.Scored, Light: assess.Red, Text: "60.8", RankText: "第4"}),
		tile(1, 0, "康平", dashboard.Figure{State: assess.NotReported, Text: "未报"}),
		tile(1, 2, "法库", dashboard.Figure{State: assess.NotApplicable, Text: "不适用"}),
	}}
}

func TestTileMap(t *testing.T) {
	picture := chart.TileMap(tiles(), "方格图")
	e := read(t, picture)
	if count(e, "a") != 5 || count(e, "rect") != 5 || e[1].attributes["href"] != "/d/1?base=year&q=2026Q1" {
		t.Errorf("%d links, %d tiles, the first leads to %q", count(e, "a"), count(e, "rect"), e[1].attributes["href"])
	}
	if e[0].attributes["viewBox"] != "0 0 336 162" || e[0].attributes["aria-label"] != "方格图" {
		t.Errorf("the picture is %v", e[0].attributes)
	}
	for _, want := range []string{"和平", "97.6", "第1", "并列第2", "未报", "不适用"} {
		if !strings.Contains(picture, ">"+want+"<") {
			t.Errorf("%s is not written", want)
		}
	}
	dashed := 0
	for _, x := range e {
		if x.name == "rect" && x.attributes["stroke-dasharray"] != "" {
			dashed++
		}
	}
	if dashed != 2 {
		t.Errorf("%d tiles are dashed, want those without a score", dashed)
	}
	if chart.TileMap(tiles(), "方格图") != picture {
		t.Error("the same map is drawn differently")
	}
}

// TestTileMapEscapes: a name, a link and a label stay what they are.
func TestTileMapEscapes(t *testing.T) {
	m := tiles()
	hostile := `</text></svg><script>alert(1)</script>"'&`
	m.Tiles[0].Name = dashboard.Name{Full: hostile, Short: hostile, Link: `/d/"onload="x`}
	m.Tiles[0].Figure.Text, m.Tiles[0].Figure.RankText = hostile, hostile
	e := read(t, chart.TileMap(m, hostile))
	if e[0].attributes["aria-label"] != hostile || e[1].attributes["href"] != `/d/"onload="x` || e[2].text != hostile+"区 "+hostile && !strings.HasPrefix(e[2].text, hostile) {
		t.Errorf("the words came back as %v, %v, %q", e[0].attributes, e[1].attributes, e[2].text)
	}
}

// TestWallTrend: a gap and a break cut a line, each line ends with its name, and names that would cover each other stand apart.
func TestWallTrend(t *testing.T) {
	trend := &dashboard.Trend{
		Labels: []string{"25Q1", "25Q2", "25Q3", "25Q4", "26Q1"}, Breaks: []int{4},
		Series: []dashboard.TrendSeries{
			{Name: "市均", Kind: "mean", Spots: spots(number(90), number(91), nil, number(92), number(88))},
			{Name: "于<洪", Kind: "first", Spots: spots(number(91), number(91), number(91), number(91), number(88))},
		},
	}
	got := chart.WallTrend(trend, "走势")
	if n := strings.Count(got, "<polyline"); n != 2 { // 市均 25Q1–25Q2; 于洪 25Q1–25Q4; single points are discs
		t.Errorf("%d lines, want 2:\n%s", n, got)
	}
	if strings.Count(got, "<circle") != 5 || !strings.Contains(got, "于&lt;洪") {
		t.Errorf("pieces do not end with a disc, or a name is not escaped:\n%s", got)
	}
	var at []string
	for _, name := range []string{">市均<", ">于&lt;洪<"} {
		before, _, ok := strings.Cut(got, name)
		i := strings.LastIndex(before, ` y="`)
		if !ok || i < 0 {
			t.Fatalf("no %s in %s", name, got)
		}
		y, _, _ := strings.Cut(before[i+4:], `"`)
		at = append(at, y)
	}
	if at[0] == at[1] {
		t.Errorf("both names stand at %s", at[0])
	}
	if empty := chart.WallTrend(&dashboard.Trend{}, "x"); strings.Contains(empty, "<polyline") || !strings.HasSuffix(empty, "</svg>") {
		t.Errorf("nothing is drawn as %s", empty)
	}
}
