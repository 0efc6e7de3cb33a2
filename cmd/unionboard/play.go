package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/terminal"
)

// play puts the story of a demonstration through the real parts, at the times of the story: its districts' systems answer on
// loopback, its sheets lie in a drop folder, the collector collects, the gate decides, the reviewer returns and accepts.
func (a *app) play(ctx context.Context, city *demo.City, progress *terminal.Progress) error {
	var now atomic.Int64
	stop, sources, err := a.districts(city, func() time.Time { return time.Unix(now.Load(), 0) })
	if err != nil {
		return err
	}
	defer stop()
	var before time.Time
	proofs := city.Proofs()
	for _, e := range city.Events() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("the demonstration was interrupted: %w", err)
		}
		now.Store(e.At.Unix())
		for ; len(proofs) > 0 && proofs[0].At.Before(e.At); proofs = proofs[1:] {
			if err := a.prove(ctx, proofs[0]); err != nil {
				return err
			}
		}
		if _, err := city.WriteDrop(filepath.Join(a.dir, dropFolder), before, e.At); err != nil {
			return err
		}
		if err := a.act(ctx, e, sources); err != nil {
			return fmt.Errorf("%s, %s %s %s: %w", e.At.Format("2006-01-02"), e.Kind, e.Unit, e.Period, err)
		}
		before = e.At
		progress.Step(1, "collecting "+e.Period.String())
	}
	return nil
}

// act carries out one event.
func (a *app) act(ctx context.Context, e demo.Event, sources map[assess.Code]collect.Source) error {
	switch e.Kind {
	case demo.SetCycle:
		return a.gate.Advance(ctx, e.Period, e.State, "system", e.At)
	case demo.Publish:
		return a.playPublication(ctx, e)
	case demo.KeepRegister:
		return a.playRegister(ctx, e)
	case demo.TakeRegisters:
		report, err := a.snapshots().Take(ctx, e.Period, "", e.At)
		if err == nil && report.Refused > 0 {
			err = fmt.Errorf("the gate refused %d figures of the registers: %v", report.Refused, report.Rejected[0].Problem)
		}
		return err
	case demo.MoveResult:
		u, err := a.store.AccountNamed(ctx, e.By)
		if err != nil {
			return err
		}
		return a.matters().MoveResult(ctx, e.Period, e.Action, e.Note, u, assess.AuditLine{At: e.At, Actor: u.Name, Result: "ok"})
	case demo.Collect:
		var chosen []collect.Source
		for _, code := range e.Sources {
			chosen = append(chosen, sources[code])
		}
		// What a source does wrong is part of the story and stands in its run; an error means that the run could not be held.
		for _, r := range a.gate.All(ctx, chosen, collect.Ask{Slot: e.At, Period: e.Period}, e.At) {
			if r.Err != nil {
				return r.Err
			}
		}
		return nil
	case demo.ReturnCells:
		return a.gate.Decide(ctx, e.Unit, e.Period, collect.Returns(e.Items, e.Reason, e.Note), collect.Reviewer{By: e.By}, e.At)
	case demo.AcceptReport:
		return a.gate.AcceptAll(ctx, e.Unit, e.Period, e.By, e.At)
	case demo.ImportFile:
		reading, err := source.Read(e.File, e.Body)
		if err != nil {
			return err
		}
		delivery := assess.Delivery{Door: assess.DoorImport, Source: source.ByHand, Entries: reading.Entries, Refused: reading.Refused, Notes: reading.Notes}
		_, err = a.gate.Import(ctx, delivery, collect.Options{By: e.By, Authority: collect.Submit}, e.At)
		return err
	case demo.CorrectCell:
		entry := assess.Entry{Unit: e.Unit, PeriodText: e.Period.String(), Code: e.Items[0], Value: e.Value, Note: e.Note}
		delivery := assess.Delivery{Door: assess.DoorImport, Source: source.ByHand, Entries: []assess.Entry{entry}}
		report, err := a.gate.Import(ctx, delivery, collect.Options{By: e.By, Correction: &collect.Correction{Reason: e.Note}}, e.At)
		if err == nil && report.Changed != 1 {
			err = fmt.Errorf("the correction changed %d cells: %s", report.Changed, report.Problem)
		}
		return err
	}
	return fmt.Errorf("the story has an event of kind %q that nobody plays", e.Kind)
}

// districts starts what plays the districts' systems on loopback and answers the sources that collect from them and from the drop
// folder.
func (a *app) districts(city *demo.City, clock func() time.Time) (stop func(), sources map[assess.Code]collect.Source, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("play the districts' systems: %w", err)
	}
	server := &http.Server{Handler: city.Handler(clock), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // it ends with Close
	sources = map[assess.Code]collect.Source{}
	for _, plan := range city.Sources("http://"+listener.Addr().String(), filepath.Join(a.dir, dropFolder)) {
		src, err := a.demoSource(plan)
		if err != nil {
			server.Close()
			return nil, nil, err
		}
		sources[plan.Name] = src
	}
	return func() { server.Close() }, sources, nil
}

// demoSource makes a source of a plan as the configuration would make it, but quicker to try again: what plays the districts'
// systems is on this machine.
func (a *app) demoSource(plan demo.SourcePlan) (collect.Source, error) {
	c := planOf(plan)
	if plan.Token != "" {
		file, err := secretFile(a.dir, string(plan.Name), plan.Token)
		if err != nil {
			return collect.Source{}, err
		}
		c.TokenFile = file
	}
	return a.configured(c, demoDelay)
}

// planOf writes a plan as the configuration would declare it.
func planOf(plan demo.SourcePlan) config.Source {
	return config.Source{
		Name: plan.Name, Kind: config.Kind(plan.Kind), URL: plan.URL, Format: plan.Format, AllowLoopback: true, Folder: plan.Folder,
		Units: plan.Units, Supplies: plan.Supplies, Authority: plan.Authority,
	}
}

// playPublication publishes a period as two persons do, or proposes it as one does.
func (a *app) playPublication(ctx context.Context, e demo.Event) error {
	book := a.book()
	line := assess.AuditLine{At: e.At, Actor: e.By, Result: "ok"}
	if _, err := book.Propose(ctx, e.Period, e.Note, account.User{Name: e.By, Role: assess.CityAnalyst}, line); err != nil || e.Approver == "" {
		return err
	}
	line.Actor = e.Approver
	_, err := book.Approve(ctx, e.Period, "", account.User{Name: e.Approver, Role: assess.CityLeader}, line)
	return err
}

// playRegister hands a sheet of records in to its register. A demonstration whose records break its own rules is none.
func (a *app) playRegister(ctx context.Context, e demo.Event) error {
	u, err := a.store.AccountNamed(ctx, e.By)
	if err != nil {
		return err
	}
	book, _, err := source.ReadBook(e.File, e.Body)
	if err != nil {
		return err
	}
	done, err := a.registers().Import(ctx, e.Table, &book.Sheets[0], false, u, assess.AuditLine{At: e.At, Actor: u.Name, Result: "ok"})
	if err == nil && done.Refused > 0 {
		err = fmt.Errorf("%s: %d records were refused, the first in line %d: %v", e.File, done.Refused, done.Rows[0].Line, done.Rows[0].Findings)
	}
	return err
}
