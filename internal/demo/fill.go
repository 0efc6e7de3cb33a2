package demo

import (
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// fill works out every unit's years and puts the figures into the folders of those who supply them.
func (c *City) fill() error {
	for year := c.periods[0].CalendarYear(); year <= c.last().CalendarYear(); year++ {
		drafts := make([]*draft, len(c.roster()))
		for i := range drafts {
			d, err := c.model.work(i, year)
			if err != nil {
				return err
			}
			drafts[i] = d
		}
		for _, q := range assess.NewYear(year).Quarters() {
			if c.covers(q) {
				c.fillQuarter(drafts, q)
			}
		}
		c.fillYear(drafts, year)
	}
	return nil
}

// fillQuarter files the quarterly items, then what the collection counts of them.
func (c *City) fillQuarter(drafts []*draft, p assess.Period) {
	for _, item := range c.model.edition.Items {
		if item.Frequency == assess.Annual || item.Origin == assess.Computed || item.Origin == assess.FromSystem {
			continue
		}
		for _, d := range drafts {
			_, exempt := c.model.story.exempted(d.unit, item.Code, p.CalendarYear())
			if item.Origin != assess.FromRegister || exempt { // the registers say it themselves
				c.file(d, item, p, p)
			}
		}
	}
	for _, d := range drafts {
		c.fillCounts(d.unit, p)
	}
	c.fillMisspelt(p)
}

// fillMisspelt adds the rows whose codes nobody knows. They are taken back the morning after the review has seen them.
func (c *City) fillMisspelt(p assess.Period) {
	for _, wrong := range c.model.story.misspelt {
		_, at, ok := c.handIn(wrong.unit, wrong.period)
		if !ok || wrong.period != p {
			continue
		}
		c.folders.add(&figure{
			CellKey:  assess.CellKey{Unit: wrong.unit, Period: p, Item: wrong.code},
			source:   districtSource(wrong.unit),
			versions: []version{{from: at, state: assess.Reported, value: wrong.value}, {from: c.reviewAt(wrong.report).Add(time.Hour)}},
		})
	}
}

// fillYear files the annual items: what is known when the year begins with the first quarter that is handed in, the rest with
// the fourth.
func (c *City) fillYear(drafts []*draft, year int) {
	for _, item := range c.model.edition.Items {
		if item.Frequency != assess.Annual || item.Origin == assess.Computed || item.Code == bonusItem {
			continue
		}
		with := assess.NewQuarter(year, 4)
		if known(item) {
			with = slices.MaxFunc([]assess.Period{assess.NewQuarter(year, 1), c.periods[0]}, assess.Period.Compare)
		}
		if !c.covers(with) {
			continue
		}
		for _, d := range drafts {
			c.file(d, item, assess.NewYear(year), with)
		}
	}
	if c.covers(assess.NewQuarter(year, 4)) {
		c.fillAwards(year)
	}
}

// known says whether an annual item is known when the year begins: plans and openings are, grades, vetoes and what adds up are
// not.
func known(item assess.Item) bool {
	return (item.Type == assess.Count || item.Type == assess.Money) && item.Accumulation != assess.YTD
}

// file puts a figure of a draft into its folder, as handed in with a quarter.
func (c *City) file(d *draft, item assess.Item, p, with assess.Period) {
	f := &figure{CellKey: assess.CellKey{Unit: d.unit, Period: p, Item: item.Code}, source: sourceOf(item, d.unit)}
	at, handed := c.suppliedAt(item, p, with), true
	note, exempt := c.model.story.exempted(d.unit, item.Code, p.CalendarYear())
	switch {
	case exempt: // only the city may say so
		f.source = departmentSource(item.Department)
		f.versions = []version{{from: at, state: assess.Exempt, note: note}}
		c.folders.add(f)
		return
	case item.Origin == assess.FromDistrict:
		_, at, handed = c.handIn(d.unit, with)
	}
	if handed {
		state, value := written(item, d.value(item.Code, p))
		f.versions = []version{{from: at, state: state, value: value, note: c.model.story.noted(d.unit, item.Code, p)}}
		c.tell(f, item)
		c.folders.add(f)
	}
}

// suppliedAt answers when the city's side hands in an item filed under p with a quarter.
func (c *City) suppliedAt(item assess.Item, p, with assess.Period) time.Time {
	if p.Kind() == assess.Year && !known(item) {
		return c.judged(p.CalendarYear())
	}
	return c.supplied(item.Department, with)
}

// value answers what the draft says of an item at the end of a quarter, or of the year. Vetoes are told by the story.
func (d *draft) value(item assess.Code, p assess.Period) int64 {
	for _, v := range d.story.vetoes {
		if v.unit == d.unit && v.item == item && v.year == d.year {
			return 1
		}
	}
	return d.paths[item][p.LastQuarter().Part()-1]
}

// tell lets the story change what a figure first said: cells that were returned, figures that were corrected.
func (c *City) tell(f *figure, item assess.Item) {
	right := &f.versions[0]
	back, _ := c.returnOf(f.Unit, f.Period)
	if i := slices.Index(back.items, f.Item); i >= 0 {
		first := *right
		first.value, first.note = wrongly(item, right.value, back.first[i]), ""
		f.versions = []version{first, {from: c.againAt(back.report), state: right.state, value: right.value, note: back.again}}
		return
	}
	for _, k := range c.model.story.corrections {
		if k.report == (report{f.Unit, f.Period}) && k.item == f.Item {
			first := *right
			first.value = wrongly(item, right.value, k.first)
			f.versions = []version{first, {from: c.calendar.at(f.Period, k.day, 10, 0), state: right.state, value: right.value, note: k.note}}
		}
	}
}

// exempted says whether the city marks an item as not applicable, and why.
func (s story) exempted(u assess.UnitCode, item assess.Code, year int) (note string, ok bool) {
	for _, e := range s.exempt {
		if e.unit == u && e.item == item && (e.year == 0 || e.year == year) {
			return e.note, true
		}
	}
	return "", false
}

// noted answers what is remarked beside a figure that was touched.
func (s story) noted(u assess.UnitCode, item assess.Code, p assess.Period) string {
	for _, t := range s.touches {
		if t.unit == u && t.item == item && p == t.from {
			return t.note
		}
	}
	for _, v := range s.vetoes {
		if v.unit == u && v.item == item && p == assess.NewYear(v.year) {
			return v.note
		}
	}
	return ""
}
