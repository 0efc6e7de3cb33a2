package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/publish"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/store"
)

// restoreFlags are the options of `restore` and `backup verify`.
type restoreFlags struct {
	file, identity, scratch string
	heads                   []string
}

func archiveFlags(cmd *cobra.Command, f *restoreFlags) {
	cmd.Flags().StringVar(&f.identity, "identity", "", "file of the secret key, for an encrypted backup; only its owner may be able to read it")
	cmd.Flags().StringArrayVar(&f.heads, "heads", nil, "a file of heads of the audit log that was kept elsewhere, to compare with; can be given again")
}

func newRestore(io streams) *cobra.Command {
	var dir string
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make a data folder of a backup, after looking through all of it",
		Long: "Make a data folder of a backup, after looking through all of it: every sum, the database, the audit log, every seal computed again, every\n" +
			"uploaded file. The folder must be empty or not there yet, and holds everything or nothing afterwards. Everybody is signed out in it;\n" +
			"reminders that were waiting are not sent; files that were ordered are to be ordered again. FILE - reads standard input. The audit log is held\n" +
			"against the heads in the backup and those of --heads; one that it does not hold by is said, exit code 1, and the folder is made. See docs/backup.md.",
		Example: "  unionboard restore backup.tar.zst --data restored",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			f.file = paths[0]
			return restore(cmd.Context(), io, f, dir)
		},
	}
	dataFlag(cmd, &dir)
	archiveFlags(cmd, &f)
	return cmd
}

func restore(ctx context.Context, io streams, f restoreFlags, dir string) error {
	line := atConsole("restore", filepath.Base(f.file))
	u, err := unpackBackup(ctx, io, f, dir, &line)
	if err != nil {
		return err
	}
	m := u.manifest
	sayArchive(io, f.file, u)
	fmt.Fprintf(io.err, "data folder     %s\n", dir)
	if !m.Keys {
		sayKeys(ctx, io, dir)
	}
	fmt.Fprintln(io.err, "ended since?    accounts, tokens of programs and links are as they were then: end again those that were ended since")
	if c, err := config.Read(dir); err == nil {
		sayElsewhere(io, dir, c)
	}
	fmt.Fprintf(io.err, "next            unionboard serve --data %s\n", dir)
	return u.say(io)
}

// sayKeys says which secrets a restored folder waits for. Where nothing is sealed there never was a file of keys, and nobody is sent to look for it.
func sayKeys(ctx context.Context, io streams, dir string) {
	if sealed, err := holdsSealed(ctx, dir); err == nil && !sealed {
		fmt.Fprintln(io.err, "secrets         are not in the backup: put the files of secrets that the configuration names in place, if it names any; nothing in the data is sealed, so no keys are needed")
		return
	}
	fmt.Fprintf(io.err, "keys            are not in the backup: put your copy of %s in place, and the files of secrets that the configuration names\n", filepath.Join(dir, secretsFolder, "register.keys"))
}

func holdsSealed(ctx context.Context, dir string) (sealed bool, err error) {
	s, err := store.Look(ctx, dir)
	if err != nil {
		return false, err
	}
	sealed, err = s.HoldsSealed(ctx)
	return sealed, errors.Join(err, s.Leave())
}

// sayElsewhere says where the configuration that came with a backup looks for what was restored into the folder.
func sayElsewhere(io streams, dir string, c config.Config) {
	if c.Database != "" {
		fmt.Fprintln(io.err, "warning         the configuration says that the data stand in a PostgreSQL; what was restored stands in the folder: take out database: to serve that")
	}
	if c.Files.Apart() {
		fmt.Fprintf(io.err, "warning         the configuration says that files lie elsewhere (files:); what was restored of them lies in %s and %s: copy these folders there, or take out files:\n",
			filepath.Join(dir, evidence.Name), filepath.Join(dir, cellarFolder))
	}
	if filepath.IsAbs(c.Audit.Folder) {
		fmt.Fprintf(io.err, "warning         the heads of the audit log lie in %s; where they are of later than the backup, move them away and keep them: the log goes on from the backup\n", c.Audit.Folder)
	}
}

// unpacked is an archive that was unpacked and looked through.
type unpacked struct {
	manifest backup.Manifest
	whole    string // sum of all
	heads    heldHeads
}

// say says what is not as it was.
func (u unpacked) say(io streams) error {
	lacking := sayLacking(io, u.manifest)
	return cmp.Or(u.heads.say(io), lacking)
}

func sayArchive(io streams, file string, u unpacked) {
	m := u.manifest
	fmt.Fprintf(io.out, "%s holds: made %s by unionboard %s\n", file, m.Made.Format(time.RFC3339), harmless(m.Program))
	fmt.Fprintf(io.out, "  sum of all  %s\n", u.whole)
	fmt.Fprintf(io.out, "  database    step %d, %d figures, %d lines of the audit log, all good\n", m.Holds.Step, m.Holds.Rows["observation"], m.Holds.Audit)
	fmt.Fprintf(io.out, "  heads       %d of the audit log compared, %d are of later than the backup\n", u.heads.compared, u.heads.later)
	fmt.Fprintf(io.out, "  seals       %d, all hold\n", len(m.Holds.Seals))
	fmt.Fprintf(io.out, "  files       %d, every byte as it was\n", len(m.Members))
}

// unpackBackup makes a folder of an archive. With a line of the audit log it is settled to be used, without one it is only looked through.
func unpackBackup(ctx context.Context, to streams, f restoreFlags, dir string, line *assess.AuditLine) (u unpacked, err error) {
	keys, err := backup.ReadIdentities(f.identity)
	if err != nil {
		return u, err
	}
	if _, err := headsOf(f.heads); err != nil { // said before everything is unpacked
		return u, err
	}
	from, err := openBackup(to, f.file)
	if err != nil {
		return u, err
	}
	defer from.Close()
	leave, err := enter(dir)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, leave(err == nil)) }()
	u.manifest, u.whole, err = backup.Restore(ctx, from, keys, backup.Target{
		Dir: dir, Free: func() (int64, error) { return store.FreeIn(dir) },
		Check: func(ctx context.Context, folder string, m backup.Manifest, whole string) (err error) {
			if line != nil {
				line.After = "made " + m.Made.Format(time.RFC3339) + "; sum of all " + whole
			}
			u.heads, err = lookThrough(ctx, folder, m, f.heads, line)
			return err
		},
	})
	return u, err
}

func openBackup(to streams, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(to.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, wrongUse("%w", err)
	}
	return f, nil
}

// enter takes a folder for this process, and makes it where there is none; leave gives it free, and takes away what was made for nothing.
func enter(dir string) (leave func(done bool) error, err error) {
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	lockFile := filepath.Join(dir, "unionboard.lock")
	_, lockErr := os.Stat(lockFile)
	release, err := store.Hold(dir)
	if err != nil {
		return nil, err
	}
	return func(done bool) error {
		if done {
			if err := os.Chmod(dir, 0o700); err != nil { // one that was made by hand may be open to all
				return errors.Join(fmt.Errorf("restore: %w", err), release())
			}
		}
		if !done && os.IsNotExist(lockErr) {
			os.Remove(lockFile) // the folder is left as it was
		}
		if !done && os.IsNotExist(statErr) {
			os.Remove(dir) // empty, as it was made
		}
		return release()
	}, nil
}

// lookThrough holds what was unpacked against the manifest and against itself, as `verify` does; then it lays to rest what must not wake up.
func lookThrough(ctx context.Context, folder string, m backup.Manifest, kept []string, line *assess.AuditLine) (heads heldHeads, err error) {
	if err := compareCopy(ctx, folder, m); err != nil {
		return heads, err
	}
	s, err := store.Open(ctx, folder, store.WithReserve(0)) // older tables are brought up to date
	if err != nil {
		return heads, err
	}
	if err := s.CheckDefinitions(ctx); err != nil {
		return heads, errors.Join(err, s.Close())
	}
	_, _, err = verifyStore(ctx, s, func(of assess.Seal, why error) error {
		return assess.Invalid("problem.backup_seal", fmt.Sprintf("the seal of %s, edition %d, in the backup does not hold; use another one", of.Period, of.Edition),
			"period", of.Period.String(), "edition", fmt.Sprint(of.Edition)).Because(why)
	})
	if err == nil {
		heads, err = holdHeads(ctx, s, folder, m, kept)
	}
	if err == nil && line != nil {
		err = s.Settle(ctx, line.At, *line)
	}
	return heads, errors.Join(err, s.Close())
}

// compareCopy looks through the database as it came, and for every file that it names.
func compareCopy(ctx context.Context, folder string, m backup.Manifest) error {
	c, err := store.OpenCopy(filepath.Join(folder, backup.DatabaseName))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Check(ctx); err != nil {
		return err
	}
	holds, err := c.Holdings(ctx)
	if err != nil {
		return err
	}
	if found := m.Holds.Difference(holds); found != "" {
		return assess.Invalid("problem.backup_holds", fmt.Sprintf("the database in the backup does not hold what the backup says it holds (%s); use another one", found), "found", found)
	}
	there := map[string]string{}
	for _, one := range m.Members {
		there[one.Name] = one.Sum
	}
	for _, name := range m.Lacking {
		there[name] = "lacking"
	}
	named, err := namedFiles(ctx, c)
	if err != nil {
		return err
	}
	for _, one := range named {
		if sum := there[one.Name]; one.Sum != "" && sum != one.Sum && sum != "lacking" {
			return assess.Invalid("problem.backup_file", fmt.Sprintf("the backup lacks the file %s, which its database names; use another one", one.Name), "name", one.Name)
		}
	}
	return nil
}

// verifyStore verifies the audit log, in which known heads must stand, and every seal, and counts them; wrong words what is wrong with a seal. It needs no configuration: that of another
// machine may not fit this one.
func verifyStore(ctx context.Context, s *store.Store, wrong func(of assess.Seal, why error) error, known ...audit.Mark) (lines int64, seals int, err error) {
	if lines, err = s.VerifyAudit(ctx, known...); err != nil {
		return lines, 0, err
	}
	board := results.New(s, loadEdition)
	until := func(ctx context.Context, seq int64) (results.Log, error) { return s.Until(ctx, seq) }
	var first error
	seals, err = (&publish.Book{Store: s, Board: board}).Verify(ctx, s, until, loadEdition, func(c publish.Check) {
		if c.Err != nil && first == nil {
			first = wrong(c.Seal, c.Err)
		}
	})
	if err != nil {
		return lines, seals, err
	}
	return lines, seals, first
}
