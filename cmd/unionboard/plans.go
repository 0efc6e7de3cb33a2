package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/notify"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/takeout"
)

// plannedExport is an export of the configuration with its schedule.
type plannedExport struct {
	takeout.Plan
	spec schedule.Spec
}

// plansOf reads the scheduled exports of a configuration. What is wrong is a Problem with its place: a schedule, a table, a format, a period
// that there is not.
func plansOf(c config.Config, zone *time.Location) (all []plannedExport, err error) {
	var wrong assess.Problems
	for i, e := range c.Exports {
		at := func(key string) assess.Place { return c.At(fmt.Sprintf("exports[%d].%s", i, key)) }
		p := plannedExport{Plan: takeout.Plan{
			Name: e.Name, Tables: e.Tables, Period: e.Period, Unit: e.Unit, Lang: e.Lang, Published: e.Edition == "published", Folder: e.Folder, Mail: e.Mail,
		}}
		for _, format := range e.Formats {
			p.Formats = append(p.Formats, takeout.Format(format))
		}
		if p.spec, err = schedule.Parse(e.At, zone); err != nil {
			wrong = append(wrong, assess.Invalid("problem.schedule_export", fmt.Sprintf("export %s: %s", e.Name, err), "export", string(e.Name)).At(at("at")))
		}
		if _, err := p.Orders(time.Date(2026, 1, 1, 0, 0, 0, 0, zone)); err != nil {
			problem, ok := errors.AsType[*assess.Problem](err)
			if !ok {
				return nil, err
			}
			key := map[string]string{"table": "tables", "format": "formats", "formats": "formats", "unit": "unit", "lang": "lang"}[problem.Place.Field]
			if key == "" {
				key = "period"
			}
			problem.Kind = assess.ErrInvalid // a table that there is not makes the configuration wrong
			wrong = append(wrong, problem.At(at(key)))
		}
		all = append(all, p)
	}
	return all, wrong.Err()
}

// planExports lets the exports of the configuration be made when they are due. What was due while the program was off is caught up once.
func (a *app) planExports(jobs *schedule.Scheduler) error {
	for _, p := range a.plans {
		err := jobs.Add(schedule.Job{
			Name: "export " + string(p.Name), Spec: p.spec, Lead: true,
			Record: func(ctx context.Context) (schedule.Record, error) {
				last, err := a.takeaway.LastSlot(ctx, p.Name)
				return schedule.Record{Last: last}, err
			},
			Run: func(ctx context.Context, slot time.Time) {
				if err := a.takeaway.Due(ctx, p.Plan, slot); err != nil {
					a.log.Error("export", "plan", string(p.Name), "error", err)
				}
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// letterbox sends files through the mail server of the configuration.
type letterbox struct{ mail *notify.Mail }

// Send implements takeout.Post. What the server says is a Problem.
func (l letterbox) Send(ctx context.Context, p takeout.Parcel) error {
	letter := notify.Parcel{ID: p.ID, To: p.To, Subject: p.Subject, Text: p.Text}
	for _, f := range p.Files {
		letter.Files = append(letter.Files, notify.Attachment{Name: f.Name, Media: strings.TrimSuffix(f.Media, "; charset=utf-8"), Path: f.Path})
	}
	err := l.mail.SendFiles(ctx, letter)
	if fault, ok := errors.AsType[*notify.Fault](err); ok {
		return fault.Problem
	}
	return err
}
