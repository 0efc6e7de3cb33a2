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
	cmd.AddCommand(newAuditVerify(io), newAuditHead(io), newAuditExport(io), newAuditClear(io), newAuditBreach(io))
	return cmd
}

// auditFlags are the options of commands that write lines of a span of time.
type auditFlags struct{ from, to, account, out string }

func (f *auditFlags) on(cmd *cobra.Command, account string) {
	cmd.Flags().StringVar(&f.from, "from", "", "first day, as 2026-01-31; left out: from the beginning")
	cmd.Flags().StringVar(&f.to, "to", "", "last day; left out: until now")
	cmd.Flags().StringVar(&f.account, "account", "", account)
	cmd.Flags().StringVar(&f.out, "out", "", "file to write to; left out: standard output")
}

// breachFlags are the options of `audit breach`.
type breachFlags struct {
	auditFlags
	register string
}

func newAuditBreach(io streams) *cobra.Command {
	var dir string
	var f breachFlags
	cmd := &cobra.Command{
		Use:   "breach",
		Short: "Write who saw personal data: what, who, when, how many",
		Long: "Write the sheet that is asked for when personal data may have come out (PIPL 57): who saw which of them as they are – uncovered on a page,\n" +
			"taken as a file, looked for – from where, when first and last, how often, how many records that were, and the reasons that were given.\n" +
			"It is a table as CSV; what somebody read stands nowhere in it, nor in the log. Lines that were cleared from the log are not looked at: the\n" +
			"command says from when on the log reaches.",
		Example: "  unionboard audit breach --from 2026-01-01\n" +
			"  unionboard audit breach --from 2026-01-01 --to 2026-03-31 --register dues_refunds --out breach.csv",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error { return a.breach(cmd.Context(), io, f) })
		},
	}
	dataFlag(cmd, &dir)
	f.on(cmd, "sign-in name of one account alone")
	cmd.Flags().StringVar(&f.register, "register", "", "code of one register alone")
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

// daysFlags reads the first and the last day of what is asked for; to is the day after, zero for none.
func (a *app) daysFlags(first, last string) (from, to time.Time, err error) {
	if from, err = a.dayFlag("from", first); err != nil {
		return from, to, err
	}
	if to, err = a.dayFlag("to", last); err == nil && !to.IsZero() {
		to = to.AddDate(0, 0, 1)
	}
	return from, to, err
}

// tellReach says where the log does not reach back to what was asked for, because lines were cleared.
func (a *app) tellReach(ctx context.Context, io streams, from time.Time) error {
	span, err := a.store.AuditSpan(ctx)
	if err == nil && span.Start.Seq > 0 && from.Before(span.Since) {
		fmt.Fprintf(io.err, "the log reaches back to %s: lines 1–%d were cleared and lie as files in %s\n",
			span.Since.In(a.zone).Format(time.RFC3339), span.Start.Seq, a.auditFolder())
	}
	return err
}

func (a *app) breach(ctx context.Context, io streams, f breachFlags) error {
	q := audit.ReadingQuery{Actor: f.account, Object: f.register}
	var err error
	if q.From, q.To, err = a.daysFlags(f.from, f.to); err != nil {
		return err
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
	if err := a.tellReach(ctx, io, q.From); err != nil {
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
