package collect_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/source"
)

// memory is a log in memory: it keeps what the gate commits and answers as the real one does.
type memory struct {
	mu           sync.Mutex
	runs         map[string]assess.Run
	observations []assess.Observation
	waiting      []assess.Submission
	submissions  []assess.Submission
	filings      map[assess.UnitCode]map[assess.Period]assess.Filing
	cycles       []assess.Cycle
	changes      []assess.FilingChange
	adjustments  []assess.Adjustment
	audit        []assess.AuditLine
	decisions    []assess.Decision
	mappings     map[assess.Code]assess.MappingRevision
	held         []assess.HeldPiece
	differences  []assess.Difference
	bytes        map[string][]byte // of the pieces
	made         map[assess.Answer]time.Time
	full         bool // and no room for more of them
	commits      int
	failing      error       // what the next commit answers
	away         error       // what every write answers
	lostStart    bool        // the next run is begun, but its beginner is answered away
	open         atomic.Bool // a transaction of several parts is under way
}

func (m *memory) StartRun(_ context.Context, r assess.Run) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil && !m.lostStart {
		return m.away
	}
	if err := m.begin(r); err != nil || !m.lostStart {
		return err
	}
	m.lostStart = false
	return m.away
}

func (m *memory) begin(r assess.Run) error {
	for _, known := range m.runs {
		if known.Source == r.Source && known.Slot.Equal(r.Slot) {
			return assess.Conflict("problem.run_slot_taken", "was collected already")
		}
	}
	if m.runs == nil {
		m.runs = map[string]assess.Run{}
	}
	m.runs[r.ID] = r
	return nil
}

func (m *memory) Commit(ctx context.Context, in assess.Intake) (assess.Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := cmp.Or(m.failing, m.away, ctx.Err()); err != nil {
		m.failing = nil
		return assess.Head{}, err
	}
	if len(in.Audit) == 0 {
		return assess.Head{}, fmt.Errorf("a change without a line in the audit log")
	}
	m.commits++
	if in.Run != nil {
		if run, known := m.runs[in.Run.ID]; !known {
			if err := m.begin(*in.Run); err != nil {
				return assess.Head{}, err
			}
		} else if run.State != assess.RunRunning {
			return assess.Head{}, assess.Conflict("problem.run_ended", "has ended already")
		}
		m.runs[in.Run.ID] = *in.Run
	}
	settled := map[string]bool{}
	for _, o := range in.Observations {
		o.Seq = int64(len(m.observations) + 1)
		m.observations = append(m.observations, o)
		settled[o.Submission] = true
	}
	for _, id := range in.Settled {
		settled[id] = true
	}
	m.submissions = append(m.submissions, in.Submissions...)
	m.waiting = slices.DeleteFunc(append(m.waiting, in.Submissions...), func(s assess.Submission) bool { return settled[s.ID] })
	for _, c := range in.Filings {
		if err := m.move(c); err != nil {
			return assess.Head{}, err
		}
	}
	for _, p := range in.Pieces {
		if i := slices.IndexFunc(m.held, func(h assess.HeldPiece) bool { return h.ID == p.ID }); i >= 0 {
			m.held[i] = p
			continue
		}
		m.held = append(m.held, p)
	}
	for _, c := range in.Differences {
		c.Steps = append(c.Steps, c.Added...)
		m.differences = append(slices.DeleteFunc(m.differences, func(d assess.Difference) bool { return d.ID == c.ID }), c.Difference)
	}
	for _, made := range in.Made {
		m.made[made.Answer] = made.At
	}
	m.audit = append(m.audit, in.Audit...)
	m.decisions = append(m.decisions, in.Decisions...)
	return assess.Head{Seq: int64(len(m.observations))}, nil
}

func (m *memory) CommitAll(ctx context.Context, parts func(write func(assess.Intake) error) error) (assess.Head, error) {
	m.open.Store(true)
	defer m.open.Store(false)
	var all assess.Intake
	err := parts(func(in assess.Intake) error {
		all.Run = cmp.Or(in.Run, all.Run)
		all.Submissions, all.Observations = append(all.Submissions, in.Submissions...), append(all.Observations, in.Observations...)
		all.Filings, all.Pieces = append(all.Filings, in.Filings...), append(all.Pieces, in.Pieces...)
		all.Differences, all.Audit = append(all.Differences, in.Differences...), append(all.Audit, in.Audit...)
		return nil
	})
	if err != nil {
		return assess.Head{}, err
	}
	return m.Commit(ctx, all)
}

func (m *memory) HandedIn(_ context.Context, units []assess.UnitCode, periods []assess.Period) ([]assess.CellKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var cells []assess.CellKey
	for _, s := range m.submissions {
		if slices.Contains(units, s.Unit) && slices.Contains(periods, s.Period) {
			cells = append(cells, assess.CellKey{Unit: s.Unit, Period: s.Period})
		}
	}
	return cells, nil
}

func (m *memory) move(c assess.FilingChange) error {
	f := m.filings[c.Unit][c.Period]
	f.Unit, f.Period, f.State = c.Unit, c.Period, cmp.Or(f.State, assess.NotStarted)
	if f.State != c.From {
		return assess.Conflict("problem.filing_moved", "is "+string(f.State))
	}
	f.State, f.UpdatedAt = c.To, c.At
	switch c.To {
	case assess.Submitted:
		f.SubmittedAt, f.LateDays = c.At, c.LateDays
	case assess.Returned:
		f.Returns += len(c.Items)
		f.Rounds++
	}
	m.set(f)
	m.changes = append(m.changes, c)
	return nil
}

func (m *memory) set(f assess.Filing) {
	if m.filings == nil {
		m.filings = map[assess.UnitCode]map[assess.Period]assess.Filing{}
	}
	if m.filings[f.Unit] == nil {
		m.filings[f.Unit] = map[assess.Period]assess.Filing{}
	}
	m.filings[f.Unit][f.Period] = f
}

func (m *memory) Current(_ context.Context, q assess.CellQuery) ([]assess.Observation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	newest := map[assess.CellKey]assess.Observation{}
	for _, o := range m.observations {
		if slices.Contains(q.Units, o.Unit) && slices.Contains(q.Periods, o.Period) {
			newest[o.CellKey] = o
		}
	}
	var all []assess.Observation
	for _, o := range newest {
		all = append(all, o)
	}
	return all, nil
}

func (m *memory) Waiting(_ context.Context, unit assess.UnitCode, p assess.Period) ([]assess.Submission, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.waiting), func(s assess.Submission) bool { return s.Unit != unit || s.Period != p }), nil
}

func (m *memory) Filing(_ context.Context, unit assess.UnitCode, p assess.Period) (assess.Filing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.filing(unit, p); f.State != "" {
		return f, nil
	}
	return assess.Filing{Unit: unit, Period: p, State: assess.NotStarted}, nil
}

func (m *memory) Filings(_ context.Context, periods ...assess.Period) ([]assess.Filing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []assess.Filing
	for _, byPeriod := range m.filings {
		for p, f := range byPeriod {
			if slices.Contains(periods, p) {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

func (m *memory) PutCycle(_ context.Context, c assess.Cycle, _ assess.AuditLine) error {
	m.cycles = append(slices.DeleteFunc(m.cycles, func(have assess.Cycle) bool { return have.Period == c.Period }), c)
	return nil
}

func (m *memory) PutAdjustment(_ context.Context, a assess.Adjustment, late []assess.Filing, lines ...assess.AuditLine) error {
	m.adjustments = append(m.adjustments, a)
	for _, f := range late {
		m.set(f)
	}
	m.audit = append(m.audit, lines...)
	return nil
}

func (m *memory) Adjustments(_ context.Context, p assess.Period) ([]assess.Adjustment, error) {
	return slices.DeleteFunc(slices.Clone(m.adjustments), func(a assess.Adjustment) bool { return a.Period != p && !a.Period.IsZero() }), nil
}

func (m *memory) PutCalendarEdit(context.Context, assess.CalendarEdit, assess.AuditLine) error {
	return nil
}

func (m *memory) CalendarEdits(context.Context) ([]assess.CalendarEdit, error) { return nil, nil }

func (m *memory) FilingChanges(_ context.Context, unit assess.UnitCode, p assess.Period) ([]assess.FilingChange, error) {
	return slices.DeleteFunc(slices.Clone(m.changes), func(c assess.FilingChange) bool { return c.Unit != unit || c.Period != p }), nil
}

func (m *memory) Decisions(_ context.Context, p assess.Period, units ...assess.UnitCode) ([]assess.Decision, error) {
	return slices.DeleteFunc(slices.Clone(m.decisions), func(d assess.Decision) bool { return d.Period != p || !slices.Contains(units, d.Unit) }), nil
}

func (m *memory) Drafts(context.Context, assess.UnitCode, assess.Period) ([]assess.DraftCell, error) {
	return nil, nil
}

func (m *memory) Signed(context.Context, assess.UnitCode, assess.Period) ([]assess.CellKey, error) {
	return nil, nil
}

func (m *memory) Differences(context.Context, assess.DifferenceQuery) ([]assess.Difference, error) {
	return m.differences, nil
}

func (m *memory) Difference(context.Context, string) (assess.Difference, error) {
	return assess.Difference{}, assess.NotFound("problem.no_difference", "none")
}

func (m *memory) Made(context.Context, assess.Code) (map[assess.Answer]time.Time, error) {
	if m.made == nil {
		m.made = map[assess.Answer]time.Time{}
	}
	return maps.Clone(m.made), nil
}

func (m *memory) Cycles(context.Context) ([]assess.Cycle, error) { return m.cycles, nil }

// filing answers a report of the test city's first district and quarter.
func (m *memory) filing(unit assess.UnitCode, p assess.Period) assess.Filing {
	return m.filings[unit][p]
}

// cells writes what the log holds now, for comparison: "210102 2026Q1 members = 5".
func (m *memory) cells() map[string]string {
	held := map[string]string{}
	for _, o := range m.observations {
		key := fmt.Sprintf("%s %s %s", o.Unit, o.Period, o.Item)
		if o.Part+o.Ref != "" {
			key += " " + o.Part + "/" + o.Ref
		}
		held[key] = cmp.Or(o.Value, string(o.State))
	}
	return held
}

// year is one edition for all years but 2011 and 2031.
type year struct{ edition *assess.Edition }

func (y year) Edition(_ context.Context, n int) (*assess.Edition, error) {
	if n == 2011 || n == 2031 {
		return nil, assess.NotFound("problem.edition", "none")
	}
	return y.edition, nil
}

func limit(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

// city is a small edition: two districts and one that closed, and an item of each kind. Working days are Monday to Friday.
func city() *assess.Edition {
	item := func(code assess.Code, of assess.ValueType, origin assess.Origin, frequency assess.Frequency) assess.Item {
		return assess.Item{Code: code, Type: of, Origin: origin, Frequency: frequency}
	}
	grade := item("branch_grade", assess.Rating, assess.FromCity, assess.Annual)
	grade.Levels = []assess.Code{"excellent", "good"}
	leaf := func(code assess.Code, in assess.Indicator) *assess.Node {
		return &assess.Node{Code: code, Indicator: &in}
	}
	return &assess.Edition{
		Roster: assess.Roster{Units: []assess.Unit{{Code: "210102"}, {Code: "210103"}, {Code: "210199", Closed: assess.NewYear(2020)}}},
		Items: []assess.Item{
			item("members", assess.Count, assess.FromDistrict, assess.Quarterly),
			item("unions", assess.Count, assess.FromDistrict, assess.Quarterly),
			item("fund", assess.Money, assess.FromDistrict, assess.Quarterly),
			item("office", assess.Boolean, assess.FromDistrict, assess.Quarterly),
			item("staff", assess.Count, assess.FromDistrict, assess.Annual),
			item("rate", assess.Percent, assess.FromCity, assess.Quarterly),
			item("satisfaction", assess.Rating, assess.FromCity, assess.Annual),
			item("awards", assess.Rating, assess.FromCity, assess.Annual),
			item("refunds", assess.Count, assess.FromRegister, assess.Quarterly),
			item("sum", assess.Count, assess.Computed, assess.Quarterly),
			grade,
		},
		Frameworks: []assess.Framework{{Root: &assess.Node{Code: "six_systems", Children: []*assess.Node{
			leaf("satisfied", assess.Indicator{Value: assess.Formula{Item: "satisfaction"}, Hard: assess.Range{Low: limit("0"), High: limit("100")}}),
			leaf("satisfied_too", assess.Indicator{Value: assess.Formula{Item: "satisfaction"}, Hard: assess.Range{Low: limit("-5"), High: limit("200")}}),
			leaf("bonus", assess.Indicator{Value: assess.Formula{Item: "awards"}, Method: assess.Method{Kind: assess.Bonus}}),
			leaf("life_expectancy", assess.Indicator{Hard: assess.Range{Low: limit("20")}}),
		}}}},
		Reasons: []assess.Group{{Code: "anomaly"}, {Code: "other"}},
	}
}

var (
	q1      = assess.NewQuarter(2026, 1)
	y2026   = assess.NewYear(2026)
	inTime  = time.Date(2026, 4, 3, 9, 0, 0, 0, time.UTC)
	unitA   = assess.UnitCode("210102")
	unitB   = assess.UnitCode("210103")
	nothing = slog.New(slog.NewTextHandler(io.Discard, nil))
)

// fixture is a gate on a log in memory.
type fixture struct {
	*collect.Gate
	log *memory
	t   *testing.T
	n   int
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{log: &memory{}, t: t}
	var mu sync.Mutex
	f.Gate = collect.New(collect.Config{Store: f.log, Mappings: f.log, Cellar: f.log, Editions: year{city()}, Log: nothing, NewID: func() string {
		mu.Lock()
		defer mu.Unlock()
		f.n++
		return fmt.Sprintf("id%03d", f.n)
	}})
	return f
}

// sheet makes a delivery of CSV rows under the tidy heads.
func sheet(t *testing.T, rows string) assess.Delivery {
	t.Helper()
	r, err := source.ReadValues("v.csv", []byte("unit,period,code,value,state,note,part,ref\n"+rows))
	if err != nil {
		t.Fatal(err)
	}
	return assess.Delivery{Door: assess.DoorImport, Source: source.ByHand, Entries: r.Entries, Refused: r.Refused, Notes: r.Notes}
}

// take imports rows and fails the test when the gate itself fails.
func (f *fixture) take(rows string, o collect.Options, now time.Time) collect.Report {
	f.t.Helper()
	report, err := f.Import(f.t.Context(), sheet(f.t, rows), o, now)
	if err != nil {
		f.t.Fatal(err)
	}
	return report
}

// fetcher is a source that answers what it is told to.
type fetcher func(ctx context.Context, r source.Request) ([]source.Parcel, error)

func (f fetcher) Fetch(ctx context.Context, r source.Request) ([]source.Parcel, error) {
	return f(ctx, r)
}

// district is a source of one district whose figures wait for review.
func district(name assess.Code, unit assess.UnitCode, from collect.Fetcher) collect.Source {
	return collect.Source{
		Name: name, Door: assess.DoorPull, Units: []assess.UnitCode{unit}, Authority: collect.Submit, Fetcher: from,
	}
}

// brings is a source that always has the same rows.
func brings(t *testing.T, rows string) fetcher {
	return func(context.Context, source.Request) ([]source.Parcel, error) {
		return []source.Parcel{{Delivery: sheet(t, rows)}}, nil
	}
}

// counts writes the numbers of a report: taken, new, changed, same, refused, missing.
func counts(r collect.Report) string {
	return fmt.Sprintf("taken %d: new %d, changed %d, same %d, refused %d, missing %d, %s", r.Taken, r.New, r.Changed, r.Same, r.Refused, r.Missing, r.State)
}

// refusals writes what was refused: place and key.
func refusals(r collect.Report) map[string]string {
	all := map[string]string{}
	for _, x := range r.Rejected {
		all[x.Place.String()] = x.Problem.Key
	}
	return all
}

func (m *memory) SourceMapping(_ context.Context, name assess.Code) (assess.MappingRevision, error) {
	return m.mappings[name], nil
}
