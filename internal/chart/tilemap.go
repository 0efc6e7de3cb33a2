package chart

import (
	"fmt"
	"html"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// Size of a tile and the room between tiles, in pixels.
const (
	tileWidth = 104.0
	tileGap   = 6.0
)

// tileShape is how a tile is laid out, in pixels: its height, the sizes and baselines of its lines, and where its mark stands. Long ones
// are names and places that would run into the mark.
type tileShape struct {
	height                        float64
	name, longName, score         float64
	place, longPlace, words       float64 // words stand in place of a score, one below the other
	nameAt, scoreAt, placeAt      float64
	markRight, markAt, markRadius float64
}

func pageTile() tileShape {
	return tileShape{height: 72, name: 15, longName: 13, score: 20, place: 13, longPlace: 13, nameAt: 22, scoreAt: 46, placeAt: 64, markRight: 18, markAt: 18, markRadius: 8}
}

// wallTile has large type, and its mark below, where it leaves long names room.
func wallTile() tileShape {
	return tileShape{height: 108, name: 20, longName: 17, score: 31, place: 17, longPlace: 15, words: 18, nameAt: 29, scoreAt: 66, placeAt: 95, markRight: 14, markAt: 89, markRadius: 9}
}

// TileMap draws the map of tiles: on each the short name, the figure, the place and the mark of its light; the whole tile is a
// link. label says in words what the map shows.
func TileMap(m *dashboard.TileMap, label string) string {
	return tileMap(m, label, pageScheme(), pageTile())
}

// WallMap is TileMap in the colours and sizes of the wall.
func WallMap(m *dashboard.TileMap, label string) string {
	return tileMap(m, label, wallScheme(), wallTile())
}

func tileMap(m *dashboard.TileMap, label string, colours scheme, shape tileShape) string {
	width := float64(m.Columns)*(tileWidth+tileGap) + tileGap
	height := float64(m.Rows)*(shape.height+tileGap) + tileGap
	s := &svg{scheme: colours}
	// A group, not an image: the links in it must be reached.
	fmt.Fprintf(s, `<svg class="tile-map" viewBox="0 0 %s %s" width="%s" height="%s" role="group" aria-label="%s">`,
		digits(width), digits(height), digits(width), digits(height), html.EscapeString(label))
	for _, t := range m.Tiles {
		s.tile(t, shape)
	}
	return s.close()
}

// longTileName is how many letters a name may have before it would run into the mark; Chinese names are never so long.
const longTileName = 7

func (s *svg) tile(t dashboard.Tile, shape tileShape) {
	x := tileGap + float64(t.Column)*(tileWidth+tileGap)
	y := tileGap + float64(t.Row)*(shape.height+tileGap)
	color := s.tint(t.Figure.Light)
	if t.Name.Link != "" {
		fmt.Fprintf(s, `<a href="%s">`, html.EscapeString(t.Name.Link))
	}
	fmt.Fprintf(s, "<title>%s</title>", html.EscapeString(tileTitle(t)))
	border := ` rx="3" fill="` + color.fill + `" stroke="` + color.mark + `"`
	if t.Figure.State != assess.Scored {
		border += ` stroke-dasharray="4 3"`
	}
	s.rect(x, y, tileWidth, shape.height, border)
	name, place := shape.name, shape.place
	if len([]rune(t.Name.Short)) > longTileName {
		name = shape.longName
	}
	if len([]rune(t.Figure.RankText)) > longTileName {
		place = shape.longPlace
	}
	line := func(at, size float64, weight, text string) {
		s.text(x+10, y+at, ` font-size="`+digits(size)+`"`+weight+` fill="`+s.ink+`"`, text)
	}
	const bold = ` font-weight="700"`
	line(shape.nameAt, name, "", t.Name.Short)
	if shape.words > 0 && t.Figure.State != assess.Scored {
		for i, word := range strings.Fields(t.Figure.Text) {
			line(shape.nameAt+4+(shape.words+3)*float64(i+1), shape.words, bold, word)
		}
	} else {
		line(shape.scoreAt, shape.score, bold, t.Figure.Text)
	}
	line(shape.placeAt, place, "", t.Figure.RankText)
	s.mark(t.Figure, x+tileWidth-shape.markRight, y+shape.markAt, shape.markRadius)
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
