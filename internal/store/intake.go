package store

import (
	"context"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Commit writes an intake, all of it or nothing, and answers the head after it. Numbers are given in the order of the intake.
//
// A submission of the intake is settled when an observation of the intake comes from it or Settled names it; otherwise it waits
// for review. The run may have been started before or not. An intake is written once: when its run is finished already, or its
// submission is there already, the answer is ErrConflict, so a caller that never saw the first answer may safely ask again.
func (s *Store) Commit(ctx context.Context, in assess.Intake) (assess.Head, error) {
	if len(in.Audit) == 0 {
		return assess.Head{}, errors.New("commit an intake: every change leaves at least one line in the audit log")
	}
	return s.CommitAll(ctx, func(write func(assess.Intake) error) error { return write(in) })
}

// CommitAll is Commit for intakes that are made while they are written: all that parts hands over is written in one transaction, or
// nothing. parts is called anew after a fault of the disk; meanwhile nobody else can write, and what is read is what was there before.
func (s *Store) CommitAll(ctx context.Context, parts func(write func(assess.Intake) error) error) (assess.Head, error) {
	return s.change(ctx, "commit an intake", func(t tx, h *head) error {
		lines := h.Audit
		err := parts(func(in assess.Intake) error {
			if err := t.take(h, in); err != nil {
				return err
			}
			return t.record(h, in.Audit...)
		})
		if err == nil && h.Audit == lines {
			err = errors.New("commit intakes: every change leaves at least one line in the audit log")
		}
		return err
	})
}

// take writes an intake but for its lines of the audit log.
func (t tx) take(h *head, in assess.Intake) error {
	if in.Run != nil {
		if err := t.finishRun(*in.Run); err != nil {
			return err
		}
	}
	if err := t.checkCityDrafts(in.CityDrafts); err != nil {
		return err
	}
	if err := t.checkDrafts(in.Drafts); err != nil {
		return err
	}
	if err := t.addSubmissions(in); err != nil {
		return err
	}
	if err := t.addObservations(h, in.Observations); err != nil {
		return err
	}
	if err := t.addDecisions(h, in.Decisions); err != nil {
		return err
	}
	if err := t.holdPieces(in.Pieces); err != nil {
		return err
	}
	if err := t.fillDrafts(h, in.Filled); err != nil {
		return err
	}
	if err := t.differ(h, in.Differences); err != nil {
		return err
	}
	if err := t.putMade(in.Made); err != nil {
		return err
	}
	if in.Answered != nil {
		if err := t.answer(*in.Answered); err != nil {
			return err
		}
	}
	if in.Matter != nil {
		if err := t.moveMatter(h, *in.Matter, time.Time{}); err != nil {
			return err
		}
	}
	if err := t.carryOut(h, in); err != nil {
		return err
	}
	return t.moveFilings(h, in.Filings)
}
