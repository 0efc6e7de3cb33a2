package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
)

// exportQuery is what goes into a file.
type exportQuery struct {
	period  assess.Period
	units   []assess.UnitCode // empty: all
	format  string
	lang    string
	tell    io.Writer // what is to be said beside the file
	trace   bool
	options export.Options
}

func newExport(io streams) *cobra.Command {
	var dir, period, table, unit, format, out string
	var q exportQuery
	cmd := &cobra.Command{
		Use:   "export --period P",
		Short: "Write a table of one period to a file",
		Long: "Write a table of one period to a file. Tables: scores (one row per unit and node), observations (every figure that holds;\n" +
			"the same columns that `import` reads), targets; scorecard (two pages of A4 for each unit), notice. Formats: csv, for scores json,\n" +
			"for scorecard pdf, for notice pdf and docx.",
		Example: "  unionboard export --period 2026Q1 --table scores --format csv --out scores.csv",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := periodFlag(period)
			if err != nil {
				return err
			}
			q.period, q.format, q.tell = p, format, io.err
			if !slices.Contains([]string{i18n.Chinese, i18n.English}, q.lang) {
				return wrongUse("--lang %s: choose zh or en", q.lang)
			}
			return withApp(cmd.Context(), dir, func(a *app) error {
				write, err := a.table(table, format)
				if err != nil {
					return err
				}
				if q.units, err = a.unitFlag(cmd.Context(), unit, p); err != nil {
					return err
				}
				if err := toFile(io, out, func(w writer) error { return write(cmd.Context(), w, q) }); err != nil {
					return err
				}
				line := atConsole("export", table+" "+p.String())
				line.Unit, line.After = assess.UnitCode(unit), out
				return a.store.Record(cmd.Context(), line)
			})
		},
	}
	dataFlag(cmd, &dir)
	flags := cmd.Flags()
	flags.StringVar(&period, "period", "", "quarter 2026Q1 or year 2026 (required)")
	flags.StringVar(&table, "table", "scores", "scores, observations, targets, scorecard or notice")
	flags.StringVar(&unit, "unit", "", "only this unit")
	flags.StringVar(&format, "format", "csv", "csv or json; scorecard: pdf; notice: pdf or docx")
	flags.StringVar(&q.lang, "lang", i18n.Chinese, "scorecard, notice: language, zh or en")
	flags.StringVar(&out, "out", "-", "file to write, - for standard output")
	flags.BoolVar(&q.trace, "trace", false, "observations: add sequence number, submission, run, persons and time")
	flags.BoolVar(&q.options.WithCity, "with-city", false, "scores: add the row of the whole city")
	return cmd
}

// unitFlag answers the units an option asks for, none for all of them.
func (a *app) unitFlag(ctx context.Context, unit string, p assess.Period) ([]assess.UnitCode, error) {
	if unit == "" {
		return nil, nil
	}
	edition, err := a.board.Edition(ctx, p.CalendarYear())
	if err != nil {
		return nil, err
	}
	code := assess.UnitCode(unit)
	if _, known := edition.Roster.Unit(code); known {
		return []assess.UnitCode{code}, nil
	}
	if units := edition.Roster.Units; len(units) > 0 {
		return nil, wrongUse("--unit %s: there is no such unit; write the code of one, such as %s", unit, units[0].Code)
	}
	return nil, wrongUse("--unit %s: there is no such unit", unit)
}

type writer = io.Writer

// table answers what writes a table in a format.
func (a *app) table(table, format string) (func(context.Context, io.Writer, exportQuery) error, error) {
	switch {
	case table == "scorecard", table == "notice":
		return a.papers(table, format)
	case !slices.Contains([]string{"csv", "json"}, format):
		return nil, wrongUse("--format %s: choose csv or json", format)
	case table == "scores":
		return a.writeScores, nil
	case table == "observations" && format == "csv":
		return a.writeObservations, nil
	case table == "targets" && format == "csv":
		return a.writeTargets, nil
	case table == "observations", table == "targets":
		return nil, wrongUse("--table %s is written as csv", table)
	}
	return nil, wrongUse("--table %s: choose scores, observations, targets, scorecard or notice", table)
}

// writeTargets writes the table of the targets of a period's year, as a notice prints it.
func (a *app) writeTargets(ctx context.Context, w io.Writer, q exportQuery) error {
	table, err := a.city().Targets(ctx, q.period.CalendarYear(), q.units...)
	if err != nil {
		return err
	}
	return export.Targets(w, table, a.words.In(i18n.Chinese))
}

func (a *app) writeScores(ctx context.Context, w io.Writer, q exportQuery) error {
	sheet, err := a.board.Sheet(ctx, q.period)
	if err != nil {
		return err
	}
	list := slices.Clone(sheet.Frameworks)
	if sheet.Composite != nil {
		list = append(list, sheet.Composite)
	}
	if len(q.units) > 0 {
		for i, scores := range list {
			one := *scores
			one.Cards = slices.DeleteFunc(slices.Clone(scores.Cards), func(c assess.Scorecard) bool { return !slices.Contains(q.units, c.Unit) })
			if len(one.Cards) == 0 {
				return assess.NotFound("problem.unknown_unit", fmt.Sprintf("there is no unit %s", q.units[0]), "unit", string(q.units[0]))
			}
			list[i] = &one
		}
	}
	if q.format == "json" {
		return export.ScoresJSON(w, list, q.options)
	}
	return export.ScoresCSV(w, list, q.options)
}

// writeObservations writes what holds of a quarter, or of a year and its quarters.
func (a *app) writeObservations(ctx context.Context, w io.Writer, q exportQuery) error {
	periods := []assess.Period{q.period}
	if q.period.Kind() == assess.Year {
		periods = append(q.period.Quarters(), q.period)
	}
	out, err := export.NewObservations(w, q.trace)
	if err != nil {
		return err
	}
	if err := a.store.Each(ctx, assess.CellQuery{Units: q.units, Periods: periods}, out.Write); err != nil {
		return err
	}
	return out.Close()
}

// toFile writes to standard output for "-", else to a file that appears whole or not at all, and says which.
func toFile(to streams, path string, write func(io.Writer) error) (err error) {
	if path == "-" || path == "" {
		return write(to.out)
	}
	defer func() {
		if err == nil {
			fmt.Fprintf(to.err, "wrote %s\n", path)
		}
	}()
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return toDevice(path, write)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, pathless(err))
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, pathless(err))
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, pathless(err))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, pathless(err))
	}
	return nil
}

// toDevice writes to what is no file and must not be replaced by one, such as /dev/null or a named pipe.
func toDevice(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, pathless(err))
	}
	return errors.Join(write(f), f.Close())
}

// pathless drops the name of the temporary file from an error, so that the sentence names the file that was asked for.
func pathless(err error) error {
	if p, ok := err.(*os.PathError); ok {
		return p.Err
	}
	if l, ok := err.(*os.LinkError); ok {
		return l.Err
	}
	return fmt.Errorf("%s", strings.TrimSpace(err.Error()))
}
