package workbook

import (
	"cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/tabular"
)

// candidate is a line that may hold the figures of the quarter.
type candidate struct {
	line, numbers int
	head
}

// figures finds the line of the figures: that of our unit and quarter, else one whose head says so, else the first with numbers. A line
// of another unit or quarter is never taken; nor is one of no unit, such as a total, beside lines of others. Where several may be meant
// it is left to a person: 0. named says that the line's own head names our unit or quarter.
func (v view) figures(n *names, form *desk.Form, m *Mapping) (named bool, err error) {
	var lines []candidate
	unit, period := "", false // a line of another unit, of another quarter that was passed over
	ofOurs := 0
	for line := 1; line <= v.Lines; line++ {
		numbers := v.numbers(n, m, line)
		if line == m.Labels || numbers == 0 {
			continue
		}
		switch h := v.headOf(n, form, m, line); {
		case h.unit == others:
			unit = cmp.Or(unit, h.said)
		case h.period == others:
			period = true
		default:
			lines = append(lines, candidate{line, numbers, h})
			ofOurs += btoi(h.names())
		}
	}
	at := assess.Place{File: v.Sheet.File}
	best, tied := choose(lines)
	switch {
	case unit != "" && best.unit != ours:
		return false, foreignUnit(unit, at)
	case best.line == 0 && period:
		return false, foreignPeriod(form.Period, at)
	case best.line == 0:
		return false, assess.Invalid("problem.table_figures",
			"no figures were found beside the names of the items; put them into one column, or one row").At(at)
	case tied:
		return false, nil
	}
	m.Figures = best.line
	return best.names() && ofOurs < len(lines)+btoi(unit != "" || period), nil
}

// choose answers the line whose head says most, of these that with the most numbers; tied says that another may be meant as well.
func choose(lines []candidate) (best candidate, tied bool) {
	for _, l := range lines {
		if best.line == 0 || l.points > best.points || l.points == best.points && l.numbers > best.numbers {
			best = l
		}
	}
	for _, l := range lines {
		if l.line != best.line && l.numbers*2 >= best.numbers && (l.points == best.points || best.month && l.points >= 0) {
			tied = true
		}
	}
	return best, tied
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// head is what stands before the first item of a line.
type head struct {
	unit, period says
	month        bool   // the quarter's last month alone, which is not the quarter
	said         string // the name of another unit
	points       int
}

func (h head) names() bool { return h.unit == ours || h.period == ours && !h.month }

// headFrom answers the step at which the heads of the lines begin: those right before the first item in which as many lines have
// words as in the last. A title or a preamble has fewer.
func (v view) headFrom(m *Mapping) int {
	filled := func(step int) (n int) {
		for line := 1; line <= v.Lines; line++ {
			if v.Text(line, step) != "" {
				n++
			}
		}
		return n
	}
	from := m.First - 1
	for enough := max(2, (filled(from)+1)/2); from > 1 && filled(from-1) >= enough; {
		from--
	}
	return from
}

// headOf weighs the head of a line, all its storeys together.
func (v view) headOf(n *names, form *desk.Form, m *Mapping, line int) (h head) {
	var storeys []string
	for step := max(1, v.headFrom(m)); step < m.First; step++ {
		said := v.Text(line, step)
		if said == "" {
			continue
		}
		storeys = append(storeys, said)
		unit := n.roll.is(said)
		if h.unit = preferOurs(h.unit, unit); unit == others && h.said == "" {
			h.said = source.Excerpt(said)
		}
		if word := tabular.Fold(said); otherHead.MatchString(word) {
			h.points -= 100
		} else if currentHead.MatchString(word) {
			h.points += 100
		}
	}
	switch w := tabular.HeadOf(storeys, form.Period.CalendarYear()); {
	case !w.Period.IsZero():
		h.period, h.month = ofWhen(w.Period, form.Period), w.Month
	case w.Year > 0 && w.Year != form.Period.CalendarYear():
		h.period = others
	}
	if h.unit == ours {
		h.points += 1000
	}
	if h.period == ours {
		h.points += 500
	}
	return h
}
