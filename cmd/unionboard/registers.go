package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/vault"
)

// openVault answers the vault of a data folder. Its keys lie beside the database, never in it, and are made at the first need; where the
// database holds something sealed already they are not: new ones would open none of it.
func openVault(dir string, s *store.Store) *vault.Vault {
	path := keysPath(dir)
	return vault.New(path, func() error {
		sealed, err := s.HoldsSealed(context.Background())
		if err != nil || !sealed {
			return err
		}
		return assess.Unavailable("problem.keys_lost",
			fmt.Sprintf("%s is not there, and the database holds texts that open only under its keys; put back the file that belongs to this database, or, where it is gone for good, begin a new one with `unionboard keys rotate --lost`", path), "file", path)
	})
}

// keysPath answers where the keys of a data folder lie.
func keysPath(dir string) string { return filepath.Join(dir, "secrets", "register.keys") }

// registers answers where registers are kept. They last: before the definitions of a year are issued, those of the year before hold.
func (a *app) registers() *register.Book {
	book := &register.Book{Store: a.store, Editions: a.board, Vault: a.vault, Zone: a.zone}
	book.Beside = &ledger.Ledger{Store: a.store, Book: book}
	return book
}

// snapshots answers how the registers stand for each period, whose figures go through the gate.
func (a *app) snapshots() *register.Snapshots {
	return &register.Snapshots{Book: a.registers(), Gate: a.gate, Shots: a.store}
}

func newRegister(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "register",
		Short: "Take the snapshot of the registers for a quarter, write examples of their records",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRegisterSnapshot(io), newRegisterExample(io))
	return cmd
}

func newRegisterSnapshot(io streams) *cobra.Command {
	var dir, period string
	cmd := &cobra.Command{
		Use:   "snapshot --period Q",
		Short: "Take the registers of a quarter as they stand, and hand in what they say",
		Long: "Take the registers of a quarter as they stand now, and hand in what they say of its figures. `serve` does so by itself on the fifth\n" +
			"working day after the quarter; this is for what it has missed. Each quarter is taken once and before it is scored; after that a\n" +
			"figure is corrected with a reason. `docs/registers.md` says how records become figures.",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := periodFlag(period)
			if err != nil {
				return err
			}
			return withApp(cmd.Context(), dir, func(a *app) error {
				report, err := a.snapshots().Take(cmd.Context(), p, "", time.Now())
				if err != nil {
					return err
				}
				fmt.Fprintf(io.out, "%s: %d figures, %d new, %d changed, %d refused\n", p, report.Taken, report.New, report.Changed, report.Refused)
				sayRefused(io.err, report)
				return nil
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&period, "period", "", "quarter, such as 2026Q1 (required)")
	return cmd
}
