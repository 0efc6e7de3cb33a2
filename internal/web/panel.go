package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/chart"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// panel is a panel as its template draws it.
type panel struct {
	*dashboard.Panel
	Lang string
	// Option is the chart's option as JSON, nil where the panel has no chart; ChartFailed says that it should have had one.
	Option      json.RawMessage
	ChartFailed bool
	Height      string // class that reserves the final height
	Takeaway    string // what the chart shows, in words
	BaseText    string // head of the column of changes
	// Year says that the period is a year: its comparison with the period before is the one with last year.
	Year bool
	// Beside says that the numbers of this panel stand in a table next to it.
	Beside bool
	show   string
	own    string
}

// tallest is the height of the last class for charts in the style sheet, in pixels; the classes are 40 pixels apart.
const tallest = 1200

// panelContext is what a panel knows of its page.
type panelContext struct {
	req     dashboard.Request
	base    string // words for the base period
	beside  bool   // a table with the same numbers stands next to it
	crowded bool   // the panel shares its row
}

// newPanels makes the panels of a row ready to draw. base are the choices of what the page is compared with, nil for none.
func (s *site) newPanels(r *http.Request, req dashboard.Request, row dashboard.Row, base *dashboard.Filter) []*panel {
	c := panelContext{req: req, base: visitFrom(r).words.T("web.col.change")}
	if base != nil {
		for _, choice := range base.Choices {
			if choice.Current {
				c.base = choice.Text
			}
		}
	}
	tabled := slices.ContainsFunc(row.Panels, func(p dashboard.Panel) bool { return p.Ranking != nil || p.Bars != nil })
	c.crowded = len(row.Panels) > 1
	var panels []*panel
	for i := range row.Panels {
		c.beside = tabled && (row.Panels[i].TileMap != nil || row.Panels[i].Radar != nil)
		panels = append(panels, s.newPanel(r, &row.Panels[i], c))
	}
	return panels
}

func (s *site) newPanel(r *http.Request, d *dashboard.Panel, c panelContext) *panel {
	v := visitFrom(r)
	p := &panel{
		Panel: d, Lang: v.lang(), Takeaway: takeaway(v.words, d), BaseText: c.base, Beside: c.beside,
		Year: c.req.Period.Kind() == assess.Year, show: c.req.Show, own: string(c.req.Unit),
	}
	if d.Problem != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "panel failed",
			slog.String("request", numberOf(r)), slog.String("panel", d.ID), slog.Any("error", d.Problem))
		return p
	}
	if d.Ranking != nil && c.crowded {
		return p // the table draws its own bars
	}
	option, err := chart.Option(d, v.lang())
	if errors.Is(err, assess.ErrNotFound) {
		return p // this type is drawn as a table only
	}
	if err != nil {
		p.ChartFailed = true
		s.Log.LogAttrs(r.Context(), slog.LevelError, "chart failed",
			slog.String("request", numberOf(r)), slog.String("panel", d.ID), slog.String("error", err.Error()))
		return p
	}
	p.Option, p.Height = option, "h"+strconv.Itoa(min(chart.Height(d), tallest))
	return p
}

// HasSparks says whether any card has a line.
func (p *panel) HasSparks() bool {
	return slices.ContainsFunc(p.Stat.Cards, func(c dashboard.Card) bool { return len(c.Spark) > 0 })
}

// HasGroups says whether the units of a ranking belong to peer groups.
func (p *panel) HasGroups() bool {
	return slices.ContainsFunc(p.Ranking.Rows, func(r dashboard.Place) bool { return r.Group != "" })
}

// HasDue says whether a ranking knows what was due.
func (p *panel) HasDue() bool {
	return slices.ContainsFunc(p.Ranking.Rows, func(r dashboard.Place) bool { return r.Due != "" })
}

// RankColumn says whether the matrix shows places after its first column: units in rows, the whole framework first.
func (p *panel) RankColumn() bool {
	return !p.Lights.Transposed && p.showsScore() && slices.ContainsFunc(p.Lights.Rows, func(r dashboard.LightRow) bool {
		return len(r.Cells) > 0 && r.Cells[0].RankText != ""
	})
}

// Span is the number of columns of the matrix.
func (p *panel) Span() int {
	n := len(p.Lights.Columns) + 1
	if p.Lights.Transposed || p.RankColumn() {
		n++
	}
	return n
}

// cellView is a cell of the matrix.
type cellView struct {
	dashboard.Figure
	Class            string
	WithChange, Rank bool
}

// newCell lays out a cell of the matrix. What it says — score, progress or place — was chosen where the figure was made; the change
// goes with a score only, and the place of the whole framework stands in a column of its own.
func newCell(p *panel, f dashboard.Figure, column int) cellView {
	c := cellView{Figure: f, Class: cellClass(f), WithChange: !p.Lights.Transposed && p.showsScore(), Rank: column == 0 && p.RankColumn()}
	if c.Class == "" && f.State != assess.Scored {
		c.Class = "blank"
	}
	if column == 0 && !p.Lights.Transposed {
		c.Class += " root"
	}
	return c
}

func (p *panel) showsScore() bool { return p.show != "progress" && p.show != "rank" }

// placeView is a row of a ranking.
type placeView struct {
	dashboard.Place
	Panel     *panel
	City, Own bool
	Bar       bool
	Share     float64 // length of the bar, 0–1
	Shown     string
	Arrow     string
}

func newPlace(p *panel, place dashboard.Place) placeView {
	v := placeView{Place: place, Panel: p, Shown: place.ValueText}
	if place.Prev == place.Figure.Change { // the page is compared with the period before: the arrow is of this change
		v.Arrow = arrowOf(place.Figure)
	}
	v.City = p.Ranking.City != nil && p.Ranking.City.Unit.Code == place.Unit.Code
	v.Own = !v.City && p.own != "" && place.Unit.Code == p.own
	if v.Shown == "" {
		v.Shown = place.Figure.Text
	}
	if length := barValue(place); length != nil {
		if longest := longestBar(p.Ranking); longest > 0 {
			v.Bar, v.Share = true, max(0, *length/longest)
		}
	}
	return v
}

// barValue answers what the bar of a place shows, nil where it has none.
func barValue(place dashboard.Place) *float64 {
	if place.Value == nil && place.Figure.State == assess.Scored {
		return &place.Figure.Score
	}
	return place.Value
}

// longestBar answers what a full bar stands for: a perfect score, or the greatest value.
func longestBar(r *dashboard.Ranking) float64 {
	if r.Max > 0 && !r.ByValue {
		return r.Max
	}
	longest := 0.0
	for _, place := range r.Rows {
		if x := barValue(place); x != nil {
			longest = max(longest, *x)
		}
	}
	return longest
}
