package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/store"
)

const (
	secretsFolder = "secrets"
	cellarFolder  = "quarantine"
)

// backupFlags are the options of `backup`.
type backupFlags struct {
	out        string
	recipients []string
	keys       bool
}

func newBackup(io streams) *cobra.Command {
	var dir string
	var f backupFlags
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Write everything of an installation into one file, also while it is served",
		Long: "Write everything of an installation into one file: the database, uploaded files, pieces that were refused, the configuration and the definitions of\n" +
			"pages that were added (dashboards/). It may be served meanwhile; nobody waits. The file is there whole or not at all, open for its owner alone. With\n" +
			"--recipient, or recipients in the configuration, it is encrypted by age (https://age-encryption.org). Secrets are left out; --with-keys\n" +
			"takes them into an encrypted one. Files that the database names and that are lost are named, exit code 4. See docs/backup.md.",
		Example: "  unionboard backup --out backup.tar.zst\n" +
			"  unionboard backup --out backup.tar.zst.age --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return writeBackup(cmd.Context(), io, dir, f) },
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&f.out, "out", "", "file to write to; a folder that is there, or that of the backups by the clock: a name with the time is chosen; -: standard output")
	cmd.Flags().StringArrayVar(&f.recipients, "recipient", nil, "public key of age that it is encrypted for (age1…); may be repeated; left out: those of the configuration")
	cmd.Flags().BoolVar(&f.keys, "with-keys", false, "take the secrets of the data folder, too; only into an encrypted file")
	cmd.AddCommand(newBackupVerify(io))
	return cmd
}

// writeBackup makes an archive of a folder that another process may hold.
func writeBackup(ctx context.Context, to streams, dir string, f backupFlags) error {
	if f.out == "" {
		return wrongUse("--out is missing; write for example --out backup.tar.zst, or name a folder")
	}
	c, err := config.Read(dir)
	if err != nil {
		return err
	}
	if len(f.recipients) == 0 {
		f.recipients = c.Backup.Recipients
	}
	recipients, err := backup.ParseRecipients(f.recipients)
	if err != nil {
		return err
	}
	now := time.Now()
	order, err := backupOrder(ctx, dir, c, now, recipients, f.keys)
	if err != nil {
		return err
	}
	var made backup.Manifest
	var sums backup.Sums
	write := func(w io.Writer) (err error) {
		made, sums, err = backup.Write(ctx, order, w)
		return err
	}
	if f.out, err = placeOfBackup(f.out, folderOfBackups(dir, c), now, recipients); err == nil {
		if f.out == "-" {
			err = write(to.out)
		} else {
			err = backup.Put(f.out, write)
		}
	}
	line := backupLine(atConsole("backup", filepath.Base(f.out)), made, sums, recipients, err)
	if noteErr := note(ctx, dir, c, line); noteErr != nil && err == nil {
		fmt.Fprintf(to.err, "warning         the backup is good, but the audit log could not be told: %s\n", explain(noteErr))
	}
	if err != nil {
		return err
	}
	return sayBackup(to, f.out, made, sums)
}

// note adds a line to the audit log of a data folder that another process may hold.
func note(ctx context.Context, dir string, c config.Config, line assess.AuditLine) error {
	on, err := standsOn(c)
	if err != nil {
		return err
	}
	return store.Note(ctx, dir, line, on)
}

// placeOfBackup answers the file of --out. The folder of backups is made where there is none yet: a file of its name would be in the way of every
// backup by the clock.
func placeOfBackup(out, folder string, now time.Time, to backup.Recipients) (string, error) {
	if out != "-" && samePath(out, folder) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return out, fmt.Errorf("the folder of backups: %w", err)
		}
	}
	info, err := os.Stat(out)
	switch {
	case out == "-" || err != nil:
		return out, nil
	case info.IsDir():
		return filepath.Join(out, backup.NameAt(now, len(to) > 0)), nil
	}
	return out, nil
}

// samePath says whether two paths name the same place, which need not be there.
func samePath(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

func sayBackup(to streams, path string, m backup.Manifest, s backup.Sums) error {
	if path != "-" {
		fmt.Fprintf(to.out, "%s\t%d bytes\tsha256 %s\n", path, s.Size, s.File)
	}
	fmt.Fprintf(to.err, "holds           %d files, %d lines of the audit log, %d seals\nsum of all      %s\n", len(m.Members), m.Holds.Audit, len(m.Holds.Seals), s.Whole)
	return sayLacking(to, m)
}

// sayLacking names the files that were lost before the backup.
func sayLacking(to streams, m backup.Manifest) error {
	for _, name := range m.Lacking {
		fmt.Fprintf(to.err, "lacks           %s: it was gone or damaged when the backup was made\n", harmless(name))
	}
	if len(m.Lacking) > 0 {
		return errPart
	}
	return nil
}

// backupLine makes the line of the audit log about an archive.
func backupLine(line assess.AuditLine, m backup.Manifest, s backup.Sums, to backup.Recipients, err error) assess.AuditLine {
	if err != nil {
		line.Result, line.After = "failed", explain(err)
		return line
	}
	words := []string{fmt.Sprintf("%d bytes", s.Size), "sha256 " + s.File}
	if len(to) > 0 {
		words = append(words, fmt.Sprintf("encrypted for %d", len(to)))
	}
	if m.Keys {
		words = append(words, "with keys")
	}
	if len(m.Lacking) > 0 {
		words = append(words, fmt.Sprintf("%d files lacking", len(m.Lacking)))
	}
	line.After = strings.Join(words, "; ")
	return line
}

// backupOrder answers what belongs to an installation.
func backupOrder(ctx context.Context, dir string, c config.Config, now time.Time, to backup.Recipients, withKeys bool) (o backup.Order, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return o, fmt.Errorf("backup: %w", err)
	}
	on, err := standsOn(c)
	if err != nil {
		return o, err
	}
	needed, err := store.DatabaseSize(ctx, dir, on)
	if err != nil {
		return o, err
	}
	loose, keys := belongings(c)
	o = backup.Order{
		Data: dir, Program: version, Now: now, To: to, Loose: within(dir, loose), Needed: needed,
		Free: func() (int64, error) { return store.FreeIn(dir) },
		Database: func(ctx context.Context, copyTo string) (assess.Holdings, []backup.Named, error) {
			return copyDatabase(ctx, dir, copyTo, on)
		},
	}
	if withKeys {
		o.Keys = within(dir, keys)
	}
	if c.Files.Apart() {
		if o.Open, err = openNamed(dir, c); err != nil {
			return o, err
		}
	}
	return o, backup.Sweep(dir, now)
}

// belongings answers the files and folders of an installation beside its database and what that names: those anybody who may read the
// installation may have, and the secret ones. Files that were made for people to take are in neither: they are made again.
func belongings(c config.Config) (loose, keys []string) {
	loose = []string{config.FileName, markFile, ledger.PolicyFile, "dashboards", dropFolder, c.Audit.Folder, c.TLS.CertFile}
	keys = []string{secretsFolder, c.TLS.KeyFile, c.DatabasePasswordFile}
	if s := c.Files.S3; s != nil {
		loose, keys = append(loose, s.CAFile), append(keys, s.AccessKeyFile, s.SecretKeyFile)
	}
	for _, s := range c.Sources {
		loose = append(loose, s.CAFile, s.CertFile, s.KnownHosts, s.Archive)
		keys = append(keys, s.TokenFile, s.PasswordFile, s.KeyFile)
		if s.Kind == config.Drop {
			loose = append(loose, s.Folder)
		}
	}
	if c.Mail != nil {
		loose, keys = append(loose, c.Mail.CAFile), append(keys, c.Mail.PasswordFile)
	}
	for _, w := range c.Webhooks {
		keys = append(keys, w.KeyFile)
	}
	return loose, keys
}

// within answers those of some paths that lie in the data folder, from there and with slashes. What lies elsewhere is not the installation's.
func within(dir string, paths []string) (inside []string) {
	for _, p := range paths {
		if p == "" {
			continue
		}
		if absolute, err := filepath.Abs(p); err == nil && filepath.IsAbs(p) {
			rel, err := filepath.Rel(dir, absolute)
			if err != nil {
				continue
			}
			p = rel
		}
		if filepath.IsLocal(p) && filepath.Clean(p) != "." {
			inside = append(inside, filepath.ToSlash(p))
		}
	}
	return inside
}

// copyDatabase copies the database of a data folder, and answers what the copy holds and names.
func copyDatabase(ctx context.Context, dir, to string, on store.Option) (h assess.Holdings, named []backup.Named, err error) {
	if err := store.CopyTo(ctx, dir, to, on); err != nil {
		return h, nil, err
	}
	c, err := store.OpenCopy(to)
	if err != nil {
		return h, nil, err
	}
	defer c.Close()
	if h, err = c.Holdings(ctx); err != nil {
		return h, nil, err
	}
	named, err = namedFiles(ctx, c)
	return h, named, err
}

// namedFiles answers the files that a copy of a database names, with the small pictures beside them.
func namedFiles(ctx context.Context, c *store.Copy) (named []backup.Named, err error) {
	uploaded, err := c.EvidenceFiles(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range uploaded {
		file, preview := evidence.Places(f.Hash)
		named = append(named, backup.Named{Name: path.Join(evidence.Name, file), Sum: f.Hash, Size: f.Size}, backup.Named{Name: path.Join(evidence.Name, preview)})
	}
	held, err := c.HeldFiles(ctx)
	for _, f := range held {
		file, _ := evidence.Places(f.Hash)
		named = append(named, backup.Named{Name: path.Join(cellarFolder, file), Sum: f.Hash, Size: f.Size})
	}
	return named, err
}

func newBackupVerify(io streams) *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Look through a backup as restoring does, and keep nothing",
		Long: "Look through a backup as restoring does, and keep nothing: every sum, the database, the audit log, every seal computed again, every\n" +
			"uploaded file. It is unpacked into a folder that is taken away again. Exit code 3: it is damaged, or of no use here; 1: its audit log does\n" +
			"not hold by the heads that were written down, in it or in a file of --heads that was kept elsewhere.",
		Example: "  unionboard backup verify backup.tar.zst",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			f.file = paths[0]
			return verifyBackup(cmd.Context(), io, f)
		},
	}
	archiveFlags(cmd, &f)
	cmd.Flags().StringVar(&f.scratch, "scratch", "", "folder with room for all that is in it; left out: that of the system for temporary files")
	return cmd
}

func verifyBackup(ctx context.Context, io streams, f restoreFlags) (err error) {
	dir, err := os.MkdirTemp(f.scratch, "unionboard-verify-")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	u, err := unpackBackup(ctx, io, f, dir, nil)
	if err != nil {
		return err
	}
	sayArchive(io, f.file, u)
	return u.say(io)
}
