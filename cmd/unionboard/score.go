package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/score"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/terminal"
)

// scoreFlags are the options of `score`.
type scoreFlags struct {
	dir, period, framework, format       string
	frameworkFile, units, values, target string
	withCity, questions                  bool
	decimals                             int
}

func newScore(io streams) *cobra.Command {
	var f scoreFlags
	cmd := &cobra.Command{
		Use:   "score --period P",
		Short: "Compute scorecards, of the data folder or of files alone",
		Long: "Compute scorecards. With a data folder: of one period, every framework and the composite, or one of them. Without one: any\n" +
			"framework over a file of units and a file of values (columns unit,period,code,value).",
		Example: "  unionboard score --period 2026Q1 --framework six_systems --format table\n" +
			"  unionboard score --framework-file f.yaml --units units.csv --values values.csv --period all --format csv",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.decimals = -1
			if cmd.Flags().Changed("decimals") {
				f.decimals, _ = cmd.Flags().GetInt("decimals")
			}
			if f.frameworkFile != "" {
				return scoreFiles(io, f)
			}
			if err := f.folderOnly(); err != nil {
				return err
			}
			return scoreFolder(cmd.Context(), io, f)
		},
	}
	f.inputFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.questions, "questions", false, "print what the figures give cause to ask the districts, instead of scores")
	flags.BoolVar(&f.withCity, "with-city", false, "add the row of the whole city: sums over sums")
	flags.Int("decimals", 0, "round to so many decimals, half-up (default: what the framework's layer publishes)")
	return cmd
}

// inputFlags are the options that say what is scored and how it is written, the same wherever scores are asked for.
func (f *scoreFlags) inputFlags(cmd *cobra.Command) {
	dataFlag(cmd, &f.dir)
	flags := cmd.Flags()
	flags.StringVar(&f.period, "period", "", "month 2026-03, quarter 2026Q1, year 2026; with files also all (required)")
	flags.StringVar(&f.framework, "framework", "", "code of one framework, or composite (default: all)")
	flags.StringVar(&f.format, "format", "table", "table, csv or json")
	flags.StringVar(&f.frameworkFile, "framework-file", "", "framework definition to score without a data folder")
	flags.StringVar(&f.units, "units", "", "CSV of units: code,name[,name_en][,parent][,kind][,group][,opened][,closed]")
	flags.StringVar(&f.values, "values", "", "CSV or JSON of values: unit,period,code,value[,state][,note][,part][,ref]")
	flags.StringVar(&f.target, "targets", "", "CSV of targets: unit,period,code,target")
}

func (f scoreFlags) options() (export.Options, error) {
	o := export.Options{WithCity: f.withCity}
	if f.decimals >= 0 {
		o.Decimals = &f.decimals
	}
	if !slices.Contains([]string{"table", "csv", "json"}, f.format) {
		return o, wrongUse("--format %s: choose table, csv or json", f.format)
	}
	return o, nil
}

// folderOnly refuses the options of files where a data folder is scored: they would be passed over.
func (f scoreFlags) folderOnly() error {
	for _, option := range []struct{ name, value string }{{"units", f.units}, {"values", f.values}, {"targets", f.target}} {
		if option.value != "" {
			return wrongUse("--%s goes with --framework-file; a data folder has its own: give figures and targets to `unionboard import`", option.name)
		}
	}
	return nil
}

// scoreFolder scores one period of the data folder.
func scoreFolder(ctx context.Context, io streams, f scoreFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	p, err := periodFlag(f.period)
	if err != nil {
		return err
	}
	if f.questions {
		return askQuestions(ctx, io, f.dir, p)
	}
	return withApp(ctx, f.dir, func(a *app) error {
		sheet, err := a.board.Sheet(ctx, p)
		if err != nil {
			return err
		}
		list := slices.Clone(sheet.Frameworks)
		if sheet.Composite != nil {
			list = append(list, sheet.Composite)
		}
		if f.framework != "" {
			one := sheet.Scores(assess.Code(f.framework))
			if one == nil {
				return wrongUse("--framework %s: there is no such framework; choose one of %s", f.framework, strings.Join(codesOf(list), ", "))
			}
			list = []*assess.Scores{one}
		}
		return writeScores(io.out, list, f.format, nameIn(sheet.Edition), o)
	})
}

func codesOf(list []*assess.Scores) []string {
	codes := make([]string, len(list))
	for i, s := range list {
		codes[i] = string(s.Framework)
	}
	return codes
}

// nameIn answers what units and nodes are called in an edition.
func nameIn(e *assess.Edition) func(string) string {
	names := map[string]string{string(e.Roster.City.Code): e.Roster.City.Short.ZH, string(assess.CompositeCode): "综合得分"}
	for _, u := range e.Roster.Units {
		names[string(u.Code)] = u.Name.ZH
	}
	for i := range e.Frameworks {
		e.Frameworks[i].Root.Walk(func(n, _ *assess.Node, _ int) {
			names[string(n.Code)] = n.Name.ZH
			if n.Short.ZH != "" {
				names[string(n.Code)] = n.Short.ZH
			}
		})
	}
	return func(code string) string {
		if n := names[code]; n != "" {
			return n
		}
		return code
	}
}

func writeScores(w io.Writer, list []*assess.Scores, format string, name func(string) string, o export.Options) error {
	switch format {
	case "csv":
		return export.ScoresCSV(w, list, o)
	case "json":
		return export.ScoresJSON(w, list, o)
	}
	for i, scores := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := export.ScoresTable(w, scores, name, o); err != nil {
			return err
		}
	}
	return nil
}

// scoreFiles scores a framework file over files of units, values and targets, without a data folder.
func scoreFiles(io streams, f scoreFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	if f.units == "" || f.values == "" || f.period == "" {
		return wrongUse("--framework-file needs --units FILE, --values FILE and --period P (or --period all)")
	}
	list, left, err := f.compute(io)
	if err != nil {
		return inFile(err, f.frameworkFile)
	}
	if err := writeScores(io.out, list, f.format, nil, o); err != nil {
		return err
	}
	return left.say(io.err)
}

// leftOut is what is to be said of files beside their scores: rows that the scores leave out, and notes.
type leftOut struct {
	refused []assess.Rejection
	notes   []*assess.Problem
	others  int // rows of other periods than the one asked for
}

// say says which rows the scores leave out; with any that were refused, the command was done in part.
func (l leftOut) say(w io.Writer) error {
	for _, note := range l.notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	if l.others > 0 {
		fmt.Fprintf(w, "note: rows of other periods that were not needed: %d; --period all scores every period\n", l.others)
	}
	if len(l.refused) == 0 {
		return nil
	}
	for _, r := range l.refused {
		fmt.Fprintln(w, r.Problem)
	}
	fmt.Fprintf(w, "%d rows were refused; the scores leave them out\n", len(l.refused))
	return errPart
}

// compute answers the scores of the files, and the rows that they leave out.
func (f scoreFlags) compute(io streams) (list []*assess.Scores, left leftOut, err error) {
	progress := terminal.NewProgress(io.err, "reading", 3)
	defer progress.Close()
	in, err := readFiles(f)
	if err != nil {
		return nil, left, err
	}
	progress.Step(1, "checking")
	panel, periods, left, err := in.panel(f.period)
	if err != nil {
		return nil, left, err
	}
	progress.Step(1, "scoring")
	list, err = score.Series(in.framework, panel, periods, score.Options{City: f.withCity})
	return list, left, err
}

// inFile tells problems that only know their node which file they are in.
func inFile(err error, path string) error {
	var problems assess.Problems
	if one := (*assess.Problem)(nil); !errors.As(err, &problems) && errors.As(err, &one) {
		problems = assess.Problems{one}
	}
	for _, p := range problems {
		if p.Place.Field != "" && p.Place.File == "" {
			p.Place.File = path
		}
	}
	return err
}

// files are what a framework is scored on without a data folder.
type files struct {
	framework *assess.Framework
	edition   *assess.Edition
	entries   []assess.Entry
	refused   []assess.Rejection
	targets   []assess.Target
	notes     []*assess.Problem
}

func readFiles(f scoreFlags) (in files, err error) {
	data, err := readNamed("--framework-file", f.frameworkFile)
	if err != nil {
		return in, err
	}
	if in.framework, err = catalog.ReadFramework(f.frameworkFile, data); err != nil {
		return in, err
	}
	items, err := score.Implied(in.framework)
	if err != nil {
		return in, err
	}
	if data, err = readNamed("--units", f.units); err != nil {
		return in, err
	}
	roster, notes, err := source.ReadUnits(f.units, data)
	if err != nil {
		return in, err
	}
	in.edition = &assess.Edition{Roster: roster, Items: items, Frameworks: []assess.Framework{*in.framework}}
	delivery, err := readDelivery(f.values, nil)
	if err != nil {
		return in, err
	}
	in.entries, in.refused, in.notes = delivery.All(), delivery.Refused, slices.Concat(notes, delivery.Notes)
	if f.target == "" {
		return in, nil
	}
	if data, err = readNamed("--targets", f.target); err != nil {
		return in, err
	}
	in.targets, notes, err = source.ReadTargets(f.target, data, func(t assess.Target) *assess.Problem { return score.CheckTarget(in.framework, t) })
	in.notes = append(in.notes, notes...)
	return in, err
}

// readNamed reads the file an option names.
func readNamed(flag, path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, wrongUse("%s: %w", flag, err)
	}
	return data, nil
}

// panel fills a panel with the values and answers the periods to score: the one asked for, or all that have values.
func (in files) panel(asked string) (panel *score.Panel, periods []assess.Period, left leftOut, err error) {
	entries, twice := in.united()
	observations, refused, _ := collect.Observations(in.edition, entries)
	left = leftOut{refused: slices.Concat(in.refused, twice, refused), notes: in.notes}
	if periods, err = periodsAsked(asked, observations); err != nil {
		return nil, nil, left, err
	}
	panel = score.NewPanel(in.edition.Roster, in.edition.Items, periods)
	for _, o := range observations {
		if !panel.Takes(o.Period) {
			left.others++
			continue
		}
		if err := panel.Put(o); err != nil {
			return nil, nil, left, err
		}
	}
	for _, t := range in.targets {
		if err := panel.PutTarget(t); err != nil {
			return nil, nil, left, err
		}
	}
	return panel, periods, left, nil
}

// united leaves out the rows that say different things of one cell, all of them, as `import` does.
func (in files) united() (kept []assess.Entry, refused []assess.Rejection) {
	type cell struct {
		unit              assess.UnitCode
		period, part, ref string
		code              assess.Code
	}
	cellOf := func(e assess.Entry) cell { return cell{e.Unit, e.PeriodText, e.Part, e.Ref, e.Code} }
	same := make(map[cell][]assess.Entry, len(in.entries))
	for _, e := range in.entries {
		same[cellOf(e)] = append(same[cellOf(e)], e)
	}
	for _, e := range in.entries {
		other, differs := in.contradicts(e, same[cellOf(e)])
		if !differs {
			kept = append(kept, e)
			continue
		}
		at := e.At("value")
		refused = append(refused, assess.Rejection{Place: at, Unit: e.Unit, Code: e.Code, Value: e.Value, Problem: assess.Invalid("problem.row_contradicts",
			fmt.Sprintf("line %d says something else of the same figure; keep the right one of the two", other.Place.Line),
			"line", strconv.Itoa(other.Place.Line)).At(at)})
	}
	return kept, refused
}

// contradicts answers a row of the same cell that says something else, whatever way the number is written.
func (in files) contradicts(e assess.Entry, same []assess.Entry) (assess.Entry, bool) {
	for _, other := range same {
		if other.Value == e.Value && other.State == e.State {
			continue
		}
		read, _, _ := collect.Observations(in.edition, []assess.Entry{e, other})
		if len(read) == 2 && (read[0].Value != read[1].Value || read[0].State != read[1].State) {
			return other, true
		}
	}
	return e, false
}

func periodsAsked(asked string, observations []assess.Observation) ([]assess.Period, error) {
	if asked != "all" {
		p, err := periodFlag(asked)
		return []assess.Period{p}, err
	}
	var periods []assess.Period
	for _, o := range observations {
		if !slices.Contains(periods, o.Period) {
			periods = append(periods, o.Period)
		}
	}
	slices.SortFunc(periods, assess.Period.Compare)
	return periods, nil
}
