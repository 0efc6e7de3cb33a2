package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/store"
)

// The years an edition can be of: another one is a typing mistake.
const (
	firstYear = 2000
	lastYear  = 2100
)

func newEdition(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edition",
		Short: "List the editions of definitions, or issue a new one",
		Long: "An edition is everything that is defined for a year: units, items, frameworks, rules, registers. It is frozen when it is issued;\n" +
			"a change makes a new edition, and published periods keep theirs.",
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newEditionList(io), newEditionIssue(io))
	return cmd
}

func newEditionList(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the editions",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, dir, func(ctx context.Context, s *store.Store) error {
				all, err := s.Editions(ctx)
				if err != nil {
					return err
				}
				for _, e := range all {
					fmt.Fprintf(io.out, "%d-%d\t%s\t%s\t%s\t%.12s\n", e.Year, e.Number, e.At.Local().Format("2006-01-02 15:04"), e.By, e.Reason, e.Digest)
				}
				return nil
			})
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

func newEditionIssue(io streams) *cobra.Command {
	var dir, reason string
	var year int
	cmd := &cobra.Command{
		Use:     "issue DIR --year YEAR --reason TEXT",
		Short:   "Freeze a folder of definitions as the next edition of a year",
		Example: "  unionboard edition issue ./definitions --year 2027 --reason \"考核办法修订\"",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if year == 0 || strings.TrimSpace(reason) == "" {
				return wrongUse("--year and --reason are needed: an edition says for which year it is and why it was made")
			}
			if year < firstYear || year > lastYear {
				return wrongUse("--year %d: choose a year from %d to %d", year, firstYear, lastYear)
			}
			return withStore(cmd, dir, func(ctx context.Context, s *store.Store) error {
				files, err := catalog.Files(os.DirFS(given[0]))
				if err != nil {
					return err
				}
				before, err := s.Editions(ctx)
				if err != nil {
					return err
				}
				e, err := issueEdition(ctx, s, year, files, reason, "console:"+consoleUser(), time.Now())
				if err != nil {
					return err
				}
				if slices.ContainsFunc(before, func(b assess.Edition) bool { return b.Year == e.Year && b.Number == e.Number }) {
					_, err = fmt.Fprintf(io.out, "already issued as %d-%d, %.12s; nothing was changed\n", e.Year, e.Number, e.Digest)
					return err
				}
				_, err = fmt.Fprintf(io.out, "edition %d-%d issued, %.12s\n", e.Year, e.Number, e.Digest)
				return err
			})
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().IntVar(&year, "year", 0, "year the definitions hold for (required)")
	cmd.Flags().StringVar(&reason, "reason", "", "why they were issued (required)")
	return cmd
}

// issueEdition checks definition files and freezes them.
func issueEdition(ctx context.Context, s *store.Store, year int, files map[string][]byte, reason, by string, at time.Time) (assess.Edition, error) {
	if _, err := catalog.Load(catalog.FromFiles(files)); err != nil {
		return assess.Edition{}, err
	}
	return s.IssueEdition(ctx, assess.Edition{Year: year, Digest: catalog.Digest(files), Reason: reason, By: by, At: at}, files)
}
