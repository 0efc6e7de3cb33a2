package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/vault"
)

const (
	// careSchedule is when personal data are looked after: what is past its time is erased, and keys that are old are changed.
	careSchedule = "23 3 * * *"
	// keyLife is after what time a served installation changes its key by itself.
	keyLife = 365 * day
)

// care answers where the keys of registers are changed and what is past its time is erased.
func (a *app) care() *register.Care {
	return &register.Care{Book: a.registers(), Archive: a.store, Keys: a.vault, Attached: &ledger.Ledger{Store: a.store, Book: a.registers()}}
}

func newKeys(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Show the keys of personal columns and second factors, and change them",
		Long: "Show the keys by which personal columns of registers and the secrets of second factors are sealed: their names,\n" +
			"the newest last, and how much each seals; never the keys themselves. They lie in secrets/register.keys of the data folder: keep a\n" +
			"copy of that file apart from copies of the database.",
		Example: "  unionboard keys",
		Args:    knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error { return a.tellKeys(cmd.Context(), io.out) })
		},
	}
	dataFlag(cmd, &dir)
	cmd.AddCommand(newKeysRotate(io))
	return cmd
}

func newKeysRotate(io streams) *cobra.Command {
	var dir string
	var lost bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make a new key and seal everything anew by it",
		Long: "Make a new key and seal everything anew by it. A run that was ended is taken up by the next one. The data folder must not be served\n" +
			"meanwhile; while it is, the program does the same by itself once a year. Old keys stay in the file for older copies of the database.\n" +
			"Where the file is gone for good, --lost begins a new one: what the lost keys sealed stays shut, second factors are reset by\n" +
			"`user second-factor`, and what is entered from then on is sealed by the new key.",
		Example: "  unionboard keys rotate",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error {
				if lost {
					return a.beginKeys(cmd.Context(), io.out)
				}
				n, err := a.care().Turn(cmd.Context(), atConsole("", ""))
				if err != nil {
					return err
				}
				fmt.Fprintf(io.out, "sealed anew: %d\n", n)
				return a.tellKeys(cmd.Context(), io.out)
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().BoolVar(&lost, "lost", false, "the file of keys is gone for good: begin a new one")
	return cmd
}

// beginKeys makes a new file of keys in the place of one that is gone.
func (a *app) beginKeys(ctx context.Context, to io.Writer) error {
	path := keysPath(a.dir)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return assess.Invalid("problem.keys_there", fmt.Sprintf("%s is there; leave out --lost, or take the file away first if it belongs to another database", path), "file", path)
	}
	line := atConsole("keys.turn", "register.keys")
	line.After = "lost"
	if err := a.store.Record(ctx, line); err != nil {
		return err
	}
	if _, err := vault.Open(path); err != nil {
		return err
	}
	fmt.Fprintf(to, "new keys begin in %s; what older ones sealed stays shut until their file is put back\n", path)
	return nil
}

func (a *app) tellKeys(ctx context.Context, to io.Writer) error {
	names, err := a.vault.Names()
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "key\tseals")
	for _, name := range names {
		n, err := a.store.SealedBy(ctx, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\t%d\n", name, n)
	}
	return out.Flush()
}

func newErase(io streams) *cobra.Command {
	var dir string
	var dry bool
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Erase personal data that are past their time",
		Long: "Erase records and personal columns of registers that are past the time their definitions give them, with all older versions, so that no\n" +
			"byte of them stands in the database or its log. A served installation does so every night. The audit log says which records and columns\n" +
			"that were, and never what stood in them. Copies of the database that were made before are not changed: they must end by themselves.",
		Example: "  unionboard erase --dry-run",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd.Context(), dir, func(a *app) error {
				done, err := a.care().Erase(cmd.Context(), dry, atConsole("", ""))
				out := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(out, "register\trecords\tcolumns of further records")
				for _, of := range done {
					fmt.Fprintf(out, "%s\t%d\t%d\n", of.Table, of.Whole, of.Columns)
				}
				if flushErr := out.Flush(); err == nil {
					err = flushErr
				}
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be erased, and erase nothing")
	return cmd
}

// careForPersons schedules the care of personal data.
func (a *app) careForPersons(jobs *schedule.Scheduler) error {
	spec, err := schedule.Parse(careSchedule, a.zone)
	if err != nil {
		return err
	}
	return jobs.Add(schedule.Job{Name: "personal data", Spec: spec, Lead: true, Run: a.careFor})
}

// careFor erases what is past its time, and changes the key where it is old. What an earlier change of keys has left is sealed anew.
func (a *app) careFor(ctx context.Context, now time.Time) {
	care, line := a.care(), assess.AuditLine{At: now, Actor: "system", Result: "ok"}
	done, err := care.Erase(ctx, false, line)
	if err != nil {
		a.log.Error("erase what is past its time", "error", err)
	}
	for _, of := range done {
		if of.Whole+of.Columns > 0 {
			a.log.Info("erased what was past its time", "register", of.Table, "records", of.Whole, "columns_of", of.Columns)
		}
	}
	seal := care.Reseal
	// Where there are several servers the file of keys has copies, which people must change with it.
	if turned := a.vault.Turned(); !turned.IsZero() && now.Sub(turned) > keyLife && a.shared() {
		a.log.Warn("the key of personal columns is older than a year; change it by `unionboard keys rotate`, and copy the file to the other servers")
	} else if !turned.IsZero() && now.Sub(turned) > keyLife {
		seal = care.Turn
	}
	a.sealAgain(ctx, now, seal)
}

// sealAgain seals anew what is not sealed by the newest key, such as what an earlier version kept as it was.
func (a *app) sealAgain(ctx context.Context, now time.Time, seal func(context.Context, assess.AuditLine) (int, error)) {
	n, err := seal(ctx, assess.AuditLine{At: now, Actor: "system", Result: "ok"})
	if err != nil {
		a.log.Error("seal anew", "error", err)
	} else if n > 0 {
		a.log.Info("sealed anew", "texts", n)
	}
}
