package paper

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

//go:embed pages/*.yaml
var pages embed.FS

// definition answers what stands on a paper, of the files in pages.
func definition(code assess.Code) (dashboard.Definition, error) {
	folder, err := fs.Sub(pages, "pages")
	if err != nil {
		return dashboard.Definition{}, fmt.Errorf("pages of the papers: %w", err)
	}
	set, err := dashboard.Load(folder)
	if err != nil {
		return dashboard.Definition{}, fmt.Errorf("pages of the papers: %w", err)
	}
	d, ok := set.Page(code)
	if !ok {
		return d, fmt.Errorf("pages of the papers: no page %s", code)
	}
	return d, nil
}

// Heading is what a paper says of where it comes from.
type Heading struct {
	City    assess.Unit // the federation that assesses
	Printed time.Time   // in the city's zone
	Demo    bool        // the figures are made up: every page says so
	Words   i18n.Words
}

// Scorecard is the quarterly scorecard of a unit (逐季成绩单), two pages of A4.
type Scorecard struct {
	Unit    assess.Unit
	Page    *dashboard.Page // by NewScorecard
	heading Heading
}

// NewScorecard collects what stands on the scorecard of a unit. What req says of unit and language is set here.
func NewScorecard(ctx context.Context, board results.Board, words *i18n.Catalogue, unit assess.Unit, req dashboard.Request, h Heading) (*Scorecard, error) {
	d, err := definition("scorecard")
	if err != nil {
		return nil, err
	}
	req.Unit, req.Lang = unit.Code, h.Words.Lang()
	page, err := dashboard.Resolve(ctx, board, words, d, req)
	if err != nil {
		return nil, err
	}
	return &Scorecard{Unit: unit, Page: page, heading: h}, nil
}

// panel answers a panel of the page, an empty one where there is none.
func panel(page *dashboard.Page, id string) dashboard.Panel {
	for _, row := range page.Rows {
		for _, p := range row.Panels {
			if p.ID == id {
				return p
			}
		}
	}
	return dashboard.Panel{}
}

// The heights on the pages of a scorecard, in points.
const (
	pageTop       = 64.0
	pageBottom    = 792.0
	sectionHeight = 21.0 // of the title of a block
	signHeight    = 58.0 // of the line where it is signed, with room for a pen
	leastTrend    = 110.0
	mostTrend     = 230.0
	trendFoot     = 52.0 // of what stands under the lines
)

// Scorecards sets the scorecards of several units one after the other, two pages each.
func (p *Press) Scorecards(w io.Writer, cards ...*Scorecard) (Print, error) {
	if len(cards) == 0 {
		return Print{}, fmt.Errorf("scorecards: none to set")
	}
	s := p.sheets(cards[0].about(len(cards) == 1))
	for i, card := range cards {
		if i > 0 {
			s.newPage()
		}
		card.front(s)
		s.newPage()
		card.back(s)
	}
	return s.write(w, func(page int) {
		card := cards[(page-1)/2]
		s.running(card.heading, card.name(), card.title(), (page-1)%2+1, 2)
	})
}

func (c *Scorecard) about(alone bool) About {
	h := c.heading
	title := h.Words.Period(c.Page.Bar.Period.String()) + " " + h.Words.T("paper.scorecard")
	if alone {
		title = c.name() + " " + title
	}
	return About{Title: title, Author: union(h.City, h.Words), Made: h.Printed}
}

func (c *Scorecard) name() string { return union(c.Unit, c.heading.Words) }

func (c *Scorecard) title() string {
	return c.heading.Words.T("paper.scorecard_of", "period", c.heading.Words.Period(c.Page.Bar.Period.String()))
}

// union names a unit as the organisation that is assessed.
func union(u assess.Unit, words i18n.Words) string {
	if name := u.Union.In(words.Lang()); name != "" {
		return name
	}
	return u.Name.In(words.Lang())
}

// front sets the first page: who, where it stands, the headings, what is strong and weak.
func (c *Scorecard) front(s *sheets) {
	words := c.heading.Words
	y := pageTop
	for _, line := range s.wrap(c.name(), 20, inside) {
		s.text(edge, y+16, 20, dark(), line)
		y += 26
	}
	s.text(edge, y+10, 13, dark(), c.title())
	y = s.paragraph(edge, y+17, inside, small, muted(), standing(c.Page.Bar, c.heading)) + 6
	y = c.totals(s, y) + 8
	y = s.paragraph(edge, y, inside, body, dark(), c.Page.Sentence.Plain()) + 6
	var paragraphs []string
	for _, id := range []string{"strong", "weak", "next"} {
		if text := panel(c.Page, id).Text; text != nil && len(*text) > 0 {
			paragraphs = append(paragraphs, text.Plain())
		}
	}
	below := float64(pageBottom) - 29
	for _, text := range paragraphs {
		below -= s.height(text, body, inside) + 3
	}
	y = c.section(s, "dimensions", y)
	if b := panel(c.Page, "dimensions").Bars; b != nil {
		y = s.bars(b, words, y, below)
	}
	y = c.section(s, "strong", y+8)
	for _, text := range paragraphs {
		y = s.paragraph(edge, y, inside, body, dark(), text) + 3
	}
}

// standing says of which figures a paper was made: state, version, day, scheme. What was published has its day where the city is.
func standing(b dashboard.Bar, h Heading) string {
	words := h.Words
	state := words.T("web.cycle." + string(b.Cycle.State))
	if !b.Cycle.PublishedAt.IsZero() {
		state = words.T("web.cycle.published_on", "date", words.Date(b.Cycle.PublishedAt.In(h.Printed.Location())))
	}
	parts := []string{state, words.T("paper.version", "version", strconv.Itoa(b.Version)), b.AsOf, b.Scheme}
	text := ""
	for _, part := range parts {
		if text != "" && part != "" {
			text += " · "
		}
		text += part
	}
	return text
}

// section sets the title of a block, or why the block is not there, and answers where the block begins.
func (c *Scorecard) section(s *sheets, id string, y float64) float64 {
	p := panel(c.Page, id)
	s.rect(edge, y+2, 3, 12, blue())
	s.fit(edge+9, y+12.5, head, inside-9, dark(), p.Title)
	y += sectionHeight
	if p.Problem != nil {
		y = s.paragraph(edge, y, inside, small, maroon(), c.heading.Words.Say(p.Problem.Key, p.Problem.Args))
	}
	return y
}

// totals sets a box for the overall figure and one for each framework: score, change with its arrow, places in words.
func (c *Scorecard) totals(s *sheets, y float64) float64 {
	const height, gap = 86.0, 8.0
	var cards []dashboard.Card
	for _, id := range []string{"total", "frameworks"} {
		if stat := panel(c.Page, id).Stat; stat != nil {
			cards = append(cards, stat.Cards...)
		}
	}
	if len(cards) > 1 && len(panel(c.Page, "total").Stat.Cards) == 1 && cards[0].Name.Code == cards[1].Name.Code {
		cards = cards[1:] // one framework is the whole
	}
	cards = cards[:min(len(cards), 5)]
	wide := (inside - gap*float64(len(cards)-1)) / max(float64(len(cards)), 1)
	for i, card := range cards {
		c.total(s, edge+float64(i)*(wide+gap), y, wide, height, card, i == 0)
	}
	return y + height
}

func (c *Scorecard) total(s *sheets, x, y, wide, height float64, card dashboard.Card, first bool) {
	words, f := c.heading.Words, card.Figure
	line := rule()
	if first {
		line = blue()
		s.rect(x, y, 3, height, blue())
	}
	s.frame(x, y, wide, height, 0.6, line)
	room := wide - 16
	s.fit(x+8, y+16, small, room, muted(), card.Name.Full, card.Name.Short)
	size := 19.0
	for size > small && s.width(size, s.clean(f.Text)) > room-14 {
		size--
	}
	s.fit(x+8, y+38, size, room, dark(), f.Text)
	if key := lightKey(f); key != "" {
		s.mark(x+wide-14, y+32, 8, f)
	}
	s.change(x+12, y+52, room-4, f, f.RankChange)
	places := s.wrap(join(words, at(words, "sentence.in_group", f.GroupText), at(words, "sentence.in_city", f.RankText), f.Grade), small, room)
	for i, line := range places[:min(len(places), 2)] {
		s.text(x+8, y+66+float64(i)*small*1.3, small, dark(), line)
	}
}

func at(words i18n.Words, key, place string) string {
	if place == "" {
		return ""
	}
	return words.T(key, "place", place)
}

func join(words i18n.Words, parts ...string) (text string) {
	for _, part := range parts {
		if text != "" && part != "" {
			text += words.T("paper.comma")
		}
		text += part
	}
	return text
}

// back sets the second page: eight quarters, the peers, what is red, the report, and where it is signed. The lines take what room the
// tables leave.
func (c *Scorecard) back(s *sheets) {
	words := c.heading.Words
	conduct := ""
	if text := panel(c.Page, "conduct").Text; text != nil {
		conduct = text.Plain()
	}
	foot := pageBottom - signHeight - sectionHeight - s.height(conduct, body, inside)
	peers, red := c.peers(), c.reds()
	room := foot - (pageTop - 12) - 3*sectionHeight - trendFoot - s.gridHeight(peers, inside) - s.gridHeight(red, inside) - 30
	y := c.section(s, "trend", pageTop-12)
	if p := panel(c.Page, "trend"); p.Trend != nil {
		y = s.trend(p.Trend, min(max(room, leastTrend), mostTrend), y)
		y = s.paragraph(edge, y, inside, small, muted(), p.Note+p.Trend.BreakText) + 8
	}
	if len(peers.rows) > 0 {
		y = c.section(s, "peers", y)
		_, y = s.grid(peers, edge, y, inside, pageBottom)
		y += 10
	}
	y = c.section(s, "red", y)
	y = c.red(s, red, y, foot-12)
	y = c.section(s, "conduct", min(y+12, foot))
	s.paragraph(edge, y, inside, body, dark(), conduct)
	s.signatures(words, pageBottom-20)
}

// peers answers the table of the peers, empty where there are none or too many.
func (c *Scorecard) peers() grid {
	t := panel(c.Page, "peers").Table
	if t == nil || len(t.Rows) < 2 || len(t.Rows) > mostPeers {
		return grid{}
	}
	g := gridOf(t, count(len(t.Heads))...)
	for i, row := range t.Rows {
		if row[0].Text == c.Unit.Name.In(c.heading.Words.Lang()) {
			g.own = i + 1
		}
	}
	return g
}

// reds answers the table of the red indicators without its last column, which is a link.
func (c *Scorecard) reds() grid {
	t := panel(c.Page, "red").Table
	if t == nil || len(t.Rows) == 0 {
		return grid{}
	}
	return gridOf(t, count(len(t.Heads)-1)...)
}

// mostPeers is how many peers are set beside each other; of more the group's page has them all.
const mostPeers = 8

// red sets the red indicators as far as there is room, says how many are left out, and answers where it ends.
func (c *Scorecard) red(s *sheets, g grid, y, bottom float64) float64 {
	if len(g.rows) == 0 {
		if t := panel(c.Page, "red").Table; t != nil {
			y = s.paragraph(edge, y, inside, body, dark(), t.Empty)
		}
		return y
	}
	rows, y := s.grid(g, edge, y, inside, bottom-small*leading)
	if left := len(g.rows) - rows; left > 0 {
		s.text(edge, y+small+3, small, muted(), c.heading.Words.T("paper.more", "n", strconv.Itoa(left)))
		y += small * leading
	}
	return y
}

// count answers 0, 1 … n-1.
func count(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
