package config

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Backup is how a served installation is backed up by itself.
type Backup struct {
	At     string // cron spec; "never": it is not
	Folder string
	// Daily, Weekly and Monthly are how many archives are kept: the newest of each of so many days, weeks and months.
	Daily, Weekly, Monthly int
	// Recipients are the public keys of age that archives are encrypted for; none: they are not.
	Recipients []string
	// WithKeys takes the secrets of the data folder into encrypted archives, too.
	WithKeys bool
	// Second is a folder that each archive is copied to, on another disk say; "": none.
	Second string
}

// Never is the schedule of what is not scheduled.
const Never = "never"

func usualBackup() Backup {
	return Backup{At: "30 2 * * *", Folder: "backups", Daily: 7, Weekly: 4, Monthly: 11}
}

func (r *reader) backup(b *Backup) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{
			"at":     r.text(&b.At),
			"folder": r.text(&b.Folder),
			"keep": func(n ast.Node, path string) {
				r.object(n, path, map[string]setter{"daily": r.whole(&b.Daily), "weekly": r.whole(&b.Weekly), "monthly": r.whole(&b.Monthly)})
			},
			"recipients": texts(r, &b.Recipients),
			"with_keys":  r.truth(&b.WithKeys),
			"second":     r.text(&b.Second),
		})
	}
}

// The most that can be kept: a year, after which personal data that were erased must have ended in all copies.
const (
	mostDaily   = 365
	mostWeekly  = 52
	mostMonthly = 12
)

func (c Config) checkBackup() (problems assess.Problems) {
	add := func(path string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path)))
		}
	}
	b := c.Backup
	if b.At == "" {
		add("backup.at", lacks("backup", "at"))
	}
	if b.Folder == "" {
		add("backup.folder", lacks("backup", "folder"))
	}
	for _, of := range []struct {
		key            string
		n, least, most int
	}{{"daily", b.Daily, 1, mostDaily}, {"weekly", b.Weekly, 0, mostWeekly}, {"monthly", b.Monthly, 0, mostMonthly}} {
		path := "backup.keep." + of.key
		if of.n < of.least || of.n > of.most {
			add(path, between(path, of.n, of.least, of.most))
		}
	}
	if b.WithKeys && len(b.Recipients) == 0 {
		add("backup.with_keys", invalid("problem.backup_keys", "keys go into an encrypted backup alone; name whom it is encrypted for under recipients"))
	}
	for i, text := range b.Recipients {
		at := "backup.recipients[" + strconv.Itoa(i) + "]"
		if text == "" {
			add(at, lacks("backup", "recipients"))
		}
		if strings.Contains(strings.ToUpper(text), "SECRET") {
			add(at, invalid("problem.config_recipient",
				"a secret key opens the backups and does not stand here; write the public one (age1…), and keep the secret key away from this machine"))
		}
	}
	if b.Second != "" && filepath.Clean(b.Second) == filepath.Clean(b.Folder) {
		add("backup.second", invalid("problem.backup_second", "the second place of backups is the first one; name a folder on another disk"))
	}
	return problems
}
