package store

import (
	"context"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// What must not wake up in a restored copy.
const (
	deleteSessions   = `DELETE FROM session`
	deleteAsked      = `DELETE FROM export_job WHERE plan = ''`
	cancelPlanned    = `UPDATE export_job SET state = 'cancelled', ended_at = $1 WHERE state IN ('queued', 'making')`
	unsureDispatches = `UPDATE dispatch SET state = 'unknown', kind = $1, message_key = $2, message_args = $3, problem = $4 WHERE state IN ('waiting', 'sending')`
)

// Settle lays to rest what was under way in a database that was restored from a copy: sessions and leases end; letters that were waiting may
// have been sent since, so they count as not known to be; files that were ordered are not there, so their orders are forgotten, and what the
// clock had ordered is cancelled.
func (s *Store) Settle(ctx context.Context, now time.Time, line assess.AuditLine) error {
	why := assess.Unavailable("problem.dispatch_restored", "the data were restored from a backup in which it was still to be sent; it may have been sent since")
	kind, key, args, text, err := problemTexts(why)
	if err != nil {
		return err
	}
	return s.aside(ctx, "settle what was restored", func(t tx) ([]assess.AuditLine, error) {
		for _, statement := range []string{deleteSessions, endLeases, endServers, deleteOpenReceipts, deleteAsked} {
			if _, err := t.exec(statement); err != nil {
				return nil, err
			}
		}
		if _, err := t.exec(cancelPlanned, millis(now)); err != nil {
			return nil, err
		}
		_, err := t.exec(unsureDispatches, kind, key, args, text)
		return []assess.AuditLine{line}, err
	})
}

// Note adds a line to the audit log of a data folder that another process may hold. Nothing else is ever written so: that process keeps
// nothing of the log in its memory.
func Note(ctx context.Context, dir string, line assess.AuditLine, opts ...Option) error {
	if err := CheckFolder(dir); err != nil {
		return err
	}
	_, o, err := optionsOf(dir, opts)
	if err != nil {
		return err
	}
	return explainedBy(o.engine, "add a line to the audit log", noteIn(ctx, o, line))
}

func noteIn(ctx context.Context, o options, line assess.AuditLine) (err error) {
	if err := o.engine.present(); err != nil {
		return err
	}
	db, reading := o.engine.pools(o.through)
	defer func() { err = errors.Join(err, db.Close(), reading.Close()) }()
	begun, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer begun.Rollback() // after a commit it does nothing
	if opening := o.engine.opening(); opening != "" {
		if _, err := begun.Exec(opening); err != nil {
			return err
		}
	}
	t := tx{sql: begun}
	if _, err := t.numbered(func(h *head) error { return t.record(h, line) }); err != nil {
		return err
	}
	return begun.Commit()
}

// Hold takes a folder, which need not hold a database, for this process, until release.
func Hold(dir string) (release func() error, err error) {
	if err := refuseNetwork(dir); err != nil {
		return nil, err
	}
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	return l.release, nil
}

// FreeIn answers the bytes that the disk of a folder has left for the program.
func FreeIn(dir string) (int64, error) {
	free, err := freeBytes(dir)
	if err != nil {
		return 0, folderProblem(dir, err)
	}
	return free, nil
}
