package dashboard

import (
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// filingStates is the order in which a report goes through them.
func filingStates() []assess.FilingState {
	return []assess.FilingState{
		assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack, assess.Submitted,
		assess.UnderReview, assess.Returned, assess.Accepted, assess.Locked, assess.FilingMissing,
	}
}

// status says where the reports of the period stand: how many in each state, and each unit's.
func (r *resolver) status(d PanelDefinition, p *Panel) error {
	counts := map[assess.FilingState]int{}
	s := &Status{}
	units := r.units(d.Query)
	for _, u := range units {
		counts[r.now.filing(u.Code).State]++
	}
	units, s.Pages = cut(r, units, pageSize)
	for _, u := range units {
		f := r.now.filing(u.Code)
		row := StatusRow{Unit: r.unitName(u), State: f.State, Text: r.words.T("filing." + string(f.State)), At: "—", LateDays: r.lateDays(u.Code), Returns: f.Returns}
		if !f.SubmittedAt.IsZero() {
			row.At = r.day(f.SubmittedAt)
		}
		s.Rows = append(s.Rows, row)
	}
	for _, state := range filingStates() {
		s.Counts = append(s.Counts, StatusCount{State: state, Text: r.words.T("filing." + string(state)), Count: counts[state]})
	}
	p.Status = s
	if r.req.Period.Kind() == assess.Year {
		p.Note = strings.TrimSpace(p.Note + " " + r.words.T("panel.status_of_year", "quarter", r.words.Period(r.req.Period.LastQuarter().String())))
	}
	return nil
}

// lateDays answers the working days a unit was late: with the report of the quarter, or with all of a year's.
func (r *resolver) lateDays(unit assess.UnitCode) int {
	late := r.now.filing(unit).LateDays
	if card := r.now.card(unit, r.now.overall()); card != nil {
		late = max(late, card.LateDays)
	}
	return late
}

// day writes the day of an instant on the city's clock.
func (r *resolver) day(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return i18n.ShortDate(t.In(r.req.Location))
}
