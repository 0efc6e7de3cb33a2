package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/terminal"
)

// refunds answers where refunds of dues are decided and booked. Their register holds Chinese words.
func (a *app) refunds() (*ledger.Ledger, error) {
	policies, err := policiesOf(a.dir)
	if err != nil {
		return nil, err
	}
	say := func(why string) string { return a.words.T(i18n.Chinese, "web.refund.why."+why) }
	return &ledger.Ledger{Store: a.store, Book: a.registers(), Policies: policies, Say: say, Turn: a.turn("refund")}, nil
}

// policyFile answers the rows of policies of a data folder: its own file, else the shipped one.
func policyFile(dir string) (path string, text []byte, err error) {
	path = filepath.Join(dir, ledger.PolicyFile)
	text, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, ledger.ShippedPolicies(), nil
	}
	if err != nil {
		err = assess.Unavailable("problem.config_open", "the policies of refunds cannot be read; let the program read the file").At(assess.Place{File: path}).Because(err)
	}
	return path, text, err
}

// policiesOf reads the policies of a data folder.
func policiesOf(dir string) ([]ledger.Policy, error) {
	path, text, err := policyFile(dir)
	if err != nil {
		return nil, err
	}
	return ledger.ReadPolicies(path, text)
}

func newRefundPolicies(to streams) *cobra.Command {
	var dir, out string
	cmd := &cobra.Command{
		Use:   "policies",
		Short: "Print the policies of refunds that hold",
		Long: "Print the policies of refunds that hold, as CSV: a row for each, with the days of payment that it is for, the limit, the share and who\n" +
			"has to agree. Save it as " + ledger.PolicyFile + " in the data folder and change it there: its rows then hold in the place of the\n" +
			"shipped ones, which wait for the city to confirm them. `docs/refund.md` explains the columns.",
		Example: "  unionboard refund policies --out unionboard-data/" + ledger.PolicyFile,
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			path, text, err := policyFile(dir)
			if err != nil {
				return err
			}
			if _, err := ledger.ReadPolicies(path, text); err != nil {
				return err
			}
			return toFile(to, out, func(w io.Writer) error { _, err := w.Write(text); return err })
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&out, "out", "", "file to write them to; standard output where there is none")
	return cmd
}

// refundRunFlags are the options of `refund run`.
type refundRunFlags struct {
	refundFlags
	dir, ledger string
	reviewAll   bool
}

func newRefundRun(io streams) *cobra.Command {
	var f refundRunFlags
	cmd := &cobra.Command{
		Use:   "run --tax TAX.csv --unions UNIONS.csv --ledger LEDGER.csv",
		Short: "Take a delivery in, match it, book what is sure, and write the ledger",
		Long: "Take a delivery in: every ticket becomes a refund in the register, what is matched without a person is booked where the policy in force\n" +
			"says so, the rest waits for the reviewers of its district. A ticket is refunded once, whatever is delivered how often and in which\n" +
			"order; the same files again change nothing, and a run that was killed is made whole by running it again. The ledger is written with a\n" +
			"row for every booking there is. `docs/refund.md` says how.",
		Example: "  unionboard refund run --tax tax.csv --unions unions.csv --ledger ledger.csv\n" +
			"  unionboard refund run --review-all --tax tax.csv --unions unions.csv --ledger -",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.tax == "" || f.unions == "" || f.ledger == "" {
				return wrongUse("refund run needs --tax TAX.csv, --unions UNIONS.csv and --ledger LEDGER.csv")
			}
			if os.Getenv("GOMEMLIMIT") == "" {
				debug.SetMemoryLimit(softLimit)
			}
			return withApp(cmd.Context(), f.dir, func(a *app) error { return a.refund(cmd.Context(), io, f) })
		},
	}
	dataFlag(cmd, &f.dir)
	flags := cmd.Flags()
	flags.StringVar(&f.tax, "tax", "", "CSV of the tax bureau's payments (required)")
	flags.StringVar(&f.unions, "unions", "", "CSV of the register of unions (required)")
	flags.StringVar(&f.ledger, "ledger", "", "file to write the ledger to, - for standard output (required)")
	flags.BoolVar(&f.reviewAll, "review-all", false, "book nothing: a reviewer looks at what was matched without one, too")
	flags.StringVar(&f.parameters, "parameters", "", "report of an earlier `refund match`, whose weights are taken instead of being estimated")
	return cmd
}

// refund takes a delivery and writes the ledger.
func (a *app) refund(ctx context.Context, to streams, f refundRunFlags) error {
	files := ledger.Files{TaxName: f.tax, UnionName: f.unions}
	for _, one := range []struct {
		path string
		into *[]byte
	}{{f.tax, &files.Tax}, {f.unions, &files.Unions}} {
		data, err := os.ReadFile(one.path)
		if err != nil {
			return wrongUse("%s: %w", one.path, pathless(err))
		}
		*one.into = data
	}
	options := ledger.Options{ReviewAll: f.reviewAll}
	if f.parameters != "" {
		earlier, err := readParameters(f.parameters)
		if err != nil {
			return err
		}
		options.Parameters = earlier
	}
	progress := terminal.NewProgress(to.err, "refunding", 0)
	defer progress.Close()
	before := 0
	options.Progress = func(done, _ int) { progress.Step(done-before, ""); before = done }
	kept, err := a.refunds()
	if err != nil {
		return err
	}
	line := assess.AuditLine{At: time.Now(), Actor: "console:" + consoleUser(), Result: "ok"}
	d, err := kept.Take(ctx, files, options, line)
	if err != nil {
		return err
	}
	if err := toFile(to, f.ledger, func(w io.Writer) error { return kept.WriteLedger(ctx, w) }); err != nil {
		return err
	}
	return sayDelivered(to.err, d)
}

// sayDelivered tells on standard error what became of a delivery.
func sayDelivered(w io.Writer, d *ledger.Delivered) error {
	const most = 20
	for _, n := range d.Notes {
		fmt.Fprintln(w, n)
	}
	if d.Known {
		fmt.Fprintf(w, "%s and %s were taken before, as delivery %d; nothing was changed\n", filepath.Base(d.TaxFile), filepath.Base(d.UnionFile), d.Number)
	}
	for _, outcome := range slices.Sorted(maps.Keys(d.Outcomes)) {
		sum := d.Outcomes[outcome]
		fmt.Fprintf(w, "%-9s %8d rows, paid %s yuan\n", outcome, sum.Cases, refund.Fen(sum.Paid))
	}
	fmt.Fprintf(w, "booked %d refunds of %s yuan\n", d.Booked.Cases, refund.Fen(d.Booked.Refund))
	for i, p := range d.Refused {
		if i == most {
			fmt.Fprintf(w, "and %d more\n", len(d.Refused)-most)
			break
		}
		fmt.Fprintf(w, "%s: %s\n", p.Place, p.Message)
	}
	if len(d.Refused) > 0 {
		return errPart
	}
	return nil
}
