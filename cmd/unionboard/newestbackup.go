package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/doctor"
)

// newestBackup answers what tells the newest archive of an installation. One that was made by the clock was read through, and again where it was copied
// to; where that went wrong, it says so.
func newestBackup(dir string, c config.Config) func(context.Context) (doctor.Backup, error) {
	return func(context.Context) (doctor.Backup, error) {
		folder := folderOfBackups(dir, c)
		last, err := backup.Last(folder, time.Now())
		if err != nil {
			return doctor.Backup{}, err
		}
		b := doctor.Backup{At: last.At, Name: last.Name, Failed: last.Failure, Apart: c.Backup.Second != "" || !liesWithin(dir, folder)}
		if c.Backup.At != config.Never {
			b.Every = 24 * time.Hour // by any cron spec at least; a rarer one says so by its age
		}
		return b, nil
	}
}

// liesWithin says whether a folder lies in a data folder.
func liesWithin(dir, folder string) bool {
	rel, err := filepath.Rel(dir, folder)
	return err == nil && filepath.IsLocal(rel)
}

// folderOfBackups answers the folder that backups by the clock go into.
func folderOfBackups(dir string, c config.Config) string {
	if filepath.IsAbs(c.Backup.Folder) {
		return c.Backup.Folder
	}
	return filepath.Join(dir, c.Backup.Folder)
}
