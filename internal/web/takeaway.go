package web

import (
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
)

// takeaway says in one sentence what a chart shows, from its own numbers: it is the caption, and what a screen reader reads.
func takeaway(words i18n.Words, p *dashboard.Panel) string {
	switch {
	case p.Ranking != nil:
		return rankingTakeaway(words, p.Ranking)
	case p.Bars != nil:
		return barsTakeaway(words, p.Bars)
	case p.Trend != nil:
		return trendTakeaway(words, p.Trend)
	case p.Spread != nil:
		return spreadTakeaway(words, p.Spread)
	case p.Scatter != nil:
		return words.T("web.take.scatter", "y", p.Scatter.Y.Name.Full, "x", p.Scatter.X.Name.Full, "n", len(p.Scatter.Points))
	case p.RankBand != nil:
		return p.RankBand.Says.Plain()
	case p.Waterfall != nil:
		return p.Waterfall.Says.Plain() + words.T("web.take.cut")
	case p.Radar != nil && len(p.Radar.Series) > 0:
		return words.T("web.take.radar", "own", p.Radar.Series[0].Name, "axes", len(p.Radar.Axes))
	}
	return p.Title
}

func rankingTakeaway(words i18n.Words, r *dashboard.Ranking) string {
	var scored []dashboard.Place
	for _, place := range r.Rows {
		if barValue(place) != nil {
			scored = append(scored, place)
		}
	}
	if len(scored) == 0 {
		return r.Of.Full
	}
	first, last := scored[0], scored[0]
	for _, place := range scored {
		if *barValue(place) > *barValue(first) {
			first = place
		}
		if *barValue(place) < *barValue(last) {
			last = place
		}
	}
	text := func(p dashboard.Place) string {
		if p.ValueText != "" {
			return p.ValueText
		}
		return p.Figure.Text
	}
	if text(first) == text(last) && len(scored) > 1 {
		return words.T("web.take.ranking_even", "of", r.Of.Full, "value", text(first))
	}
	return words.T("web.take.ranking", "of", r.Of.Full, "first", first.Unit.Full, "high", text(first), "last", last.Unit.Full, "low", text(last))
}

func barsTakeaway(words i18n.Words, b *dashboard.Bars) string {
	best, worst := -1, -1
	for i, row := range b.Rows {
		if row.Own.State != assess.Scored {
			continue
		}
		if best < 0 || row.Own.Score > b.Rows[best].Own.Score {
			best = i
		}
		if worst < 0 || row.Own.Score < b.Rows[worst].Own.Score {
			worst = i
		}
	}
	if best < 0 {
		return b.Own
	}
	return words.T("web.take.bars", "own", b.Own,
		"best", b.Rows[best].Name.Full, "high", b.Rows[best].Own.Text, "worst", b.Rows[worst].Name.Full, "low", b.Rows[worst].Own.Text)
}

func trendTakeaway(words i18n.Words, t *dashboard.Trend) string {
	if len(t.Series) == 0 {
		return ""
	}
	if strings.HasPrefix(t.Series[0].Kind, "chosen") {
		return lastOfEach(words, t)
	}
	main := t.Series[0]
	for _, s := range t.Series {
		if s.Kind == "own" {
			main = s
		}
	}
	var known []dashboard.Spot
	for _, spot := range main.Spots {
		if spot.Value != nil {
			known = append(known, spot)
		}
	}
	if len(known) == 0 {
		return main.Name
	}
	first, last := known[0], known[len(known)-1]
	return words.T("web.take.trend", "name", main.Name, "from", first.Label, "start", first.Text, "to", last.Label, "end", last.Text)
}

// lastOfEach says where lines that are compared end: 26Q1：和平 86.42、沈河 84.10.
func lastOfEach(words i18n.Words, t *dashboard.Trend) string {
	var ends []string
	for _, s := range t.Series {
		if n := len(s.Spots); n > 0 {
			ends = append(ends, s.Name+" "+s.Spots[n-1].Text)
		}
	}
	if len(ends) == 0 {
		return ""
	}
	return words.T("web.take.ends", "at", t.Labels[len(t.Labels)-1], "list", words.List(ends))
}

func spreadTakeaway(words i18n.Words, s *dashboard.Spread) string {
	if len(s.Lines) == 0 {
		return ""
	}
	line := s.Lines[0]
	var low, high *dashboard.SpreadPoint
	for i := range line.Points {
		p := &line.Points[i]
		if low == nil || p.Value < low.Value {
			low = p
		}
		if high == nil || p.Value > high.Value {
			high = p
		}
	}
	if low == nil {
		return line.Name.Full
	}
	return words.T("web.take.spread", "name", line.Name.Full, "low", low.Text, "lowest", low.Unit.Full, "high", high.Text, "highest", high.Unit.Full)
}
