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
			"its place, and one dead source stops none of the others (exit code 4). A run repeated changes nothing. What a source hands in\n" +
			"waits for review unless its authority is accept. While unionboard serve holds the data folder, collect on its page /collect.\n" +
			"Sources stand in unionboard.yaml of the data folder; docs/collector.md shows how the first one is made.",
		Example: "  unionboard collect --dry-run                       # what would be taken, and where each source stands\n" +
			"  unionboard collect --source heping --period 2026Q1",
		Args: args(cobra.NoArgs),
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
		leave, err := a.arrive(ctx, time.Now())
		if err != nil {
			return err
		}
		defer leave()
	}
	progress := terminal.NewProgress(io.err, "collecting", len(chosen))
	for i := range chosen {
		chosen[i].Fetcher = watched{chosen[i].Fetcher, progress}
	}
	results := a.gate.All(ctx, chosen, ask, time.Now())
	progress.Close()
	var standings map[assess.Code]assess.Standing
	if ask.DryRun {
		if standings, err = a.standings(ctx, all); err != nil {
			return err
		}
	}
	said := a.sayResults(io, results, standings)
	saySettling(io, chosen)
	if ask.DryRun {
		return said
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

// sayResults prints a line for each source, with where it stands if that is given, and every refused row.
func (a *app) sayResults(io streams, results []collect.Result, standings map[assess.Code]assess.Standing) error {
	part := false
	head := "source\tstate\ttaken\tnew\tchanged\tunchanged\trefused"
	if standings != nil {
		head += "\tlast success\tnewest figures\thealth\tnext"
	}
	fmt.Fprintln(io.out, head)
	for _, r := range results {
		if r.Err != nil {
			r.Report = collect.Report{Run: assess.Run{Source: r.Source, State: assess.RunFailed}}
			fmt.Fprintf(io.err, "%s: %s\n", r.Source, explain(r.Err))
		}
		line := runLine(r.Report)
		if one, ok := standings[r.Source]; ok {
			line += fmt.Sprintf("\t%s\t%s\t%s\t%s", a.minute(one.Good), a.minute(one.Figures), healthOf(one), a.minute(one.Next))
		}
		fmt.Fprintln(io.out, line)
		sayRefused(io.err, r.Report)
		part = part || r.Report.State != assess.RunDone
	}
	if part {
		return errPart
	}
	return nil
}

// standings answers where sources stand, as the page says it.
func (a *app) standings(ctx context.Context, all []planned) (map[assess.Code]assess.Standing, error) {
	a.collecting.sources = all
	standings, err := a.collecting.Standings(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	known := map[assess.Code]assess.Standing{}
	for _, one := range standings {
		known[one.Source] = one
	}
	return known, nil
}

// minute writes a time where the city's clocks stand, "-" for none.
func (a *app) minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(a.zone).Format("2006-01-02 15:04")
}

// saySettling names the files that were found and left, because they may still be growing: who has just dropped one wonders.
func saySettling(io streams, chosen []collect.Source) {
	for _, s := range chosen {
		w, ok := s.Fetcher.(watched)
		if !ok {
			continue
		}
		folder, ok := w.Fetcher.(interface {
			Settling() (names []string, settle time.Duration)
		})
		if !ok {
			continue
		}
		if names, settle := folder.Settling(); len(names) > 0 {
			fmt.Fprintf(io.err, "%s: %s may still be growing; a file is taken once it has been left alone for %s, collect again then\n", s.Name, strings.Join(names, ", "), settle)
		}
	}
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

func runLine(r collect.Report) string {
	return fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%d", r.Source, r.State, r.Taken, r.New, r.Changed, r.Same, r.Refused)
}

func sayRefused(w io.Writer, r collect.Report) {
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	for _, rejected := range slices.Clip(r.Rejected) {
		fmt.Fprintln(w, rejected.Problem)
	}
}
