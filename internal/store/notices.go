package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	selectNoticeKey = `SELECT message FROM notice WHERE notice_key = $1`
	insertMessage   = `INSERT INTO message (id, account, group_name, made_at, made_by) VALUES ($1, $2, $3, $4, $5)`
	insertNotice    = `INSERT INTO notice (notice_key, message, position, occasion, unit, period, due, late, amount)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	noticeColumns = `notice_key, occasion, unit, period, due, late, amount`
)

// Remind writes messages with their dispatches, and answers them as they were written: a notice whose key is there already is left
// out, and so is a message of which nothing is left. line makes the line of the audit log of a message; all of it is one
// transaction, so that nothing is told that was not decided, and nothing decided is lost.
func (s *Store) Remind(ctx context.Context, messages []assess.Message, line func(assess.Message) assess.AuditLine) (made []assess.Message, err error) {
	err = s.aside(ctx, "remind", func(t tx) ([]assess.AuditLine, error) {
		made = nil
		var lines []assess.AuditLine
		for _, m := range messages {
			fresh, err := t.freshNotices(m.Notices)
			if err != nil {
				return nil, err
			}
			if m.Notices = fresh; len(fresh) == 0 {
				continue
			}
			if err := t.addMessage(m); err != nil {
				return nil, err
			}
			made, lines = append(made, m), append(lines, line(m))
		}
		return lines, nil
	})
	return made, err
}

// freshNotices answers the notices whose keys are not there yet, each once. The head is held, so no other writer adds one meanwhile.
func (t tx) freshNotices(notices []assess.Notice) (fresh []assess.Notice, err error) {
	seen := map[string]bool{}
	for _, n := range notices {
		var message string
		err := t.row(selectNoticeKey, n.Key).Scan(&message)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if err != nil && !seen[n.Key] {
			fresh = append(fresh, n)
		}
		seen[n.Key] = true
	}
	return fresh, nil
}

func (t tx) addMessage(m assess.Message) error {
	if _, err := t.exec(insertMessage, m.ID, m.Account, string(m.Group), millis(m.MadeAt), m.By); err != nil {
		return err
	}
	for i, n := range m.Notices {
		if _, err := t.exec(insertNotice, n.Key, m.ID, i, string(n.Occasion), string(n.Unit), n.Period.String(), millis(n.Due), digit(n.Late), n.Count); err != nil {
			return err
		}
	}
	for _, d := range m.Dispatches {
		d.Message = m.ID
		if err := t.addDispatch(d); err != nil {
			return err
		}
	}
	return nil
}

// What is read of messages: of one, of those to an account since a time, of those about the reports of a period.
const (
	selectMessages   = `SELECT m.id, m.account, m.group_name, m.made_at, m.made_by FROM message m WHERE `
	selectNotices    = `SELECT n.message, ` + noticeColumns + ` FROM notice n JOIN message m ON m.id = n.message WHERE `
	selectDispatches = `SELECT ` + dispatchColumns + ` FROM dispatch d JOIN message m ON m.id = d.message WHERE `

	withID      = `m.id = $1`
	toAccount   = `m.account = $1 AND m.made_at >= $2`
	aboutPeriod = `m.id IN (SELECT message FROM notice WHERE period = $1)`
)

func scanMessage(row scanner) (m assess.Message, err error) {
	var made int64
	err = row.Scan(&m.ID, &m.Account, &m.Group, &made, &m.By)
	m.MadeAt = moment(made)
	return m, err
}

// toldIn is a notice with the message that tells it.
type toldIn struct {
	message string
	notice  assess.Notice
}

func scanNotice(row scanner) (told toldIn, err error) {
	n := &told.notice
	var p string
	var due int64
	var late int
	if err := row.Scan(&told.message, &n.Key, &n.Occasion, &n.Unit, &p, &due, &late, &n.Count); err != nil {
		return told, err
	}
	n.Due, n.Late = moment(due), late == 1
	n.Period, err = period(p)
	return told, err
}

// MessagesTo answers what an account was told since a time, newest first.
func (s *Store) MessagesTo(ctx context.Context, account string, since time.Time) ([]assess.Message, error) {
	all, err := messages(ctx, s.reader, toAccount, account, millis(since))
	return all, s.explain("read messages", err)
}

// MessagesOf answers what was told about the reports of a period, newest first.
func (s *Store) MessagesOf(ctx context.Context, p assess.Period) ([]assess.Message, error) {
	all, err := messages(ctx, s.reader, aboutPeriod, p.String())
	return all, s.explain("read messages", err)
}

// messages reads whole messages, newest first. which is one of the conditions above.
func messages(ctx context.Context, db querier, which string, args ...any) ([]assess.Message, error) {
	all, err := list(ctx, db, scanMessage, selectMessages+which+` ORDER BY m.made_at DESC, m.id DESC`, args...)
	if err != nil {
		return nil, err
	}
	at := map[string]*assess.Message{}
	for i := range all {
		at[all[i].ID] = &all[i]
	}
	err = each(ctx, db, scanNotice, func(told toldIn) error {
		if m := at[told.message]; m != nil { // written after the messages were read: the next reader sees it whole
			m.Notices = append(m.Notices, told.notice)
		}
		return nil
	}, selectNotices+which+` ORDER BY n.message, n.position`, args...)
	if err != nil {
		return nil, err
	}
	err = each(ctx, db, scanDispatch, func(d assess.Dispatch) error {
		if m := at[d.Message]; m != nil {
			m.Dispatches = append(m.Dispatches, d)
		}
		return nil
	}, selectDispatches+which+` ORDER BY d.message, d.channel`, args...)
	return all, err
}
