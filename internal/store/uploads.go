package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertUpload = `INSERT INTO upload (id, unit, period, account, name, content, mapping, mark, added_at, expires_at, taken_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)`
	selectUpload = `SELECT id, unit, period, account, name, content, mapping, mark, added_at, expires_at, taken_at FROM upload
	WHERE id = $1 AND account = $2 AND expires_at > $3`
	// A person has one file waiting for a form; what has expired goes with it.
	replaceUploads = `DELETE FROM upload WHERE account = $1 AND period = $2 OR expires_at <= $3`
	mapUpload      = `UPDATE upload SET mapping = $1 WHERE id = $2 AND account = $3 AND taken_at = 0`
	takeUpload     = `UPDATE upload SET content = '', taken_at = $1 WHERE id = $2 AND account = $3 AND taken_at = 0`
	selectMapping  = `SELECT mapping FROM table_mapping WHERE unit = $1 AND mark = $2`
	upsertMapping  = `INSERT INTO table_mapping (unit, mark, mapping, confirmed_by, confirmed_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (unit, mark) DO UPDATE SET mapping = excluded.mapping, confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at`
)

func scanUpload(row scanner) (u assess.Upload, err error) {
	var p, content string
	var added, expires, taken int64
	err = row.Scan(&u.ID, &u.Unit, &p, &u.Account, &u.Name, &content, &u.Mapping, &u.Mark, &added, &expires, &taken)
	if err != nil {
		return u, err
	}
	u.AddedAt, u.ExpiresAt, u.TakenAt = moment(added), moment(expires), moment(taken)
	if content != "" {
		if u.Content, err = base64.StdEncoding.DecodeString(content); err != nil {
			return u, fmt.Errorf("upload %s: %w", u.ID, err)
		}
	}
	u.Period, err = period(p)
	return u, err
}

// KeepUpload keeps a file until its sender confirms it or its time is over. It takes the place of what the same account had waiting
// for the same quarter. A waiting file changes nothing, so it leaves no line in the audit log.
func (s *Store) KeepUpload(ctx context.Context, u assess.Upload) error {
	return s.explain("keep an upload", s.write(ctx, func(t tx) error {
		if _, err := t.exec(replaceUploads, u.Account, u.Period.String(), millis(u.AddedAt)); err != nil {
			return err
		}
		_, err := t.exec(insertUpload, u.ID, string(u.Unit), u.Period.String(), u.Account, u.Name, base64.StdEncoding.EncodeToString(u.Content),
			u.Mapping, u.Mark, millis(u.AddedAt), millis(u.ExpiresAt))
		return err
	}))
}

// Upload answers a file that an account has waiting, or had and has confirmed; ErrNotFound for one that is not there, has expired or
// belongs to somebody else.
func (s *Store) Upload(ctx context.Context, id, account string, now time.Time) (assess.Upload, error) {
	u, err := scanUpload(s.reader.QueryRowContext(ctx, selectUpload, id, account, millis(now)))
	if errors.Is(err, sql.ErrNoRows) {
		err = noUpload()
	}
	return u, s.explain("read an upload", err)
}

func noUpload() error {
	return assess.NotFound("problem.no_upload", "the uploaded file is not there any more: it was replaced by another, or waited too long; upload it again")
}

// MapUpload sets how a waiting table is read.
func (s *Store) MapUpload(ctx context.Context, id, account, mapping string) error {
	return s.explain("map an upload", s.write(ctx, func(t tx) error {
		n, err := t.exec(mapUpload, mapping, id, account)
		if err == nil && n == 0 {
			return noUpload()
		}
		return err
	}))
}

// TakeUpload settles a file whose figures were kept: its content goes, and how its table was read is remembered for the unit. One
// that was taken before stays as it was.
func (s *Store) TakeUpload(ctx context.Context, u assess.Upload, by string, at time.Time, line assess.AuditLine) error {
	return s.aside(ctx, "take an upload", func(t tx) ([]assess.AuditLine, error) {
		n, err := t.exec(takeUpload, millis(at), u.ID, u.Account)
		if err != nil || n == 0 {
			return nil, err
		}
		if u.Mark != "" {
			if _, err := t.exec(upsertMapping, string(u.Unit), u.Mark, u.Mapping, by, millis(at)); err != nil {
				return nil, err
			}
		}
		return []assess.AuditLine{line}, nil
	})
}

// TableMapping answers how a unit's table of a certain layout was last read, "" where none was.
func (s *Store) TableMapping(ctx context.Context, unit assess.UnitCode, mark string) (mapping string, err error) {
	err = s.reader.QueryRowContext(ctx, selectMapping, string(unit), mark).Scan(&mapping)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return mapping, s.explain("read a mapping", err)
}
