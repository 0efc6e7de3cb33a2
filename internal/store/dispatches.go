package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	dispatchColumns = `message, channel, address, state, tried, next_at, taken_at, sent_at, kind, message_key, message_args, problem`
	insertDispatch  = `INSERT INTO dispatch (` + dispatchColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	selectDue       = `SELECT ` + dispatchColumns + ` FROM dispatch WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, message, channel LIMIT 1`
	takeDispatch    = `UPDATE dispatch SET state = 'sending', tried = $1, taken_at = $2 WHERE message = $3 AND channel = $4 AND state = 'waiting'`
	settleDispatch  = `UPDATE dispatch SET state = $1, next_at = $2, sent_at = $3, kind = $4, message_key = $5, message_args = $6, problem = $7
	WHERE message = $8 AND channel = $9 AND tried = $10 AND state IN ('sending', 'unknown')`
	countDue       = `SELECT COUNT(*) FROM dispatch WHERE state = 'waiting' AND next_at <= $1`
	countStuck     = `SELECT COUNT(*) FROM dispatch WHERE state = 'sending' AND taken_at < $1`
	loseDispatches = `UPDATE dispatch SET state = 'unknown', kind = $1, message_key = $2, message_args = $3, problem = $4
	WHERE state = 'sending' AND taken_at < $5 RETURNING ` + dispatchColumns
)

func (t tx) addDispatch(d assess.Dispatch) error {
	kind, key, args, text, err := problemTexts(d.Problem)
	if err != nil {
		return err
	}
	_, err = t.exec(insertDispatch, d.Message, string(d.Channel), d.Address, string(d.State), d.Tried, millis(d.Next), millis(d.TakenAt), millis(d.SentAt),
		kind, key, args, text)
	return err
}

// problemTexts answers a problem as it is stored; nothing for none.
func problemTexts(p *assess.Problem) (kind, key, args, text string, err error) {
	if p == nil {
		return "", "", "", "", nil
	}
	encoded, err := json.Marshal(p.Args)
	return kindName(p), p.Key, string(encoded), p.Message, err
}

func scanDispatch(row scanner) (d assess.Dispatch, err error) {
	var next, taken, sent int64
	var kind, key, args, text string
	if err := row.Scan(&d.Message, &d.Channel, &d.Address, &d.State, &d.Tried, &next, &taken, &sent, &kind, &key, &args, &text); err != nil {
		return d, err
	}
	d.Next, d.TakenAt, d.SentAt = moment(next), moment(taken), moment(sent)
	if key == "" {
		return d, nil
	}
	d.Problem = &assess.Problem{Kind: kindNamed(kind), Key: key, Message: text}
	return d, json.Unmarshal([]byte(args), &d.Problem.Args)
}

// TakeDispatch takes the dispatch that has been due longest, and answers it with its message; a Dispatch without a channel where
// none is due. From then on it is the taker's alone: whoever dies with it leaves it unknown, see LoseDispatches.
func (s *Store) TakeDispatch(ctx context.Context, now time.Time) (d assess.Dispatch, m assess.Message, err error) {
	if some, err := s.some(ctx, countDue, now); err != nil || !some {
		return d, m, err
	}
	err = s.write(ctx, func(t tx) (err error) {
		for {
			d, m = assess.Dispatch{}, assess.Message{}
			due, err := scanDispatch(t.row(selectDue, millis(now)))
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			n, err := t.exec(takeDispatch, due.Tried+1, millis(now), due.Message, string(due.Channel))
			if err != nil {
				return err
			}
			if n == 0 {
				continue // another process was faster
			}
			all, err := messages(context.Background(), t.sql, withID, due.Message) // cancelled, it would take the whole transaction with it
			if err != nil {
				return err
			}
			d, m = due, all[0]
			d.State, d.Tried, d.TakenAt = assess.DispatchSending, due.Tried+1, moment(millis(now))
			return nil
		}
	})
	return d, m, s.explain("take a dispatch", err)
}

// SettleDispatch notes what became of a dispatch that was taken: sent, failed, unknown, or waiting for another try. lines go into the
// audit log with it. Of a try that somebody has settled meanwhile nothing is noted.
func (s *Store) SettleDispatch(ctx context.Context, d assess.Dispatch, lines ...assess.AuditLine) error {
	kind, key, args, text, err := problemTexts(d.Problem)
	if err != nil {
		return s.explain("settle a dispatch", err)
	}
	return s.aside(ctx, "settle a dispatch", func(t tx) ([]assess.AuditLine, error) {
		n, err := t.exec(settleDispatch, string(d.State), millis(d.Next), millis(d.SentAt), kind, key, args, text, d.Message, string(d.Channel), d.Tried)
		if n == 0 {
			return nil, err
		}
		return lines, err
	})
}

// LoseDispatches marks as unknown, for a reason, what was taken before a time and never settled: whoever took it has died, and
// nobody can say whether it was handed over. It answers what it marked; line makes a line of the audit log for each.
func (s *Store) LoseDispatches(ctx context.Context, before time.Time, why *assess.Problem, line func(assess.Dispatch) assess.AuditLine) (lost []assess.Dispatch, err error) {
	kind, key, args, text, err := problemTexts(why)
	if err != nil {
		return nil, s.explain("lose dispatches", err)
	}
	if some, err := s.some(ctx, countStuck, before); err != nil || !some {
		return nil, err
	}
	err = s.aside(ctx, "lose dispatches", func(t tx) (lines []assess.AuditLine, err error) {
		lost, err = list(context.Background(), t.sql, scanDispatch, loseDispatches, kind, key, args, text, millis(before))
		for _, d := range lost {
			lines = append(lines, line(d))
		}
		return lines, err
	})
	return lost, err
}

// some says whether a count is not zero. Asked first, it spares the usual minute, in which nothing is due, a write.
func (s *Store) some(ctx context.Context, count string, at time.Time) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, count, millis(at)).Scan(&n)
	return n > 0, s.explain("look for dispatches", err)
}
