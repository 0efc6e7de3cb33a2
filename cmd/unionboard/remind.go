package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/schedule"
)

// remindSchedule is when it is looked what is due to be told, and what waits to be sent.
const remindSchedule = "* * * * *"

// newReminders puts together who is told what, and the ways out that the configuration names.
func (a *app) newReminders() (*notify.Reminders, error) {
	r := &notify.Reminders{
		Collections: &collections{app: a}, Store: a.store, Words: a.words, Log: a.log,
		Pen: notify.Pen{Zone: a.zone, Site: a.config.Site, Roster: a.roster},
	}
	if m := a.config.Mail; m != nil {
		mail, err := notify.NewMail(notify.MailConfig{
			Host: m.Host, Port: m.Port, Security: notify.Security(m.Security), CAFile: m.CAFile, Username: m.Username,
			Password: dial.Secret{File: m.PasswordFile, Env: m.PasswordEnv}, From: m.From, Language: m.Language, Timeout: m.Timeout,
		})
		if err != nil {
			return nil, placed(err, a.config, "mail")
		}
		r.Mail = mail
	}
	for i, w := range a.config.Webhooks {
		hook, err := notify.NewHook(notify.HookConfig{
			URL: w.URL, Key: dial.Secret{File: w.KeyFile, Env: w.KeyEnv}, Body: w.Body, Answer: w.Answer, Language: w.Language, Timeout: w.Timeout,
			AllowLoopback: w.AllowLoopback,
		})
		if err != nil {
			return nil, placed(err, a.config, fmt.Sprintf("webhooks[%d]", i))
		}
		r.Groups = append(r.Groups, notify.Webhook{Group: notify.Group{Name: w.Name, Title: w.Title, Units: w.Units}, Channel: hook})
	}
	return r, nil
}

// placed says where in the configuration a problem stands.
func placed(err error, c config.Config, path string) error {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p.At(c.At(path + "." + p.Place.Field))
	}
	return err
}

// roster answers the units of a year; none where nothing is defined for it, and letters then name units by their codes.
func (a *app) roster(year int) assess.Roster {
	edition, err := a.board.Edition(context.Background(), year)
	if err != nil {
		a.log.Error("the units of letters", "year", year, "error", err)
		return assess.Roster{}
	}
	return edition.Roster
}

// remindJob tells what is due and hands over what waits, each minute. Whatever it finds done it does not do again, so it needs no
// memory of its own.
func (a *app) remindJob() (schedule.Job, error) {
	spec, err := schedule.Parse(remindSchedule, a.zone)
	if err != nil {
		return schedule.Job{}, err
	}
	return schedule.Job{Name: "reminders", Spec: spec, Run: func(ctx context.Context, slot time.Time) {
		made, err := a.reminders.Remind(ctx, slot)
		if err != nil {
			a.log.Error("reminders", "error", err)
		} else if len(made) > 0 {
			a.log.Info("reminded", "messages", len(made))
		}
		if err := a.reminders.Deliver(ctx, time.Now); err != nil {
			a.log.Error("reminders", "error", err)
		}
	}}, nil
}
