package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/refund"
	"github.com/unionboard/unionboard/internal/source"
)

// softLimit is from which memory on garbage is collected more often: a million rows on either side hold about half of it.
const softLimit = 3 << 30

// refundFlags are the files of `refund match`.
type refundFlags struct{ tax, unions, out, report, parameters string }

func newRefund(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "refund",
		Short: "Match the dues that enterprises paid with their unions, and refund them once",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRefundMatch(io), newRefundRun(io), newRefundPolicies(io))
	return cmd
}

func newRefundMatch(io streams) *cobra.Command {
	var f refundFlags
	cmd := &cobra.Command{
		Use:   "match --tax TAX.csv --unions UNIONS.csv --out MATCHES.csv",
		Short: "Find the union, the district, the account and the amount of every payment in a tax bureau's file",
		Long: "Find the union, the district, the account and the amount of every payment in a tax bureau's file. Nothing is kept and nothing paid:\n" +
			"the answer is a file with a row for each row of the bureau's, whose status is auto, review, none or duplicate. Amounts are those of\n" +
			"the file's own year. The report says in numbers what was decided and by which weights of evidence. `docs/refund.md` says how.\n\n" +
			"The matches hold account numbers: keep them where only those who pay can read them.",
		Example: "  unionboard refund match --tax tax.csv --unions unions.csv --out matches.csv --report report.json\n" +
			"  unionboard refund match --tax tax.csv --unions unions.csv --out - --parameters report.json",
		Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return f.match(io) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.tax, "tax", "", "CSV of the tax bureau's payments (required)")
	flags.StringVar(&f.unions, "unions", "", "CSV of the register of unions (required)")
	flags.StringVar(&f.out, "out", "", "file to write the matches to, - for standard output (required)")
	flags.StringVar(&f.report, "report", "", "file to write the report to, as JSON")
	flags.StringVar(&f.parameters, "parameters", "", "report of an earlier run, whose weights are taken instead of being estimated")
	return cmd
}

func (f *refundFlags) match(to streams) error {
	if f.tax == "" || f.unions == "" || f.out == "" {
		return wrongUse("refund match needs --tax TAX.csv, --unions UNIONS.csv and --out MATCHES.csv")
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	options := refund.Options{Policy: refund.FilePolicy()}
	if f.parameters != "" {
		earlier, err := readParameters(f.parameters)
		if err != nil {
			return err
		}
		options.Parameters = earlier
	}
	in := &refund.Intake{TaxFile: f.tax, UnionFile: f.unions}
	files, err := f.read(to, in)
	if err != nil {
		return err
	}
	result, err := refund.Run(in.Payments, in.Unions, options)
	if err != nil {
		return fmt.Errorf("match %s: %w", f.tax, err)
	}
	report, err := result.Report(in.Warnings)
	if err != nil {
		return err
	}
	report.Files = files
	if err := toFile(to, f.out, result.WriteMatches); err != nil {
		return err
	}
	if f.report != "" {
		if err := toFile(to, f.report, func(w io.Writer) error { return writeIndented(w, report) }); err != nil {
			return err
		}
	}
	return f.say(to.err, report)
}

// read takes both files in.
func (f *refundFlags) read(to streams, in *refund.Intake) ([]refund.ReportFile, error) {
	need, may := refund.PaymentColumns()
	tax, err := readRows(to, f.tax, need, may, in.Payment)
	if err != nil {
		return nil, err
	}
	need, may = refund.UnionColumns()
	unions, err := readRows(to, f.unions, need, may, in.Union)
	if err != nil {
		return nil, err
	}
	return []refund.ReportFile{tax, unions}, nil
}

func readRows(to streams, path string, need, may []string, visit func(int, []string, *assess.Problem)) (refund.ReportFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return refund.ReportFile{}, wrongUse("%s: %w", path, pathless(err))
	}
	sum := sha256.Sum256(data)
	file := refund.ReportFile{Name: path, SHA256: hex.EncodeToString(sum[:])}
	notes, err := source.Rows(path, data, need, may, func(line int, cells []string, fault *assess.Problem) {
		file.Rows++
		visit(line, cells, fault)
	})
	for _, n := range notes {
		fmt.Fprintln(to.err, n)
	}
	return file, err
}

// readParameters takes the parameters out of the report of an earlier run.
func readParameters(path string) (*refund.Parameters, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, wrongUse("--parameters %s: %w", path, pathless(err))
	}
	var report struct {
		Parameters *refund.Parameters `json:"parameters"`
	}
	if err := json.Unmarshal(data, &report); err != nil || report.Parameters == nil {
		return nil, assess.Invalid("problem.refund_parameters", "the file is no report of `refund match`; give one that it wrote with --report").
			At(assess.Place{File: path}).Because(err)
	}
	return report.Parameters, nil
}

func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

// say tells on standard error what was decided and which rows were refused.
func (f *refundFlags) say(w io.Writer, r *refund.Report) error {
	const most = 20
	for _, t := range r.ByStatus {
		fmt.Fprintf(w, "%-9s %8d rows, paid %s yuan, refunded or to be refunded %s\n", t.Status, t.Rows, t.Paid, t.Refund)
	}
	for i, p := range r.Refused {
		if i == most {
			fmt.Fprintf(w, "and %d more; the report names all\n", len(r.Refused)-most)
			break
		}
		fmt.Fprintf(w, "%s: %s\n", p.Place, p.Message)
	}
	if n := len(r.Warnings) + r.MoreWarnings; n > 0 {
		fmt.Fprintf(w, "%d codes and rows are odd; the report names them\n", n)
	}
	if len(r.Refused) > 0 {
		return errPart
	}
	return nil
}
