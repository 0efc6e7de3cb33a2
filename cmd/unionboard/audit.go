package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/export"
)

func newAudit(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Look through the audit log",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuditVerify(io), newAuditBreach(io))
	return cmd
}

func newAuditVerify(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "verify",
		Short:   "Look whether the audit log was changed",
		Long:    "Look whether the audit log was changed: every line is chained to the one before. The first bad line is named; exit code 1 says that there is one.",
		Example: "  unionboard audit verify",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error {
				n, err := a.store.VerifyAudit(cmd.Context())
				if err == nil {
					fmt.Fprintf(io.out, "audit log: %d lines hold\n", n)
				}
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

// breachFlags are the options of `audit breach`.
type breachFlags struct{ from, to, account, register, out string }

func newAuditBreach(io streams) *cobra.Command {
	var dir string
	var f breachFlags
	cmd := &cobra.Command{
		Use:   "breach",
		Short: "Write who saw personal data: what, who, when, how many",
		Long: "Write the sheet that is asked for when personal data may have come out (PIPL 57): who saw which of them as they are – uncovered on a page,\n" +
			"taken as a file, looked for – from where, when first and last, how often, how many records that were, and the reasons that were given.\n" +
			"It is a table as CSV; what somebody read stands nowhere in it, nor in the log.",
		Example: "  unionboard audit breach --from 2026-01-01\n" +
			"  unionboard audit breach --from 2026-01-01 --to 2026-03-31 --register dues_refunds --out breach.csv",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error { return a.breach(cmd.Context(), io, f) })
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&f.from, "from", "", "first day, as 2026-01-31; left out: from the beginning")
	cmd.Flags().StringVar(&f.to, "to", "", "last day; left out: until now")
	cmd.Flags().StringVar(&f.account, "account", "", "sign-in name of one account alone")
	cmd.Flags().StringVar(&f.register, "register", "", "code of one register alone")
	cmd.Flags().StringVar(&f.out, "out", "", "file to write to; left out: standard output")
	return cmd
}

// dayFlag reads the day of an option in the zone of the city, zero for none.
func (a *app) dayFlag(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	d, err := time.ParseInLocation(time.DateOnly, text, a.zone)
	if err != nil {
		return d, wrongUse("--%s %s is no day; write it as 2026-01-31", name, text)
	}
	return d, nil
}

func (a *app) breach(ctx context.Context, io streams, f breachFlags) error {
	q := audit.ReadingQuery{Actor: f.account, Object: f.register}
	var err error
	if q.From, err = a.dayFlag("from", f.from); err != nil {
		return err
	}
	if q.To, err = a.dayFlag("to", f.to); err != nil {
		return err
	}
	if !q.To.IsZero() {
		q.To = q.To.AddDate(0, 0, 1)
	}
	readings, err := audit.Readings(a.auditLines(ctx), q)
	if err != nil {
		return err
	}
	head := []string{"account", "address", "action", "register", "unit", "first", "last", "times", "records", "reasons"}
	var rows [][]string
	for _, r := range readings {
		rows = append(rows, []string{
			r.Actor, r.Address, r.Action, r.Object, string(r.Unit), r.First.In(a.zone).Format(time.RFC3339), r.Last.In(a.zone).Format(time.RFC3339),
			fmt.Sprint(r.Times), fmt.Sprint(r.Records), strings.Join(r.Reasons, "; "),
		})
	}
	if err := toFile(io, f.out, func(w writer) error { return export.List(w, head, rows) }); err != nil {
		return err
	}
	line := atConsole("audit.breach", "personal data")
	line.After = fmt.Sprintf("from %s to %s; %d rows", f.from, f.to, len(rows))
	return a.store.Record(ctx, line)
}

// auditLines answers all lines of the audit log.
func (a *app) auditLines(ctx context.Context) func(yield func(assess.AuditLine, error) bool) {
	const page = 5000
	return func(yield func(assess.AuditLine, error) bool) {
		for from := int64(1); ; {
			lines, err := a.store.AuditLines(ctx, from, page)
			if err != nil {
				yield(assess.AuditLine{}, err)
				return
			}
			for _, l := range lines {
				if from = l.Seq + 1; !yield(l, nil) {
					return
				}
			}
			if len(lines) < page {
				return
			}
		}
	}
}
