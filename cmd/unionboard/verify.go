package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/publish"
	"github.com/unionboard/unionboard/internal/results"
)

func newVerify(to streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Compute published results again and compare every byte with their seals",
		Long: "Compute published results again and compare every byte with their seals. With FILE, a seal that `publish --out` wrote, nothing else\n" +
			"is needed. Without it every seal of the installation is verified: against itself, the chain of seals, the audit log, and the\n" +
			"figures and definitions that the log holds. The first difference of each is named with line, byte, unit and both values; exit\n" +
			"code 1 says that there was one.",
		Example: "  unionboard verify\n  unionboard verify 2026Q1.seal",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 1 {
				return verifyFile(cmd.Context(), to, paths[0])
			}
			return withApp(cmd.Context(), dir, func(a *app) error { return a.verify(cmd.Context(), to) })
		},
	}
	dataFlag(cmd, &dir)
	return cmd
}

// errDiffers says that a seal does not hold; how has been said already.
var errDiffers = errors.New("a difference was found")

func loadEdition(files map[string][]byte) (*assess.Edition, error) {
	return catalog.LoadIssued(catalog.FromFiles(files))
}

func verifyFile(ctx context.Context, to streams, path string) error {
	if _, err := os.Stat(path); err != nil {
		return wrongUse("%w", err)
	}
	s, err := publish.Verify(ctx, func() (io.ReadCloser, error) { return os.Open(path) }, loadEdition)
	if err != nil {
		fmt.Fprintf(to.out, "%s does not hold: %s\n", path, harmless(explain(err)))
		return errDiffers
	}
	h := s.Header
	fmt.Fprintf(to.out, "%s holds: %s, edition %d\n", path, h.Period, h.Edition)
	fmt.Fprintf(to.out, "  seal      %s\n", s.Digest)
	fmt.Fprintf(to.out, "  content   %s, engine %s, definitions %d-%d\n", h.Content, h.Engine, h.Definitions.Year, h.Definitions.Number)
	fmt.Fprintf(to.out, "  proposed  %s, %s\n", h.Proposed.By, h.Proposed.At.Format("2006-01-02 15:04:05 MST"))
	fmt.Fprintf(to.out, "  approved  %s, %s\n", h.Approved.By, h.Approved.At.Format("2006-01-02 15:04:05 MST"))
	fmt.Fprintf(to.out, "  computed again: %d figures, %d results; every byte is the same\n", len(s.Basis.Figures), len(s.Scores))
	fmt.Fprintln(to.out, "Compare the seal with the one that /scoring/PERIOD and the audit log name: a file that was made anew as a whole can be told by that alone.")
	return nil
}

// harmless answers a text of a file as a terminal may have it: what would move its cursor or colour it stands as a code.
func harmless(text string) string {
	var out strings.Builder
	for _, c := range text {
		if c == '\n' || unicode.IsPrint(c) {
			out.WriteRune(c)
		} else {
			fmt.Fprintf(&out, "\\u%04x", c)
		}
	}
	return out.String()
}

// verify holds every seal of the installation against everything it was made of.
func (a *app) verify(ctx context.Context, to streams) error {
	known, err := knownHeads(a.auditFolder())
	var lines int64
	if err == nil {
		lines, err = a.store.VerifyAudit(ctx, known...)
	}
	if err != nil {
		fmt.Fprintf(to.out, "audit log: %s\n", explain(err))
		err = errDiffers
	} else {
		fmt.Fprintf(to.out, "audit log: %d lines hold\n", lines)
	}
	until := func(ctx context.Context, seq int64) (results.Log, error) { return a.store.Until(ctx, seq) }
	checked := 0
	good, verifyErr := a.book().Verify(ctx, a.store, until, loadEdition, func(c publish.Check) {
		if ctx.Err() != nil { // what was broken off says nothing of the seal
			return
		}
		checked++
		if c.Err != nil {
			fmt.Fprintf(to.out, "%s edition %d: does not hold: %s\n", c.Seal.Period, c.Seal.Edition, harmless(explain(c.Err)))
			return
		}
		fmt.Fprintf(to.out, "%s edition %d: holds, seal %s\n", c.Seal.Period, c.Seal.Edition, c.Seal.Digest)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if verifyErr != nil {
		fmt.Fprintf(to.out, "the list of seals is damaged: %s\n", explain(verifyErr))
		return errDiffers
	}
	fmt.Fprintf(to.out, "%d of %d seals hold\n", good, checked)
	if good < checked {
		return errDiffers
	}
	return err
}
