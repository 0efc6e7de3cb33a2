package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/unionboard/unionboard/internal/assess"
)

// Outcome is what a hand-over that went wrong means for the letter.
type Outcome uint8

// The outcomes.
const (
	Again   Outcome = iota // it was certainly not taken, and may be later
	Never                  // it was refused, and will be
	Unsaid                 // it was broken off where nobody knows whether it was taken
	settled                // what it is about is settled; it was not handed over
)

// Fault says why a letter was not handed over, or that nobody knows.
type Fault struct {
	Outcome Outcome
	Problem *assess.Problem
}

// Error writes the problem.
func (f *Fault) Error() string { return f.Problem.Error() }

// Unwrap answers the problem.
func (f *Fault) Unwrap() error { return f.Problem }

const (
	// handOver is how long one hand-over may take, whatever the channel waits for by itself.
	handOver = time.Minute
	// lease is how long whoever has taken a dispatch may be silent before it counts as dead. It is longer than any hand-over.
	lease = 5 * time.Minute
	// patience is how long after its making a letter is still tried; later it would tell of yesterday.
	patience = 24 * time.Hour
)

// delay answers how long to wait after the n-th try: a minute, then three times as long each time, two hours at most.
func delay(n int) time.Duration {
	growing := &backoff.ExponentialBackOff{InitialInterval: time.Minute, Multiplier: 3, MaxInterval: 2 * time.Hour}
	growing.Reset()
	wait := time.Duration(0)
	for range min(n, 10) { // the longest wait is reached long before
		wait = growing.NextBackOff()
	}
	return wait
}

// Deliver hands over what is due, one letter after the other, until nothing is. A letter is handed over at most once: it is taken
// first, so that no other process has it, and what its taker has left is never taken again, for it may have arrived. clock tells
// when a hand-over has ended.
func (r *Reminders) Deliver(ctx context.Context, clock func() time.Time) error {
	if _, err := r.Store.LoseDispatches(ctx, clock().Add(-lease), lostProblem(), r.line(clock(), "notice.lost")); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	away := map[assess.Code]*Fault{} // the channels that do not answer now: their letters wait, without each trying in vain
	for ctx.Err() == nil {
		d, m, err := r.Store.TakeDispatch(ctx, clock())
		if err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
		if d.Channel == "" {
			return nil
		}
		fault, ok := away[d.Channel]
		if !ok {
			fault = r.hand(context.WithoutCancel(ctx), d, m, clock()) // once begun it is finished: broken off, nobody would know
			if fault != nil && fault.Outcome == Again {
				away[d.Channel] = fault
			}
		}
		if err := r.settle(context.WithoutCancel(ctx), d, m, fault, clock()); err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
	}
	return nil
}

// hand hands one letter over.
func (r *Reminders) hand(ctx context.Context, d assess.Dispatch, m assess.Message, now time.Time) *Fault {
	channel := r.channel(d.Channel)
	if channel == nil {
		return &Fault{Never, assess.Unavailable("problem.channel_gone",
			fmt.Sprintf("the configuration names no %s any more, so nothing was sent; set it up again, then chase by hand", d.Channel), "channel", string(d.Channel))}
	}
	if d.Tried > 1 {
		over, err := r.over(ctx, m, now)
		if err != nil {
			return &Fault{Again, assess.Unavailable("problem.dispatch_unready", "where the reports stand could not be read before sending; it is tried again").Because(err)}
		}
		if over {
			return &Fault{settled, assess.Conflict("problem.notice_settled", "what it is about was settled before it could be sent, so it was not sent")}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, handOver)
	defer cancel()
	err := channel.Send(ctx, r.Pen.Write(r.Words.In(channel.Lang()), m), d.Address)
	if err == nil {
		return nil
	}
	if fault, ok := errors.AsType[*Fault](err); ok {
		return fault
	}
	return &Fault{Unsaid, unexpected(err)}
}

// over says that nothing a message tells holds any more: the reports it asks for have come, the figures were decided.
func (r *Reminders) over(ctx context.Context, m assess.Message, now time.Time) (bool, error) {
	for _, n := range m.Notices {
		round, err := r.Round(ctx, n.Period, now)
		if err != nil {
			return false, err
		}
		for _, one := range round.Reports {
			waits := n.Occasion == OnSubmission || n.Occasion == OnReviewEve
			if one.Unit.Code == n.Unit && (waits && len(one.Waiting) > 0 || !waits && one.Owing(now)) {
				return false, nil
			}
		}
	}
	return true, nil
}

func (r *Reminders) settle(ctx context.Context, d assess.Dispatch, m assess.Message, fault *Fault, now time.Time) error {
	action := "notice.sent"
	switch {
	case fault == nil:
		d.State, d.SentAt, d.Problem = assess.DispatchSent, now, nil
	case fault.Outcome == Again && now.Before(m.MadeAt.Add(patience)):
		d.State, d.Next, d.Problem = assess.DispatchWaiting, now.Add(delay(d.Tried)), fault.Problem
		r.Log.WarnContext(ctx, "a reminder could not be sent yet", "channel", d.Channel, "message", d.Message, "again", d.Next, "error", fault)
		return r.Store.SettleDispatch(ctx, d)
	case fault.Outcome == Unsaid:
		action, d.State, d.Problem = "notice.lost", assess.DispatchUnknown, fault.Problem
	default:
		action, d.State, d.Problem = "notice.failed", assess.DispatchFailed, fault.Problem
	}
	if fault != nil {
		r.Log.WarnContext(ctx, "a reminder was not sent", "channel", d.Channel, "message", d.Message, "state", d.State, "error", fault)
	}
	return r.Store.SettleDispatch(ctx, d, r.line(now, action)(d))
}

// line makes the lines of the audit log about dispatches. The address of a person is not in them.
func (r *Reminders) line(now time.Time, action string) func(assess.Dispatch) assess.AuditLine {
	return func(d assess.Dispatch) assess.AuditLine {
		line := assess.AuditLine{At: now, Actor: byCalendar, Action: action, Object: d.Message, After: string(d.Channel), Result: "ok"}
		if action != "notice.sent" {
			line.Result = "failed"
		}
		return line
	}
}

func lostProblem() *assess.Problem {
	return assess.Unavailable("problem.dispatch_lost",
		"the program ended while this was being sent, so nobody knows whether it arrived; it is not sent again, call instead")
}

// unexpected hides what a person could do nothing with; the log has it.
func unexpected(err error) *assess.Problem {
	return assess.Unavailable("problem.dispatch_broken", "sending broke off for a reason that the log tells; it may or may not have arrived").Because(err)
}
