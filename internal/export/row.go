package export

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// scoreColumns are promised to other programs; their names and order stay.
var scoreColumns = [...]string{
	"period", "framework", "unit", "node", "level", "value", "score", "points", "full_points",
	"rank", "group_rank", "grade", "light", "coverage", "state",
}

// Options choose what a file of scores holds.
type Options struct {
	WithCity bool
	// Decimals rounds value, score and points half-up to that many digits; nil keeps what the layer publishes: four decimals in
	// the official layer, full double precision in the analytic one. With as many as the framework shows a score is the one shown,
	// which was rounded from the exact fraction: nothing is rounded twice.
	Decimals *int
}

// row is one unit and node, every field as text in the order of scoreColumns; missing is empty.
type row [len(scoreColumns)]string

// rows answers the rows of scores in roster order, nodes in tree order, the city last.
func rows(scores *assess.Scores, o Options) []row {
	f := format{official: scores.Layer == assess.Official, decimals: o.Decimals, shown: scores.Decimals}
	out := make([]row, 0, len(scores.Cards)*8)
	for i := range scores.Cards {
		out = appendCard(out, scores, &scores.Cards[i], f)
	}
	if o.WithCity && scores.City != nil {
		out = appendCard(out, scores, scores.City, f)
	}
	return out
}

func appendCard(out []row, scores *assess.Scores, card *assess.Scorecard, f format) []row {
	for i := range card.Nodes {
		out = append(out, rowOf(scores, card, &card.Nodes[i], f))
	}
	return out
}

func rowOf(scores *assess.Scores, card *assess.Scorecard, n *assess.NodeScore, f format) row {
	r := row{
		0: scores.Period.String(), 1: string(scores.Framework), 2: string(card.Unit), 3: string(n.Node),
		4:  strconv.Itoa(n.Level),
		9:  place(n.Rank),
		10: place(n.GroupRank),
		11: string(n.Grade),
		12: string(n.Light),
		13: f.share(n.Coverage),
		14: string(n.State),
	}
	switch {
	case n.Text != "":
		r[5] = n.Text
	case n.Value != nil:
		r[5] = f.value(*n.Value)
	}
	if n.HasScore() {
		r[6], r[7], r[8] = f.score(n), f.points(n.Points), f.points(n.FullPoints)
	}
	return r
}

// ScoreColumns answers the names of the columns of tidy scores.
func ScoreColumns() []string { return scoreColumns[:] }

// ScoreRecord answers the row of one node of a card, with the digits that its layer publishes.
func ScoreRecord(scores *assess.Scores, card *assess.Scorecard, n *assess.NodeScore) []string {
	r := rowOf(scores, card, n, format{official: scores.Layer == assess.Official, shown: scores.Decimals})
	return r[:]
}

// ScoreObject answers the same row as an object: numbers are numbers, what is missing is left out.
func ScoreObject(record []string) (json.RawMessage, error) { return jsonObject(row(record)) }

func place(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// format writes numbers of one layer.
type format struct {
	official bool
	decimals *int
	shown    int // decimals of a score as it is published
}

// officialDecimals are the digits of the publication layer: units of 0.0001 points.
const officialDecimals = 4

// score writes a score; with the decimals that are published it is the published one.
func (f format) score(n *assess.NodeScore) string {
	if f.decimals != nil && *f.decimals == f.shown {
		return fixed(n.Shown, f.shown)
	}
	return f.points(n.Score)
}

func (f format) points(x float64) string {
	switch {
	case f.decimals != nil:
		return fixed(x, *f.decimals)
	case f.official:
		return fixed(x, officialDecimals)
	}
	return shortest(x)
}

func (f format) value(x float64) string {
	if f.decimals != nil {
		return fixed(x, *f.decimals)
	}
	return shortest(x)
}

func (f format) share(x float64) string { return shortest(assess.HalfUp.Round(x, officialDecimals)) }

// fixed writes x with so many decimals, half-up, and never a negative zero. What is no number is missing, as in shortest.
func fixed(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	x = assess.HalfUp.Round(x, decimals)
	if x == 0 {
		x = 0
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}

// shortest writes the shortest decimal that reads back as x, without an exponent.
func shortest(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
