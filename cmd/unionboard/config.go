package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
)

func newConfig(io streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration that is in force",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigShow(io))
	return cmd
}

func newConfigShow(io streams) *cobra.Command {
	var dir, format string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show every setting that is in force and where it comes from",
		Long: "Show every setting that is in force and where it comes from: a line of the configuration file, a variable of the environment, or\n" +
			"nothing, where it is as usual. Options of the command line win over the environment, the environment over the file. The variable of a\n" +
			"setting is its key in capitals: tls.cert_file as UNIONBOARD_TLS_CERT_FILE, lists with commas between. Sources, webhooks and exports stand\n" +
			"in the file alone. Secrets are never shown: they stand in files of their own, and what looks like one is left out.",
		Example: "  unionboard config show",
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			c, err := config.Read(dir)
			if err != nil {
				return err
			}
			switch format {
			case "text":
				return showSettings(io.out, c.InForce())
			case "json":
				return sendSettings(io.out, c.InForce())
			}
			return wrongUse("--format %q: choose text or json", format)
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func showSettings(to io.Writer, all []config.Setting) error {
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "setting\tvalue\tfrom")
	for _, s := range all {
		fmt.Fprintf(out, "%s\t%s\t%s\n", s.Key, cmp.Or(s.Value, "-"), cameFrom(s.From))
	}
	return out.Flush()
}

// cameFrom says where a setting comes from.
func cameFrom(p assess.Place) string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", config.FileName, p.Line)
	case p.File != "":
		return p.File
	}
	return "usual"
}

func sendSettings(to io.Writer, all []config.Setting) error {
	type setting struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		From  string `json:"from"`
	}
	out := make([]setting, len(all))
	for i, s := range all {
		out[i] = setting{s.Key, s.Value, cameFrom(s.From)}
	}
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// notOurs are variables that others set by the name of a service: links between containers do so where that is called unionboard. Those of
// tests are ours and no settings.
var notOurs = regexp.MustCompile(`^UNIONBOARD_(SERVICE_|PORT$|PORT_|TEST_)`)

// knownVariables refuses a variable of the environment that looks like a setting and is none: a misspelt one would silently do nothing.
func knownVariables(cmd *cobra.Command, environ []string) error {
	data := cmd.Flags().Lookup("data")
	if data == nil {
		return nil
	}
	known := append(config.Variables(), flagVariables(cmd.Root())...)
	var odd []string
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "UNIONBOARD_") && value != "" && !notOurs.MatchString(name) && !slices.Contains(known, name) {
			odd = append(odd, name)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	var errs []error
	c, _ := config.Read(data.Value.String()) // what is wrong with it is said by the command
	secrets := c.SecretVariables()
	for _, name := range odd {
		if slices.Contains(secrets, name) {
			continue
		}
		hint := "`unionboard config show` lists the settings"
		if near := assess.Closest(name, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		errs = append(errs, wrongUse("the environment sets %s, which is no setting of unionboard; %s", name, hint))
	}
	return errors.Join(errs...)
}

// flagVariables answers the variables of the options of all commands.
func flagVariables(root *cobra.Command) (names []string) {
	note := func(f *pflag.Flag) { names = append(names, environmentName(f.Name)) }
	for _, sub := range root.Commands() {
		sub.Flags().VisitAll(note)
		sub.PersistentFlags().VisitAll(note)
		names = append(names, flagVariables(sub)...)
	}
	return names
}

// checkEnvironment looks at the environment of a command and sets its options by it.
func checkEnvironment(cmd *cobra.Command) error {
	if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
		return err
	}
	return knownVariables(cmd, os.Environ())
}
