package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// lights makes the matrix of lights: units in rows and nodes in columns, or transposed. The city stands last.
func (r *resolver) lights(d PanelDefinition, p *Panel) error {
	codes, err := r.of(d.Query)
	if err != nil {
		return err
	}
	units := r.units(d.Query)
	if d.Options.Transposed {
		p.Lights, err = r.transposed(units, codes)
	} else {
		p.Lights, err = r.upright(units, codes)
	}
	return err
}

// upright has a row for each unit: the heading over the nodes, its rank, then the nodes.
func (r *resolver) upright(units []assess.Unit, codes []assess.Code) (*Lights, error) {
	columns := codes
	if head := r.headingOf(codes); head != "" {
		columns = append([]assess.Code{head}, codes...)
	}
	l := &Lights{Corner: r.words.T("panel.unit"), Step: r.step(r.req.Framework), Sort: r.req.Sort}
	for _, code := range columns {
		l.Columns = append(l.Columns, r.head(code))
	}
	units, l.Pages = cut(r, r.sorted(l, units, columns), pageSize)
	if err := r.explainShown(units); err != nil {
		return nil, err
	}
	for _, u := range units {
		l.Rows = append(l.Rows, LightRow{Name: r.unitName(u), Group: r.groupName(u.Group), Cells: r.cells(u.Code, columns)})
	}
	if r.hasCity(columns) {
		l.Rows = append(l.Rows, LightRow{Name: r.cityName(), City: true, Cells: r.cells(r.now.city(), columns)})
	}
	return l, nil
}

func (r *resolver) hasCity(columns []assess.Code) bool {
	return len(columns) > 0 && r.now.score(r.now.city(), columns[0]) != nil
}

// headingOf answers the heading all the nodes stand under, "" where they have none in common.
func (r *resolver) headingOf(codes []assess.Code) (heading assess.Code) {
	for i, code := range codes {
		above := r.now.spots[code].above
		if len(above) == 0 {
			return ""
		}
		parent := above[len(above)-1].Code
		if i > 0 && parent != heading {
			return ""
		}
		heading = parent
	}
	return heading
}

func (r *resolver) head(code assess.Code) Head {
	h := Head{Name: r.nodeName(r.now, code)}
	if s, ok := r.now.spots[code]; ok {
		h.Weight = s.node.Weight.String()
		if len(s.above) > 0 {
			h.Group = r.nodeName(r.now, s.above[len(s.above)-1].Code).Short
		}
	}
	next := string(code)
	switch r.req.Sort {
	case string(code):
		h.Sorted, next = "descending", "-"+string(code)
	case "-" + string(code):
		h.Sorted, next = "ascending", string(code)
	}
	h.Sort = r.req.self(r.def, "sort", next)
	return h
}

func (r *resolver) cells(unit assess.UnitCode, columns []assess.Code) []Figure {
	cells := make([]Figure, len(columns))
	for i, code := range columns {
		cells[i] = r.shown(r.figure(r.base(), unit, code), unit, code)
	}
	return cells
}

// explainShown has the derivations made of units whose progress is shown.
func (r *resolver) explainShown(units []assess.Unit) error {
	if r.req.Show != showProgress {
		return nil
	}
	return r.now.explain(unitCodes(units)...)
}

// shown puts into the text what the reader chose to see: score, progress or rank. A state in words stays.
func (r *resolver) shown(f Figure, unit assess.UnitCode, code assess.Code) Figure {
	if f.State != assess.Scored {
		return f
	}
	switch r.req.Show {
	case showProgress:
		if x, ok := r.progress(unit, code); ok {
			f.Text = i18n.Percent(100 * x)
		}
	case showRank:
		f.Text = f.RankText
		if r.req.Group != "" {
			f.Text = f.GroupText
		}
		if f.Text == "" {
			f.Text = "—"
		}
	}
	return f
}

// progress is the value over what is due of the target, for indicators scored so; for everything else the points attained over
// the points attainable to date.
func (r *resolver) progress(unit assess.UnitCode, code assess.Code) (float64, bool) {
	n := r.now.score(unit, code)
	switch {
	case n == nil || r.unscored(code):
		return 0, false
	case n.Why != nil && n.Why.Progress != nil:
		return *n.Why.Progress, true
	case r.now.scale(code) == 0:
		return 0, false
	}
	return n.Score / r.now.scale(code), true
}

// sorted answers the units by the column the reader chose, best first, or worst first with a minus; what has no score stays last, equal
// ones in official order.
func (r *resolver) sorted(l *Lights, units []assess.Unit, columns []assess.Code) []assess.Unit {
	by, ascending := strings.CutPrefix(r.req.Sort, "-")
	at := slices.Index(columns, assess.Code(by))
	if at < 0 {
		l.Sort = ""
		return units
	}
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b assess.Unit) int {
		x, y := r.now.score(a.Code, columns[at]), r.now.score(b.Code, columns[at])
		if !scored(x) || !scored(y) {
			return cmp.Compare(rankOfState(x), rankOfState(y))
		}
		if ascending {
			return cmp.Compare(x.Shown, y.Shown)
		}
		return cmp.Compare(y.Shown, x.Shown)
	})
	return units
}

func rankOfState(n *assess.NodeScore) int {
	if scored(n) {
		return 0
	}
	return 1
}

// transposed has a row for each node, grouped by the heading over it, and a column for each unit and the city.
func (r *resolver) transposed(units []assess.Unit, codes []assess.Code) (*Lights, error) {
	l := &Lights{Transposed: true, Step: r.step(r.req.Framework), Corner: r.words.T("panel.indicator")}
	units, l.Pages = cut(r, units, pageSize)
	if err := r.explainShown(units); err != nil {
		return nil, err
	}
	columns := make([]assess.UnitCode, 0, len(units)+1)
	for _, u := range units {
		l.Columns = append(l.Columns, Head{Name: r.unitName(u), Group: r.groupName(u.Group)})
		columns = append(columns, u.Code)
	}
	if r.hasCity(codes) {
		l.Columns = append(l.Columns, Head{Name: r.cityName()})
		columns = append(columns, r.now.city())
	}
	section := ""
	for _, code := range codes {
		row := LightRow{Name: r.nodeName(r.now, code)}
		if s := r.now.spots[code]; s.node != nil {
			row.Weight = s.node.Weight.String()
			if len(s.above) > 0 {
				row.Group = s.above[len(s.above)-1].Name.In(r.req.Lang)
			}
		}
		if row.Group != section {
			section = row.Group
			row.Section = section
		}
		for _, unit := range columns {
			row.Cells = append(row.Cells, r.shown(r.figure(r.base(), unit, code), unit, code))
		}
		l.Rows = append(l.Rows, row)
	}
	return l, nil
}
