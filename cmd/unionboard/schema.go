package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dashboard"
)

func newSchema(io streams) *cobra.Command {
	names := append(catalog.SchemaNames(), "config", "dashboard")
	slices.Sort(names)
	return &cobra.Command{
		Use:   "schema NAME",
		Short: "Print the JSON Schema of a definition file",
		Long: "Print the JSON Schema (2020-12) of a kind of definition file, for editors that complete and check while you type.\n" +
			"Names: " + strings.Join(names, ", ") + ".",
		Example:   "  unionboard schema framework > framework.schema.json",
		Args:      args(cobra.ExactArgs(1)),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, given []string) error {
			schema, err := schemaOf(given[0])
			if err != nil {
				return err
			}
			if schema == nil {
				return wrongUse("there is no schema %q; choose one of %s", given[0], strings.Join(names, ", "))
			}
			_, err = fmt.Fprintf(io.out, "%s\n", strings.TrimSpace(string(schema)))
			return err
		},
	}
}

func schemaOf(name string) ([]byte, error) {
	switch {
	case name == "config":
		return config.Schema()
	case name == "dashboard":
		return dashboard.Schema()
	case slices.Contains(catalog.SchemaNames(), name):
		return catalog.Schema(name)
	}
	return nil, nil
}
