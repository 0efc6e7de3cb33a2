package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertRecord = `INSERT INTO record (id, in_table, named, above, unit, version, closed, changed_at, search) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)`
	updateRecord = `UPDATE record SET named = $1, unit = $2, version = version + 1, closed = $3, changed_at = $4, search = $5 WHERE id = $6 AND version = $7`
	countNamed   = `SELECT COUNT(*) FROM record WHERE in_table = $1 AND named = $2 AND closed = 0 AND id <> $3`

	insertVersion = `INSERT INTO record_version (seq, record, version, in_table, named, unit, closed, plain, sealed, changed_at, changed_by, role, reason)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	deleteWords = `DELETE FROM record_word WHERE record = $1`
	insertWord  = `INSERT INTO record_word (record, name, word) VALUES ($1, $2, $3)`

	versionColumns = `r.id, v.in_table, v.named, r.above, v.unit, v.version, v.closed, v.plain, v.sealed, v.seq, v.changed_at, v.changed_by, v.role, v.reason`
	fromRecords    = ` FROM record r JOIN record_version v ON v.record = r.id `
	selectRecords  = `SELECT ` + versionColumns + fromRecords + `AND v.version = r.version WHERE r.in_table = $1`
	countRecords   = `SELECT COUNT(*) FROM record r WHERE r.in_table = $1`
	selectRecord   = `SELECT ` + versionColumns + fromRecords + `AND v.version = r.version WHERE r.id = $1`
	selectVersions = `SELECT ` + versionColumns + fromRecords + `WHERE r.id = $1 ORDER BY v.version`
	// selectThen takes of each record the last version up to a number of the log.
	selectThen = `SELECT ` + versionColumns + fromRecords + `WHERE v.in_table = $1 AND v.seq = (
	SELECT MAX(w.seq) FROM record_version w WHERE w.record = v.record AND w.in_table = $2 AND w.seq <= $3) ORDER BY v.named, r.id`

	selectSealed = `SELECT EXISTS (SELECT 1 FROM record_version WHERE sealed <> '') OR EXISTS (SELECT 1 FROM refund_case WHERE sealed <> '')
	OR EXISTS (SELECT 1 FROM refund_union WHERE sealed <> '') OR EXISTS (SELECT 1 FROM refund_transfer WHERE sealed <> '')
	OR EXISTS (SELECT 1 FROM account WHERE REPLACE(code_secret, ':', '') <> code_secret)`

	insertSnapshot  = `INSERT INTO register_snapshot (period, seq, log_seq, taken_at) VALUES ($1, $2, $3, $4)`
	selectSnapshots = `SELECT period, log_seq, taken_at FROM register_snapshot ORDER BY period`
)

// PutRecords writes new versions of records, all of them or none. A record that has another version by now, and a name that an open record
// of the table has already, are ErrConflict.
func (s *Store) PutRecords(ctx context.Context, writes []assess.RecordWrite, lines ...assess.AuditLine) error {
	_, err := s.change(ctx, "write records", func(t tx, h *head) error {
		for i := range writes {
			if err := t.putRecord(h, &writes[i]); err != nil {
				return err
			}
		}
		return nil
	}, lines...)
	return err
}

func (t tx) putRecord(h *head, w *assess.RecordWrite) error {
	if !w.Closed {
		var others int
		if err := t.row(countNamed, string(w.Table), w.Key, w.ID).Scan(&others); err != nil {
			return err
		}
		if others > 0 {
			return assess.Conflict("problem.record_named", fmt.Sprintf("the register has a record %s already; change that one, or choose another number", w.Key), "key", w.Key)
		}
	}
	closed := flag(w.Closed)
	if w.Version == 0 {
		if _, err := t.exec(insertRecord, w.ID, string(w.Table), w.Key, w.Above, string(w.Unit), closed, millis(w.At), w.Search); err != nil {
			return err
		}
	} else {
		n, err := t.exec(updateRecord, w.Key, string(w.Unit), closed, millis(w.At), w.Search, w.ID, w.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return assess.Conflict("problem.record_moved", fmt.Sprintf("somebody else changed the record %s meanwhile; look at it again", w.Key), "key", w.Key)
		}
		if _, err := t.exec(deleteWords, w.ID); err != nil {
			return err
		}
	}
	plain, err := json.Marshal(w.Values)
	if err != nil {
		return err
	}
	h.Seq++
	_, err = t.exec(insertVersion, h.Seq, w.ID, w.Version+1, string(w.Table), w.Key, string(w.Unit), closed, string(plain), w.Sealed, millis(w.At), w.By, string(w.Role), w.Reason)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.Words)) {
		if _, err := t.exec(insertWord, w.ID, name, w.Words[name]); err != nil {
			return err
		}
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func scanRecord(row scanner) (r assess.Record, err error) {
	var plain string
	var closed int
	var at int64
	err = row.Scan(&r.ID, &r.Table, &r.Key, &r.Above, &r.Unit, &r.Version, &closed, &plain, &r.Sealed, &r.Seq, &at, &r.By, &r.Role, &r.Reason)
	if err != nil {
		return r, err
	}
	r.Closed, r.At = closed == 1, moment(at)
	return r, json.Unmarshal([]byte(plain), &r.Values)
}

// RegisterRecord answers a record as it stands, ErrNotFound where there is none.
func (s *Store) RegisterRecord(ctx context.Context, id string) (assess.Record, error) {
	r, err := scanRecord(s.reader.QueryRowContext(ctx, selectRecord, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, assess.NotFound("problem.record_none", "there is no such record; choose one of the list")
	}
	return r, s.explain("read a record", err)
}

// RecordVersions answers all versions of a record, oldest first.
func (s *Store) RecordVersions(ctx context.Context, id string) ([]assess.Record, error) {
	all, err := list(ctx, s.reader, scanRecord, selectVersions, id)
	return all, s.explain("read the versions of a record", err)
}

// Records answers the records that q chooses, and how many there are without its limit.
func (s *Store) Records(ctx context.Context, q assess.RecordQuery) (all []assess.Record, n int, err error) {
	where, args := chosen(q)
	if err := s.reader.QueryRowContext(ctx, countRecords+where, args...).Scan(&n); err != nil {
		return nil, 0, s.explain("count records", err)
	}
	query := selectRecords + where
	order := map[string]string{"": "v.named", "named": "v.named", "changed_at": "r.changed_at"}[q.Sort]
	if order == "" {
		args = append(args, q.Sort)
		order = `COALESCE((SELECT word FROM record_word o WHERE o.record = r.id AND o.name = $` + strconv.Itoa(len(args)) + `), '')` // the engines put NULL at different ends
	}
	direction := " ASC"
	if q.Down {
		direction = " DESC"
	}
	query += " ORDER BY " + order + direction + ", r.id" + direction
	if q.Limit > 0 {
		args = append(args, q.Limit, q.Offset)
		query += fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(args)-1, len(args))
	}
	all, err = list(ctx, s.reader, scanRecord, query, args...)
	return all, n, s.explain("read records", err)
}

// chosen writes the conditions of a query behind a first one, with all arguments.
func chosen(q assess.RecordQuery) (string, []any) {
	args := []any{string(q.Table)}
	var b strings.Builder
	and := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "$", "\x00"+strconv.Itoa(len(args)), 1)
		}
		b.WriteString(" AND " + strings.ReplaceAll(condition, "\x00", "$"))
	}
	if !q.Closed {
		and("r.closed = 0")
	}
	if q.Above != "" {
		and("r.above = $", q.Above)
	}
	if q.Search != "" { // both engines know REPLACE alike; their ways to look for a part of a text differ
		and("REPLACE(r.search, $, '') <> r.search", q.Search)
	}
	for _, name := range slices.Sorted(maps.Keys(q.Words)) {
		and("r.id IN (SELECT w.record FROM record_word w WHERE w.name = $ AND w.word = $)", name, q.Words[name])
	}
	where, args := among("", args, "r.unit", q.Units)
	return b.String() + where, args
}

// HoldsSealed says whether the database holds a text that opens only under the keys of its data folder.
func (s *Store) HoldsSealed(ctx context.Context) (bool, error) {
	var some bool
	err := s.reader.QueryRowContext(ctx, selectSealed).Scan(&some)
	return some, s.explain("look for sealed texts", err)
}

// EachRecord visits the records of a table as they stood when the log had reached a number, closed ones too, in the order of their names.
func (s *Store) EachRecord(ctx context.Context, table assess.Code, seq int64, visit func(assess.Record) error) error {
	return s.explain("read a register", each(ctx, s.reader, scanRecord, visit, selectThen, string(table), string(table), seq))
}

// TakeSnapshot notes at which number of the log the registers stand for a period, that of now where it names none. There is one for each
// period: a second one is ErrConflict.
func (s *Store) TakeSnapshot(ctx context.Context, snap assess.Snapshot, line assess.AuditLine) (assess.Snapshot, error) {
	ofNow := snap.Seq == 0
	_, err := s.change(ctx, "take a snapshot", func(t tx, h *head) error {
		var before int
		if err := t.row(`SELECT COUNT(*) FROM register_snapshot WHERE period = $1`, snap.Period.String()).Scan(&before); err != nil {
			return err
		}
		if before > 0 {
			return assess.Conflict("problem.snapshot_taken", fmt.Sprintf("the registers of %s are taken already", snap.Period), "period", snap.Period.String())
		}
		if ofNow {
			snap.Seq = h.Seq
		}
		h.Seq++
		_, err := t.exec(insertSnapshot, snap.Period.String(), h.Seq, snap.Seq, millis(snap.At))
		return err
	}, line)
	return snap, err
}

// Snapshots answers the snapshots of all periods.
func (s *Store) Snapshots(ctx context.Context) ([]assess.Snapshot, error) {
	all, err := list(ctx, s.reader, func(row scanner) (snap assess.Snapshot, err error) {
		var p string
		var at int64
		if err := row.Scan(&p, &snap.Seq, &at); err != nil {
			return snap, err
		}
		snap.At = moment(at)
		snap.Period, err = period(p)
		return snap, err
	}, selectSnapshots)
	return all, s.explain("read snapshots", err)
}
