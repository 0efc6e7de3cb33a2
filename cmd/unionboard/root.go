package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unionboard/unionboard/internal/assess"
)

const about = `unionboard gathers what the district unions of a city report each quarter, scores it by the city's frameworks, and shows
how the districts stand, why, and how sure it is. Everything is in this one program: the database, the pages, the scheduler.

Start here:
  unionboard demo            a labelled demonstration city, from nothing to a served page
  unionboard init            an empty installation: database, commented configuration, first administrator
  unionboard serve           pages and scheduled collection

Every option can also be set in the environment (--data as UNIONBOARD_DATA), and so can every single setting of the configuration file; see
unionboard config show. Results go to standard output, all else to
standard error. Exit codes: 0 done, 1 failed, 2 wrong use, 3 input refused, 4 done in part.`

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run carries out one command line and answers its exit code.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // whoever asks a second time does not want to wait: the signal then ends the program as it ends any
	root := newRoot(streams{in, out, errOut})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	return exitCode(root.ExecuteContext(ctx), errOut)
}

func newRoot(io streams) *cobra.Command {
	root := &cobra.Command{
		Use:               "unionboard",
		Short:             "Performance-assessment dashboard for the work of a city's trade unions",
		Long:              about,
		Version:           versionText(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              knownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return checkEnvironment(cmd) },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
			f := bad.GetFlag()
			return wrongUse("--%s takes %s, not %q; see `%s --help`", f.Name, kindOf(f), bad.GetValue(), cmd.CommandPath())
		}
		return wrongUse("%s; see `%s --help`", err, cmd.CommandPath())
	})
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(
		newDemo(io), newInit(io), newServe(io), newCollect(io), newImport(io), newReview(io), newScore(io), newExplain(io),
		newRobustness(io), newRegister(io), newRefund(io), newPublish(io), newVerify(io), newExport(io), newForm(io),
		newCheck(io), newConfig(io), newSchema(io), newUser(io), newToken(io), newKeys(io), newErase(io), newAudit(io), newBackup(io), newRestore(io), newMove(io), newEdition(io), newDoctor(io), newVersion(io),
	)
	root.InitDefaultCompletionCmd()
	for _, sub := range root.Commands() {
		if sub.Name() == "completion" {
			sub.Args = knownCommand // cobra would print its help for a shell that it does not know
			sub.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	return root
}

// knownCommand refuses a word that is no command, with the nearest ones.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	hint := fmt.Sprintf("see `%s --help`", cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return wrongUse("there is no command %q; %s", cmd.CommandPath()+" "+args[0], hint)
}

// fromEnvironment sets every flag that was not given on the command line from UNIONBOARD_<FLAG>.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "help" || f.Name == "version" { // the last two are no settings
			return
		}
		name := environmentName(f.Name)
		value, ok := lookup(name)
		if !ok || value == "" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, wrongUse("%s in the environment is %q, but --%s takes %s; correct it or unset it", name, value, f.Name, kindOf(f)))
		}
	})
	return errors.Join(errs...)
}

// periodFlag reads the period of an option.
func periodFlag(text string) (assess.Period, error) {
	if text == "" {
		return assess.Period{}, wrongUse("--period is missing; write for example --period 2026Q1, or --period 2026 for the year")
	}
	p, err := assess.ParsePeriod(text)
	if err != nil {
		return p, wrongUse("--period: %w", err)
	}
	return p, nil
}

// kindOf says what an option takes.
func kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	}
	return "a " + f.Value.Type()
}

func environmentName(flag string) string {
	return "UNIONBOARD_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// args wraps a cobra argument rule so that breaking it is a wrong use.
func args(rule cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if err := rule(cmd, given); err != nil {
			return wrongUse("%s; see `%s --help`", err, cmd.CommandPath())
		}
		return nil
	}
}
