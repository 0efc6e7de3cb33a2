package store

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
)

// Clearing is what leaves the audit log because its time is over: the lines from First to Last, in their chain behind After.
type Clearing struct {
	After       audit.Mark // of the line before First
	First, Last int64
	// Oldest and Newest are when the first and the last of them were written.
	Oldest, Newest time.Time
}

// Lines is how many lines leave.
func (c Clearing) Lines() int64 { return c.Last - c.First + 1 }

// Lines are ordered by their numbers: the first that is to stay keeps all after it, whatever a clock that stood wrong has written into them.
const selectFirstKept = `SELECT COALESCE((SELECT seq FROM audit WHERE happened_at >= $1 ORDER BY seq LIMIT 1), 0)`

const selectAuditTime = `SELECT happened_at FROM audit WHERE seq = $1`

// ClearingBefore answers which lines were written before a time, with none after it among them; none is Lines 0.
func (s *Store) ClearingBefore(ctx context.Context, before time.Time) (c Clearing, err error) {
	span, end, err := s.auditSpan(ctx)
	if err != nil {
		return c, s.explain("read the audit log", err)
	}
	c.After, c.First = span.Start, span.Start.Seq+1
	err = s.reader.QueryRowContext(ctx, selectFirstKept, before.UnixMilli()).Scan(&c.Last)
	if c.Last--; c.Last < 0 { // none is to stay
		c.Last = end
	}
	for _, at := range []struct {
		seq  int64
		into *time.Time
	}{{c.First, &c.Oldest}, {c.Last, &c.Newest}} {
		if err == nil && c.Lines() > 0 {
			var ms int64
			err = s.reader.QueryRowContext(ctx, selectAuditTime, at.seq).Scan(&ms)
			*at.into = moment(ms)
		}
	}
	return c, s.explain("read the audit log", err)
}

// ClearingLines answers the lines that leave.
func (s *Store) ClearingLines(ctx context.Context, c Clearing) iter.Seq2[assess.AuditLine, error] {
	return s.auditBetween(ctx, c.First, c.Last)
}

const (
	updateAuditStart = `UPDATE audit_start SET seq = $1, hash = $2 WHERE id = 1 AND seq = $3`
	deleteAudit      = `DELETE FROM audit WHERE seq <= $1`
	selectAuditHash  = `SELECT COALESCE((SELECT hash FROM audit WHERE seq = $1), '')`
)

// ClearAudit takes lines out of the audit log that were kept elsewhere, up to the mark of the last of them, from which the chain then begins.
// The line that says so is written with it, with what audit.VerifySpan looks for. The guard of the log lets lines go that are not after the mark, and the mark never goes back.
func (s *Store) ClearAudit(ctx context.Context, c Clearing, last audit.Mark, line assess.AuditLine) error {
	line.Action, line.After = audit.Clearing, audit.Beginning(last)
	return s.aside(ctx, "clear the audit log", func(t tx) ([]assess.AuditLine, error) {
		var hash string
		if err := t.row(selectAuditHash, last.Seq).Scan(&hash); err != nil {
			return nil, err
		}
		moved, err := t.exec(updateAuditStart, last.Seq, last.Hash, c.After.Seq)
		if err != nil {
			return nil, err
		}
		if moved != 1 || hash != last.Hash || last.Seq != c.Last {
			return nil, assess.Conflict("problem.audit_cleared", "the audit log was cleared meanwhile, or is not what was kept; nothing was removed")
		}
		if _, err := t.exec(keepCycleSteps, append([]any{last.Seq}, cycleSteps()...)...); err != nil {
			return nil, err
		}
		gone, err := t.exec(deleteAudit, last.Seq)
		if err == nil && gone != c.Lines() {
			err = fmt.Errorf("%d lines would go instead of %d", gone, c.Lines())
		}
		return []assess.AuditLine{line}, err
	})
}

const (
	selectSettings = `SELECT name, value FROM setting ORDER BY name`
	deleteSetting  = `DELETE FROM setting WHERE name = $1`
	insertSetting  = `INSERT INTO setting (name, value) VALUES ($1, $2)`
)

// SettingChange is a setting that is not what it was at the start before: "" is none.
type SettingChange struct{ Name, Before, After string }

// SwapSettings keeps the settings in force in place of those of the last start, and answers what changed. line makes the line of each
// change; first is the line where there were none before.
func (s *Store) SwapSettings(ctx context.Context, now map[string]string, first assess.AuditLine, line func(SettingChange) assess.AuditLine) (changes []SettingChange, err error) {
	err = s.aside(ctx, "compare the settings", func(t tx) (lines []assess.AuditLine, err error) {
		changes = nil
		before, err := t.settings()
		if err != nil {
			return nil, err
		}
		changes = settingChanges(before, now)
		for _, c := range changes {
			if _, err := t.exec(deleteSetting, c.Name); err != nil {
				return nil, err
			}
			if _, is := now[c.Name]; is {
				if _, err := t.exec(insertSetting, c.Name, c.After); err != nil {
					return nil, err
				}
			}
			if len(before) > 0 {
				lines = append(lines, line(c))
			}
		}
		if len(before) == 0 {
			first.After = strconv.Itoa(len(now))
			lines = append(lines, first)
		}
		return lines, nil
	})
	return changes, err
}

func (t tx) settings() (map[string]string, error) {
	rows, err := t.sql.Query(selectSettings)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		all[name] = value
	}
	return all, rows.Err()
}

func settingChanges(before, now map[string]string) (changes []SettingChange) {
	names := slices.Collect(maps.Keys(before))
	for name := range now {
		if _, was := before[name]; !was {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value, is := now[name]
		if was, had := before[name]; was != value || is != had {
			changes = append(changes, SettingChange{name, was, value})
		}
	}
	return changes
}
