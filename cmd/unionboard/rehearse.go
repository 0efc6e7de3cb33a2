package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/source"
)

// rehearse opens the quarter after the story early and lets some districts fill in its form, so that every state of one is there to be
// looked at. What is not signed and accepted counts for nothing.
func (a *app) rehearse(ctx context.Context, city *demo.City) error {
	period, at := city.Rehearsed()
	opening := assess.Adjustment{Kind: assess.OpenedEarly, Period: period, Reason: "演示：提前开放，供试填"}
	if err := a.gate.Adjust(ctx, opening, assess.AuditLine{At: at, Actor: "system", Result: "ok"}); err != nil {
		return fmt.Errorf("rehearse %s: %w", period, err)
	}
	rehearsals, err := city.Rehearsals()
	if err != nil {
		return err
	}
	for i, r := range rehearsals {
		if len(r.Phones) > 0 {
			line := assess.AuditLine{At: at, Actor: "system", Action: "phones.set", Object: string(r.Unit), Unit: r.Unit, Result: "ok"}
			if err := a.store.PutPhones(ctx, r.Unit, r.Phones, line); err != nil {
				return fmt.Errorf("rehearse %s: %w", r.Unit, err)
			}
		}
		if err := a.supply(ctx, city, r.Unit, period, at); err != nil {
			return fmt.Errorf("rehearse %s %s: %w", r.Unit, period, err)
		}
		if err := a.rehearseReport(ctx, city, r, period, at.Add(time.Duration(i+1)*time.Hour)); err != nil {
			return fmt.Errorf("rehearse %s %s: %w", r.Unit, period, err)
		}
	}
	after := at.Add(time.Duration(len(rehearsals)+1) * time.Hour)
	if err := a.rehearseMatters(ctx, city, after); err != nil {
		return err
	}
	return a.rehearseRefunds(ctx, after)
}

// supply hands in what the city says of a district. Its registers are taken when the quarter has ended.
func (a *app) supply(ctx context.Context, city *demo.City, unit assess.UnitCode, period assess.Period, at time.Time) error {
	entries, err := city.Figures(unit, period, assess.FromCity)
	if err != nil {
		return err
	}
	delivery := assess.Delivery{Door: assess.DoorImport, Source: source.ByHand, Entries: entries}
	_, err = a.gate.Import(ctx, delivery, collect.Options{By: "system"}, at)
	return err
}

// rehearseReport takes the report of one district as far as it goes.
func (a *app) rehearseReport(ctx context.Context, city *demo.City, r demo.Rehearsal, period assess.Period, at time.Time) error {
	var saves []desk.Save
	for _, e := range r.Typed {
		saves = append(saves, desk.Save{
			Unit: r.Unit, Period: period, Item: e.Code, Value: e.Value, Note: e.Note, Request: fmt.Sprintf("rehearsal-%s", e.Code),
		})
	}
	if _, err := a.desk.SaveAll(ctx, r.Unit, period, saves, r.By, at); err != nil {
		return err
	}
	if !r.Forwarded {
		return nil
	}
	if err := a.proveForm(ctx, city, r, period, at.Add(10*time.Minute)); err != nil {
		return err
	}
	if err := a.desk.Forward(ctx, r.Unit, period, r.By, at.Add(20*time.Minute)); err != nil || r.Signer == "" {
		return err
	}
	if err := a.desk.Sign(ctx, r.Unit, period, "", r.Signer, at.Add(40*time.Minute)); err != nil {
		return err
	}
	return a.rehearseReview(ctx, r, period, at.Add(time.Hour))
}

// proveForm adds evidence to the figures of a form that are asked for it.
func (a *app) proveForm(ctx context.Context, city *demo.City, r demo.Rehearsal, period assess.Period, at time.Time) error {
	form, err := a.desk.Form(ctx, r.Unit, period, at)
	if err != nil {
		return err
	}
	var items []assess.Code
	for _, s := range form.Sections {
		for _, f := range s.Fields {
			if f.Unproved() && !slices.Contains(r.Unproved, f.Item.Code) {
				items = append(items, f.Item.Code)
			}
		}
	}
	return a.prove(ctx, city.Proof(r.Unit, period, items, r.By, at))
}

func (a *app) rehearseReview(ctx context.Context, r demo.Rehearsal, period assess.Period, at time.Time) error {
	for _, by := range r.Reviewers {
		if len(r.Back) > 0 {
			if err := a.desk.Decide(ctx, r.Unit, period, collect.Returns(r.Back, r.Reason, r.Note), by.Name, by.Department, at); err != nil {
				return err
			}
		}
		review, err := a.desk.Review(ctx, r.Unit, period, by.Department, at)
		if err != nil {
			return err
		}
		if _, err := a.desk.AcceptPlain(ctx, r.Unit, period, review.Seen(), by.Name, by.Department, at.Add(time.Minute)); err != nil {
			return err
		}
	}
	return nil
}
