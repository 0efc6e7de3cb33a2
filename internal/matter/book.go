package matter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
)

// Store keeps matters.
type Store interface {
	// OpenMatter writes a new matter with its first step; ErrConflict while another of the same kind, unit, period and code is in one
	// of some states.
	OpenMatter(ctx context.Context, m assess.Matter, step assess.MatterStep, line assess.AuditLine, alone ...string) error
	// MoveMatter takes a matter a step further and sets its due day where one is given. From a state it is not in any more is ErrConflict.
	MoveMatter(ctx context.Context, step assess.MatterStep, due time.Time, line assess.AuditLine) error
	// Matter answers a matter with its steps; ErrNotFound where there is none.
	Matter(ctx context.Context, id string) (assess.Matter, error)
	// Matters answers the matters of a kind, newest first, without their steps.
	Matters(ctx context.Context, q assess.MatterQuery) ([]assess.Matter, error)
	// AddComment and Comments keep and answer what was said about a unit and period, oldest first.
	AddComment(ctx context.Context, c assess.Comment, line assess.AuditLine) error
	Comments(ctx context.Context, unit assess.UnitCode, p assess.Period, reaches ...assess.Reach) ([]assess.Comment, error)
	// MoveResult takes the result of a period a step further, ErrConflict as MoveMatter.
	MoveResult(ctx context.Context, from assess.ResultState, next assess.ResultStage, line assess.AuditLine) error
	// ResultStages answers the way of a period's result, oldest first.
	ResultStages(ctx context.Context, p assess.Period) ([]assess.ResultStage, error)
}

// Log is what was decided about the figures, and what was published.
type Log interface {
	// Cycles answers the collections of all periods.
	Cycles(ctx context.Context) ([]assess.Cycle, error)
	// Decisions answers what departments decided about the figures of a report, oldest first.
	Decisions(ctx context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error)
	// Proposals answers what gives or takes points in some periods, with its steps, oldest first.
	Proposals(ctx context.Context, periods ...assess.Period) ([]assess.Proposal, error)
	// Rounds answers the rating rounds of a year with their raters.
	Rounds(ctx context.Context, year int) ([]assess.RatingRound, error)
	// Seals answers what was published, oldest first.
	Seals(ctx context.Context) ([]assess.Seal, error)
}

// Gate changes figures of closed periods, and knows what holds and which days are worked.
type Gate interface {
	// Held answers what a figure is: its value, or its state where it has none; "" where nothing is held.
	Held(ctx context.Context, cell assess.CellKey) (string, error)
	// Calendar answers the working days around a year, with what was edited in them.
	Calendar(ctx context.Context, year int) (cycle.Calendar, error)
	// Correct sets a figure and takes a step with it, both or neither. dry only says what would be wrong. A figure that cannot be taken
	// is a Problem, and one that is not what it was when it was looked at is ErrConflict.
	Correct(ctx context.Context, c Figure, step *assess.MatterStep, by string, dry bool, now time.Time) error
}

// Figure is a figure that is to be set, as it was written.
type Figure struct {
	Unit   assess.UnitCode
	Period assess.Period
	Item   assess.Code
	Value  string
	Reason string
	// Was is what the figure was when somebody looked at it, as Held says it; nil where nobody did.
	Was *string
	// Difference is what becomes of the difference because of which a correction is asked for; nil for none.
	Difference *assess.DifferenceChange
}

// cell answers the place of the figure in the log.
func (f Figure) cell() assess.CellKey {
	return assess.CellKey{Unit: f.Unit, Period: f.Period, Item: f.Item}
}

// Editions answers what is defined for a year; a year without an edition is ErrNotFound.
type Editions interface {
	Edition(ctx context.Context, year int) (*assess.Edition, error)
}

// Config is what a Book needs.
type Config struct {
	Store    Store
	Log      Log
	Gate     Gate
	Editions Editions
	Zone     *time.Location
}

// Book is where matters are opened and moved. It asks the policy function of package account about every step.
type Book struct{ Config }

// New makes a Book.
func New(c Config) *Book {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Book{c}
}

// longestText bounds what is written in words, in characters.
const longestText = 2000

// needs is the one table of who may take which step of which kind. A step that is not in it is open to nobody.
func needs(kind assess.MatterKind, action cycle.Action) account.Action {
	switch kind {
	case assess.Correction:
		return map[cycle.Action]account.Action{
			Open: account.RequestCorrection, cycle.Check: account.CheckCorrection, cycle.Refuse: account.CheckCorrection, cycle.Apply: account.ApplyCorrection,
		}[action]
	case assess.Appeal:
		return map[cycle.Action]account.Action{
			Open: account.FileAppeal, cycle.TakeUp: account.HandleAppeal, cycle.Refuse: account.HandleAppeal, cycle.Uphold: account.DecideAppeal,
			cycle.Change: account.DecideAppeal, cycle.Notify: account.HandleAppeal,
		}[action]
	case assess.Task:
		return map[cycle.Action]account.Action{
			Open: account.OpenTask, cycle.Progress: account.DoTask, cycle.Report: account.DoTask, cycle.Close: account.CloseTask, cycle.Reopen: account.CloseTask,
		}[action]
	}
	return ""
}

// Open is the first step of every matter.
const Open cycle.Action = "open"

// Next answers the state of a matter after an action, by the machine of its kind. One that the machine does not allow is ErrConflict.
func Next(kind assess.MatterKind, state string, action cycle.Action) (string, error) {
	switch kind {
	case assess.Correction:
		next, err := cycle.Corrections().Next(assess.CorrectionState(state), action)
		return string(next), err
	case assess.Appeal:
		next, err := cycle.Appeals().Next(assess.AppealState(state), action)
		return string(next), err
	case assess.Task:
		next, err := cycle.Tasks().Next(assess.TaskState(state), action)
		return string(next), err
	}
	return "", fmt.Errorf("there is no kind of matter %q", kind)
}

// begin answers the state in which a kind of matter begins.
func begin(kind assess.MatterKind) string {
	switch kind {
	case assess.Correction:
		return string(assess.CorrectionRequested)
	case assess.Appeal:
		return string(assess.AppealSubmitted)
	}
	return string(assess.TaskOpen)
}

// May says whether an account may take a step of a matter now: by its role, its unit or department, its part in the matter so far, and
// the state.
func May(u account.User, m *assess.Matter, action cycle.Action) bool {
	return allow(u, m, action) == nil
}

// Actions answers the steps that an account may take of a matter now, in the order of the machine.
func Actions(u account.User, m *assess.Matter) []cycle.Action {
	all := map[assess.MatterKind][]cycle.Action{
		assess.Correction: cycle.Corrections().Actions(), assess.Appeal: cycle.Appeals().Actions(), assess.Task: cycle.Tasks().Actions(),
	}[m.Kind]
	return slices.DeleteFunc(all, func(a cycle.Action) bool { return !May(u, m, a) })
}

// allow answers why an account may not take a step; nil where it may.
func allow(u account.User, m *assess.Matter, action cycle.Action) error {
	need := needs(m.Kind, action)
	if m.Kind == assess.Correction && action == cycle.Refuse && m.State == string(assess.CorrectionChecked) {
		need = account.ApplyCorrection // refused by who would have to apply it
	}
	if need == "" || !u.May(need, m.Unit, m.Department) {
		return notYours()
	}
	if _, err := Next(m.Kind, m.State, action); err != nil {
		return err
	}
	return separate(u, m, action)
}

func notYours() *assess.Problem {
	return assess.Forbidden("problem.matter_role", "this step belongs to the work of somebody else; the page says whose turn it is")
}

// separate keeps the persons apart: who asked does not check, who checked does not apply; who did a task does not close it; an appeal is
// decided by another than who took it up.
func separate(u account.User, m *assess.Matter, action cycle.Action) error {
	switch {
	case m.Kind == assess.Correction && action != cycle.Refuse:
		return cycle.Another(u.Name, takers(m)...)
	case m.Kind == assess.Correction:
		return cycle.Another(u.Name, m.OpenedBy)
	case m.Kind == assess.Appeal && (action == cycle.Uphold || action == cycle.Change):
		return cycle.Another(u.Name, takers(m)...)
	case m.Kind == assess.Task && (action == cycle.Close || action == cycle.Reopen):
		return cycle.Another(u.Name, takers(m, cycle.Progress, cycle.Report)...)
	}
	return nil
}

// takers answers who has taken a step of a matter so far, one of some actions where they are given.
func takers(m *assess.Matter, of ...cycle.Action) []string {
	var names []string
	for _, step := range m.Steps {
		if len(of) == 0 || slices.Contains(of, cycle.Action(step.Action)) {
			names = append(names, step.By)
		}
	}
	return names
}

// open writes a new matter. alone are the states in which another one about the same must not be.
func (b *Book) open(ctx context.Context, m assess.Matter, u account.User, line assess.AuditLine, alone ...string) (assess.Matter, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return m, fmt.Errorf("open a matter: %w", err)
	}
	m.ID, m.State, m.OpenedBy, m.OpenedAt = id.String(), begin(m.Kind), u.Name, line.At
	if err := checkText(m.Reason, "problem.matter_reason", "a reason is needed; say why, in words"); err != nil {
		return m, err
	}
	line.Action, line.Object, line.Unit, line.After = string(m.Kind)+".open", m.ID, m.Unit, strings.TrimSpace(string(m.Code)+" "+m.After+": "+m.Reason)
	step := assess.MatterStep{Matter: m.ID, Action: string(Open), To: m.State, By: u.Name, At: line.At, Note: m.Reason, Value: m.After}
	if err := b.Store.OpenMatter(ctx, m, step, line, alone...); err != nil {
		return m, fmt.Errorf("open a matter: %w", err)
	}
	m.Steps = []assess.MatterStep{step}
	return m, nil
}

func checkText(text, key, message string) error {
	switch n := len([]rune(strings.TrimSpace(text))); {
	case n == 0:
		return assess.Invalid(key, message)
	case n > longestText:
		return assess.Invalid("problem.matter_long", fmt.Sprintf("the text has %d characters; shorten it to %d", n, longestText),
			"n", fmt.Sprint(n), "limit", fmt.Sprint(longestText))
	}
	return nil
}

// Move is what a step says beside its action.
type Move struct {
	Action cycle.Action
	Note   string
	// Item and Value are the figure that a changed appeal sets.
	Item  assess.Code
	Value string
}

// Step takes a matter a step further. line names who asks and where from; its action and object are filled in here.
func (b *Book) Step(ctx context.Context, id string, move Move, u account.User, line assess.AuditLine) error {
	m, err := b.One(ctx, id, u)
	if err != nil {
		return err
	}
	if err := allow(u, &m, move.Action); err != nil {
		return err
	}
	if move.Action != cycle.Apply && move.Action != cycle.Check && move.Action != cycle.TakeUp && move.Action != cycle.Notify {
		if err := checkText(move.Note, "problem.matter_note", "this step needs words: say why, or what was done"); err != nil {
			return err
		}
	}
	next, err := Next(m.Kind, m.State, move.Action)
	if err != nil {
		return err
	}
	step := assess.MatterStep{Matter: m.ID, Action: string(move.Action), From: m.State, To: next, By: u.Name, At: line.At, Note: strings.TrimSpace(move.Note)}
	line.Action, line.Object, line.Unit = string(m.Kind)+"."+string(move.Action), m.ID, m.Unit
	line.Before, line.After = m.State, strings.TrimSuffix(next+": "+step.Note, ": ")
	switch move.Action {
	case cycle.Apply:
		return b.apply(ctx, &m, step, u, line)
	case cycle.Change:
		return b.change(ctx, &m, step, move, u, line)
	case cycle.Uphold:
		if err := b.fresh(ctx, &m, u); err != nil {
			return err
		}
	case cycle.TakeUp:
		due, err := b.decisionDue(ctx, line.At)
		if err != nil {
			return err
		}
		return b.moved(b.Store.MoveMatter(ctx, step, due, line))
	}
	return b.moved(b.Store.MoveMatter(ctx, step, time.Time{}, line))
}

func (b *Book) moved(err error) error {
	if err == nil || errors.Is(err, assess.ErrConflict) {
		return err
	}
	return fmt.Errorf("take a step: %w", err)
}
