package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/quality"
)

// mostCompared bounds how many districts are compared with each other: beyond it their figures would not be read in one page's time.
const mostCompared = 100

// asked are the statistics' questions about a quarter, for a version of the log and what was known of each report.
type asked struct {
	version int64
	about   []*facts
	of      map[assess.UnitCode][]quality.Finding
}

// statistics answers what is unusual in the reports of a quarter, comparing what every district has handed in and its accepted past. It
// is for the city: a district would read others' unpublished figures in it.
func (d *Desk) statistics(ctx context.Context, k *known, now time.Time) ([]quality.Finding, error) {
	units := slices.DeleteFunc(slices.Clone(k.edition.Roster.Units), func(u assess.Unit) bool { return !u.In(k.period) })
	if len(units) > mostCompared {
		return nil, nil
	}
	d.mu.Lock()
	a := d.asked[k.period]
	d.mu.Unlock()
	if a.version == k.version && a.of != nil {
		return a.of[k.unit.Code], nil
	}
	all, err, _ := d.asking.Do(fmt.Sprint(k.period, k.version), func() (any, error) { return d.ask(context.WithoutCancel(ctx), k, units, now) })
	if err != nil {
		return nil, err
	}
	return all.(asked).of[k.unit.Code], nil
}

// ask compares the reports of some units, and keeps what it finds for the version of the log.
func (d *Desk) ask(ctx context.Context, k *known, units []assess.Unit, now time.Time) (asked, error) {
	about, err := d.facts(ctx, units, k.period)
	if err != nil {
		return asked{}, err
	}
	d.mu.Lock()
	a := d.asked[k.period]
	d.mu.Unlock()
	if !slices.Equal(a.about, about) {
		panel := &quality.Panel{Period: k.period, Figures: map[assess.UnitCode]quality.Figures{}}
		for i, u := range units {
			panel.Units = append(panel.Units, u.Code)
			panel.Figures[u.Code] = newReview(&known{facts: about[i]}, now).figures
		}
		a = asked{about: about, of: map[assess.UnitCode][]quality.Finding{}}
		for _, f := range k.checks.Ask(panel) {
			a.of[f.Unit] = append(a.of[f.Unit], f)
		}
	}
	a.version = k.version
	d.mu.Lock()
	if len(d.asked) >= 8 { // quarters under way
		clear(d.asked)
	}
	d.asked[k.period] = a
	d.mu.Unlock()
	return a, nil
}

// question adds the statistics' questions about a unit to its messages: to the figure they are about, or to the report.
func (b *builder) question(notes map[assess.Code][]Message, findings []quality.Finding) {
	for _, f := range findings {
		code := assess.Code("")
		if at := slices.IndexFunc(f.Items, b.answerable); at >= 0 {
			code = f.Items[at]
		} else if len(f.Items) > 0 {
			continue // decided already, or not the district's
		}
		m := messageOf(f)
		m.Others = slices.DeleteFunc(slices.Clone(f.Items), func(c assess.Code) bool { return c == code })
		notes[code] = append(notes[code], m)
	}
}
