package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/dashboards"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/seeds"
)

func newCheck(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR]",
		Short: "Check a folder of definitions",
		Long: "Check a folder of definitions: units, items, frameworks, rules, registers, calendar, and page definitions in its folder\n" +
			"dashboards. A folder without units.yaml may hold framework files alone. Without DIR the definitions inside the program are\n" +
			"checked. Of a data folder its configuration is checked, too. Every fault is printed as file:line:column with what would be right.",
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, given []string) error {
			if len(given) == 0 {
				return checkShipped(io)
			}
			return checkFolder(io, given[0])
		},
	}
}

func checkShipped(io streams) error {
	edition, err := catalog.Load(seeds.Files())
	_, pagesErr := dashboard.Load(dashboards.Files())
	if err := errors.Join(err, pagesErr); err != nil {
		return err
	}
	return sayEdition(io, edition)
}

func checkFolder(io streams, dir string) error {
	folder := os.DirFS(dir)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return wrongUse("%s is not a folder that can be read", dir)
	}
	var found []error
	checked := false
	if exists(folder, "units.yaml") {
		checked = true
		edition, err := catalog.Load(folder)
		if err == nil {
			err = sayEdition(io, edition)
		}
		found = append(found, err)
	} else {
		n, err := checkFrameworks(io, folder)
		checked = n > 0
		found = append(found, err)
	}
	pages := folder
	if exists(folder, "dashboards") {
		sub, err := fs.Sub(folder, "dashboards")
		if err != nil {
			return fmt.Errorf("open dashboards: %w", err)
		}
		pages, checked = sub, true
		found = append(found, checkPages(io, pages))
	}
	if exists(folder, config.FileName) {
		checked = true
		found = append(found, checkConfig(io, dir))
	}
	if exists(folder, ledger.PolicyFile) {
		checked = true
		found = append(found, checkPolicies(io, dir))
	}
	if !checked {
		return assess.Invalid("problem.no_definitions",
			fmt.Sprintf("%s holds no definitions; a folder of definitions has units.yaml, or framework files, or a folder dashboards", dir))
	}
	return refuse(found)
}

// checkConfig reads the configuration of a data folder, with its scheduled exports.
func checkConfig(io streams, dir string) error {
	c, err := config.Read(dir)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return fmt.Errorf("time zone: %w", err)
	}
	plans, err := plansOf(c, zone)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s: %d sources, %d scheduled exports\n", config.FileName, len(c.Sources), len(plans))
	return err
}

// checkPolicies reads the policies of refunds of a data folder.
func checkPolicies(io streams, dir string) error {
	policies, err := policiesOf(dir)
	if err != nil {
		return err
	}
	confirmed := 0
	for _, p := range policies {
		if p.Confirmed {
			confirmed++
		}
	}
	_, err = fmt.Fprintf(io.out, "%s: %d policies, %d of them confirmed\n", ledger.PolicyFile, len(policies), confirmed)
	return err
}

// checkPages reads the pages of a folder over those of the program.
func checkPages(io streams, pages fs.FS) error {
	shelf, err := dashboard.NewShelf(dashboards.Files(), pages, nil)
	if err != nil {
		return err
	}
	var found []error
	for _, f := range shelf.Files(time.Now()) {
		if len(f.Faults) > 0 {
			found = append(found, f.Faults)
			continue
		}
		if _, err := fmt.Fprintf(io.out, "dashboards/%s: page %s at %s\n", f.Name, f.Page.Page, f.Page.Path); err != nil {
			return err
		}
	}
	return refuse(found)
}

// checkFrameworks reads the framework files of a folder that is no whole set, each on its own. The configuration of a data folder,
// whose pages are checked here, is no framework.
func checkFrameworks(io streams, folder fs.FS) (n int, err error) {
	names, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return 0, fmt.Errorf("list definitions: %w", err)
	}
	var found []error
	files := map[assess.Code]string{}
	for _, name := range names {
		if name == config.FileName {
			continue
		}
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return n, fmt.Errorf("read definitions: %w", err)
		}
		n++
		framework, err := catalog.ReadFramework(path.Base(name), data)
		if err == nil {
			err = sayFramework(io, name, framework, files)
		}
		found = append(found, err)
	}
	return n, refuse(found)
}

// sayFramework says what a file holds; a code that another file has taken is refused.
func sayFramework(io streams, name string, f *assess.Framework, files map[assess.Code]string) error {
	if file := files[f.Code]; file != "" {
		return assess.Invalid("problem.definition_code_twice_in_files",
			fmt.Sprintf("the code %s is taken by %s; give each file its own", f.Code, file), "code", string(f.Code), "file", file).At(assess.Place{File: name})
	}
	files[f.Code] = name
	edition := ""
	if f.Edition != "" {
		edition = ", edition " + f.Edition
	}
	_, err := fmt.Fprintf(io.out, "%s: framework %s%s: %d indicators\n", name, f.Code, edition, len(f.Root.Leaves()))
	return err
}

// refuse joins what was found so that it is one refusal.
func refuse(found []error) error {
	var problems assess.Problems
	var others []error
	for _, err := range found {
		var many assess.Problems
		var one *assess.Problem
		switch {
		case err == nil:
		case errors.As(err, &many):
			problems = append(problems, many...)
		case errors.As(err, &one):
			problems = append(problems, one)
		default:
			others = append(others, err)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return errors.Join(others...)
}

func exists(folder fs.FS, name string) bool {
	_, err := fs.Stat(folder, name)
	return err == nil
}

func sayEdition(io streams, e *assess.Edition) error {
	dimensions, indicators := 0, 0
	for i := range e.Frameworks {
		dimensions += len(e.Frameworks[i].Root.Children)
		indicators += len(e.Frameworks[i].Root.Leaves())
	}
	_, err := fmt.Fprintf(io.out, "good: %d units, %d frameworks, %d dimensions, %d indicators, %d items, %d rules, %d registers\n",
		len(e.Roster.Units), len(e.Frameworks), dimensions, indicators, len(e.Items), len(e.Rules), len(e.Registers))
	return err
}
