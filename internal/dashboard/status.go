package dashboard

import (
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
	for _, u := range r.units(d.Query) {
		f := r.now.filing(u.Code)
		counts[f.State]++
		row := StatusRow{Unit: r.unitName(u), State: f.State, Text: r.words.T("filing." + string(f.State)), At: "—", LateDays: f.LateDays, Returns: f.Returns}
		if !f.SubmittedAt.IsZero() {
			row.At = day(f.SubmittedAt)
		}
		s.Rows = append(s.Rows, row)
	}
	for _, state := range filingStates() {
		s.Counts = append(s.Counts, StatusCount{State: state, Text: r.words.T("filing." + string(state)), Count: counts[state]})
	}
	p.Status = s
	return nil
}

// day writes the day of an instant on the city's clock: China has one time zone, eight hours ahead, without summer time.
func day(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return i18n.ShortDate(t.In(time.FixedZone("UTC+8", 8*60*60)))
}
