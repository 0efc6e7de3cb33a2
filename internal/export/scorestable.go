package export

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"github.com/unionboard/unionboard/internal/assess"
)

// ScoresTable writes one table a person can read: a row for each unit, the root and its children in columns, ranks and grade, and
// where figures are still to come how many indicators wait for them.
// name answers what a unit or node is called; it may be nil.
func ScoresTable(w io.Writer, scores *assess.Scores, name func(code string) string, o Options) error {
	if name == nil {
		name = func(code string) string { return code }
	}
	columns := tableColumns(scores)
	cards := make([]*assess.Scorecard, 0, len(scores.Cards)+1)
	for i := range scores.Cards {
		cards = append(cards, &scores.Cards[i])
	}
	if o.WithCity && scores.City != nil {
		cards = append(cards, scores.City)
	}
	head, lacking := tableHead(scores, columns, name), slices.ContainsFunc(cards, func(c *assess.Scorecard) bool { return awaited(c) > 0 })
	if lacking {
		head = slices.Insert(head, afterScore, "missing")
	}
	grid := [][]string{head}
	for _, card := range cards {
		row := tableRow(scores, card, columns, name, o)
		if lacking {
			row = slices.Insert(row, afterScore, strconv.Itoa(awaited(card)))
		}
		grid = append(grid, row)
	}
	title := fmt.Sprintf("%s  %s\n", name(string(scores.Framework)), scores.Period)
	if scores.Edition != "" {
		title = fmt.Sprintf("%s  %s  (edition %s)\n", name(string(scores.Framework)), scores.Period, scores.Edition)
	}
	if _, err := io.WriteString(w, title+align(grid)); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// afterScore is the column after unit, rank and score.
const afterScore = 3

// awaited counts the indicators of a unit whose figures are still to come; of a composite, its frameworks with such indicators.
func awaited(card *assess.Scorecard) (n int) {
	heading := map[assess.Code]bool{}
	for i := range card.Nodes {
		if node := &card.Nodes[i]; node.Parent != node.Node {
			heading[node.Parent] = true
		}
	}
	for i := range card.Nodes {
		if node := &card.Nodes[i]; node.State == assess.Pending && !heading[node.Node] {
			n++
		}
	}
	return n
}

// tableColumns are the root's children; a tree of two levels shows its indicators.
func tableColumns(scores *assess.Scores) []assess.Code {
	if len(scores.Cards) == 0 {
		return nil
	}
	var columns []assess.Code
	root := scores.Cards[0].Root()
	for _, n := range scores.Cards[0].Nodes {
		if n.Parent == root.Node && n.Node != root.Node {
			columns = append(columns, n.Node)
		}
	}
	return columns
}

func tableHead(scores *assess.Scores, columns []assess.Code, name func(string) string) []string {
	head := []string{"unit", "rank", "score"}
	if scores.Period.Kind() == assess.Year && scores.Framework == assess.CompositeCode {
		head = append(head, "bonus", "late", "grade")
	}
	for _, c := range columns {
		head = append(head, name(string(c)))
	}
	return head
}

func tableRow(scores *assess.Scores, card *assess.Scorecard, columns []assess.Code, name func(string) string, o Options) []string {
	root := card.Root()
	r := []string{name(string(card.Unit)), place(root.Rank), tableCell(root, scores.Decimals, o)}
	if scores.Period.Kind() == assess.Year && scores.Framework == assess.CompositeCode {
		r = append(r, fixed(card.Bonus, 2), fixed(card.Late, 2), string(root.Grade))
	}
	for _, c := range columns {
		r = append(r, tableCell(card.Node(c), scores.Decimals, o))
	}
	return r
}

// tableCell writes the score as it is shown and ranked, or what it is bounded by, or why there is none.
func tableCell(n *assess.NodeScore, shown int, o Options) string {
	switch {
	case n == nil:
		return ""
	case n.HasScore() && o.Decimals != nil && *o.Decimals != shown:
		return fixed(n.Score, *o.Decimals)
	case n.HasScore():
		return fixed(n.Shown, shown)
	case n.State == assess.Pending:
		return fixed(n.Low, shown) + "–" + fixed(n.High, shown)
	}
	return string(n.State)
}

// align pads columns to equal width: the first to the right, the others, which are numbers, to the left.
func align(grid [][]string) string {
	widths := make([]int, len(grid[0]))
	for _, r := range grid {
		for i, s := range r {
			widths[i] = max(widths[i], columnsOf(s))
		}
	}
	var b strings.Builder
	for _, r := range grid {
		for i, s := range r {
			pad := strings.Repeat(" ", widths[i]-columnsOf(s))
			if i == 0 {
				b.WriteString(s + pad)
				continue
			}
			b.WriteString("  " + pad + s)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// columnsOf counts the columns a text takes on a terminal: Chinese characters take two.
func columnsOf(s string) (n int) {
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
