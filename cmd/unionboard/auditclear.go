package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/store"
)

// auditSchedule is when the audit log is looked after: verified, cleared of what is past its time, and its head written down.
const auditSchedule = "7 0 * * *"

func newAuditClear(io streams) *cobra.Command {
	var dir, before string
	var dry bool
	cmd := &cobra.Command{
		Use:   "clear",
		Short: "Move lines whose time is over from the audit log into a file",
		Long: "Move lines whose time is over from the audit log into a file, compressed, with their hashes; the server does it every night. What is left stays\n" +
			"verifiable, and so is the file, which joins the log. Without --before the time is what the configuration says (audit.keep_days); lines of the last\n" +
			fmt.Sprint(config.LeastAuditDays) + " days never leave.",
		Example: "  unionboard audit clear --dry-run\n" +
			"  unionboard audit clear --before 2024-01-01",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error {
				limit, err := a.clearLimit(before, time.Now())
				if err != nil {
					return err
				}
				c, path, err := a.clearAudit(cmd.Context(), limit, dry, atConsole(audit.Clearing, ""))
				switch {
				case err != nil:
					return err
				case c.Lines() == 0:
					fmt.Fprintf(io.out, "no line was written before %s\n", limit.In(a.zone).Format(time.DateOnly))
				case dry:
					fmt.Fprintf(io.out, "lines %d–%d would leave, written from %s to %s\n", c.First, c.Last, c.Oldest.In(a.zone).Format(time.DateOnly), c.Newest.In(a.zone).Format(time.DateOnly))
				default:
					fmt.Fprintf(io.out, "lines %d–%d left for %s\n", c.First, c.Last, path)
				}
				return nil
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&before, "before", "", "day before which lines were written, as 2024-01-01; left out: what the configuration says")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would leave, and move nothing")
	return cmd
}

// clearLimit answers the time before which lines leave.
func (a *app) clearLimit(before string, now time.Time) (time.Time, error) {
	if before == "" {
		return now.AddDate(0, 0, -a.config.Audit.KeepDays), nil
	}
	day, err := a.dayFlag("before", before)
	if err != nil {
		return day, err
	}
	if latest := now.AddDate(0, 0, -config.LeastAuditDays); day.After(latest) {
		return day, assess.Invalid("problem.audit_too_new",
			fmt.Sprintf("lines of the last %d days stay in the audit log; choose a day up to %s", config.LeastAuditDays, latest.In(a.zone).Format(time.DateOnly)),
			"days", fmt.Sprint(config.LeastAuditDays), "day", latest.In(a.zone).Format(time.DateOnly))
	}
	return day, nil
}

// clearAudit moves the lines written before a time into a file, which is whole, on the disk and read again before they leave.
func (a *app) clearAudit(ctx context.Context, before time.Time, dry bool, line assess.AuditLine) (c store.Clearing, path string, err error) {
	c, err = a.store.ClearingBefore(ctx, before)
	if err != nil || c.Lines() <= 0 || dry {
		return c, "", err
	}
	path = filepath.Join(a.auditFolder(), fmt.Sprintf("audit-%012d-%012d.jsonl.gz", c.First, c.Last))
	last, err := audit.Keep(path, c.After, a.store.ClearingLines(ctx, c))
	if err != nil {
		return c, path, err
	}
	if err := readAgain(path, c.After, last); err != nil {
		return c, path, err
	}
	line.Object = filepath.Base(path)
	line.Before = fmt.Sprintf("lines %d–%d, written from %s to %s", c.First, c.Last, c.Oldest.Format(time.RFC3339), c.Newest.Format(time.RFC3339))
	return c, path, a.store.ClearAudit(ctx, c, last, line)
}

func readAgain(path string, first, last audit.Mark) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read %s again: %w", path, err)
	}
	defer f.Close()
	from, to, err := audit.VerifyFile(path, f)
	if err == nil && (from != first || to != last) {
		err = fmt.Errorf("%s is not what was written", path)
	}
	return err
}

// careForAudit schedules the care of the audit log.
func (a *app) careForAudit(jobs *schedule.Scheduler) error {
	spec, err := schedule.Parse(auditSchedule, a.zone)
	if err != nil {
		return err
	}
	return jobs.Add(schedule.Job{Name: "audit log", Spec: spec, Lead: true, Run: a.lookAfterAudit})
}

// lookAfterAudit verifies the audit log, lets go what is past its time, and writes its head down. A log that was changed is not cleared.
func (a *app) lookAfterAudit(ctx context.Context, now time.Time) {
	verified := a.checkAudit(ctx, now)
	if verified {
		line := assess.AuditLine{At: now, Actor: "system", Action: audit.Clearing, Result: "ok"}
		c, path, err := a.clearAudit(ctx, now.AddDate(0, 0, -a.config.Audit.KeepDays), false, line)
		if err != nil {
			a.log.Error("clear the audit log", "error", err)
		} else if c.Lines() > 0 {
			a.log.Info("lines left the audit log", "lines", c.Lines(), "file", path)
		}
	}
	if _, err := a.noteHead(ctx, now); err != nil {
		a.log.Error("write down the head of the audit log", "error", err)
	}
}

// checkAudit verifies the audit log and leaves a line of what it found.
func (a *app) checkAudit(ctx context.Context, now time.Time) (holds bool) {
	line := assess.AuditLine{At: now, Actor: "system", Action: "audit.verify", Object: "audit log", Result: "ok"}
	known, err := knownHeads(a.auditFolder())
	var n int64
	if err == nil {
		n, err = a.store.VerifyAudit(ctx, known...)
	}
	if ctx.Err() != nil {
		return false
	}
	line.After = fmt.Sprintf("%d lines", n)
	if err != nil {
		line.Result, line.After = "failed", err.Error()
		a.log.Error("the audit log does not hold", "error", err)
	}
	if err := a.store.Record(ctx, line); err != nil {
		a.log.Error("record the verification of the audit log", "error", err)
	}
	return err == nil
}
