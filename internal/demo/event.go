package demo

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// EventKind is what happens in an event.
type EventKind string

// The kinds of event.
const (
	// SetCycle: the collection of Period reaches State.
	SetCycle EventKind = "cycle"
	// Collect: the sources named are collected for Period, after what is dropped by then was written.
	Collect EventKind = "collect"
	// ReturnCells: By sends Items of the report of Unit and Period back, with Reason and Note.
	ReturnCells EventKind = "return"
	// AcceptReport: By accepts the report of Unit and Period.
	AcceptReport EventKind = "accept"
	// ImportFile: By imports Body, a CSV file of the tidy columns, for Unit under the name File; it waits for review like any
	// report. It holds the figures of Period and perhaps some of its year.
	ImportFile EventKind = "import"
	// KeepRegister: By hands in Body, a CSV file of records of Table under the name File.
	KeepRegister EventKind = "register"
	// TakeRegisters: the registers are taken for Period as they stand.
	TakeRegisters EventKind = "snapshot"
	// Publish: By proposes the results of Period, with Note as the reason, and Approver approves them, if anybody.
	Publish EventKind = "publish"
	// MoveResult: By takes the result of the year Period a step further by Action, with Note.
	MoveResult EventKind = "result"
	// CorrectCell: By corrects the one of Items of Unit and Period, which is locked, to Value, with Note as the reason.
	CorrectCell EventKind = "correct"
)

// Event is a step of the story. Only the fields its kind names are set.
type Event struct {
	At      time.Time
	Kind    EventKind
	Period  assess.Period
	State   assess.CycleState
	Action  cycle.Action
	Sources []assess.Code
	Unit    assess.UnitCode
	Items   []assess.Code
	Table   assess.Code
	Reason  assess.Code
	Note    string
	Value   string
	By      string // name of an account
	// Approver is the name of the account that approves, "" where that is still awaited.
	Approver string
	File     string
	Body     []byte
}

// Events answers the story in the order of time: for each quarter the states of its collection, the collections that find
// something, the review, and later the corrections. Whoever plays it puts the figures through the real parts at these times.
//
// A city would collect every source every day; the story names those that have news, and all districts at the deadline, so
// that a report that has not come is seen.
func (c *City) Events() []Event {
	var events []Event
	for _, p := range c.periods {
		events = append(events, c.cycleEvents(p)...)
		events = append(events, c.registerEvents(p)...)
		events = append(events, c.collectEvents(p)...)
		events = append(events, c.reviewEvents(p)...)
		events = append(events, c.handEvents(p)...)
		events = append(events, c.correctEvents(p)...)
		events = append(events, c.resultEvents(p)...)
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.At.Compare(b.At) })
	end := c.End()
	return slices.DeleteFunc(events, func(e Event) bool { return e.At.After(end) })
}

// End answers the day on which the demonstration is looked at: the last quarter has just been published.
func (c *City) End() time.Time {
	for _, s := range c.plan(c.last()).Steps() {
		if s.State == assess.CyclePublished {
			return s.At.Add(18 * time.Hour)
		}
	}
	return c.calendar.at(c.last(), secondDay, 18, 0)
}

func (c *City) cycleEvents(p assess.Period) []Event {
	var events []Event
	var state assess.CycleState
	for _, s := range c.plan(p).Steps() {
		if s.State != state {
			// A day's first act, before anybody hands in anything.
			e := Event{At: s.At, Kind: SetCycle, Period: p, State: s.State}
			if s.State == assess.CyclePublished {
				e.Kind, e.By, e.Approver, e.Note = Publish, nameOf(assess.CityAnalyst), nameOf(assess.CityLeader), "审核完毕"
			}
			events = append(events, e)
			state = s.State
		}
	}
	return events
}

// registerEvents are the sheets that are written into the registers of a quarter, and its snapshot.
func (c *City) registerEvents(p assess.Period) (events []Event) {
	for _, k := range c.keepings {
		if k.Period == p {
			events = append(events, Event{At: k.At, Kind: KeepRegister, Period: p, Table: k.Table, By: k.By, File: fmt.Sprintf("demo-%s-%s.csv", k.Table, p), Body: k.CSV()})
		}
	}
	return append(events, Event{At: c.calendar.at(p, snapshotDay, 0, 10), Kind: TakeRegisters, Period: p})
}

// collectEvents are the collections of a quarter, each in the afternoon, that of the deadline just before it. A folder gives
// everything that lies in it; a system is asked for the quarter, and a little later for the year when it has news of it.
func (c *City) collectEvents(p assess.Period) []Event {
	var events []Event
	collect := func(at time.Time, filed assess.Period, sources []assess.Code) {
		if len(sources) > 0 {
			events = append(events, Event{At: at, Kind: Collect, Period: filed, Sources: sources})
		}
	}
	since := c.calendar.at(p, 0, 0, 0)
	for day := firstReport; day <= secondDay; day++ {
		slot := c.calendar.at(p, day, 16, 40)
		collect(slot, p, c.choose(func(plan SourcePlan) bool {
			return plan.Authority == submit && day == deadline || c.news(plan, p, since, slot) || plan.Kind == "drop" && c.news(plan, p.Year(), since, slot)
		}))
		collect(slot.Add(5*time.Minute), p.Year(), c.choose(func(plan SourcePlan) bool {
			return plan.Kind == "http" && c.news(plan, p.Year(), since, slot)
		}))
		since = slot
	}
	return events
}

// choose answers the sources that a condition holds for, in their order.
func (c *City) choose(holds func(SourcePlan) bool) []assess.Code {
	var codes []assess.Code
	for _, plan := range c.sources {
		if holds(plan) {
			codes = append(codes, plan.Name)
		}
	}
	return codes
}

// news says whether a source hands something in for a period after one time and up to another.
func (c *City) news(plan SourcePlan, p assess.Period, after, until time.Time) bool {
	for _, when := range c.folders.times(folder{plan.Name, p}) {
		if when.After(after) && !when.After(until) {
			return true
		}
	}
	return false
}

func (c *City) reviewEvents(p assess.Period) []Event {
	var events []Event
	reviewer := nameOf(assess.CityReviewer)
	for _, u := range c.roster() {
		r := report{u.Code, p}
		if _, _, ok := c.handIn(u.Code, p); !ok {
			continue
		}
		accepted := c.reviewAt(r)
		if back, ok := c.returnOf(u.Code, p); ok {
			events = append(events, Event{
				At: accepted, Kind: ReturnCells, Period: p, Unit: u.Code, Items: back.items, Reason: back.reason, Note: back.note, By: reviewer,
			})
			accepted = c.calendar.Shift(c.againAt(r), 1).Add(10 * time.Hour)
		}
		events = append(events, Event{At: accepted, Kind: AcceptReport, Period: p, Unit: u.Code, By: reviewer})
	}
	return events
}

// handEvents bring in by hand what a dead system owes, an hour before the deadline.
func (c *City) handEvents(p assess.Period) []Event {
	s := c.model.story
	if p != s.deadSince {
		return nil
	}
	_, handed, _ := c.handIn(s.dead, p)
	rows := c.changes(folder{districtSource(s.dead), p}, handed)
	rows = append(rows, c.changes(folder{districtSource(s.dead), p.Year()}, handed)...)
	var body bytes.Buffer
	if err := writeRows(&body, rows); err != nil || len(rows) == 0 {
		return nil
	}
	return []Event{{
		At: c.calendar.at(p, deadline, 16, 0), Kind: ImportFile, Period: p, Unit: s.dead, By: nameOf(assess.CityAnalyst),
		File: "demo-" + string(s.dead) + "-" + p.String() + "-by-hand.csv", Body: body.Bytes(),
	}}
}

func (c *City) correctEvents(p assess.Period) []Event {
	var events []Event
	for i, k := range c.model.story.corrections {
		f := c.folders.find(assess.CellKey{Unit: k.unit, Period: p, Item: k.item})
		if k.period != p || f == nil {
			continue
		}
		right, _ := f.final()
		events = append(events, Event{
			At: right.from, Kind: CorrectCell, Period: p, Unit: k.unit, Items: []assess.Code{k.item}, Value: right.value,
			Note: k.note, By: nameOf(assess.CityAnalyst),
		})
		// What was published is published anew; the newest correction still waits for a leader.
		again := Event{At: c.calendar.Shift(right.from, 2).Add(10 * time.Hour), Kind: Publish, Period: p, Note: k.note, By: nameOf(assess.CityAnalyst)}
		if i+1 < len(c.model.story.corrections) {
			again.Approver = nameOf(assess.CityLeader)
		}
		events = append(events, again)
		if p == p.Year().LastQuarter() && c.whole(p.Year()) {
			again.At, again.Period = again.At.Add(time.Hour), p.Year()
			events = append(events, again)
		}
	}
	return events
}

// whole says whether the story tells all quarters of a year.
func (c *City) whole(year assess.Period) bool {
	for _, q := range year.Quarters() {
		if !slices.Contains(c.periods, q) {
			return false
		}
	}
	return true
}

// resultEvents are the way of a year's result after its last quarter was published: no district appeals, the leaders decide, it is
// published and announced.
func (c *City) resultEvents(p assess.Period) []Event {
	year := p.Year()
	if p != year.LastQuarter() || !c.whole(year) {
		return nil
	}
	analyst, leader := nameOf(assess.CityAnalyst), nameOf(assess.CityLeader)
	move := func(day, hour int, a cycle.Action, by string) Event {
		return Event{At: c.calendar.at(p, day, hour, 0), Kind: MoveResult, Period: year, Action: a, By: by}
	}
	return []Event{
		move(20, 10, cycle.Examine, analyst),
		move(22, 9, cycle.Post, leader),
		move(22, 10, cycle.OpenAppeals, analyst),
		move(30, 10, cycle.Decide, leader),
		{At: c.calendar.at(p, 31, 10, 0), Kind: Publish, Period: year, By: analyst, Approver: leader, Note: "年度结果审定"},
		move(31, 15, cycle.Announce, leader),
		move(60, 10, cycle.Archive, analyst),
	}
}
