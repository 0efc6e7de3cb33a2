package demo

import "github.com/unionboard/unionboard/internal/assess"

// path is a figure at the end of each quarter of a year; an annual figure has the same value in all of them.
type path [4]int64

// draft is one district's year while it is worked out: the figures found so far.
type draft struct {
	*model
	unit  assess.UnitCode
	index int // of the unit in the roster
	who   character
	year  int
	paths map[assess.Code]path
}

// work works out every figure of a unit and year.
func (m *model) work(index, year int) (*draft, error) {
	u := m.edition.Roster.Units[index]
	d := &draft{model: m, unit: u.Code, index: index, who: characterOf(u.Code), year: year, paths: map[assess.Code]path{}}
	for _, r := range recipes() {
		item, ok := m.edition.Item(r.item)
		if !ok {
			continue
		}
		if err := m.workable(item, r.recipe); err != nil {
			return nil, err
		}
		d.paths[item.Code] = d.touched(item, r.path(d, item))
	}
	return d, nil
}

// strength says how well the district does with an item at the end of a quarter: 0 is usual, 1000 very good, −1000 very bad. It
// is the district's general level and trend, its bent for the dimension, a lasting part of its own for the item, and two
// passing ones: of the quarter, and of the item in the quarter.
func (d *draft) strength(item assess.Code, q int) int64 {
	p := assess.NewQuarter(d.year, q+1)
	s := d.who.level + d.who.trend*d.age(p) + d.who.bent(d.home[item])
	s += d.dice.bell("lasting", string(d.unit), string(item)) * 450 / 1000
	s += d.dice.bell("quarter", string(d.unit), p.String()) * 180 / 1000
	s += d.dice.bell("passing", string(d.unit), string(item), p.String()) * 160 / 1000
	return limit(s, -1600, 1600)
}

// spread answers a factor around 10,000 that is the unit's own for the item and lasts.
func (d *draft) spread(item assess.Code, width int64) int64 {
	return 10_000 + d.dice.bell("size", string(d.unit), string(item))*width/1000
}

// rising makes a year-to-date path of one that may fall.
func rising(p path) path {
	for q := 1; q < 4; q++ {
		p[q] = max(p[q], p[q-1])
	}
	return p
}

// within keeps a path at or below another.
func within(p, whole path) path {
	for q := range p {
		p[q] = min(p[q], whole[q])
	}
	return p
}
