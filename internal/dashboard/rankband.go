package dashboard

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// RankBand shows between which places every unit lies in nine cases of ten when the weights move.
type RankBand struct {
	Of   Name
	Rows []RankBandRow // best place first
	// Says is the sentence for leaders: where the page's unit lies, or which places cannot be told apart.
	Says Sentence
	// Swap says what single weight would have to change for the page's unit to draw level with the one before it.
	Swap  Sentence
	Pages []Choice
}

// RankBandRow is a unit's place and the whole places around its interval.
type RankBandRow struct {
	Unit      Name
	Rank      int
	RankText  string
	Low, High int
	Mean      float64
	Text      string // 第2～第4
	Own       bool   // the page's unit
	Band      int    // which band it belongs to, from 1; 0: its place can be told apart
}

// rankBand tries the ranks of the composite, or of a framework, under random weights.
func (r *resolver) rankBand(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	found, subject, err := r.robust(code)
	if err != nil {
		return err
	}
	o := analysis.Default()
	b := &RankBand{Of: r.nodeName(r.now, code)}
	shown := r.units(d.Query)
	if d.Query.Units == "unit" {
		shown = r.now.units("") // the district among all
	}
	for _, u := range shown {
		if v, ok := found.Interval(u.Code); ok {
			b.Rows = append(b.Rows, r.rankBandRow(u, v, code, found.Bands))
		}
	}
	slices.SortStableFunc(b.Rows, func(x, y RankBandRow) int { return cmp.Compare(x.Rank, y.Rank) })
	b.Says = r.bandSentence(d, b, found)
	if d.Query.Units == "unit" {
		if b.Swap, err = r.swapSentence(subject, b); err != nil {
			return err
		}
	}
	b.Rows, b.Pages = cut(r, b.Rows, pageSize)
	if p.Note == "" {
		p.Note = r.words.T("panel.rankband_note", "draws", i18n.Number(float64(o.Draws), 0), "range", i18n.Number(100*o.Range, 0), "seed", o.Seed)
	}
	p.RankBand = b
	return nil
}

// robust answers how sure the places of a total are, and what was tried. A page asks more than once, so that it is kept.
func (r *resolver) robust(code assess.Code) (*analysis.Robustness, analysis.Subject, error) {
	if kept, ok := r.tried[code]; ok {
		return kept.found, kept.subject, nil
	}
	subject, err := r.now.sheet.Subject(code)
	if err != nil {
		return nil, subject, err
	}
	found, err := analysis.Robust(subject, analysis.Default())
	if err == nil {
		r.tried[code] = trial{found, subject}
	}
	return found, subject, err
}

// trial is what was tried and what came of it.
type trial struct {
	found   *analysis.Robustness
	subject analysis.Subject
}

// places answers the whole places around an interval.
func places(v analysis.Interval) (low, high int) {
	return int(math.Floor(v.P05)), int(math.Ceil(v.P95))
}

func (r *resolver) rankBandRow(u assess.Unit, v analysis.Interval, code assess.Code, bands []analysis.Band) RankBandRow {
	low, high := places(v)
	row := RankBandRow{Unit: r.unitName(u), Rank: v.Rank, Mean: v.Mean, Low: low, High: high, Own: u.Code == r.req.Unit}
	row.RankText = r.placeText(v.Rank, r.now.tied(code, v.Rank, ""))
	row.Text = r.placesText(row.Low, row.High)
	for i, band := range bands {
		if slices.Contains(band.Units, u.Code) {
			row.Band = i + 1
		}
	}
	return row
}

// placeText writes a place: 第2, 并列第2.
func (r *resolver) placeText(place int, tied bool) string {
	if tied {
		return r.words.T("rank.tied", "n", place)
	}
	return r.words.T("rank.place", "n", place)
}

func (r *resolver) placesText(low, high int) string {
	if low == high {
		return r.words.T("rank.place", "n", low)
	}
	return r.words.T("rank.between", "low", low, "high", high)
}

// bandSentence says where the page's unit lies, else which places cannot be told apart.
func (r *resolver) bandSentence(d PanelDefinition, b *RankBand, found *analysis.Robustness) Sentence {
	if d.Query.Units == "unit" || d.Query.Units == "peers" {
		for _, row := range b.Rows {
			if row.Own {
				return r.end(r.compose("sentence.rank_interval", "unit", row.Unit.Full, "places", row.Text))
			}
		}
		return nil
	}
	var clauses []Sentence
	for _, band := range found.Bands {
		names := make([]string, len(band.Units))
		for i, code := range band.Units {
			u, _ := r.now.unit(code)
			names[i] = r.unitName(u).Short
		}
		clauses = append(clauses, r.compose("sentence.rank_band", "places", r.placesText(band.From, band.To), "units", strings.Join(names, r.words.T("sentence.and_also"))))
	}
	if len(clauses) == 0 {
		return r.end(words(r.words.T("sentence.rank_clear")))
	}
	return r.end(r.join("sentence.semicolon", clauses...))
}

// swapSentence says which is the smallest change of one weight at which the page's unit draws level with the one before it; nothing
// for the first, and where nothing would do it.
func (r *resolver) swapSentence(subject analysis.Subject, b *RankBand) (Sentence, error) {
	at := slices.IndexFunc(b.Rows, func(row RankBandRow) bool { return row.Own })
	if at < 0 || b.Rows[at].Rank == b.Rows[0].Rank {
		return nil, nil
	}
	ahead := b.Rows[at]
	for _, row := range b.Rows[:at] {
		if row.Rank < b.Rows[at].Rank {
			ahead = row
		}
	}
	swap, ok, err := analysis.Closest(subject, assess.UnitCode(ahead.Unit.Code), r.req.Unit)
	if err != nil || !ok {
		return nil, err
	}
	node := r.nodeName(r.now, swap.Node)
	return r.end(r.compose("sentence.swap", "other", named(ahead.Unit), "node", named(node),
		"from", i18n.Number(swap.Points, 2), "to", i18n.Number(swap.NewPoints, 2))), nil
}
