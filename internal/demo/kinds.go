package demo

import "github.com/unionboard/unionboard/internal/assess"

// opening is what was on file at the end of the year before.
type opening struct{}

func (opening) path(d *draft, _ assess.Item) path { return steady(d.onFile(d.year)) }

// onFile answers the hardship households on file when a year begins. Both neighbouring years ask for the same number.
func (d *draft) onFile(year int) int64 {
	item, _ := d.edition.Item("hardship_opening")
	at := &draft{model: d.model, unit: d.unit, index: d.index, who: d.who, year: year}
	return stock{growth: -80, yearly: true}.path(at, item)[0]
}

// entries are the households newly put on file: as many as make the account end at next year's opening.
type entries struct{}

func (entries) path(d *draft, _ assess.Item) (p path) {
	left := d.paths["hardship_exited_ytd"][3] + d.paths["hardship_closed_other_ytd"][3]
	total := max(0, d.onFile(d.year+1)-d.paths["hardship_opening"][3]+left)
	for q, due := range (path{22, 47, 76, 100}) {
		p[q] = scale(total, due, 100)
	}
	return p
}

// balance is the account of the hardship households: opening + added − exited − closed for other reasons.
type balance struct{}

func (balance) path(d *draft, _ assess.Item) (p path) {
	for q := range p {
		p[q] = d.paths["hardship_opening"][q] + d.paths["hardship_added_ytd"][q] - d.paths["hardship_exited_ytd"][q] - d.paths["hardship_closed_other_ytd"][q]
	}
	return p
}

// inYear are the households that were on file at any time of the year.
type inYear struct{}

func (inYear) path(d *draft, _ assess.Item) (p path) {
	for q := range p {
		p[q] = d.paths["hardship_opening"][q] + d.paths["hardship_added_ytd"][q]
	}
	return p
}

// running says whether the integrated dispute office runs: 1 or 0.
type running struct{}

func (running) path(d *draft, _ assess.Item) (p path) {
	for q := range p {
		if assess.NewQuarter(d.year, q+1).Compare(d.who.office) >= 0 {
			p[q] = 1
		}
	}
	return p
}

// rare is a single case in a year, in one district of a hundred parts of them.
type rare struct{ percent int64 }

func (r rare) path(d *draft, item assess.Item) (p path) {
	year := assess.NewYear(d.year).String()
	chance := r.percent - d.who.bent(d.home[item.Code])*r.percent/1000
	if d.dice.between(1, 100, "case", string(d.unit), string(item.Code), year) > chance {
		return p
	}
	for q := d.dice.between(0, 3, "quarter of case", string(d.unit), string(item.Code), year); q < 4; q++ {
		p[q] = 1
	}
	return p
}

// graded is a grade: the place in the item's levels, best first. The limits are strengths.
type graded struct{ limits []int64 }

func (r graded) path(d *draft, item assess.Item) path {
	s, level := d.strength(item.Code, 3), 0
	for level < len(r.limits) && level < len(item.Levels)-1 && s < r.limits[level] {
		level++
	}
	return steady(int64(level))
}

// surveyed is the result of a survey, in tenths of a point.
type surveyed struct{ level, swing int64 }

func (r surveyed) path(d *draft, item assess.Item) path {
	return steady(limit(r.level+r.swing*d.strength(item.Code, 3)/1000, 0, 1000))
}

// never is a veto that did not happen; the story says where one did.
type never struct{}

func (never) path(*draft, assess.Item) path { return path{} }

func steady(v int64) path { return path{v, v, v, v} }
