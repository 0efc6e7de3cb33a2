package paper

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// Letter is an official letter (公文): what a PDF and a Word file of it have in common.
type Letter struct {
	Title      string
	Mark       string // what it is made of, at the head of every page: draft, state, version
	To         string // 主送
	Blocks     []Block
	AnnexLabel string   // 附件：
	Annexes    []string // as they are listed at the end of the letter
	From       string
	Date       string
	Behind     []Block // the annexes themselves, each beginning with a block of kind Annex
	about      About
}

// Block is a piece of a letter: a text, or a table with its text as caption.
type Block struct {
	Kind  BlockKind
	Text  string
	Table *Table
}

// BlockKind says what a block is.
type BlockKind string

// The kinds of block.
const (
	Heading1  BlockKind = "heading"   // 一、总体情况
	Paragraph BlockKind = "paragraph" // indented by two characters
	Tabular   BlockKind = "table"
	Annex     BlockKind = "annex" // the title of an annex, on a new page
)

// Table is a table of texts as they are printed.
type Table struct {
	Heads   []string
	Numeric []bool // whose cells stand to the right
	Rows    [][]string
}

// NewNotice makes the letter of the quarterly notice (通报) from its page as it is in force, with its two annexes.
func NewNotice(ctx context.Context, board results.Board, words *i18n.Catalogue, page dashboard.Definition, edition *assess.Edition, req dashboard.Request, h Heading) (*Letter, error) {
	req.Lang, req.Page = h.Words.Lang(), dashboard.AllPages
	draft, err := dashboard.Resolve(ctx, board, words, page, req)
	if err != nil {
		return nil, err
	}
	n := notice{words: h.Words, groups: groupsOf(edition, h.Words.Lang())}
	from := h.Words.T("paper.notice.office", "city", union(h.City, h.Words))
	l := &Letter{
		Title:      strings.TrimSuffix(draft.Title, h.Words.T("paper.notice.draft_suffix")),
		Mark:       strings.Join(n.marks(draft.Bar, h), " · "),
		To:         h.Words.T("paper.notice.to"),
		AnnexLabel: h.Words.T("paper.notice.annexes"),
		From:       from, Date: h.Words.Date(h.Printed),
	}
	l.about = About{Title: l.Title, Author: from, Made: h.Printed}
	l.Blocks = append(n.texts(draft.Sentence), n.blocks(draft)...)
	if err := n.annexes(ctx, board, words, edition, req, l); err != nil {
		return nil, err
	}
	return l, nil
}

// chinese says how the letter is written.
func (l *Letter) chinese() bool { return strings.ContainsFunc(l.Title, isHan) }

// notice turns panels into blocks.
type notice struct {
	words  i18n.Words
	groups []string // in official order
}

func groupsOf(e *assess.Edition, lang string) (names []string) {
	for _, g := range e.Roster.Groups {
		names = append(names, g.Name.In(lang))
	}
	return names
}

func (n notice) marks(b dashboard.Bar, h Heading) []string {
	marks := []string{n.words.T("paper.notice.draft")}
	if h.Demo {
		marks = append(marks, n.words.T("paper.demo"))
	}
	return append(marks, standing(b, h))
}

// tableTitle finds where in the title of a panel that of its table begins: 二、完成情况　表1 综合得分.
var tableTitle = regexp.MustCompile(`(?:表|[Tt]able )\d`)

// item finds where in a text the next numbered item begins.
var item = regexp.MustCompile(`([;；]) ?(\d+\. )`)

// texts makes paragraphs of a sentence; every numbered item begins one.
func (n notice) texts(s dashboard.Sentence) (blocks []Block) {
	for line := range strings.SplitSeq(item.ReplaceAllString(s.Plain(), "$1\n$2"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			blocks = append(blocks, Block{Kind: Paragraph, Text: line})
		}
	}
	return blocks
}

// blocks makes blocks of the panels that hold words or tables.
func (n notice) blocks(page *dashboard.Page) (blocks []Block) {
	for _, row := range page.Rows {
		for _, p := range row.Panels {
			made := n.panel(p)
			if len(made) == 0 {
				continue
			}
			title, caption := p.Title, p.Title
			if at := tableTitle.FindStringIndex(p.Title); at != nil {
				title, caption = strings.Trim(p.Title[:at[0]], " 　，,."), p.Title[at[0]:]
			} else if made[0].Table != nil {
				title = ""
			}
			if title != "" {
				blocks = append(blocks, Block{Kind: Heading1, Text: title})
			}
			if made[0].Table != nil {
				made[0].Text = caption
			}
			blocks = append(blocks, made...)
		}
	}
	return blocks
}

func (n notice) panel(p dashboard.Panel) []Block {
	switch {
	case p.Problem != nil:
		return []Block{{Kind: Paragraph, Text: n.words.Say(p.Problem.Key, p.Problem.Args)}}
	case p.Text != nil:
		return n.texts(*p.Text)
	case p.Ranking != nil:
		return []Block{{Kind: Tabular, Table: n.ranking(p.Ranking)}}
	case p.Table != nil && len(p.Table.Rows) == 0:
		return []Block{{Kind: Paragraph, Text: p.Table.Empty}}
	case p.Table != nil:
		return []Block{{Kind: Tabular, Table: plain(p.Table)}}
	case p.Lights != nil:
		return []Block{{Kind: Tabular, Table: n.lights(p.Lights)}}
	}
	return nil
}

// ranking makes the table of a ranking, group after group.
func (n notice) ranking(r *dashboard.Ranking) *Table {
	rows := slices.Clone(r.Rows)
	slices.SortStableFunc(rows, func(a, b dashboard.Place) int {
		return slices.Index(n.groups, a.Group) - slices.Index(n.groups, b.Group)
	})
	if r.City != nil {
		rows = append(rows, *r.City)
	}
	t := &Table{}
	add := func(key string, numeric bool, text func(dashboard.Place) string) {
		t.Heads, t.Numeric = append(t.Heads, n.words.T(key)), append(t.Numeric, numeric)
		for i, row := range rows {
			if len(t.Rows) <= i {
				t.Rows = append(t.Rows, nil)
			}
			t.Rows[i] = append(t.Rows[i], dash(text(row)))
		}
	}
	if len(n.groups) > 0 {
		add("page.group", false, func(p dashboard.Place) string { return p.Group })
	}
	add("panel.unit", false, func(p dashboard.Place) string { return p.Unit.Full })
	add("panel.score", true, func(p dashboard.Place) string { return p.Figure.Text })
	if len(n.groups) > 0 {
		add("panel.group_rank", true, func(p dashboard.Place) string { return p.Figure.GroupText })
	}
	add("panel.rank", true, func(p dashboard.Place) string { return p.Figure.RankText })
	add("paper.previous", true, func(p dashboard.Place) string { return p.Prev })
	add("panel.last_year", true, func(p dashboard.Place) string { return p.LastYear })
	if r.HasGrades {
		add("paper.grade", false, func(p dashboard.Place) string { return p.Figure.Grade })
	}
	return t
}

func dash(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// plain makes a table of the texts of another.
func plain(t *dashboard.Table) *Table {
	p := &Table{}
	for _, h := range t.Heads {
		p.Heads, p.Numeric = append(p.Heads, h.Text), append(p.Numeric, h.Numeric)
	}
	for _, row := range t.Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.Text)
		}
		p.Rows = append(p.Rows, texts)
	}
	return p
}

// lights makes a table of scores of a matrix of lights.
func (n notice) lights(l *dashboard.Lights) *Table {
	t := &Table{Heads: []string{l.Corner}, Numeric: []bool{false}}
	for _, c := range l.Columns {
		t.Heads, t.Numeric = append(t.Heads, c.Name.Short), append(t.Numeric, true)
	}
	for _, row := range l.Rows {
		texts := []string{row.Name.Full}
		for _, f := range row.Cells {
			texts = append(texts, f.Text)
		}
		t.Rows = append(t.Rows, texts)
	}
	return t
}

// annexes adds the two annexes: the totals of all units, and for every framework the scores of its headings.
func (n notice) annexes(ctx context.Context, board results.Board, words *i18n.Catalogue, edition *assess.Edition, req dashboard.Request, l *Letter) error {
	for i, code := range []assess.Code{"summary", "headings"} {
		d, err := definition(code)
		if err != nil {
			return err
		}
		number := i18n.Number(float64(i+1), 0)
		title := d.Title.In(req.Lang)
		l.Annexes = append(l.Annexes, n.words.T("paper.notice.item", "n", number, "title", title))
		l.Behind = append(l.Behind, Block{Kind: Annex, Text: n.words.T("paper.notice.annex", "n", number, "title", title)})
		frameworks := []assess.Code{""}
		if code == "headings" {
			frameworks = frameworks[:0]
			for j := range edition.Frameworks {
				frameworks = append(frameworks, edition.Frameworks[j].Code)
			}
		}
		for _, f := range frameworks {
			req.Framework = f
			page, err := dashboard.Resolve(ctx, board, words, d, req)
			if err != nil {
				return err
			}
			l.Behind = append(l.Behind, n.annex(page, edition, f)...)
		}
	}
	return nil
}

// annex makes the tables of an annex; each is called after its framework.
func (n notice) annex(page *dashboard.Page, edition *assess.Edition, framework assess.Code) (blocks []Block) {
	caption := page.Title
	if f, ok := edition.Framework(framework); ok {
		caption = f.Name.In(n.words.Lang())
	}
	for _, row := range page.Rows {
		for _, p := range row.Panels {
			for _, b := range n.panel(p) {
				if b.Table != nil {
					b.Text = caption
				}
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}
