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

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/takeout"
)

func newExport(io streams) *cobra.Command {
	var dir, period, unit, node, format, out string
	o := takeout.Order{Order: export.Order{Unsigned: true}}
	cmd := &cobra.Command{
		Use:   "export --period P",
		Short: "Write a table of one period, or of several, to a file",
		Long: "Write a table of one period, or of several (2026Q1..2026Q3), to a file, as offices send it. Tables: " + strings.Join(takeout.Tables(), ", ") + ".\n" +
			"Formats: " + offered() + " (a scorecard as pdf has two pages of A4 for each unit). Of scores (one row per unit and node) and observations (every figure that holds; the columns that\n" +
			"`import` reads) csv, json and parquet are tidy tables for programs; --wide writes scores as the summary that is printed. The package holds every table\n" +
			"as xlsx and csv, the scorecards, the notice and a list of them with their sums.",
		Example: "  unionboard export --period 2026Q1 --table scores --format csv --out scores.csv\n" +
			"  unionboard export --period 2026Q1 --table summary --format xlsx\n" +
			"  unionboard export --period 2026Q1 --table package --format zip",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Periods, err = periodsFlag(period); err != nil {
				return err
			}
			o.Node, o.Now, o.Format = assess.Code(node), time.Now(), takeout.Format(format)
			return withApp(cmd.Context(), dir, func(a *app) error { return a.export(cmd.Context(), io, o, unit, out) })
		},
	}
	dataFlag(cmd, &dir)
	flags := cmd.Flags()
	flags.StringVar(&period, "period", "", "quarter 2026Q1, year 2026, or several: 2026Q1..2026Q3 (required)")
	flags.StringVar(&o.Table, "table", "scores", "the table")
	flags.StringVar(&unit, "unit", "", "only this unit")
	flags.StringVar(&node, "node", "", "ranking: only this indicator")
	flags.StringVar(&format, "format", "csv", offered())
	flags.StringVar(&o.Lang, "lang", i18n.Chinese, "language of heads and words, zh or en")
	flags.StringVar(&out, "out", "", "file to write, - for standard output; by default csv and json go to standard output, other formats to a file named after period and table")
	flags.BoolVar(&o.Published, "published", false, "each period as its newest published edition has it, not as the data stand")
	flags.BoolVar(&o.Wide, "wide", false, "scores: the summary that is printed, not a row for each unit and node")
	flags.BoolVar(&o.Trace, "trace", false, "observations as csv or parquet: add sequence number, submission, run, persons and time")
	flags.BoolVar(&o.Personal, "personal", false, "leave telephone and identity numbers readable in what people wrote; the audit log says so")
	flags.BoolVar(&o.WithCity, "with-city", false, "scores as tidy rows: add the row of the whole city")
	return cmd
}

// periodsFlag reads a period, or the first and the last of several.
func periodsFlag(text string) ([]assess.Period, error) {
	from, to, several := strings.Cut(text, "..")
	if several && (from == "" || to == "") {
		return nil, wrongUse("--period %s: write the first and the last period: 2026Q1..2026Q3", text)
	}
	first, err := periodFlag(from)
	if err != nil || !several {
		return []assess.Period{first}, err
	}
	last, err := periodFlag(to)
	if err != nil {
		return nil, err
	}
	all, err := takeout.Between(first, last)
	return all, atFlag(err)
}

// offered says in which formats the tables come: xlsx, csv, json or parquet; scorecard: …
func offered() string {
	const usual = "xlsx, csv, json or parquet"
	text := usual
	for _, offer := range takeout.Offers() {
		if choice := offer.Choice(); choice != usual {
			text += "; " + offer.Table + ": " + choice
		}
	}
	return text
}

// export writes what is asked for to a file, and leaves a line of it in the audit log.
func (a *app) export(ctx context.Context, io streams, o takeout.Order, unit, out string) error {
	if err := o.Check(); err != nil {
		return atFlag(err)
	}
	var err error
	if o.Units, err = a.unitFlag(ctx, unit, o.Periods[len(o.Periods)-1]); err != nil {
		return err
	}
	room, err := a.takeout()
	if err != nil {
		return err
	}
	file, err := room.File(ctx, o)
	if err != nil {
		return atFlag(err)
	}
	if out == "" && !slices.Contains([]takeout.Format{takeout.CSV, takeout.JSON}, o.Format) {
		out = file.Name
	}
	var size takeout.Size
	if err := toFile(io, out, func(w writer) error { return file.Write(ctx, size.On(w)) }); err != nil {
		return err
	}
	tellLost(io.err, file.Lost)
	return a.store.Record(ctx, file.Line(atConsole("export", ""), size.Bytes))
}

// atFlag makes what is wrong with an option of an order a wrong use of the command.
func atFlag(err error) error {
	var wrong *assess.Problem
	if errors.As(err, &wrong) && wrong.Place.Field != "" && wrong.Place.File == "" {
		return wrongUse("--%s: %s", wrong.Place.Field, wrong.Message)
	}
	return err
}

// tellLost says which characters a document could not be set with.
func tellLost(w io.Writer, lost []rune) {
	if len(lost) == 0 {
		return
	}
	var list []string
	for _, r := range lost {
		list = append(list, fmt.Sprintf("%c (U+%04X)", r, r))
	}
	fmt.Fprintf(w, "the typeface of the document lacks %s; a box □ stands for each\n", strings.Join(list, ", "))
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

// room answers where tables are made of what is here.
func (a *app) room() export.Room {
	return export.Room{
		Board: a.board, Log: a.store, Forms: datedForms{a.desk, a.gate}, Targets: a.city(), Matters: a.allMatters, Words: a.words, Zone: a.zone, Version: version,
	}
}

// takeout answers where files are made of what is here.
func (a *app) takeout() (takeout.Room, error) {
	_, demo, err := demoMarkOf(a.dir)
	return takeout.Room{
		Room: a.room(), Page: a.pageInForce, Demo: demo, Seals: a.store.Seals,
		MattersOf: func(ctx context.Context, q assess.MatterQuery, u account.User) ([]assess.Matter, error) {
			all, err := a.matters().List(ctx, q, u)
			return a.withSteps(ctx, all, err)
		},
	}, err
}

// pageInForce answers the definition of a page as it is in force.
func (a *app) pageInForce(code assess.Code) (dashboard.Definition, error) {
	shelf, err := dashboard.NewShelf(dashboards.Files(), os.DirFS(filepath.Join(a.dir, "dashboards")), nil)
	if err != nil {
		return dashboard.Definition{}, err
	}
	page, ok := shelf.Pages(time.Now()).Page(code)
	if !ok {
		return dashboard.Definition{}, fmt.Errorf("%s: there is no such page", code)
	}
	return page, nil
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
	return a.withSteps(ctx, all, err)
}

// withSteps answers matters that were asked for with their steps.
func (a *app) withSteps(ctx context.Context, all []assess.Matter, err error) ([]assess.Matter, error) {
	for i := range all {
		if err == nil {
			all[i], err = a.store.Matter(ctx, all[i].ID)
		}
	}
	return all, err
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
