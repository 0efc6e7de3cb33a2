package web

import (
	"html/template"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/chart"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// functions are what templates may call, in one language.
func functions(words i18n.Words, a *assets) template.FuncMap {
	v := &visit{words: words}
	return template.FuncMap{
		"t":           words.T,
		"asset":       a.url,
		"problem":     v.problem,
		"itoa":        itoa,
		"num":         func(x float64) string { return i18n.Number(x, 2) },
		"lights":      func() []string { return []string{"g", "y", "r", "x", "n", "w"} },
		"lightOf":     markOf,
		"lightWord":   func(mark string) string { return words.T("web.light." + mark) },
		"arrowOf":     arrowOf,
		"sortMark":    sortMark,
		"cellOf":      cellClass,
		"cellView":    newCell,
		"placeOf":     newPlace,
		"columnClass": columnClass,
		"filingClass": filingClass,
		"headName":    headName,
		"caseOf":      caseOf,
		"wordy":       func(f dashboard.Figure) bool { return f.State != assess.Scored },
		"spark":       func(c dashboard.Card) template.HTML { return spark(words, c) },
		"bar":         func(share float64, l assess.Light) template.HTML { return template.HTML(chart.CellBar(share, l)) },
		"meter":       func(share float64) template.HTML { return template.HTML(chart.CellBar(share, "")) },
		"wallscore":   wallScore,
		"inks":        pageInks,
		"wallInks":    wallInks,
		"wallmap":     func(m *dashboard.TileMap, label string) template.HTML { return template.HTML(chart.WallMap(m, label)) },
		"wallbar":     func(share float64, l assess.Light) template.HTML { return template.HTML(chart.WallBar(share, l)) },
		"walltrend":   func(p *panel) template.HTML { return template.HTML(chart.WallTrend(p.Trend, p.Takeaway)) },
		"tilemap":     func(m *dashboard.TileMap, label string) template.HTML { return template.HTML(chart.TileMap(m, label)) },
	}
}

// markOf answers the mark of a figure, a symbol of marks.html: its light when it was scored, else what became of it. The light
// comes with the data; nothing here derives one from a score.
func markOf(f dashboard.Figure) string {
	switch f.State {
	case assess.NotReported:
		return "x"
	case assess.NotApplicable:
		return "n"
	case assess.NotDue:
		return "w"
	case assess.Pending:
		return "p"
	case assess.Scored:
		return map[assess.Light]string{assess.Green: "g", assess.Yellow: "y", assess.Red: "r"}[f.Light]
	}
	return ""
}

// cellClass answers the class of a figure's cell: its tint when it was scored, "range" when it can still be several things.
func cellClass(f dashboard.Figure) string {
	switch m := markOf(f); m {
	case "g", "y", "r":
		return m
	case "p":
		return "range"
	}
	return ""
}

// arrowOf answers the symbol of the direction of change, "" where there is nothing to compare with.
func arrowOf(f dashboard.Figure) string {
	return map[string]string{"up": "u", "down": "d", "flat": "f"}[f.Arrow]
}

func sortMark(sorted string) string {
	if sorted == "ascending" {
		return "u"
	}
	return "d"
}

// shortText is how wide a text is that stands in one line of its cell, in halves of a Chinese character.
const shortText = 12

// width answers how wide a text is, in halves of a Chinese character.
func width(text string) (halves int) {
	for _, c := range text {
		if halves++; c >= 0x2e80 {
			halves++
		}
	}
	return halves
}

// columnClass answers the classes of a cell of a plain table. A short text keeps to one line and a long one has room: a column of
// Chinese could else shrink to one character a line.
func columnClass(t *dashboard.Table, column int, c dashboard.Cell) string {
	var classes []string
	switch {
	case column < len(t.Heads) && t.Heads[column].Numeric:
		classes = append(classes, "num")
	case c.Figure == nil && width(c.Text) <= shortText:
		classes = append(classes, "brief")
	case c.Figure == nil:
		classes = append(classes, "long")
	}
	if c.Figure != nil {
		classes = append(classes, cellClass(*c.Figure))
	}
	return strings.TrimSpace(strings.Join(classes, " "))
}

// filingClass makes open steps of a report stand out and finished ones quiet.
func filingClass(s assess.FilingState) string {
	switch s {
	case assess.Accepted, assess.Locked:
		return "done"
	case assess.Returned, assess.SentBack, assess.FilingMissing, assess.NotStarted:
		return "open"
	}
	return ""
}

// headName answers the short name of a column where there is one.
func headName(n dashboard.Name) string {
	if n.Short != "" {
		return n.Short
	}
	return n.Full
}

// spark draws the line of a card. Package chart answers safe HTML.
func spark(words i18n.Words, c dashboard.Card) template.HTML {
	t := dashboard.Trend{Series: []dashboard.TrendSeries{{Name: c.Name.Full, Spots: c.Spark}}}
	return template.HTML(chart.Sparkline(c.Spark, trendTakeaway(words, &t)))
}

// markInks are the colours that the marks are drawn in.
type markInks struct{ Green, Yellow, Red, Shape, Muted, Ink string }

func pageInks() markInks {
	return markInks{"#0b5f58", "#8a5a00", "#7a1f0c", "#3e4c59", "#52606d", "#1f2933"}
}

func wallInks() markInks {
	return markInks{"#35c2b0", "#ffd866", "#ff6b57", "#b4c2cf", "#b4c2cf", "#e6edf3"}
}
