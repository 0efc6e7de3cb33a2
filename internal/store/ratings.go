package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	insertRound  = `INSERT INTO rating_round (id, year, indicator, opened_by, opened_at, closed_by, closed_at) VALUES ($1, $2, $3, $4, $5, '', 0)`
	insertRater  = `INSERT INTO rating_rater (round, account, rater_group) VALUES ($1, $2, $3)`
	countRounds  = `SELECT COUNT(*) FROM rating_round WHERE year = $1 AND indicator = $2`
	selectRounds = `SELECT id, year, indicator, opened_by, opened_at, closed_by, closed_at FROM rating_round WHERE year = $1 ORDER BY indicator`
	selectRaters = `SELECT r.round, r.account, r.rater_group, (SELECT COUNT(DISTINCT b.unit) FROM ballot b WHERE b.round = r.round AND b.account = r.account)
	FROM rating_rater r JOIN rating_round o ON o.id = r.round WHERE o.year = $1 ORDER BY r.round, r.rater_group, r.account`
	selectRaterOpen = `SELECT o.closed_at FROM rating_round o JOIN rating_rater r ON r.round = o.id WHERE o.id = $1 AND r.account = $2`
	insertBallot    = `INSERT INTO ballot (seq, round, account, unit, value, cast_at) VALUES ($1, $2, $3, $4, $5, $6)`
	// Of every rater and unit the newest ballot.
	selectBallots = `SELECT b.account, b.unit, b.value, b.cast_at FROM ballot b
	JOIN (SELECT MAX(seq) AS seq FROM ballot WHERE round = $1 GROUP BY account, unit) last ON last.seq = b.seq ORDER BY b.account, b.unit`
	selectOwnBallots = `SELECT b.account, b.unit, b.value, b.cast_at FROM ballot b
	JOIN (SELECT MAX(seq) AS seq FROM ballot WHERE round = $1 AND account = $2 GROUP BY unit) last ON last.seq = b.seq ORDER BY b.unit`
	countBallots = `SELECT COUNT(*) FROM ballot WHERE round = $1`
	closeRound   = `UPDATE rating_round SET closed_by = $1, closed_at = $2 WHERE id = $3 AND closed_at = 0`
)

// OpenRound opens a rating round with its raters. An indicator has one round a year: a second is ErrConflict.
func (s *Store) OpenRound(ctx context.Context, r assess.RatingRound, line assess.AuditLine) error {
	_, err := s.change(ctx, "open a rating round", func(t tx, _ *head) error {
		var rounds int
		if err := t.row(countRounds, r.Year, string(r.Indicator)).Scan(&rounds); err != nil {
			return err
		}
		if rounds > 0 {
			return assess.Conflict("problem.round_exists", fmt.Sprintf("the ballots on %s were called for already; load the page again", r.Indicator),
				"indicator", string(r.Indicator))
		}
		if _, err := t.exec(insertRound, r.ID, r.Year, string(r.Indicator), r.OpenedBy, millis(r.OpenedAt)); err != nil {
			return err
		}
		for _, rater := range r.Raters {
			if _, err := t.exec(insertRater, r.ID, rater.Account, string(rater.Group)); err != nil {
				return err
			}
		}
		return nil
	}, line)
	return err
}

// Rounds answers the rating rounds of a year with their raters and for how many units each has cast a ballot: how often, never what.
func (s *Store) Rounds(ctx context.Context, year int) ([]assess.RatingRound, error) {
	all, err := list(ctx, s.reader, func(row scanner) (r assess.RatingRound, err error) {
		var opened, closed int64
		err = row.Scan(&r.ID, &r.Year, &r.Indicator, &r.OpenedBy, &opened, &r.ClosedBy, &closed)
		r.OpenedAt, r.ClosedAt = moment(opened), moment(closed)
		return r, err
	}, selectRounds, year)
	if err != nil {
		return nil, s.explain("read rating rounds", err)
	}
	type raterOf struct {
		round string
		assess.Rater
	}
	err = each(ctx, s.reader, func(row scanner) (r raterOf, err error) {
		err = row.Scan(&r.round, &r.Account, &r.Group, &r.Cast)
		return r, err
	}, func(r raterOf) error {
		for i := range all {
			if all[i].ID == r.round {
				all[i].Raters = append(all[i].Raters, r.Rater)
			}
		}
		return nil
	}, selectRaters, year)
	return all, s.explain("read rating rounds", err)
}

// CastBallots keeps the ballots of one rater. Somebody who is not asked is ErrForbidden, a round that is closed ErrConflict.
func (s *Store) CastBallots(ctx context.Context, round, account string, ballots []assess.Ballot, line assess.AuditLine) error {
	_, err := s.change(ctx, "cast ballots", func(t tx, h *head) error {
		var closed int64
		err := t.row(selectRaterOpen, round, account).Scan(&closed)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return assess.Forbidden("problem.not_a_rater", "your account is not among those who are asked in this round")
		case err != nil:
			return err
		case closed > 0:
			return assess.Conflict("problem.round_closed", "the round is closed; ballots cannot be cast or changed any more")
		}
		for _, b := range ballots {
			h.Seq++
			if _, err := t.exec(insertBallot, h.Seq, round, account, string(b.Unit), b.Value, millis(b.At)); err != nil {
				return err
			}
		}
		return nil
	}, line)
	return err
}

// OwnBallots answers what one rater has cast in a round.
func (s *Store) OwnBallots(ctx context.Context, round, account string) ([]assess.Ballot, error) {
	all, err := list(ctx, s.reader, scanBallot, selectOwnBallots, round, account)
	return all, s.explain("read ballots", err)
}

// SealedBallots answers every ballot of a round, also while it is open, and how many were cast in all: for closing it, and for nobody
// to read before.
func (s *Store) SealedBallots(ctx context.Context, round string) (ballots []assess.Ballot, cast int64, err error) {
	if err := s.reader.QueryRowContext(ctx, countBallots, round).Scan(&cast); err != nil {
		return nil, 0, s.explain("read ballots", err)
	}
	ballots, err = list(ctx, s.reader, scanBallot, selectBallots, round)
	return ballots, cast, s.explain("read ballots", err)
}

func scanBallot(row scanner) (b assess.Ballot, err error) {
	var at int64
	err = row.Scan(&b.Account, &b.Unit, &b.Value, &at)
	b.At = moment(at)
	return b, err
}

// closeRound ends a round. When it is closed already, or another ballot was cast since they were read, it is ErrConflict.
func (t tx) closeRound(c *assess.RoundClosing) error {
	if c == nil {
		return nil
	}
	var cast int64
	if err := t.row(countBallots, c.Round).Scan(&cast); err != nil {
		return err
	}
	changed, err := t.exec(closeRound, c.By, millis(c.At), c.Round)
	if err == nil && (changed == 0 || cast != c.Ballots) {
		err = assess.Conflict("problem.round_moved", "the round was closed, or another ballot was cast meanwhile; load the page again")
	}
	return err
}
