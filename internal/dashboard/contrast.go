package dashboard

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Contrast sets units side by side, node by node, the greatest difference first. Nodes of which no two units have a score come last.
type Contrast struct {
	Units []Name
	Rows  []ContrastRow
}

// ContrastRow is one node.
type ContrastRow struct {
	Name    Name
	Section string // the framework, where there are several
	Cells   []ContrastCell
	Widest  string // between the highest and the lowest
}

// ContrastCell is the score of one unit.
type ContrastCell struct {
	Figure  Figure
	Share   float64 // of full marks, 0–1
	Against string  // signed difference from the first unit, "" for the first
}

// contrast sets the chosen units side by side.
func (r *resolver) contrast(d PanelDefinition, p *Panel) error {
	codes, err := r.parts(d.Query)
	if err != nil {
		return err
	}
	units := r.units(d.Query)
	c := &Contrast{}
	p.Contrast = c
	if len(units) == 0 {
		return nil
	}
	for _, u := range units {
		c.Units = append(c.Units, r.unitName(u))
	}
	several := r.frameworksOf(codes) > 1
	for _, s := range r.spreads(units, codes) {
		row := ContrastRow{Name: r.nodeName(r.now, s.code), Widest: s.text(r)}
		if above := r.now.spots[s.code].above; several && len(above) > 0 {
			row.Section = r.nodeName(r.now, above[0].Code).Full
		}
		for i, u := range units {
			cell := ContrastCell{Figure: r.figure(r.base(), u.Code, s.code)}
			if cell.Figure.State == assess.Scored {
				cell.Share = cell.Figure.Score / r.now.scale(s.code)
			}
			if i > 0 {
				cell.Against = r.against(units[0].Code, u.Code, s.code)
			}
			row.Cells = append(row.Cells, cell)
		}
		c.Rows = append(c.Rows, row)
	}
	return nil
}

// frameworksOf counts the frameworks that nodes belong to.
func (r *resolver) frameworksOf(codes []assess.Code) int {
	seen := map[*assess.Framework]bool{}
	for _, code := range codes {
		seen[r.now.spots[code].framework] = true
	}
	return len(seen)
}

// against writes how much more a unit has than the first one, — where one of them has no score.
func (r *resolver) against(first, other assess.UnitCode, code assess.Code) string {
	a, b := r.now.score(first, code), r.now.score(other, code)
	if !scored(a) || !scored(b) {
		return "—"
	}
	return i18n.Signed(assess.Snap(b.Shown-a.Shown), r.now.decimals(code))
}

func scored(n *assess.NodeScore) bool { return n != nil && n.State == assess.Scored }

// apartness is how far units are from each other in a node.
type apartness struct {
	code assess.Code
	wide float64
	ok   bool // two of them have a score
	high assess.UnitCode
	low  assess.UnitCode
}

// text writes the difference, — where no two units have a score.
func (s apartness) text(r *resolver) string {
	if !s.ok {
		return "—"
	}
	return i18n.Number(s.wide, r.now.decimals(s.code))
}

// spreads says of each node how far the units are apart, the furthest first; equal ones stay in official order. Vetoes and bonuses,
// which have no score, are left out.
func (r *resolver) spreads(units []assess.Unit, codes []assess.Code) (list []apartness) {
	for _, code := range codes {
		if r.unscored(code) {
			continue
		}
		s := apartness{code: code}
		var least, most float64
		n := 0
		for _, u := range units {
			one := r.now.score(u.Code, code)
			if !scored(one) {
				continue
			}
			if n == 0 || one.Shown < least {
				least, s.low = one.Shown, u.Code
			}
			if n == 0 || one.Shown > most {
				most, s.high = one.Shown, u.Code
			}
			n++
		}
		s.wide, s.ok = assess.Snap(most-least), n > 1
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b apartness) int {
		return cmp.Or(cmp.Compare(truth(b.ok), truth(a.ok)), cmp.Compare(b.wide, a.wide))
	})
	return list
}

func truth(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

// differences lists the nodes in which the units differ, the furthest apart first, each with the value beside the score.
func (r *resolver) differences(d PanelDefinition, p *Panel) (*Table, error) {
	codes, err := r.parts(d.Query)
	if err != nil {
		return nil, err
	}
	units := r.units(d.Query)
	t := &Table{Heads: r.heads("indicator", "#weight"), Empty: r.words.T("panel.nothing_differs")}
	for _, u := range units {
		t.Heads = append(t.Heads, TableHead{Text: r.unitName(u).Short, Numeric: true})
	}
	t.Heads = append(t.Heads, r.heads("#difference")...)
	more := 0
	for _, s := range r.spreads(units, codes) {
		if !s.ok || s.wide == 0 {
			continue
		}
		if d.Options.Limit > 0 && len(t.Rows) == d.Options.Limit {
			more++
			continue
		}
		name := r.nodeName(r.now, s.code)
		row := []Cell{{Text: name.Full, Link: name.Link}, {Text: r.weightOf(s.code)}}
		for _, u := range units {
			f := r.figure(nil, u.Code, s.code)
			row = append(row, Cell{Text: f.Text, Link: f.Why, Figure: &f, Beside: f.Value})
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: s.text(r)}))
	}
	if more > 0 {
		p.Note = r.words.T("panel.differ_less", "n", strconv.Itoa(more))
	}
	return t, nil
}

// weightOf writes the weight of a node, — of what has none.
func (r *resolver) weightOf(code assess.Code) string {
	s, ok := r.now.spots[code]
	if !ok || len(s.above) == 0 {
		return "—"
	}
	return s.node.Weight.String()
}
