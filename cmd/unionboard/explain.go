package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/results"
)

// explainFlags are the options of `explain`.
type explainFlags struct{ dir, unit, node, period, format, lang string }

// textColumns is how wide an explanation is written: the width every terminal has.
const textColumns = 80

func newExplain(io streams) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain --unit U --node CODE --period P",
		Short: "Say how a score came about",
		Long: "Say how the score of an indicator, a heading, a framework or the composite came about: the figures that went in with who filed\n" +
			"and who accepted them, the formula with its numbers, target and phasing, the band or cap that applied, weight and its spread,\n" +
			"rounding. As text it is what the page /why shows; as json everything needed to compute the score again (docs/explanation.md).\n" +
			"As json, without --node every node of the unit is explained, and without --unit those of every unit, as one array.",
		Example: "  unionboard explain --unit 210102 --node membership_rate --period 2026Q1\n" +
			"  unionboard explain --unit 210102 --node composite --period 2026Q1 --lang en\n" +
			"  unionboard explain --period 2026Q1 --format json > explanations.json",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.check()
			if err != nil {
				return err
			}
			return withApp(cmd.Context(), f.dir, func(a *app) error { return a.explain(cmd.Context(), io, f, p) })
		},
	}
	dataFlag(cmd, &f.dir)
	flags := cmd.Flags()
	flags.StringVar(&f.unit, "unit", "", "code of a unit, or of the city")
	flags.StringVar(&f.node, "node", "", "code of an indicator, a heading or a framework, or composite")
	flags.StringVar(&f.period, "period", "", "quarter 2026Q1 or year 2026 (required)")
	flags.StringVar(&f.format, "format", "text", "text or json")
	flags.StringVar(&f.lang, "lang", i18n.Chinese, "language of the text: zh or en")
	return cmd
}

func (f explainFlags) check() (assess.Period, error) {
	switch {
	case !slices.Contains([]string{"text", "json"}, f.format):
		return assess.Period{}, wrongUse("--format %s: choose text or json", f.format)
	case !slices.Contains([]string{i18n.Chinese, i18n.English}, f.lang):
		return assess.Period{}, wrongUse("--lang %s: choose zh or en", f.lang)
	case f.period == "":
		return assess.Period{}, wrongUse("--period is missing; write for example --period 2026Q1, or --period 2026 for the year")
	case f.format == "text" && (f.unit == "" || f.node == ""):
		return assess.Period{}, wrongUse("--unit and --node say what is to be explained; write for example --unit 210102 --node composite, or --format json for all")
	}
	return assess.ParsePeriod(f.period)
}

func (a *app) explain(ctx context.Context, io streams, f explainFlags, p assess.Period) error {
	if _, err := a.board.Sheet(ctx, p); err != nil {
		return err
	}
	unit, node := assess.UnitCode(f.unit), assess.Code(f.node)
	if f.format == "text" {
		e, err := dashboard.Why(ctx, a.board, a.words, dashboard.Request{Period: p, Unit: unit, Code: node, Lang: f.lang})
		if err != nil {
			return notThere(err)
		}
		return export.ExplanationText(io.out, e, a.words.In(f.lang), textColumns)
	}
	list, err := results.Explain(ctx, a.board, p, unit, node)
	if err != nil {
		return notThere(err)
	}
	if unit != "" && node != "" {
		return export.ExplanationJSON(io.out, list[0])
	}
	return export.ExplanationsJSON(io.out, list)
}

// writeExplanation writes one explanation as JSON, as the command does.
func writeExplanation(ctx context.Context, w io.Writer, board results.Board, p assess.Period, unit assess.UnitCode, node assess.Code) error {
	list, err := results.Explain(ctx, board, p, unit, node)
	if err != nil {
		return err
	}
	return export.ExplanationJSON(w, list[0])
}

// notThere makes a code that does not exist a wrong use: the period was found before.
func notThere(err error) error {
	if errors.Is(err, assess.ErrNotFound) {
		return wrongUse("%w", err)
	}
	return err
}
