package demo

import "github.com/unionboard/unionboard/internal/assess"

// recipe says how a figure is drawn. Shares are in ten-thousandths; a swing is what a strength of 1000 adds to the level.
type recipe interface {
	path(d *draft, item assess.Item) path
}

// stock is a size: the city's scale by the district's weight, with a spread of its own, growing each quarter (or only at the
// turn of the year, where the city sets a base list once a year).
type stock struct {
	growth int64 // ten-thousandths of the last quarter's size, each quarter
	yearly bool
	spread int64 // 0: 600
	step   int64 // rounded to whole steps
}

func (r stock) path(d *draft, item assess.Item) (p path) {
	share := split(1_000_000, d.weights)[d.index]
	size := scale(item.CityScale.IntPart(), share, 1_000_000)
	width := r.spread
	if width == 0 {
		width = 600
	}
	for q := range p {
		age := d.age(assess.NewQuarter(d.year, q+1))
		if r.yearly {
			age = d.age(assess.NewQuarter(d.year, 3))
		}
		grown := scale(size, d.spread(item.Code, width), 10_000)
		p[q] = max(1, scale(grown, 10_000+r.growth*age, 10_000))
		if r.step > 0 {
			p[q] = scale(p[q], 1, r.step) * r.step
		}
	}
	return p
}

// accrual is what adds up from January: the city's scale by the district's weight, along the year's phases.
type accrual struct {
	phases path // percent of the year's total; zero: all of it in every quarter
	swing  int64
}

func (r accrual) path(d *draft, item assess.Item) (p path) {
	size := stock{growth: 40, yearly: true, spread: 900}.path(d, item)
	for q := range p {
		due := int64(100)
		if r.phases[3] > 0 {
			due = r.phases[q]
		}
		p[q] = scale(scale(size[q], due, 100), 10_000+r.swing*d.strength(item.Code, q)/1000, 10_000)
	}
	return rising(p)
}

// caseload is like accrual, of what comes by itself: work does not make it more or less.
type caseload struct{ phases path }

func (r caseload) path(d *draft, item assess.Item) path {
	return accrual{phases: r.phases}.path(d, item)
}

// part is a part of a whole: never more than the whole, and of a figure that adds up never less than a quarter before.
type part struct {
	of           assess.Code
	level, swing int64
	drift        int64 // added each quarter
}

func (r part) path(d *draft, item assess.Item) (p path) {
	whole := d.paths[r.of]
	for q := range p {
		age := d.age(assess.NewQuarter(d.year, q+1))
		p[q] = scale(whole[q], limit(r.level+r.swing*d.strength(item.Code, q)/1000+r.drift*age, 0, 10_000), 10_000)
	}
	if item.Accumulation == assess.YTD {
		p = rising(p)
	}
	return within(p, whole)
}

// portion is what a stock of the beginning of the year gives in the course of it.
type portion struct {
	of           assess.Code
	level, swing int64
	phases       path
}

func (r portion) path(d *draft, item assess.Item) (p path) {
	for q, whole := range d.paths[r.of] {
		p[q] = scale(scale(whole, max(0, r.level+r.swing*d.strength(item.Code, q)/1000), 10_000), r.phases[q], 100)
	}
	return rising(p)
}

// multiple is so many times another figure: attendances by session, money by recipient.
type multiple struct {
	of     assess.Code
	by     int64 // thousandths
	spread int64
}

func (r multiple) path(d *draft, item assess.Item) (p path) {
	for q, base := range d.paths[r.of] {
		p[q] = scale(scale(base, r.by, 1000), d.spread(item.Code, r.spread), 10_000)
		if base > 0 {
			p[q] = max(1, p[q])
		}
	}
	if item.Accumulation == assess.YTD {
		p = rising(p)
	}
	return p
}

// toward goes to the unit's target, along the phasing of the indicator.
type toward struct{ level, swing int64 }

func (r toward) path(d *draft, item assess.Item) (p path) {
	due, aim := phases(d.serves[item.Code]), d.aim(d.year, item.Code, d.index)
	for q := range p {
		p[q] = d.progress(item, q, scale(aim*100, due[q], 100), r.level, r.swing)
	}
	if item.Accumulation == assess.YTD {
		p = rising(p)
	}
	return p
}

// reach goes to a percentage of a whole, along the phasing of the indicator: all hardship households, 60 % of the unions.
type reach struct{ level, swing int64 }

func (r reach) path(d *draft, item assess.Item) (p path) {
	i := d.serves[item.Code]
	due, whole := phases(i), d.paths[i.Value.Denominator]
	full := int64(100) // hundredths of Scale
	if i.Target != nil && i.Target.FullYear != nil && i.Value.Scale > 0 {
		full = int64(*i.Target.FullYear * 100 / i.Value.Scale)
	}
	for q := range p {
		p[q] = d.progress(item, q, scale(whole[q]*full, due[q], 100), r.level, r.swing)
	}
	p = rising(p)
	if full <= 100 {
		p = within(p, whole)
	}
	return p
}

// progress answers a whole number near the hundredths that are due. Small numbers are rounded as the district does: up where
// it does well.
func (d *draft) progress(item assess.Item, q int, hundredths, level, swing int64) int64 {
	s := d.strength(item.Code, q)
	got := scale(hundredths, max(0, level+swing*s/1000), 10_000)
	if got < 3000 && s > -1200 {
		return (got + 99) / 100
	}
	return scale(got, 1, 100)
}

// together adds nothing in a quarter in which nothing is added to another figure: nobody takes part where there is no competition.
type together struct {
	with assess.Code
	recipe
}

func (r together) path(d *draft, item assess.Item) path {
	p, with := r.recipe.path(d, item), d.paths[r.with]
	for q := range p {
		before, held := int64(0), int64(0)
		if q > 0 {
			before, held = p[q-1], with[q-1]
		}
		if with[q] == held {
			p[q] = before
		}
	}
	return p
}
