package main

import (
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/workbook"
)

func newForm(io streams) *cobra.Command {
	var dir, period, unit, out string
	cmd := &cobra.Command{
		Use:   "form --unit U --period P",
		Short: "Write the form of a district as an Excel workbook",
		Long: "Write the form of a district as a protected Excel workbook, filled in as it stands. It can be filled in without a connection in\n" +
			"Excel, WPS or LibreOffice, and is uploaded on the page of the form.",
		Example: "  unionboard form --unit 210102 --period 2026Q1 --out form.xlsx",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := periodFlag(period)
			if err != nil {
				return err
			}
			if unit == "" {
				return wrongUse("--unit is missing; write the code of a district, for example --unit 210102")
			}
			return withApp(cmd.Context(), dir, func(a *app) error { return a.writeForm(cmd, io, assess.UnitCode(unit), p, out) })
		},
	}
	dataFlag(cmd, &dir)
	flags := cmd.Flags()
	flags.StringVar(&unit, "unit", "", "code of the district (required)")
	flags.StringVar(&period, "period", "", "quarter, as 2026Q1 (required)")
	flags.StringVar(&out, "out", "", "file to write, - for standard output; by default named after quarter and district")
	return cmd
}

// writeForm writes the workbook of a form, and leaves a line of it in the audit log.
func (a *app) writeForm(cmd *cobra.Command, to streams, unit assess.UnitCode, p assess.Period, out string) error {
	ctx := cmd.Context()
	if _, err := a.unitFlag(ctx, string(unit), p); err != nil {
		return err
	}
	form, err := a.desk.Form(ctx, unit, p, time.Now())
	if err != nil {
		return err
	}
	words := a.words.In(i18n.Chinese)
	data, err := workbook.Write(form, words, a.zone)
	if err != nil {
		return err
	}
	if out == "" {
		out = workbook.FileName(form, words)
	}
	err = toFile(to, out, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	line := atConsole("export", "form "+p.String())
	line.Unit, line.After = unit, out
	return a.store.Record(ctx, line)
}
