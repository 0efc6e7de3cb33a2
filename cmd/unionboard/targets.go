package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/score"
	"github.com/unionboard/unionboard/internal/source"
)

// byteOrderMark makes spreadsheets read a CSV file as UTF-8.
const byteOrderMark = "\ufeff"

// targetHeads answers the numbers of the columns of a file of targets by their heads; ok is false for a file of figures. A table
// of targets has a column target and none for values.
func targetHeads(path string) (heads map[string]int, ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false // it is said where the file is read
	}
	defer f.Close()
	start := make([]byte, 4<<10)
	n, _ := f.Read(start)
	first, _, _ := bytes.Cut(bytes.TrimPrefix(start[:n], []byte(byteOrderMark)), []byte("\n"))
	heads = map[string]int{}
	for i, head := range strings.FieldsFunc(strings.ToLower(string(first)), func(r rune) bool { return strings.ContainsRune(",;\t", r) }) {
		heads[strings.Trim(head, "\" \r")] = i + 1
	}
	return heads, heads["target"] > 0 && heads["value"] == 0
}

// targetTable is a file of targets on its way into the log.
type targetTable struct {
	path       string
	heads      map[string]int
	correction string // why targets of closed periods are changed, "" for leaving them
	editions   map[int]*assess.Edition
	held       map[assess.Target]string // their values, by the target without it
	closed     []assess.Period
	// columns are where what is wrong with a row stands.
	columns map[*assess.Problem]string
}

// importTargets takes a file of targets. It is taken whole or not at all: with half of the targets half of the city would be
// scored. Targets that hold already change nothing.
func (a *app) importTargets(ctx context.Context, f importFlags, path string, heads map[string]int) (report targetReport, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return report, wrongUse("%w", err)
	}
	t := &targetTable{path: path, heads: heads, correction: f.correct, columns: map[*assess.Problem]string{}}
	if err := t.load(ctx, a); err != nil {
		return report, err
	}
	targets, notes, err := source.ReadTargets(path, data, t.check)
	if err != nil {
		return report, t.place(err)
	}
	report.notes = notes
	changed := slices.DeleteFunc(targets, func(target assess.Target) bool {
		known, same := t.compare(target)
		switch {
		case same:
			report.Unchanged++
		case known:
			report.Changed++
		default:
			report.New++
		}
		return same
	})
	if len(changed) == 0 || f.dryRun {
		return report, nil
	}
	line := atConsole("targets.set", fmt.Sprintf("%s: new %d, changed %d", path, report.New, report.Changed))
	line.After = f.correct
	return report, a.store.PutTargets(ctx, changed, line)
}

// load reads what a table of targets is checked against.
func (t *targetTable) load(ctx context.Context, a *app) error {
	issued, err := a.store.Editions(ctx)
	if err != nil {
		return err
	}
	t.editions, t.held = map[int]*assess.Edition{}, map[assess.Target]string{}
	for _, e := range issued {
		if t.editions[e.Year] != nil {
			continue
		}
		if t.editions[e.Year], err = a.board.Edition(ctx, e.Year); err != nil {
			return err
		}
		held, err := a.store.Targets(ctx, e.Year)
		if err != nil {
			return err
		}
		for _, target := range held {
			t.held[keyOf(target)] = target.Value.String()
		}
	}
	cycles, err := a.store.Cycles(ctx)
	for _, c := range cycles {
		if c.State.Closed() {
			t.closed = append(t.closed, c.Period)
		}
	}
	return err
}

// keyOf answers a target without its value.
func keyOf(t assess.Target) assess.Target {
	return assess.Target{Unit: t.Unit, Period: t.Period, Code: t.Code, From: t.From}
}

// compare says whether a target was set before, and whether to the same value.
func (t *targetTable) compare(target assess.Target) (known, same bool) {
	value, known := t.held[keyOf(target)]
	return known, known && value == target.Value.String()
}

// check answers why a target cannot be set.
func (t *targetTable) check(target assess.Target) *assess.Problem {
	for _, one := range []struct {
		column string
		check  func(assess.Target) *assess.Problem
	}{{"period", t.checkPeriod}, {"unit", t.checkUnit}, {"code", t.checkCode}, {"from", t.checkFrom}, {"period", t.checkClosed}} {
		if fault := one.check(target); fault != nil {
			t.columns[fault] = one.column
			return fault
		}
	}
	framework, _, _ := t.editions[target.Period.CalendarYear()].Indicator(target.Code)
	return score.CheckTarget(framework, target)
}

func (t *targetTable) checkPeriod(target assess.Target) *assess.Problem {
	p := target.Period
	if kind := p.Kind(); kind != assess.Year && kind != assess.Quarter {
		return assess.Invalid("problem.target_period", fmt.Sprintf("%s is neither a year nor a quarter; write %s", p, p.Year()),
			"period", p.String(), "want", p.Year().String())
	}
	if year := p.CalendarYear(); t.editions[year] == nil {
		return assess.Invalid("problem.year_undefined",
			fmt.Sprintf("nothing is defined for %d; issue the definitions of that year, or correct the period", year), "year", strconv.Itoa(year))
	}
	return nil
}

func (t *targetTable) checkUnit(target assess.Target) *assess.Problem {
	roster := t.editions[target.Period.CalendarYear()].Roster
	if target.Unit == assess.AnyUnit || target.Unit == roster.City.Code {
		return nil
	}
	unit, known := roster.Unit(target.Unit)
	switch {
	case !known:
		example := string(assess.AnyUnit)
		if len(roster.Units) > 0 {
			example = string(roster.Units[0].Code)
		}
		code := source.Excerpt(string(target.Unit))
		return assess.Invalid("problem.target_unit",
			fmt.Sprintf("%q is not the code of a unit; write one such as %s, or * for all units", code, example), "unit", code, "example", example)
	case !unit.In(target.Period):
		return assess.Invalid("problem.unit_period",
			fmt.Sprintf("unit %s does not exist in %s; correct the period or the unit", target.Unit, target.Period),
			"unit", string(target.Unit), "period", target.Period.String())
	}
	return nil
}

// checkCode wants an indicator whose target stands in the table of targets. The code of the item that is reported is a likely
// mistake.
func (t *targetTable) checkCode(target assess.Target) *assess.Problem {
	edition, code := t.editions[target.Period.CalendarYear()], source.Excerpt(string(target.Code))
	_, node, known := edition.Indicator(target.Code)
	if known && node.Indicator.TargetPerUnit() {
		return nil
	}
	year := strconv.Itoa(target.Period.CalendarYear())
	if near := meantIndicator(edition, target.Code); !known && near != "" {
		return assess.Invalid("problem.target_misspelt", fmt.Sprintf("%q is not an indicator of %s; did you mean the indicator %s?", code, year, near),
			"code", code, "year", year, "guess", string(near))
	}
	if known {
		return assess.Invalid("problem.target_defined",
			fmt.Sprintf("%s takes no target from a table: its definition sets one, or its method needs none; leave the row out", code), "code", code)
	}
	codes := strings.Join(targetCodes(edition), ", ")
	return assess.Invalid("problem.target_unknown",
		fmt.Sprintf("%q is not an indicator of %s; targets are set by the codes of indicators: %s", code, year, codes), "code", code, "year", year, "known", codes)
}

// targetCodes are the codes of the indicators that take a target for each unit, in the order of the frameworks.
func targetCodes(e *assess.Edition) (codes []string) {
	for i := range e.Frameworks {
		for _, leaf := range e.Frameworks[i].Root.Leaves() {
			if leaf.Indicator.TargetPerUnit() && !slices.Contains(codes, string(leaf.Code)) {
				codes = append(codes, string(leaf.Code))
			}
		}
	}
	return codes
}

// meantIndicator answers the indicator that is made of an item, or whose code comes nearest; "" for none.
func meantIndicator(e *assess.Edition, code assess.Code) assess.Code {
	var codes []assess.Code
	for i := range e.Frameworks {
		for _, leaf := range e.Frameworks[i].Root.Leaves() {
			if !leaf.Indicator.TargetPerUnit() {
				continue
			}
			if v := leaf.Indicator.Value; v.Item == code || v.Numerator == code {
				return leaf.Code
			}
			codes = append(codes, leaf.Code)
		}
	}
	return assess.Closest(code, codes)
}

func (t *targetTable) checkFrom(target assess.Target) *assess.Problem {
	from := target.From
	if from.IsZero() || from.Kind() == assess.Quarter && from.Year() == target.Period {
		return nil
	}
	return assess.Invalid("problem.target_from",
		fmt.Sprintf("from says in which quarter of the year a changed target begins to hold; %s is no quarter of %s", from, target.Period),
		"from", from.String(), "period", target.Period.String())
}

// checkClosed keeps closed periods as they are: their scores were made with the targets of their time.
func (t *targetTable) checkClosed(target assess.Target) *assess.Problem {
	if _, same := t.compare(target); same || t.correction != "" {
		return nil
	}
	for _, p := range t.closed {
		touched := p == target.Period || target.Period.Kind() == assess.Year && p.Year() == target.Period
		if !touched || !target.From.IsZero() && target.From.FirstDay().After(p.LastDay()) {
			continue
		}
		return assess.Invalid("problem.target_closed",
			fmt.Sprintf("%s is closed and would be scored with this target; write in the column from which quarter it holds, or correct with a reason", p),
			"period", p.String())
	}
	return nil
}

// place moves what was found to the column it is about.
func (t *targetTable) place(err error) error {
	var faults assess.Problems
	if errors.As(err, &faults) {
		for _, fault := range faults {
			if column := t.columns[fault]; column != "" {
				fault.Place.Column, fault.Place.Field = t.heads[column], column
			}
		}
	}
	return err
}

// targetReport is what became of a file of targets.
type targetReport struct {
	New       int `json:"targets_new"`
	Changed   int `json:"targets_changed"`
	Unchanged int `json:"targets_unchanged"`

	notes []*assess.Problem
}
