package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/terminal"
)

func newCollect(io streams) *cobra.Command {
	var dir, name, period string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Collect from the configured sources now",
		Long: "Collect from the sources of the configuration now, whatever their schedule. Good rows are taken, each refused one is printed with\n" +
			"its place, and one dead source stops none of the others (exit code 4). A run repeated changes nothing.",
		Example: "  unionboard collect --source heping --period 2026Q1 --dry-run",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := collect.Ask{Slot: time.Now(), DryRun: dryRun}
			if period != "" {
				p, err := periodFlag(period)
				if err != nil {
					return err
				}
				ask.Period = p
			}
			return withApp(cmd.Context(), dir, func(a *app) error {
				return a.collectNow(cmd.Context(), io, assess.Code(name), ask)
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&name, "source", "", "only this source")
	cmd.Flags().StringVar(&period, "period", "", "period to ask for (default: the quarter that ended last)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be taken and write nothing")
	return cmd
}

func (a *app) collectNow(ctx context.Context, io streams, name assess.Code, ask collect.Ask) error {
	all, err := a.sources()
	if err != nil {
		return err
	}
	var chosen []collect.Source
	var names []string
	for _, s := range all {
		names = append(names, string(s.Name))
		if name == "" || s.Name == name {
			chosen = append(chosen, s.Source)
		}
	}
	switch {
	case len(all) == 0:
		return wrongUse("the configuration names no sources; add some to %s", filepath.Join(a.dir, config.FileName))
	case len(chosen) == 0:
		return wrongUse("--source %s: the configuration has no such source; choose one of %s", name, strings.Join(names, ", "))
	}
	if !ask.DryRun {
		if _, err := a.store.InterruptRuns(ctx, time.Now()); err != nil {
			return err
		}
	}
	progress := terminal.NewProgress(io.err, "collecting", len(chosen))
	for i := range chosen {
		chosen[i].Fetcher = watched{chosen[i].Fetcher, progress}
	}
	results := a.gate.All(ctx, chosen, ask, time.Now())
	progress.Close()
	said := sayResults(io, results)
	if ask.DryRun {
		return cmp.Or(a.sayStandings(ctx, io, all, chosen), said)
	}
	return cmp.Or(a.sayWaiting(ctx, io), said)
}

// watched lets a progress bar see that a source has answered.
type watched struct {
	collect.Fetcher
	progress *terminal.Progress
}

// Fetch implements collect.Fetcher.
func (w watched) Fetch(ctx context.Context, r source.Request) ([]source.Parcel, error) {
	defer w.progress.Step(1, "")
	return w.Fetcher.Fetch(ctx, r)
}

// sayResults prints a line for each source and every refused row.
func sayResults(io streams, results []collect.Result) error {
	part := false
	fmt.Fprintln(io.out, "source\tstate\ttaken\tnew\tchanged\tunchanged\trefused")
	for _, r := range results {
		if r.Err != nil {
			part = true
			fmt.Fprintf(io.out, "%s\tfailed\t0\t0\t0\t0\t0\n", r.Source)
			fmt.Fprintf(io.err, "%s: %s\n", r.Source, explain(r.Err))
			continue
		}
		sayRun(io.out, r.Report)
		sayRefused(io.err, r.Report)
		part = part || r.Report.State != assess.RunDone
	}
	if part {
		return errPart
	}
	return nil
}

// sayStandings prints where the chosen sources stand, as the page does.
func (a *app) sayStandings(ctx context.Context, io streams, all []planned, chosen []collect.Source) error {
	a.collecting.sources = all
	now := time.Now()
	standings, err := a.collecting.Standings(ctx, now)
	if err != nil {
		return err
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.In(a.zone).Format("2006-01-02 15:04")
	}
	fmt.Fprintln(io.out, "\nsource\tlast success\tnewest figures\thealth\tnext")
	for _, one := range standings {
		if !slices.ContainsFunc(chosen, func(s collect.Source) bool { return s.Name == one.Source }) {
			continue
		}
		fmt.Fprintf(io.out, "%s\t%s\t%s\t%s\t%s\n", one.Source, moment(one.Good), moment(one.Figures), healthOf(one), moment(one.Next))
	}
	return nil
}

// healthOf words how well a source is.
func healthOf(one assess.Standing) string {
	switch {
	case one.Sick:
		return fmt.Sprintf("sick, failed %d times in a row", one.Failures)
	case one.Stale:
		return "stale"
	case one.Last.ID == "":
		return "never asked"
	}
	return string(one.Last.State)
}

func sayRun(w io.Writer, r collect.Report) {
	fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", r.Source, r.State, r.Taken, r.New, r.Changed, r.Same, r.Refused)
}

func sayRefused(w io.Writer, r collect.Report) {
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	for _, rejected := range slices.Clip(r.Rejected) {
		fmt.Fprintln(w, rejected.Problem)
	}
}
