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
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/workbook"
)

// exportQuery is what goes into a file.
type exportQuery struct {
	export.Order
	format  string
	tell    io.Writer // what is to be said beside the file
	trace   bool
	wide    bool
	options export.Options
	board   results.Board // what the reader sees; nil at the console, which sees everything
}

func newExport(io streams) *cobra.Command {
	var dir, period, unit, node, out string
	q := exportQuery{Order: export.Order{Personal: false, Unsigned: true}}
	cmd := &cobra.Command{
		Use:   "export --period P",
		Short: "Write a table of one period, or of several, to a file",
		Long: "Write a table of one period, or of several (2026Q1..2026Q3), to a file, as offices send it. Tables: " + strings.Join(export.Names(), ", ") + ".\n" +
			"Formats: xlsx, csv, json; for scorecard also pdf (two pages of A4 for each unit). The notice is written as pdf or docx. Of scores (one row per unit and node) and observations (every figure that holds; the columns that\n" +
			"`import` reads) csv and json are tidy tables for programs; --wide writes scores as the summary that is printed.",
		Example: "  unionboard export --period 2026Q1 --table scores --format csv --out scores.csv\n" +
			"  unionboard export --period 2026Q1 --table summary --format xlsx",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if q.Periods, err = periodsFlag(period); err != nil {
				return err
			}
			q.Node, q.Now, q.tell = assess.Code(node), time.Now(), io.err
			return withApp(cmd.Context(), dir, func(a *app) error { return a.export(cmd.Context(), io, q, unit, out) })
		},
	}
	dataFlag(cmd, &dir)
	flags := cmd.Flags()
	flags.StringVar(&period, "period", "", "quarter 2026Q1, year 2026, or several: 2026Q1..2026Q3 (required)")
	flags.StringVar(&q.Table, "table", "scores", "the table")
	flags.StringVar(&unit, "unit", "", "only this unit")
	flags.StringVar(&node, "node", "", "ranking: only this indicator")
	flags.StringVar(&q.format, "format", "csv", "xlsx, csv or json; scorecard: pdf; notice: pdf or docx")
	flags.StringVar(&q.Lang, "lang", i18n.Chinese, "language of heads and words, zh or en")
	flags.StringVar(&out, "out", "", "file to write, - for standard output; by default standard output, for xlsx a file named after period and table")
	flags.BoolVar(&q.wide, "wide", false, "scores: the summary that is printed, not a row for each unit and node")
	flags.BoolVar(&q.trace, "trace", false, "observations as csv: add sequence number, submission, run, persons and time")
	flags.BoolVar(&q.options.WithCity, "with-city", false, "scores as tidy rows: add the row of the whole city")
	return cmd
}

// periodsFlag reads a period, or the first and the last of several.
func periodsFlag(text string) ([]assess.Period, error) {
	from, to, several := strings.Cut(text, "..")
	first, err := periodFlag(from)
	if err != nil || !several {
		return []assess.Period{first}, err
	}
	last, err := periodFlag(to)
	if err != nil {
		return nil, err
	}
	if first.Kind() != last.Kind() || last.Compare(first) < 0 {
		return nil, wrongUse("--period %s: write the earlier period first, and two of a kind: 2026Q1..2026Q3 or 2025..2026", text)
	}
	all := []assess.Period{first}
	for p := first; p != last; all = append(all, p) {
		if p = p.Next(); len(all) == mostPeriods {
			return nil, wrongUse("--period %s: these are more than %d periods; write a shorter range", text, mostPeriods)
		}
	}
	return all, nil
}

// mostPeriods are the periods one file holds at most: ten years of quarters.
const mostPeriods = 40

// export writes what is asked for to a file, and leaves a line of it in the audit log.
func (a *app) export(ctx context.Context, io streams, q exportQuery, unit, out string) error {
	write, err := a.table(q)
	if err != nil {
		return err
	}
	if q.Lang != i18n.Chinese && q.Lang != i18n.English {
		return wrongUse("--lang %s: choose zh or en", q.Lang)
	}
	last := q.Periods[len(q.Periods)-1]
	if q.Units, err = a.unitFlag(ctx, unit, last); err != nil {
		return err
	}
	if out == "" && q.format == "xlsx" {
		if out, err = a.fileName(ctx, q); err != nil {
			return err
		}
	}
	if err := toFile(io, out, func(w writer) error { return write(ctx, w, q) }); err != nil {
		return err
	}
	text := q.Periods[0].String()
	if last != q.Periods[0] {
		text += ".." + last.String()
	}
	line := atConsole("export", q.Table+" "+text)
	line.Unit, line.After = assess.UnitCode(unit), out
	return a.store.Record(ctx, line)
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
func (a *app) table(q exportQuery) (func(context.Context, io.Writer, exportQuery) error, error) {
	if q.Table == "notice" || slices.Contains([]string{"pdf", "docx"}, q.format) {
		return a.papers(q)
	}
	if names := export.Names(); !slices.Contains(names, q.Table) {
		return nil, wrongUse("--table %s: choose one of %s", q.Table, strings.Join(names, ", "))
	}
	switch {
	case q.format == "xlsx":
		return a.writeWorkbook, nil
	case !slices.Contains([]string{"csv", "json"}, q.format):
		return nil, wrongUse("--format %s: choose xlsx, csv or json", q.format)
	case q.Table == "scores" && !q.wide:
		return a.writeScores, nil
	case q.Table == "observations" && q.format == "csv":
		return a.writeObservations, nil
	}
	return a.writeBook, nil
}

// room answers where tables are made of what is here.
func (a *app) room() export.Room {
	return export.Room{
		Board: a.board, Log: a.store, Forms: datedForms{a.desk, a.gate}, Targets: a.city(), Matters: a.allMatters, Words: a.words, Zone: a.zone, Version: version,
	}
}

// datedForms are the forms with the dates of their collection.
type datedForms struct {
	*desk.Desk
	gate *collect.Gate
}

// Plan implements export.Forms.
func (p datedForms) Plan(ctx context.Context, period assess.Period) (cycle.Plan, error) {
	return p.gate.Plan(ctx, period)
}

// allMatters answers matters with their steps.
func (a *app) allMatters(ctx context.Context, q assess.MatterQuery) ([]assess.Matter, error) {
	all, err := a.store.Matters(ctx, q)
	for i := range all {
		if err == nil {
			all[i], err = a.store.Matter(ctx, all[i].ID)
		}
	}
	return all, err
}

func (a *app) writeBook(ctx context.Context, w io.Writer, q exportQuery) error {
	book, err := a.room().Book(ctx, q.Order)
	if err != nil {
		return err
	}
	if q.format == "json" {
		return book.JSON(w)
	}
	return book.CSV(w)
}

func (a *app) writeWorkbook(ctx context.Context, w io.Writer, q exportQuery) error {
	book, err := a.room().Book(ctx, q.Order)
	if err != nil {
		return err
	}
	return workbook.WriteBook(w, book)
}

// fileName answers what offices call the file of a workbook.
func (a *app) fileName(ctx context.Context, q exportQuery) (string, error) {
	book, err := a.room().Book(ctx, q.Order)
	if err != nil {
		return "", err
	}
	return book.File + "." + q.format, nil
}

func (a *app) writeScores(ctx context.Context, w io.Writer, q exportQuery) error {
	var list []*assess.Scores
	for _, p := range q.Periods {
		some, err := a.scoresOf(ctx, q.board, p, q.Units)
		if err != nil {
			return err
		}
		list = append(list, some...)
	}
	if q.format == "json" {
		return export.ScoresJSON(w, list, q.options)
	}
	return export.ScoresCSV(w, list, q.options)
}

// scoresOf answers all scores of a period, of some units alone where there are any.
func (a *app) scoresOf(ctx context.Context, board results.Board, p assess.Period, units []assess.UnitCode) ([]*assess.Scores, error) {
	if board == nil {
		board = a.board
	}
	sheet, err := board.Sheet(ctx, p)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(sheet.Frameworks)
	if sheet.Composite != nil {
		list = append(list, sheet.Composite)
	}
	if len(units) == 0 {
		return list, nil
	}
	for i, scores := range list {
		one := *scores
		one.Cards = slices.DeleteFunc(slices.Clone(scores.Cards), func(c assess.Scorecard) bool { return !slices.Contains(units, c.Unit) })
		if len(one.Cards) == 0 {
			return nil, assess.NotFound("problem.unknown_unit", fmt.Sprintf("there is no unit %s", units[0]), "unit", string(units[0]))
		}
		list[i] = &one
	}
	return list, nil
}

// writeObservations writes what holds of quarters, or of years and their quarters.
func (a *app) writeObservations(ctx context.Context, w io.Writer, q exportQuery) error {
	var periods []assess.Period
	for _, p := range q.Periods {
		if p.Kind() == assess.Year {
			periods = append(periods, p.Quarters()...)
		}
		periods = append(periods, p)
	}
	out, err := export.NewObservations(w, q.trace)
	if err != nil {
		return err
	}
	if err := a.store.Each(ctx, assess.CellQuery{Units: q.Units, Periods: periods}, out.Write); err != nil {
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
