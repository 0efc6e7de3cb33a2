package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/score"
)

// robustnessFlags are the options of `robustness`: those of `score`, and how ranks are tried.
type robustnessFlags struct {
	scoreFlags
	options        analysis.Options
	normalisations []string
}

func newRobustness(io streams) *cobra.Command {
	f := robustnessFlags{options: analysis.Default()}
	cmd := &cobra.Command{
		Use:   "robustness --period P",
		Short: "Say how sure the places are: ranks under random weights",
		Long: "Say how sure the places are. Every weight of every heading and indicator is multiplied by a random factor, many times over, and\n" +
			"the units are ranked each time: the answer is where a unit's place lies in nine cases out of ten. Nothing official changes.\n" +
			"With a data folder: of one period, every framework and the composite, or one of them. Without one: of any framework over files,\n" +
			"as in `unionboard score`.",
		Example: "  unionboard robustness --period 2026Q1\n" +
			"  unionboard robustness --framework-file f.yaml --units units.csv --values values.csv --period all --format csv",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return err
			}
			if f.frameworkFile != "" {
				return f.overFiles(io)
			}
			if err := f.folderOnly(); err != nil {
				return err
			}
			return f.overFolder(cmd.Context(), io)
		},
	}
	f.inputFlags(cmd)
	flags := cmd.Flags()
	flags.IntVar(&f.options.Draws, "draws", f.options.Draws, "sets of weights that are tried")
	flags.Uint64Var(&f.options.Seed, "seed", f.options.Seed, "of the draws; the same seed gives the same answer on every machine")
	flags.Float64Var(&f.options.Range, "weight-range", f.options.Range, "how far every weight may move, as a share of itself")
	flags.StringSliceVar(&f.normalisations, "normalisations", nil, "of analytic frameworks, try these as well: min_max, z_score, rank, or all (default: none)")
	return cmd
}

func (f *robustnessFlags) check() error {
	if _, err := f.scoreFlags.options(); err != nil {
		return err
	}
	if slices.Equal(f.normalisations, []string{"all"}) {
		f.normalisations = nil
		for _, kind := range score.Normalisations() {
			f.normalisations = append(f.normalisations, string(kind))
		}
	}
	for _, name := range f.normalisations {
		if !slices.Contains(score.Normalisations(), assess.MethodKind(name)) {
			return wrongUse("--normalisations %s: choose among min_max, z_score, rank, or all", name)
		}
	}
	if err := f.options.Check(); err != nil {
		return wrongUse("--draws, --weight-range: %w", err)
	}
	return nil
}

// overFolder tries the ranks of one period of the data folder.
func (f *robustnessFlags) overFolder(ctx context.Context, io streams) error {
	p, err := periodFlag(f.period)
	if err != nil {
		return err
	}
	return withApp(ctx, f.dir, func(a *app) error {
		sheet, err := a.board.Sheet(ctx, p)
		if err != nil {
			return err
		}
		codes := []assess.Code{assess.Code(f.framework)}
		if f.framework == "" {
			codes = allOf(sheet)
		}
		var list []*analysis.Robustness
		for _, code := range codes {
			subject, err := sheet.Subject(code)
			if errors.Is(err, assess.ErrNotFound) {
				return wrongUse("--framework %s: there is no such framework; choose one of %s", code, join(allOf(sheet)))
			}
			if err != nil {
				return err
			}
			one, err := f.try(subject, sheet.Rescore)
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return f.write(io.out, list, nameIn(sheet.Edition))
	})
}

// allOf answers the frameworks of a sheet and its composite.
func allOf(sheet *results.Sheet) (codes []assess.Code) {
	for _, s := range sheet.Frameworks {
		codes = append(codes, s.Framework)
	}
	if sheet.Composite != nil {
		codes = append(codes, assess.CompositeCode)
	}
	return codes
}

func join(codes []assess.Code) string {
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = string(code)
	}
	return strings.Join(texts, ", ")
}

// overFiles tries the ranks of a framework file over files of units, values and targets.
func (f *robustnessFlags) overFiles(io streams) error {
	if f.units == "" || f.values == "" || f.period == "" {
		return wrongUse("--framework-file needs --units FILE, --values FILE and --period P (or --period all)")
	}
	in, err := readFiles(f.scoreFlags)
	if err != nil {
		return err
	}
	panel, periods, left, err := in.panel(f.period)
	if err != nil {
		return err
	}
	scores, err := score.Series(in.framework, panel, periods, score.Options{})
	if err != nil {
		return err
	}
	var list []*analysis.Robustness
	for i, period := range periods {
		one, err := f.try(analysis.Of(in.framework, scores[i]), func(other *assess.Framework) (*assess.Scores, error) {
			return score.Compute(other, panel, period, score.Options{})
		})
		if err != nil {
			return err
		}
		list = append(list, one)
	}
	if err := f.write(io.out, list, nil); err != nil {
		return err
	}
	return left.say(io.err)
}

// try tries the ranks of one subject; rescore scores the same figures by another framework.
func (f *robustnessFlags) try(s analysis.Subject, rescore func(*assess.Framework) (*assess.Scores, error)) (*analysis.Robustness, error) {
	o := f.options
	for _, name := range f.normalisations {
		if s.Framework == nil {
			break
		}
		other, ok := score.Renormalised(s.Framework, assess.MethodKind(name))
		if !ok {
			continue
		}
		scores, err := rescore(other)
		if err != nil {
			return nil, err
		}
		o.Alternatives = append(o.Alternatives, analysis.Of(other, scores))
	}
	return analysis.Robust(s, o)
}

func (f *robustnessFlags) write(w io.Writer, list []*analysis.Robustness, name func(string) string) error {
	switch f.format {
	case "csv":
		return export.RobustnessCSV(w, list)
	case "json":
		return export.RobustnessJSON(w, list)
	}
	for i, r := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := export.RobustnessTable(w, r, name); err != nil {
			return err
		}
	}
	if len(f.normalisations) > 0 {
		fmt.Fprintf(w, "Every draw also chose among the framework's own normalisation and %s, where the framework allows it.\n", strings.Join(f.normalisations, ", "))
	}
	return nil
}
