package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/refund/trial"
	"github.com/unionboard/unionboard/internal/register/reference"
	"github.com/unionboard/unionboard/seeds"
)

// exampleRows is of how many records the source speaks: nearly 30,000 of the tax authority and the unions.
const exampleRows = 30_000

func newRegisterExample(io streams) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "example hubei|wuxi|fujian",
		Short: "Write labelled, made-up files that say what is told of the works of unions elsewhere",
		Long: "Write labelled, made-up files that say what is told of the works of unions elsewhere: the 3,357 studios of Hubei, 49.8 % of them of the\n" +
			"skill-transfer type; the young cadres of Wuxi with their mentors, talks, secondments and labour; nearly 30,000 payments of dues as in\n" +
			"Fujian, with the unions to match them with. The first two are taken at the registers' pages, the third by `unionboard refund`.",
		Args: args(cobra.ExactArgs(1)),
		Example: "  unionboard register example hubei --out examples\n" +
			"  unionboard register example wuxi --out examples",
		RunE: func(_ *cobra.Command, names []string) error {
			files, err := exampleFiles(names[0], time.Now().Year())
			if err != nil {
				return err
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return wrongUse("--out %s: %w", dir, pathless(err))
			}
			for _, f := range files {
				if err := toFile(io, filepath.Join(dir, f.Name), f.Write); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "out", ".", "folder to write the files to")
	return cmd
}

// exampleFiles makes the files of an example for the districts of the shipped definitions.
func exampleFiles(name string, year int) ([]reference.File, error) {
	switch name {
	case "hubei", "wuxi":
		edition, err := catalog.Load(seeds.Files())
		if err != nil {
			return nil, err
		}
		var units []string
		for _, u := range edition.Roster.Units {
			units = append(units, string(u.Code))
		}
		if name == "hubei" {
			return []reference.File{reference.Hubei(units, year)}, nil
		}
		cadres, events := reference.Wuxi(units, year)
		return []reference.File{cadres, events}, nil
	case "fujian":
		set := trial.Make(trial.Setting{Seed: demoSeed, Rows: exampleRows, Strength: 1, City: "fuzhou"})
		return []reference.File{
			{Name: "fujian-tax.csv", Heads: trial.TaxHeads, Rows: set.Tax}, {Name: "fujian-unions.csv", Heads: trial.UnionHeads, Rows: set.Unions},
		}, nil
	}
	return nil, wrongUse("there is no example %q; choose hubei, wuxi or fujian", name)
}
