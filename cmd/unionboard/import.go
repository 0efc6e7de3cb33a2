package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/terminal"
)

// importFlags are the options of `import`.
type importFlags struct {
	dir, unit, period, format, correct, mapping string
	dryRun                                      bool
}

func newImport(io streams) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Take figures, or targets, from files",
		Long: "Take figures from files: CSV or the first sheet of an Excel workbook with the columns unit,period,code,value (state, note, part,\n" +
			"ref), JSON as sources send it, or a dataValueSet of DHIS2 in JSON, CSV or XML; other tables and words by --mapping. Good\n" +
			"rows are taken, each refused one is printed as file:row:column with what would be right (exit code 4); a damaged file is\n" +
			"refused whole, and so is one of which no row is good (exit code 3). Figures of a closed period change only with --correct and a reason.\n" +
			"A CSV with the columns unit,period,code,target (from) holds targets, by the codes of indicators, of a unit or * for all; it is taken\n" +
			"whole or, when a row is refused, not at all.",
		Example: "  unionboard import --dry-run 2026Q1.csv\n  unionboard import --correct \"复核更正\" correction.csv",
		Args:    args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if f.format != "text" && f.format != "json" {
				return wrongUse("--format %s: choose text or json", f.format)
			}
			if cmd.Flags().Changed("correct") && strings.TrimSpace(f.correct) == "" {
				return wrongUse("--correct is blank; write why the figures of a closed period are changed")
			}
			return withApp(cmd.Context(), f.dir, func(a *app) error {
				return a.importFiles(cmd.Context(), io, f, given)
			})
		},
	}
	dataFlag(cmd, &f.dir)
	flags := cmd.Flags()
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be taken and write nothing")
	flags.StringVar(&f.unit, "unit", "", "unit of every row; rows may leave it empty and may not say otherwise")
	flags.StringVar(&f.period, "period", "", "period of every row; rows may leave it empty and may not say otherwise")
	flags.StringVar(&f.format, "format", "text", "text or json")
	flags.StringVar(&f.mapping, "mapping", "", "JSON file (unionboard/mapping/1) that says how the files are read")
	flags.StringVar(&f.correct, "correct", "", "reason for which figures of a closed period are corrected")
	return cmd
}

func (f importFlags) options() (o collect.Options, err error) {
	o = collect.Options{DryRun: f.dryRun, Unit: assess.UnitCode(f.unit), By: "console:" + consoleUser()}
	if f.period != "" {
		o.Period, err = periodFlag(f.period)
	}
	if f.correct != "" {
		o.Correction = &collect.Correction{Reason: f.correct}
	}
	return o, err
}

// imported is what became of one file: a report of figures or of targets, or why it was refused whole.
type imported struct {
	path    string
	report  collect.Report
	targets *targetReport // nil for a file of figures
	damage  error
}

// importFiles takes the files one after the other. A damaged one is refused whole and stops none of the others.
func (a *app) importFiles(ctx context.Context, io streams, f importFlags, paths []string) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	all, failed := a.takeFiles(ctx, io, f, o, paths)
	if len(paths) == 1 && len(all) == 1 && all[0].damage != nil {
		return all[0].damage
	}
	taken, part := false, false
	for _, one := range all {
		if one.damage != nil {
			part = true
			fmt.Fprintln(io.err, explain(one.damage))
			continue
		}
		if one.targets != nil {
			if err := sayTargets(io, f.format, one.path, *one.targets); err != nil {
				return err
			}
			taken = true
			continue
		}
		if err := sayImport(io, f.format, one.path, one.report); err != nil {
			return err
		}
		taken = taken || one.report.State != assess.RunFailed
		part = part || one.report.Refused > 0
	}
	switch {
	case failed != nil:
		return failed
	case !taken:
		return errRefused
	case part:
		return errPart
	}
	return nil
}

// takeFiles answers what became of the files. An error ends it: the store failed.
func (a *app) takeFiles(ctx context.Context, io streams, f importFlags, o collect.Options, paths []string) (all []imported, err error) {
	m, err := f.readMapping()
	if err != nil {
		return nil, err
	}
	progress := terminal.NewProgress(io.err, "importing", len(paths))
	defer progress.Close()
	for _, path := range paths {
		one, err := a.takeFile(ctx, f, o, m, path)
		if err != nil {
			return all, err
		}
		all = append(all, one)
		progress.Step(1, "")
	}
	return all, nil
}

// readMapping reads the file that says how the files are read; nil where none is given.
func (f importFlags) readMapping() (*source.Mapping, error) {
	if f.mapping == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.mapping)
	if err != nil {
		return nil, wrongUse("--mapping %s cannot be read: %w", f.mapping, err)
	}
	return source.ParseMapping(f.mapping, text)
}

// takeFile takes one file of figures or of targets.
func (a *app) takeFile(ctx context.Context, f importFlags, o collect.Options, m *source.Mapping, path string) (one imported, err error) {
	one.path = path
	if heads, ok := targetHeads(path); ok {
		if f.unit != "" || f.period != "" {
			one.damage = wrongUse("--unit and --period are of figures; %s holds targets, whose rows name both", path)
			return one, nil
		}
		report, err := a.importTargets(ctx, f, path, heads)
		if errors.Is(err, assess.ErrInvalid) {
			one.damage, err = err, nil
		}
		one.targets = &report
		return one, err
	}
	delivery, err := readDelivery(path, m)
	if err != nil {
		one.damage = err
		return one, nil
	}
	one.report, err = a.gate.Import(ctx, delivery, o, time.Now())
	return one, err
}

// readDelivery reads a file that the command line names.
func readDelivery(path string, m *source.Mapping) (assess.Delivery, error) {
	delivery, err := source.ReadFile(path, m)
	if errors.Is(err, assess.ErrNotFound) {
		return delivery, wrongUse("%w", err)
	}
	return delivery, err
}

// importReport is what `import --format json` prints for each file.
type importReport struct {
	File      string          `json:"file"`
	State     assess.RunState `json:"state"`
	New       int             `json:"new"`
	Changed   int             `json:"changed"`
	Unchanged int             `json:"unchanged"`
	Missing   int             `json:"missing"`
	Refused   []importRefusal `json:"refused"`
}

type importRefusal struct {
	Row     int    `json:"row,omitempty"`
	Column  int    `json:"column,omitempty"`
	Unit    string `json:"unit,omitempty"`
	Code    string `json:"code,omitempty"`
	Value   string `json:"value,omitempty"`
	Problem string `json:"problem"`
	Message string `json:"message"`
}

func sayTargets(io streams, format, path string, r targetReport) error {
	if format == "json" {
		return json.NewEncoder(io.out).Encode(struct {
			File string `json:"file"`
			targetReport
		}{path, r})
	}
	for _, note := range r.notes {
		fmt.Fprintf(io.err, "note: %s\n", note)
	}
	_, err := fmt.Fprintf(io.out, "%s: targets new %d, changed %d, unchanged %d\n", path, r.New, r.Changed, r.Unchanged)
	return err
}

func sayImport(io streams, format, path string, r collect.Report) error {
	if format == "text" {
		fmt.Fprintf(io.out, "%s: %s, new %d, changed %d, unchanged %d, without a figure %d, refused %d\n",
			path, r.State, r.New, r.Changed, r.Same, r.Missing, r.Refused)
		sayRefused(io.err, r)
		return nil
	}
	out := importReport{
		File: path, State: r.State, New: r.New, Changed: r.Changed, Unchanged: r.Same, Missing: r.Missing, Refused: []importRefusal{},
	}
	for _, x := range r.Rejected {
		out.Refused = append(out.Refused, importRefusal{
			Row: x.Place.Line, Column: x.Place.Column, Unit: string(x.Unit), Code: string(x.Code), Value: x.Value,
			Problem: x.Problem.Key, Message: x.Problem.Message,
		})
	}
	return json.NewEncoder(io.out).Encode(out)
}
