package main

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/export"
)

// auditExportFlags are the options of `audit export`.
type auditExportFlags struct {
	auditFlags
	object, unit, result, format string
	actions                      []string
}

func newAuditExport(io streams) *cobra.Command {
	var dir string
	var f auditExportFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write lines of the audit log to a file",
		Long: "Write lines of the audit log, oldest first: as CSV for people, or as JSON lines with their hashes. That it was done is a line of the log itself.\n" +
			"Lines that were cleared from the log are not among them: the command says from when on the log reaches.",
		Example: "  unionboard audit export --from 2026-01-01 --to 2026-03-31 --out audit.csv\n" +
			"  unionboard audit export --account li.na --format json\n" +
			"  unionboard audit export --action user. --action sign_in --out accounts.csv",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error { return a.exportAudit(cmd.Context(), io, f) })
		},
	}
	dataFlag(cmd, &dir)
	f.on(cmd, "who: a sign-in name, or as the log writes others (console:root, token:ID, system)")
	cmd.Flags().StringArrayVar(&f.actions, "action", nil, "what was done, as the log writes it; with a dot at its end all that begin so; can be given again")
	cmd.Flags().StringVar(&f.object, "object", "", "a part of what it was done to")
	cmd.Flags().StringVar(&f.unit, "unit", "", "code of a unit")
	cmd.Flags().StringVar(&f.result, "result", "", "ok, refused or failed")
	cmd.Flags().StringVar(&f.format, "format", "csv", "csv or json")
	return cmd
}

func (a *app) exportAudit(ctx context.Context, io streams, f auditExportFlags) (err error) {
	if f.format != "csv" && f.format != "json" {
		return wrongUse("--format %s is none of csv, json", f.format)
	}
	q := audit.Query{Actor: f.account, Actions: f.actions, Object: f.object, Unit: assess.UnitCode(f.unit), Result: f.result}
	if q.From, q.To, err = a.daysFlags(f.from, f.to); err != nil {
		return err
	}
	n := 0
	err = toFile(io, f.out, func(w writer) error { return a.writeAudit(w, f.format, a.auditOf(ctx, q, &n)) })
	if err != nil {
		return err
	}
	if err := a.tellReach(ctx, io, q.From); err != nil {
		return err
	}
	line := atConsole("audit.export", "audit log")
	line.Unit, line.After = q.Unit, fmt.Sprintf("%d lines as %s%s", n, f.format, f.said())
	return a.store.Record(ctx, line)
}

// said answers the filters, for the line of the log.
func (f auditExportFlags) said() string {
	var b strings.Builder
	for _, one := range []struct{ name, value string }{
		{"from", f.from},
		{"to", f.to},
		{"account", f.account},
		{"action", strings.Join(f.actions, ", ")},
		{"object", f.object},
		{"result", f.result},
	} {
		if one.value != "" {
			fmt.Fprintf(&b, "; %s %s", one.name, one.value)
		}
	}
	return b.String()
}

// auditOf answers the lines that are asked for, oldest first, and counts them.
func (a *app) auditOf(ctx context.Context, q audit.Query, n *int) iter.Seq2[assess.AuditLine, error] {
	return func(yield func(assess.AuditLine, error) bool) {
		for l, err := range a.auditLines(ctx) {
			if err == nil && !q.Has(&l) {
				continue
			}
			*n++
			if !yield(l, err) {
				return
			}
		}
	}
}

func (a *app) writeAudit(w writer, format string, lines iter.Seq2[assess.AuditLine, error]) error {
	if format == "json" {
		for l, err := range lines {
			if err != nil {
				return err
			}
			if err := audit.WriteJSON(w, &l); err != nil {
				return err
			}
		}
		return nil
	}
	head := []string{"line", "time", "account", "address", "action", "object", "unit", "before", "after", "result", "request", "hash"}
	return export.Stream(w, head, func(yield func([]string, error) bool) {
		for l, err := range lines {
			row := []string{
				fmt.Sprint(l.Seq), l.At.In(a.zone).Format(time.RFC3339), l.Actor, l.Address, l.Action, l.Object, string(l.Unit), l.Before, l.After, l.Result, l.Request, l.Hash,
			}
			if !yield(row, err) {
				return
			}
		}
	})
}
