package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/terminal"
)

// moveFlags are the options of `move`.
type moveFlags struct{ from, to, fromPassword, toPassword string }

func newMove(io streams) *cobra.Command {
	var f moveFlags
	cmd := &cobra.Command{
		Use:   "move",
		Short: "Carry the data of an installation from SQLite to PostgreSQL, or back",
		Long: "Carry the data of an installation from one engine to the other, or from one PostgreSQL to another. --from and --to are a data folder, which means\n" +
			"the file of SQLite in it, or an address postgres://user@host:5432/database. Stop every unionboard that serves the installation first. The\n" +
			"new place must be empty. Every row is read as it stands in one moment, written, read back and compared; the audit log and every seal\n" +
			"are verified in the new place before it counts. A move that was broken off can be begun again; until then the new place is refused as\n" +
			"unfinished. Where the data stood they stay as they were, marked as moved, so that no unionboard serves them by mistake. Heads of the\n" +
			"audit log that the data folder keeps must stand in what is moved. Evidence, keys and the configuration stay in the data folder: what to\n" +
			"change there is said at the end. The password of a PostgreSQL is that of --from-password-file and --to-password-file, else that of the\n" +
			"folder's configuration, where database: is the same address, else that of the environment, as with psql. See docs/postgresql.md.",
		Example: "  unionboard move --from unionboard-data --to postgres://board@127.0.0.1:5432/board\n" +
			"  unionboard move --from postgres://board@127.0.0.1:5432/board --to back-in-a-folder",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return move(cmd.Context(), io, f) },
	}
	cmd.Flags().StringVar(&f.from, "from", "", "data folder, or address of the PostgreSQL, that the data stand in (required)")
	cmd.Flags().StringVar(&f.to, "to", "", "data folder, or address of the PostgreSQL, that they are carried to (required)")
	cmd.Flags().StringVar(&f.fromPassword, "from-password-file", "", "file with the password for --from, readable by its owner only")
	cmd.Flags().StringVar(&f.toPassword, "to-password-file", "", "file with the password for --to, readable by its owner only")
	return cmd
}

func move(ctx context.Context, io streams, f moveFlags) error {
	dir, c, err := f.folder()
	if err != nil {
		return err
	}
	from, err := sideOf("--from", f.from, f.fromPassword, c)
	if err != nil {
		return err
	}
	to, err := sideOf("--to", f.to, f.toPassword, c)
	if err != nil {
		return err
	}
	var known []audit.Mark
	if dir != "" {
		if known, err = knownHeads(auditFolderOf(dir, c)); err != nil {
			return err
		}
	}
	var bar *terminal.Progress
	var lines int64
	var seals int
	moved, err := store.Move{
		From: from, To: to, Now: time.Now(),
		Counted: func(rows int64) { bar = terminal.NewProgress(io.err, "rows", int(rows)) },
		Step:    func(table string, rows int64) { bar.Step(int(rows), table) },
		Look: func(ctx context.Context, s *store.Store) (err error) {
			bar.Step(0, "audit log and seals")
			lines, seals, err = verifyStore(ctx, s, sealUnfit, known...)
			return err
		},
		Line: func(m store.Moved) assess.AuditLine {
			line := atConsole("move", "database")
			line.Before, line.After = m.From, fmt.Sprintf("%s; %d tables, %d rows", m.To, m.Tables, m.Rows)
			return line
		},
	}.Do(ctx)
	if bar != nil {
		bar.Close()
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "moved           %d rows of %d tables\n  from          %s\n  to            %s\n", moved.Rows, moved.Tables, moved.From, moved.To)
	fmt.Fprintf(io.out, "verified        every row was read back; %d lines of the audit log and %d seals hold, %d kept heads of the log were compared\n", lines, seals, len(known))
	if moved.Unmarked != nil {
		fmt.Fprintf(io.err, "warning         the old place could not be marked as moved, so see to it yourself that nobody serves it any more: %s\n", explain(moved.Unmarked))
	}
	return sayAfterMove(ctx, io, dir, c, f)
}

// sealUnfit says that what is wrong with a seal was wrong before the move: every row is what it was.
func sealUnfit(of assess.Seal, why error) error {
	return assess.Conflict("problem.move_seal",
		fmt.Sprintf("the seal of %s, edition %d, does not hold, so the data are not moved; look into it where they stand, with \"unionboard verify\"", of.Period, of.Edition),
		"period", of.Period.String(), "edition", fmt.Sprint(of.Edition)).Because(why)
}

// folder answers the data folder of a move, "" where there is none, and its configuration.
func (f moveFlags) folder() (dir string, c config.Config, err error) {
	switch folders := []bool{isAddress(f.from), isAddress(f.to)}; {
	case f.from == "" || f.to == "":
		return "", c, wrongUse("--from and --to are needed; write for example --from unionboard-data --to postgres://board@127.0.0.1:5432/board")
	case !folders[0] && !folders[1]:
		return "", c, wrongUse("--from and --to are both data folders; to carry a folder elsewhere, use `unionboard backup` and `unionboard restore`")
	case folders[0] && folders[1]:
		return "", c, nil
	case folders[0]:
		dir = f.to
	default:
		dir = f.from
		if err := store.CheckFolder(dir); err != nil {
			return "", c, err
		}
	}
	if c, err = config.Read(dir); err != nil {
		return "", c, err
	}
	if dir == f.from && c.Database != "" && c.Database != f.to {
		return "", c, assess.Conflict("problem.move_elsewhere",
			fmt.Sprintf("the configuration of %s says that its data stand in a PostgreSQL, not in the folder; name that with --from, or take database: out if it is no longer so", dir), "folder", dir)
	}
	return dir, c, nil
}

func isAddress(text string) bool {
	return strings.HasPrefix(text, "postgres:") || strings.HasPrefix(text, "postgresql:")
}

// sideOf reads one end of a move.
func sideOf(flag, text, passwordFile string, c config.Config) (s store.Side, err error) {
	if !isAddress(text) {
		return store.Side{Folder: text}, nil
	}
	password, unreadable, plain := config.CheckAddress(text)
	switch {
	case unreadable != nil:
		return s, wrongUse("%s: %w", flag, unreadable)
	case plain != nil:
		return s, wrongUse("%s: %w", flag, plain)
	case password:
		return s, wrongUse("%s holds the password, which everybody on this machine can see; put it into a file and name that with %s-password-file", flag, flag)
	}
	secret := dial.Secret{File: passwordFile}
	if passwordFile == "" && c.Database == text { // the secret of one server is not shown to another
		secret = databasePassword(c)
	}
	s.Database = text
	s.Password, err = secret.Read()
	return s, err
}

// sayAfterMove says what is to be changed by hand: the configuration is the operator's, with his remarks in it.
func sayAfterMove(ctx context.Context, io streams, dir string, c config.Config, f moveFlags) error {
	file := filepath.Join(dir, config.FileName)
	switch {
	case dir == "":
		fmt.Fprintln(io.err, "next            name the new address as database: in the configuration of every server, then start them")
	case dir == f.to && c.Database != "":
		fmt.Fprintf(io.err, "next            take database: and its password out of %s (or of the environment), then unionboard serve --data %s\n", file, dir)
	case dir == f.from && c.Database == "":
		fmt.Fprintf(io.err, "next            write into %s, then unionboard serve --data %s:\n                database: %s\n", file, dir, f.to)
		secret := "database.password    # a file with the password, chmod 600"
		if f.toPassword != "" {
			secret = fromFolder(dir, f.toPassword)
		}
		fmt.Fprintf(io.err, "                database_password_file: %s\n", secret)
	default:
		fmt.Fprintf(io.err, "next            unionboard serve --data %s\n", dir)
	}
	fmt.Fprintln(io.err, "keep            the old place as it is until a backup of the new one was made; it does not follow, and is refused as moved")
	if dir == f.to {
		return sayFilesToFollow(ctx, io, dir)
	}
	return nil
}

// fromFolder answers the path of a file as the configuration of a data folder names it: from there where it lies in it, else in full.
func fromFolder(dir, file string) string {
	whole, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	base, err := filepath.Abs(dir)
	if err != nil {
		return whole
	}
	if within, err := filepath.Rel(base, whole); err == nil && filepath.IsLocal(within) {
		return within
	}
	return whole
}

// sayFilesToFollow says which files of the data folder, that data were moved into, are not in it.
func sayFilesToFollow(ctx context.Context, io streams, dir string) error {
	db, err := store.OpenCopy(filepath.Join(dir, "unionboard.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	named, err := namedFiles(ctx, db)
	if err != nil {
		return err
	}
	lacking := 0
	for _, one := range named {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(one.Name))); os.IsNotExist(err) && one.Sum != "" {
			lacking++
		}
	}
	if lacking > 0 {
		fmt.Fprintf(io.err, "warning         %d files of evidence are not in %s: copy the folders evidence and %s of the data folder that served until now\n", lacking, dir, cellarFolder)
	}
	if _, err := os.Stat(filepath.Join(dir, config.FileName)); os.IsNotExist(err) {
		fmt.Fprintf(io.err, "warning         %s is not there: copy that of the data folder that served until now, and take database: and its password out of it\n", filepath.Join(dir, config.FileName))
	}
	if _, err := os.Stat(filepath.Join(dir, secretsFolder, "register.keys")); os.IsNotExist(err) {
		fmt.Fprintf(io.err, "warning         %s is not there: copy it from the data folder that served until now, or sealed columns and second factors cannot be read\n", filepath.Join(dir, secretsFolder, "register.keys"))
	}
	return nil
}
