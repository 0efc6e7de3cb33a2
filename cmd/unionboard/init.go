package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/seeds"
)

func newInit(io streams) *cobra.Command {
	var dir, admin string
	var later bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make an empty installation: database, configuration, first administrator",
		Long: "Make an empty installation: the database, a commented configuration file, the shipped definitions issued for this year and the\n" +
			"last, and the first administrator, whose random password is printed once, lapses after three days and opens the account once, to\n" +
			"choose another. Where the folder holds a configuration with security: level3 already, it is the security administrator, whose work the accounts are then.",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if later {
				admin = ""
			}
			return initFolder(cmd.Context(), io, dir, admin)
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&admin, "admin", "admin", "sign-in name of the first administrator")
	cmd.Flags().BoolVar(&later, "no-admin", false, "make no account: the first start of serve prints a code with which the setup page makes it")
	return cmd
}

func initFolder(ctx context.Context, io streams, dir, admin string) error {
	s, err := createStore(ctx, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := writeConfig(dir); err != nil {
		return err
	}
	now := time.Now()
	if err := issueShipped(ctx, s, []int{now.Year() - 1, now.Year()}, now); err != nil {
		return err
	}
	fmt.Fprintf(io.err, "data folder     %s\nconfiguration   %s\n", s.Folder(), filepath.Join(s.Folder(), config.FileName))
	sayDatabase(io, s)
	sayReserve(io, s)
	if admin == "" {
		fmt.Fprintf(io.err, "next            unionboard serve --data %s prints the code with which /setup makes the first account\n", dir)
		return nil
	}
	c, err := config.Read(dir)
	if err != nil {
		return err
	}
	if err := addUser(ctx, io, s, admin, "", account.Post{Role: rulesOf(c).Keeper()}); err != nil {
		return err
	}
	fmt.Fprintf(io.err, "next            unionboard user add, import targets and figures, then unionboard serve --data %s\n", dir)
	return nil
}

// sayReserve says what the large file of the data folder is for, or that it could not be made.
func sayReserve(io streams, s *store.Store) {
	if s.Database() != "" {
		return // it is for the database
	}
	if s.Reserved() {
		fmt.Fprintln(io.err, "reserve         unionboard.reserve keeps 64 MB: when the disk is full they are given up, and the work of the moment is still written")
		return
	}
	fmt.Fprintln(io.err, "warning         the disk has no room for the reserve of 64 MB that keeps the work of the moment when it is full; make room, the next start makes it")
}

func writeConfig(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, config.FileName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return nil // a configuration that was put there before is the operator's
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := config.Default(f); err != nil {
		f.Close()
		return fmt.Errorf("write the configuration: %w", err)
	}
	return f.Close()
}

// issueShipped issues the definitions inside the program for some years.
func issueShipped(ctx context.Context, s *store.Store, years []int, at time.Time) error {
	files, err := catalog.Files(seeds.Files())
	if err != nil {
		return err
	}
	for _, year := range years {
		if _, err := issueEdition(ctx, s, year, files, "shipped with unionboard "+version, "system", at); err != nil {
			return err
		}
	}
	return nil
}
