package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Store keeps what was told.
type Store interface {
	// Remind writes messages; notices whose keys are there already are left out, and so are messages without any left.
	Remind(ctx context.Context, messages []assess.Message, line func(assess.Message) assess.AuditLine) ([]assess.Message, error)
	// MessagesOf answers what was told about the reports of a period, newest first.
	MessagesOf(ctx context.Context, p assess.Period) ([]assess.Message, error)
	// TakeDispatch takes the dispatch that has been due longest, one without a channel where none is.
	TakeDispatch(ctx context.Context, now time.Time) (assess.Dispatch, assess.Message, error)
	// SettleDispatch notes what became of a dispatch that was taken.
	SettleDispatch(ctx context.Context, d assess.Dispatch, lines ...assess.AuditLine) error
	// LoseDispatches marks as unknown what was taken before a time and never settled.
	LoseDispatches(ctx context.Context, before time.Time, why *assess.Problem, line func(assess.Dispatch) assess.AuditLine) ([]assess.Dispatch, error)
}

// Collections knows where the reports stand and who the people are.
type Collections interface {
	// Rounds answers the collections that are open at a time, with the reports of one unit alone, or of all where unit is "".
	Rounds(ctx context.Context, unit assess.UnitCode, now time.Time) ([]Round, error)
	// Round answers the collection of one quarter, open or not; assess.ErrNotFound where nothing is defined for it.
	Round(ctx context.Context, p assess.Period, now time.Time) (Round, error)
	// People answers those who can be told: the accounts that can be used.
	People(ctx context.Context) ([]Person, error)
}

// Channel is a way out of the product.
type Channel interface {
	// Send hands a letter over. The error is a *Fault, or nil when the other side has taken it.
	Send(ctx context.Context, l Letter, address string) error
	// Lang is the language letters of the channel are written in.
	Lang() string
}

// Reminders makes reminders and hands them over.
type Reminders struct {
	Collections
	Store Store
	Pen   Pen
	Words *i18n.Catalogue
	Log   *slog.Logger
	// Mail is nil where no mail server is configured.
	Mail Channel
	// Groups are the webhooks, in the order of the configuration.
	Groups []Webhook
}

// Webhook is a group with the channel that reaches it.
type Webhook struct {
	Group
	Channel
}

func (r *Reminders) groups() []Group {
	groups := make([]Group, len(r.Groups))
	for i, w := range r.Groups {
		groups[i] = w.Group
	}
	return groups
}

// SendsMail says whether mail leaves the product.
func (r *Reminders) SendsMail() bool { return r.Mail != nil }

// Title answers what a group is called, its name where nobody has said it or the configuration names it no longer.
func (r *Reminders) Title(group assess.Code) assess.Text {
	at := slices.IndexFunc(r.Groups, func(w Webhook) bool { return w.Name == group })
	if at < 0 || r.Groups[at].Title == (assess.Text{}) {
		return assess.Text{ZH: string(group), EN: string(group)}
	}
	return r.Groups[at].Title
}

// channel answers the channel of a dispatch; nil where it is not configured any more.
func (r *Reminders) channel(name assess.Code) Channel {
	if name == assess.ByMail {
		return r.Mail
	}
	if at := slices.IndexFunc(r.Groups, func(w Webhook) bool { return w.Name == name }); at >= 0 {
		return r.Groups[at].Channel
	}
	return nil
}

// byCalendar is who reminds when the calendar does.
const byCalendar = "system"

// Remind makes the reminders that are due. Whatever was made before is not made again, so it may be called as often as one likes; what
// became due while the program was down is told then, if it still holds, in one message for each person.
func (r *Reminders) Remind(ctx context.Context, now time.Time) ([]assess.Message, error) {
	local := now.In(r.Pen.Zone)
	if !awake(local) {
		return nil, nil
	}
	rounds, err := r.Rounds(ctx, "", now)
	if err != nil {
		return nil, fmt.Errorf("remind: %w", err)
	}
	people, err := r.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("remind: %w", err)
	}
	var told []assess.Message
	for _, round := range rounds {
		before, err := r.Store.MessagesOf(ctx, round.Period)
		if err != nil {
			return nil, fmt.Errorf("remind: %w", err)
		}
		told = append(told, before...)
	}
	line := assess.AuditLine{At: now, Actor: byCalendar, Action: "notice.make", Result: "ok"}
	return r.write(ctx, Plan(local, rounds, people, r.groups(), told), people, line)
}

// Chase reminds those who owe a report, at the wish of a person. Who has heard the same today is not told again.
func (r *Reminders) Chase(ctx context.Context, c Chase, now time.Time) (Chased, error) {
	done, people, err := r.chasing(ctx, c, now)
	if err != nil {
		return done, err
	}
	c.Line.At, c.Line.Action, c.Line.Result = now, "notice.chase", "ok"
	planned := done.Messages
	if done.Messages, err = r.write(ctx, planned, people, c.Line); err != nil {
		return Chased{}, err
	}
	for _, m := range planned { // whose message was not written has heard it meanwhile: somebody else chased, too
		written := slices.ContainsFunc(done.Messages, func(w assess.Message) bool { return w.Account == m.Account && w.Group == m.Group })
		if at := slices.IndexFunc(people, func(p Person) bool { return p.ID == m.Account }); !written && at >= 0 {
			done.Before = append(done.Before, people[at])
		}
	}
	return done, nil
}

// Preview answers what a chase would tell, and tells nothing.
func (r *Reminders) Preview(ctx context.Context, c Chase, now time.Time) (Chased, error) {
	done, _, err := r.chasing(ctx, c, now)
	return done, err
}

func (r *Reminders) chasing(ctx context.Context, c Chase, now time.Time) (Chased, []Person, error) {
	round, err := r.Round(ctx, c.Period, now)
	if err != nil {
		return Chased{}, nil, fmt.Errorf("chase: %w", err)
	}
	reports, err := c.reports(round, now)
	if err != nil {
		return Chased{}, nil, err
	}
	people, err := r.People(ctx)
	if err != nil {
		return Chased{}, nil, fmt.Errorf("chase: %w", err)
	}
	told, err := r.Store.MessagesOf(ctx, c.Period)
	if err != nil {
		return Chased{}, nil, fmt.Errorf("chase: %w", err)
	}
	return chasing(now.In(r.Pen.Zone), reports, people, r.groups(), told), people, nil
}

// write gives messages their IDs and ways out and keeps them. Mail goes to who has an address and wants it.
func (r *Reminders) write(ctx context.Context, messages []assess.Message, people []Person, line assess.AuditLine) ([]assess.Message, error) {
	for i := range messages {
		m := &messages[i]
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("remind: %w", err)
		}
		m.ID, m.MadeAt, m.By = id.String(), line.At, line.Actor
		if m.Group != "" {
			m.Dispatches = []assess.Dispatch{{Message: m.ID, Channel: m.Group, State: assess.DispatchWaiting, Next: line.At}}
			continue
		}
		at := slices.IndexFunc(people, func(p Person) bool { return p.ID == m.Account })
		if p := people[at]; r.Mail != nil && p.Email != "" && !p.Muted {
			m.Dispatches = []assess.Dispatch{{Message: m.ID, Channel: assess.ByMail, Address: p.Email, State: assess.DispatchWaiting, Next: line.At}}
		}
	}
	if len(messages) == 0 {
		return nil, nil
	}
	made, err := r.Store.Remind(ctx, messages, func(m assess.Message) assess.AuditLine {
		said := line
		said.Object, said.Unit = m.ID, m.Notices[0].Unit
		said.After = string(m.Notices[0].Occasion) + " " + m.Notices[0].Period.String() + " → " + m.Account + string(m.Group)
		return said
	})
	if err != nil {
		return nil, fmt.Errorf("remind: %w", err)
	}
	return made, nil
}
