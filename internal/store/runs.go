package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const insertRun = `INSERT INTO run
	(id, source, door, slot, started, finished, state, taken, added, changed, same, refused, problem, holder)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (source, slot) DO NOTHING`

// StartRun records that a run has begun, which is this server's. A slot of a source is run once, and a source is asked by one server at a time:
// when it was begun before, or another one asks, the answer is ErrConflict.
func (s *Store) StartRun(ctx context.Context, r assess.Run) error {
	_, err := s.change(ctx, "start a run", func(t tx, _ *head) error {
		if r.Door != assess.DoorPull && r.Door != assess.DoorDrop { // what is handed in comes from many at once
			return t.addRun(r, s.held())
		}
		var others int
		if err := t.row(countAsking, string(r.Source), s.held(), millis(r.Started)).Scan(&others); err != nil {
			return err
		}
		if others > 0 {
			return assess.Conflict("problem.source_busy", fmt.Sprintf("source %s is being collected already; wait until that run has ended", r.Source),
				"source", string(r.Source))
		}
		return t.addRun(r, s.held())
	})
	return err
}

// countAsking counts the runs of a source that other servers have under way.
const countAsking = `SELECT COUNT(*) FROM run WHERE source = $1 AND state = 'running' AND door IN ('http', 'drop') AND holder <> $2 AND
	 holder IN (SELECT id FROM server WHERE until > $3)`

func (t tx) addRun(r assess.Run, holder string) error {
	n, err := t.exec(insertRun, r.ID, string(r.Source), string(r.Door), millis(r.Slot), millis(r.Started), millis(r.Finished), string(r.State),
		r.Taken, r.New, r.Changed, r.Same, r.Refused, r.Problem, holder)
	if err != nil {
		return fmt.Errorf("run %s of %s: %w", r.ID, r.Source, err)
	}
	if n == 0 {
		at := r.Slot.UTC().Format(time.RFC3339)
		return assess.Conflict("problem.run_slot_taken",
			fmt.Sprintf("source %s was collected for %s already; nothing was changed", r.Source, at), "source", string(r.Source), "slot", at)
	}
	return nil
}

const (
	updateRun = `UPDATE run SET finished = $1, state = $2, taken = $3, added = $4, changed = $5, same = $6, refused = $7, problem = $8
	WHERE id = $9 AND state = 'running'`
	countRun = `SELECT COUNT(*) FROM run WHERE id = $1`
)

// finishRun ends a run that is still running, or records one that was not started here. One that has ended, by its own hand or
// because the program did, takes nothing more.
func (t tx) finishRun(r assess.Run) error {
	var known int
	if err := t.row(countRun, r.ID).Scan(&known); err != nil {
		return err
	}
	if known == 0 {
		if err := t.addRun(r, ""); err != nil {
			return err
		}
		return t.addRejections(r)
	}
	n, err := t.exec(updateRun, millis(r.Finished), string(r.State), r.Taken, r.New, r.Changed, r.Same, r.Refused, r.Problem, r.ID)
	if err != nil {
		return fmt.Errorf("run %s of %s: %w", r.ID, r.Source, err)
	}
	if n == 0 {
		return assess.Conflict("problem.run_ended",
			fmt.Sprintf("run %s of source %s has ended already; nothing was changed, collect again", r.ID, r.Source), "run", r.ID, "source", string(r.Source))
	}
	return t.addRejections(r)
}

const interruptRuns = `UPDATE run SET state = 'interrupted', finished = $1 WHERE state = 'running' AND holder NOT IN (SELECT id FROM server WHERE until > $2)
	RETURNING id, source`

const countLeft = `SELECT COUNT(*) FROM run WHERE state = 'running' AND holder NOT IN (SELECT id FROM server WHERE until > $1)`

// InterruptRuns ends the runs whose server is no more at a time, with a line of the audit log for each, and answers how many.
func (s *Store) InterruptRuns(ctx context.Context, at time.Time) (int, error) {
	var left int
	if err := s.reader.QueryRowContext(ctx, countLeft, millis(at)).Scan(&left); err != nil || left == 0 {
		return 0, s.explain("end interrupted runs", err)
	}
	var lines []assess.AuditLine
	_, err := s.change(ctx, "end interrupted runs", func(t tx, h *head) (err error) {
		lines, err = list(context.Background(), t.sql, func(row scanner) (assess.AuditLine, error) {
			line := assess.AuditLine{At: at, Action: "collect.interrupt", Result: "failed"}
			var source string
			err := row.Scan(&line.Object, &source)
			line.Actor = "source:" + source
			return line, err
		}, interruptRuns, millis(at), millis(at))
		if err != nil {
			return err
		}
		return t.record(h, lines...)
	})
	if err != nil {
		return 0, err
	}
	return len(lines), nil
}

const runColumns = `id, source, door, slot, started, finished, state, taken, added, changed, same, refused, problem`

func scanRun(row scanner) (r assess.Run, err error) {
	var slot, started, finished int64
	err = row.Scan(&r.ID, &r.Source, &r.Door, &slot, &started, &finished, &r.State, &r.Taken, &r.New, &r.Changed, &r.Same, &r.Refused, &r.Problem)
	r.Slot, r.Started, r.Finished = moment(slot), moment(started), moment(finished)
	return r, err
}

// One statement for both would read the whole table for a page.
const (
	selectRuns   = `SELECT ` + runColumns + ` FROM run ORDER BY started DESC, slot DESC, id DESC LIMIT $1`
	selectRunsOf = `SELECT ` + runColumns + ` FROM run WHERE source = $1 ORDER BY started DESC, slot DESC, id DESC LIMIT $2`
)

// Runs answers the newest runs of a source, of all sources for "", at most limit, newest first and without their rejections.
func (s *Store) Runs(ctx context.Context, source assess.Code, limit int) (runs []assess.Run, err error) {
	if source == "" {
		runs, err = list(ctx, s.reader, scanRun, selectRuns, limit)
	} else {
		runs, err = list(ctx, s.reader, scanRun, selectRunsOf, string(source), limit)
	}
	return runs, s.explain("read runs", err)
}

const selectAsked = `SELECT ` + runColumns + ` FROM run WHERE source = $1 AND door <> 'replay' ORDER BY started DESC, slot DESC, id DESC LIMIT $2`

// Asked answers the newest runs in which a source was asked, or handed something in, as Runs does: those that read again what was kept
// are not among them.
func (s *Store) Asked(ctx context.Context, source assess.Code, limit int) ([]assess.Run, error) {
	runs, err := list(ctx, s.reader, scanRun, selectAsked, string(source), limit)
	return runs, s.explain("read runs", err)
}

// The newest of each source are found in the index alone: this is asked for every page about sources and by every look at the metrics. Of
// runs that began in the same millisecond the first is the newest.
const selectLastRuns = `SELECT id, run.source, door, slot, run.started, finished, state, taken, added, changed, same, refused, problem FROM run
	JOIN (SELECT source, MAX(started) AS started FROM run GROUP BY source) newest ON run.source = newest.source AND run.started = newest.started
	ORDER BY run.source, slot DESC, id DESC`

// LastRuns answers the newest run of each source, in the order of their names, without rejections.
func (s *Store) LastRuns(ctx context.Context) ([]assess.Run, error) {
	runs, err := list(ctx, s.reader, scanRun, selectLastRuns)
	return slices.CompactFunc(runs, func(a, b assess.Run) bool { return a.Source == b.Source }), s.explain("read runs", err)
}

const selectRun = `SELECT ` + runColumns + ` FROM run WHERE id = $1`

// Run answers a run with its rejections, ErrNotFound where there is none.
func (s *Store) Run(ctx context.Context, id string) (assess.Run, error) {
	r, err := scanRun(s.reader.QueryRowContext(ctx, selectRun, id))
	if errors.Is(err, sql.ErrNoRows) {
		return assess.Run{}, assess.NotFound("problem.run_unknown", fmt.Sprintf("there is no run %s", id), "run", id)
	}
	if err == nil {
		r.Rejected, err = list(ctx, s.reader, scanRejection, selectRejections, id)
	}
	return r, s.explain("read a run", err)
}

const (
	selectLastGood = `SELECT finished FROM run WHERE source = $1 AND state IN ('done', 'partial') AND door <> 'replay'
	ORDER BY started DESC LIMIT 1`
	// selectLastFigures asks for the run itself and not for its rows: a source that says the same again is fresh.
	selectLastFigures = `SELECT finished FROM run WHERE source = $1 AND state IN ('done', 'partial') AND door <> 'replay' AND added + changed + same > 0
	ORDER BY started DESC LIMIT 1`
)

// LastGood answers when the newest run in which a source was asked ended that was not in vain, and the newest that brought figures, new or known; the
// zero time where there is none.
func (s *Store) LastGood(ctx context.Context, source assess.Code) (good, figures time.Time, err error) {
	for query, to := range map[string]*time.Time{selectLastGood: &good, selectLastFigures: &figures} {
		var finished int64
		err := s.reader.QueryRowContext(ctx, query, string(source)).Scan(&finished)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return good, figures, s.explain("read runs", err)
		}
		if err == nil {
			*to = moment(finished)
		}
	}
	return good, figures, nil
}
