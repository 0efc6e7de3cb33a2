package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
)

// reviewFlags are the options of `review`.
type reviewFlags struct {
	dir, period, unit string
	accept            bool
	items             []string
	reason, note      string
}

func newReview(io streams) *cobra.Command {
	var f reviewFlags
	cmd := &cobra.Command{
		Use:   "review",
		Short: "List the reports that wait for review, accept or return them",
		Long: "List the reports that wait for review. What a source with authority submit hands in waits until it is accepted; only then it\n" +
			"counts. --accept accepts the reports of a period or of a unit, --return sends figures of one report back with a reason.",
		Example: "  unionboard review\n" +
			"  unionboard review --period 2026Q1",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			period, err := f.check()
			if err != nil {
				return err
			}
			return withApp(cmd.Context(), f.dir, func(a *app) error { return a.review(cmd.Context(), io, f, period) })
		},
	}
	dataFlag(cmd, &f.dir)
	flags := cmd.Flags()
	flags.StringVar(&f.period, "period", "", "only this quarter, or the quarters of this year")
	flags.StringVar(&f.unit, "unit", "", "only this unit")
	flags.BoolVar(&f.accept, "accept", false, "accept what is listed; needs --period or --unit")
	flags.StringSliceVar(&f.items, "return", nil, "codes of the figures to send back, by commas; needs --unit, --period, --reason and --note")
	flags.StringVar(&f.reason, "reason", "", "code of the reason for a return, such as definition or measure")
	flags.StringVar(&f.note, "note", "", "what is wrong with the returned figures, in words")
	return cmd
}

// check answers the period that is asked for, zero for all of them.
func (f reviewFlags) check() (p assess.Period, err error) {
	if f.period != "" {
		if p, err = periodFlag(f.period); err != nil {
			return p, err
		}
		if p.Kind() == assess.Month {
			return p, wrongUse("--period %s: reports are of quarters; write %s", p, p.LastQuarter())
		}
	}
	switch {
	case f.accept && len(f.items) > 0:
		return p, wrongUse("--accept and --return exclude each other; return first, accept when the figures came again")
	case f.accept && f.period == "" && f.unit == "":
		return p, wrongUse("--accept needs --period or --unit: say which reports are accepted")
	case len(f.items) > 0 && (f.unit == "" || p.Kind() != assess.Quarter || f.reason == "" || strings.TrimSpace(f.note) == ""):
		return p, wrongUse("--return needs --unit, the quarter as --period, --reason CODE and --note TEXT")
	case len(f.items) == 0 && (f.reason != "" || f.note != ""):
		return p, wrongUse("--reason and --note belong to --return")
	}
	return p, nil
}

func (a *app) review(ctx context.Context, io streams, f reviewFlags, period assess.Period) error {
	by := "console:" + consoleUser()
	units, err := a.unitFlag(ctx, f.unit, a.editionPeriod(period))
	if err != nil {
		return err
	}
	if len(f.items) > 0 {
		codes := make([]assess.Code, len(f.items))
		for i, item := range f.items {
			codes[i] = assess.Code(strings.TrimSpace(item))
		}
		if err := a.gate.Decide(ctx, units[0], period, collect.Returns(codes, assess.Code(f.reason), f.note), collect.Reviewer{By: by}, time.Now()); err != nil {
			return err
		}
		_, err := fmt.Fprintf(io.out, "%s\t%s\treturned\t%d\n", units[0], period, len(codes))
		return err
	}
	reports, err := a.waitingReports(ctx, period, units)
	if err != nil {
		return err
	}
	if len(reports) == 0 {
		_, err := fmt.Fprintln(io.err, "no report waits for review")
		return err
	}
	if f.accept {
		return a.acceptAll(ctx, io, reports, by)
	}
	fmt.Fprintln(io.out, "unit\tperiod\tstate\tfigures\tsince")
	for _, r := range reports {
		fmt.Fprintf(io.out, "%s\t%s\t%s\t%d\t%s\n", r.Unit, r.Period, r.State, r.figures, r.since.In(a.zone).Format("2006-01-02 15:04"))
	}
	return nil
}

// editionPeriod answers the period whose units are meant: that asked for, or today's.
func (a *app) editionPeriod(asked assess.Period) assess.Period {
	if asked.IsZero() {
		now := time.Now().In(a.zone)
		return assess.NewQuarter(now.Year(), (int(now.Month())+2)/3)
	}
	return asked
}

// acceptAll accepts reports one after the other; one that is refused stops none of the others.
func (a *app) acceptAll(ctx context.Context, io streams, reports []waitingReport, by string) error {
	var refused []error
	for _, r := range reports {
		err := a.gate.AcceptAll(ctx, r.Unit, r.Period, by, time.Now())
		var problem *assess.Problem
		switch {
		case err == nil:
			fmt.Fprintf(io.out, "%s\t%s\taccepted\t%d\n", r.Unit, r.Period, r.figures)
		case errors.As(err, &problem):
			refused = append(refused, err)
		default:
			return err
		}
	}
	if len(refused) == len(reports) {
		return refuse(refused)
	}
	for _, err := range refused {
		fmt.Fprintln(io.err, explain(err))
	}
	if len(refused) > 0 {
		return errPart
	}
	return nil
}

// waitingReport is a report that waits for review, and how many of its figures do.
type waitingReport struct {
	assess.Filing
	figures int
	since   time.Time
}

// waitingReports answers what waits of a quarter, a year's quarters or, for no period, of every quarter. What waits of a year
// rides with the latest of its reports, as it is accepted with it. A report that its district has in hand is left out.
func (a *app) waitingReports(ctx context.Context, period assess.Period, units []assess.UnitCode) ([]waitingReport, error) {
	filings, err := a.store.Filings(ctx)
	if err != nil {
		return nil, err
	}
	quarters := quartersOf(period, filings, a.editionPeriod(assess.Period{}))
	var found []waitingReport
	for _, year := range yearsOf(quarters) {
		edition, err := a.board.Edition(ctx, year.CalendarYear())
		if errors.Is(err, assess.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, unit := range edition.Roster.Units {
			if len(units) > 0 && !slices.Contains(units, unit.Code) {
				continue
			}
			reports := reportsOf(unit.Code, year, quarters, filings)
			waits, err := a.waitingOf(ctx, year, reports)
			if err != nil {
				return nil, err
			}
			found = append(found, waits...)
		}
	}
	slices.SortStableFunc(found, func(x, y waitingReport) int { return x.Period.Compare(y.Period) })
	return found, nil
}

// waitingOf answers which of a unit's reports of a year wait; they come latest first.
func (a *app) waitingOf(ctx context.Context, year assess.Period, reports []waitingReport) (waits []waitingReport, err error) {
	for _, r := range reports {
		if err := a.countWaiting(ctx, &r, r.Period); err != nil {
			return nil, err
		}
		if !withDistrict(r.State) && r.figures > 0 {
			waits = append(waits, r)
		}
	}
	if len(waits) > 0 {
		return waits, a.countWaiting(ctx, &waits[0], year)
	}
	latest := reports[0]
	if err := a.countWaiting(ctx, &latest, year); err != nil || latest.figures == 0 || withDistrict(latest.State) {
		return nil, err
	}
	return []waitingReport{latest}, nil
}

// reportsOf answers a unit's reports of the quarters of a year, begun or not.
func reportsOf(unit assess.UnitCode, year assess.Period, quarters []assess.Period, filings []assess.Filing) (reports []waitingReport) {
	for _, q := range quarters {
		if q.Year() != year {
			continue
		}
		r := waitingReport{Filing: assess.Filing{Unit: unit, Period: q, State: assess.NotStarted}}
		for _, f := range filings {
			if f.Unit == unit && f.Period == q {
				r.Filing, r.since = f, f.SubmittedAt
			}
		}
		reports = append(reports, r)
	}
	return reports
}

func yearsOf(quarters []assess.Period) (years []assess.Period) {
	for _, q := range quarters {
		if !slices.Contains(years, q.Year()) {
			years = append(years, q.Year())
		}
	}
	return years
}

// quartersOf answers the quarters in question, latest first: those asked for, or all that have reports and those of the last year.
func quartersOf(asked assess.Period, filings []assess.Filing, now assess.Period) []assess.Period {
	var quarters []assess.Period
	switch asked.Kind() {
	case assess.Quarter:
		return []assess.Period{asked}
	case assess.Year:
		quarters = asked.Quarters()
	default:
		for back := range 5 {
			quarters = append(quarters, now.Add(-back))
		}
		for _, f := range filings {
			quarters = append(quarters, f.Period)
		}
	}
	slices.SortFunc(quarters, func(x, y assess.Period) int { return y.Compare(x) })
	return slices.Compact(quarters)
}

// withDistrict says whether a report is in the hands of its district: it was returned, or is being filled in.
func withDistrict(state assess.FilingState) bool {
	switch state {
	case assess.Returned, assess.Draft, assess.PendingSignature, assess.SentBack:
		return true
	}
	return false
}

// countWaiting adds to a report the cells of a period that wait, and since when they do.
func (a *app) countWaiting(ctx context.Context, r *waitingReport, period assess.Period) error {
	pending, err := a.gate.Pending(ctx, r.Unit, period)
	if err != nil {
		return err
	}
	for _, p := range pending {
		if p.Period != period {
			continue
		}
		r.figures++
		if r.since.IsZero() || p.ReceivedAt.Before(r.since) {
			r.since = p.ReceivedAt
		}
	}
	return nil
}

// sayWaiting says after a collection what it has left for people to do.
func (a *app) sayWaiting(ctx context.Context, io streams) error {
	reports, err := a.waitingReports(ctx, assess.Period{}, nil)
	if err != nil || len(reports) == 0 {
		return err
	}
	_, err = fmt.Fprintf(io.err, "reports waiting for review: %d; they do not count yet, see them with: unionboard review --data %s\n", len(reports), a.dir)
	return err
}
