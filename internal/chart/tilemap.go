package chart

import (
	"fmt"
	"html"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// Size of a tile and the room between tiles, in pixels.
const (
	tileWidth, tileHeight = 104.0, 72.0
	tileGap               = 6.0
)

// TileMap draws the map of tiles: on each the short name, the figure, the place and the mark of its light; the whole tile is a
// link. label says in words what the map shows.
func TileMap(m *dashboard.TileMap, label string) string { return tileMap(m, label, pageScheme()) }

// WallMap is TileMap in the colours of the wall.
func WallMap(m *dashboard.TileMap, label string) string { return tileMap(m, label, wallScheme()) }

func tileMap(m *dashboard.TileMap, label string, colours scheme) string {
	width := float64(m.Columns)*(tileWidth+tileGap) + tileGap
	height := float64(m.Rows)*(tileHeight+tileGap) + tileGap
	s := &svg{scheme: colours}
	// A group, not an image: the links in it must be reached.
	fmt.Fprintf(s, `<svg class="tile-map" viewBox="0 0 %s %s" width="%s" height="%s" role="group" aria-label="%s">`,
		digits(width), digits(height), digits(width), digits(height), html.EscapeString(label))
	for _, t := range m.Tiles {
		s.tile(t)
	}
	return s.close()
}

// longTileName is how many letters a name may have before it would run into the mark; Chinese names are never so long.
const longTileName = 7

func (s *svg) tile(t dashboard.Tile) {
	x := tileGap + float64(t.Column)*(tileWidth+tileGap)
	y := tileGap + float64(t.Row)*(tileHeight+tileGap)
	color := s.tint(t.Figure.Light)
	if t.Name.Link != "" {
		fmt.Fprintf(s, `<a href="%s">`, html.EscapeString(t.Name.Link))
	}
	fmt.Fprintf(s, "<title>%s</title>", html.EscapeString(tileTitle(t)))
	border := ` rx="3" fill="` + color.fill + `" stroke="` + color.mark + `"`
	if t.Figure.State != assess.Scored {
		border += ` stroke-dasharray="4 3"`
	}
	s.rect(x, y, tileWidth, tileHeight, border)
	size := "15"
	if len([]rune(t.Name.Short)) > longTileName {
		size = "13"
	}
	s.text(x+10, y+22, ` font-size="`+size+`" fill="`+s.ink+`"`, t.Name.Short)
	s.text(x+10, y+46, ` font-size="20" font-weight="700" fill="`+s.ink+`"`, t.Figure.Text)
	s.text(x+10, y+64, ` font-size="13" fill="`+s.ink+`"`, t.Figure.RankText)
	s.mark(t.Figure, x+tileWidth-18, y+18, 8)
	if t.Name.Link != "" {
		s.WriteString("</a>")
	}
}

func tileTitle(t dashboard.Tile) string {
	title := t.Name.Full + " " + t.Figure.Text
	if t.Figure.RankText != "" {
		title += " " + t.Figure.RankText
	}
	return title
}

// mark draws the shape of a light: disc, half disc, diamond; a dashed ring where nothing was reported, a dash where nothing is due
// or applicable. The shapes are those of the legend, so that colour is never needed.
func (s *svg) mark(f dashboard.Figure, x, y, r float64) {
	color := s.tint(f.Light).mark
	switch {
	case f.Light == assess.Green:
		fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="%s" fill="%s"/>`, digits(x), digits(y), digits(r), color)
	case f.Light == assess.Yellow:
		fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="%s" fill="none" stroke="%s" stroke-width="2"/>`, digits(x), digits(y), digits(r-1), color)
		fmt.Fprintf(s, `<path d="M%s %sA%s %s 0 0 0 %s %sZ" fill="%s"/>`,
			digits(x), digits(y-r), digits(r), digits(r), digits(x), digits(y+r), color)
	case f.Light == assess.Red:
		fmt.Fprintf(s, `<path d="M%s %sL%s %sL%s %sL%s %sZ" fill="%s"/>`,
			digits(x), digits(y-r), digits(x+r), digits(y), digits(x), digits(y+r), digits(x-r), digits(y), color)
	case f.State == assess.NotReported || f.State == assess.Pending:
		fmt.Fprintf(s, `<circle cx="%s" cy="%s" r="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="3 2"/>`,
			digits(x), digits(y), digits(r-1), color)
	default:
		fmt.Fprintf(s, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="2"/>`,
			digits(x-r), digits(y), digits(x+r), digits(y), color)
	}
}
