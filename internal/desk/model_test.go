package desk_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// town is a small edition: two districts, two departments, and an item of each kind that is typed.
func town(units [2]assess.UnitCode) *assess.Edition {
	item := func(code, department assess.Code, a assess.Accumulation, f assess.Frequency) assess.Item {
		return assess.Item{Code: code, Type: assess.Count, Accumulation: a, Frequency: f, Origin: assess.FromDistrict, Department: department}
	}
	return &assess.Edition{
		Year:        2026,
		Roster:      assess.Roster{Units: []assess.Unit{{Code: units[0]}, {Code: units[1]}}},
		Departments: []assess.Department{{Code: "org"}, {Code: "rights"}},
		Reasons:     []assess.Group{{Code: "anomaly"}},
		Items: []assess.Item{
			item("members", "org", assess.Stock, assess.Quarterly), item("joined", "org", assess.YTD, assess.Quarterly),
			item("helped", "rights", assess.YTD, assess.Quarterly), item("honoured", "rights", assess.None, assess.Annual),
		},
	}
}

// person is somebody who may try anything.
type person struct{ account.User }

func people(units [2]assess.UnitCode) []person {
	var all []person
	add := func(name string, role assess.Role, unit assess.UnitCode, department assess.Code) {
		all = append(all, person{account.User{Name: name, Role: role, Unit: unit, Department: department}})
	}
	for _, unit := range units {
		add("reporter."+string(unit), assess.DistrictReporter, unit, "")
		add("second."+string(unit), assess.DistrictReporter, unit, "")
		add("checker."+string(unit), assess.DistrictChecker, unit, "")
		add("chair."+string(unit), assess.DistrictChair, unit, "")
	}
	for _, department := range []assess.Code{"org", "rights"} {
		add("reviewer."+string(department), assess.CityReviewer, "", department)
	}
	// Somebody who filled in for a district, and went to the city since.
	add("reporter."+string(units[0]), assess.CityReviewer, "", "org")
	add("analyst", assess.CityAnalyst, "", "")
	add("auditor", assess.Auditor, "", "")
	add("admin", assess.Admin, "", "")
	return all
}

// cellModel is what must be true of a cell.
type cellModel struct {
	revisions []assess.DraftCell // acknowledged
	handed    []string           // every value that was ever handed in
	value     string             // handed in last
	by        string             // who typed what was handed in
	sender    string             // who handed it in
	status    assess.CellState   // of what was handed in: "" not yet, filled, returned, accepted
	seen      string             // the submission in which a page showed it
	revision  int                // of the draft when it was returned
	returns   int
	held      bool // something of it is in the log
	signed    bool // by a chair, ever
	accepted  string
	corrected int
	files     int
}

// reportModel is what must be true of a report.
type reportModel struct {
	state   assess.FilingState
	rounds  int
	signer  string // "" while no chair has signed
	came    bool   // something was handed in
	decided bool   // about a figure of it
	cells   map[assess.Code]*cellModel
}

// machine drives a desk and its model side by side.
type machine struct {
	*desk.Desk
	gate    *collect.Gate
	store   *store.Store
	edition *assess.Edition
	units   [2]assess.UnitCode
	period  assess.Period
	plan    cycle.Plan
	stage   assess.CycleState
	now     time.Time
	reports map[assess.UnitCode]*reportModel
	names   []desk.Save // saves that were answered, to be repeated
	saves   int
}

// newMachine makes a machine of two new districts and a quarter of their own, over a log in which others have gone their way.
func newMachine(t *testing.T, s *store.Store, n int) *machine {
	m := &machine{store: s, reports: map[assess.UnitCode]*reportModel{}, stage: assess.CycleOpen, period: assess.NewQuarter(2026+n%7000, 4)}
	m.units = [2]assess.UnitCode{assess.UnitCode(fmt.Sprintf("A%04d", n)), assess.UnitCode(fmt.Sprintf("B%04d", n))}
	m.edition = town(m.units)
	m.gate = collect.New(collect.Config{Store: s, Editions: always{m.edition}})
	m.Desk = desk.New(desk.Config{Store: s, Gate: m.gate, Editions: always{m.edition}, Evidence: s})
	var err error
	if m.plan, err = m.gate.Plan(t.Context(), m.period); err != nil {
		t.Fatal(err)
	}
	m.now = m.plan.OpensAt().Add(time.Hour)
	if err := m.gate.Advance(t.Context(), m.period, assess.CycleOpen, "system", m.now); err != nil {
		t.Fatal(err)
	}
	for _, u := range m.edition.Roster.Units {
		r := &reportModel{state: assess.NotStarted, cells: map[assess.Code]*cellModel{}}
		for _, item := range m.edition.Items {
			r.cells[item.Code] = &cellModel{}
		}
		m.reports[u.Code] = r
	}
	return m
}

// ended says whether the cut-off has come, by the clock or by the step.
func (m *machine) ended() bool { return m.stage != assess.CycleOpen || !m.now.Before(m.plan.CutOff()) }

// draft answers what was typed last and is not handed in, with its revision.
func (c *cellModel) draft() (d assess.DraftCell, ok bool) {
	if len(c.revisions) == 0 {
		return d, false
	}
	return c.revisions[len(c.revisions)-1], true
}

// first says whether a form is filled in for the first time: nobody has signed it, and nothing of it is decided.
func (r *reportModel) first() bool {
	return r.signer == "" && !r.decided && r.state != assess.Accepted && r.state != assess.Locked && r.state != assess.FilingMissing
}

// lacks says whether a figure of a report was never handed in.
func (r *reportModel) lacks() bool {
	for _, c := range r.cells {
		if !c.held && c.status != assess.CellAccepted {
			return true
		}
	}
	return false
}

// shut says whether nothing can be typed into a report. One that nobody has signed is open for what it lacks, also under review.
func (m *machine) shut(r *reportModel) bool {
	switch r.state {
	case assess.NotStarted, assess.Draft, assess.SentBack, assess.Returned:
		return m.ended()
	case assess.Submitted, assess.UnderReview:
		return m.ended() || !r.first() && (r.signer != "" || !r.lacks())
	}
	return true
}

// open says whether a district may type into a cell.
func (m *machine) open(r *reportModel, c *cellModel) bool {
	return !m.shut(r) && r.free(c)
}

// free says whether a cell of an open form can be typed into.
func (r *reportModel) free(c *cellModel) bool {
	return r.first() || c.status == assess.CellReturned || !c.held && c.status != assess.CellAccepted
}

// unanswered says whether a cell keeps a report from its chair.
func (r *reportModel) unanswered(c *cellModel) bool {
	d, typed := c.draft()
	blank := typed && d.Value == "" && d.State == "" || !typed && !c.held
	wrong := typed && (d.Value == "three" || d.State == assess.Missing && d.Note == "")
	switch {
	case r.first():
		return blank || wrong
	case c.status == assess.CellReturned:
		return blank || wrong || len(c.revisions) <= c.revision
	case r.free(c):
		return blank || wrong
	}
	return false
}

// complete says whether a report may go to its chair.
func (r *reportModel) complete() bool {
	for _, c := range r.cells {
		if r.unanswered(c) {
			return false
		}
	}
	return true
}

// waits says whether a figure waits for its verdict; that one cannot be had does not.
func (r *reportModel) waits() bool {
	for _, c := range r.cells {
		if c.status == assess.CellFilled && c.value != "" {
			return true
		}
	}
	return false
}

func (m *machine) step() { m.now = m.now.Add(time.Second) }

// wants holds an answer against what the model allows.
func wants(t *rapid.T, err error, allowed bool, what string, args ...any) {
	t.Helper()
	if (err == nil) != allowed {
		t.Fatalf("%s: allowed %v, answered %v", fmt.Sprintf(what, args...), allowed, err)
	}
	if err != nil && !errors.Is(err, assess.ErrConflict) && !errors.Is(err, assess.ErrForbidden) && !errors.Is(err, assess.ErrInvalid) {
		t.Fatalf("%s: %v is no answer for a person", fmt.Sprintf(what, args...), err)
	}
}

func (m *machine) save(t *rapid.T) {
	unit, item := m.anyUnit(t), m.anyItem(t)
	who := m.anyone(t, account.Fill, unit)
	r := m.reports[unit]
	c := r.cells[item]
	s := desk.Save{
		Unit: unit, Period: m.period, Item: item, Value: rapid.SampledFrom([]string{"", "1", "2", "３", "1万", "three"}).Draw(t, "value"),
		Note: rapid.SampledFrom([]string{"", "查过"}).Draw(t, "note"), Base: int64(len(c.revisions)),
	}
	s.Missing = s.Value == "" && rapid.Bool().Draw(t, "missing")
	if rapid.IntRange(0, 4).Draw(t, "stale") == 0 {
		s.Base = max(0, s.Base-1)
	}
	m.saves++
	s.Request = fmt.Sprint("request ", m.saves)
	if !who.May(account.Fill, unit) {
		return
	}
	saved, err := m.Save(t.Context(), s, who.Name, m.now)
	wants(t, err, m.open(r, c), "%s saves %s of %s (%s, %s)", who.Name, item, unit, r.state, c.status)
	if err != nil {
		return
	}
	state := assess.State("")
	if s.Missing {
		state = assess.Missing
	}
	typed := assess.DraftCell{Value: s.Value, State: state, Note: s.Note}
	now, some := c.draft()
	switch {
	case some && now.Says(typed):
		if saved.Conflict || saved.Draft.Revision != int64(len(c.revisions)) {
			t.Fatalf("the same again is answered %+v", saved.Draft)
		}
		return
	case s.Base != int64(len(c.revisions)):
		if !saved.Conflict || !saved.Draft.Says(now) {
			t.Fatalf("a stale save is answered %+v, want the conflict with %+v", saved.Draft, now)
		}
		return
	case saved.Conflict || saved.Draft.Revision != int64(len(c.revisions)+1) || !saved.Draft.Says(typed):
		t.Fatalf("saved %+v, answered %+v, conflict %v", typed, saved.Draft, saved.Conflict)
	}
	c.revisions = append(c.revisions, saved.Draft)
	m.names = append(m.names, s)
	r.state = assess.Draft
}

// saveAgain repeats a save whose answer was lost, however long ago.
func (m *machine) saveAgain(t *rapid.T) {
	if len(m.names) == 0 {
		t.Skip("nothing was saved yet")
	}
	s := rapid.SampledFrom(m.names).Draw(t, "again")
	saved, err := m.Save(t.Context(), s, "reporter."+string(s.Unit), m.now)
	if err != nil || saved.Conflict || saved.Draft.Request != s.Request || saved.Draft.Value != s.Value {
		t.Fatalf("%s again is answered %+v, %v", s.Request, saved.Draft, err)
	}
}

func (m *machine) forward(t *rapid.T) {
	unit := m.anyUnit(t)
	if who := m.anyone(t, account.Forward, unit); who.May(account.Forward, unit) {
		m.forwardAs(t, who.Name, unit)
	}
}

func (m *machine) forwardAs(t *rapid.T, who string, unit assess.UnitCode) {
	r := m.reports[unit]
	allowed := r.state == assess.PendingSignature || !m.shut(r) && r.complete()
	err := m.Forward(t.Context(), unit, m.period, who, m.now)
	wants(t, err, allowed, "%s forwards %s (%s)", who, unit, r.state)
	if err == nil {
		r.state = assess.PendingSignature
	}
}

func (m *machine) sendBack(t *rapid.T) {
	unit := m.anyUnit(t)
	who := m.anyone(t, account.SendBack, unit)
	if !who.May(account.SendBack, unit) {
		return
	}
	r := m.reports[unit]
	err := m.SendBack(t.Context(), unit, m.period, "再看一遍", who.Name, m.now)
	wants(t, err, r.state == assess.PendingSignature, "%s sends %s back (%s)", who.Name, unit, r.state)
	if err == nil {
		r.state = assess.SentBack
	}
}

func (m *machine) sign(t *rapid.T) {
	unit := m.anyUnit(t)
	if who := m.anyone(t, account.Sign, unit); who.May(account.Sign, unit) {
		m.signAs(t, who.Name, unit)
	}
}

func (m *machine) signAs(t *rapid.T, who string, unit assess.UnitCode) {
	r := m.reports[unit]
	again := r.signer == who && slices.Contains([]assess.FilingState{assess.Submitted, assess.UnderReview, assess.Accepted}, r.state)
	err := m.Sign(t.Context(), unit, m.period, "", who, m.now)
	wants(t, err, again || r.state == assess.PendingSignature && !m.ended(), "%s signs %s (%s)", who, unit, r.state)
	if err != nil || again {
		return
	}
	for _, c := range r.cells {
		if !r.free(c) {
			continue
		}
		// What its system has handed in stands as that has entered it, where nobody has typed.
		if d, typed := c.draft(); typed {
			c.value, c.by = shown(d), d.By
		}
		c.sender, c.status, c.held, c.signed = who, assess.CellFilled, true, true
		c.handed = append(c.handed, c.value)
	}
	r.came = true
	r.state, r.signer = assess.Submitted, who
}

// handIn takes a report from wherever it stands to the city, if it may go there.
func (m *machine) handIn(t *rapid.T) {
	unit := m.anyUnit(t)
	m.finishOf(t, unit)
	m.forwardAs(t, "checker."+string(unit), unit)
	m.step()
	m.signAs(t, "chair."+string(unit), unit)
}

// shown is how the form reads what was typed.
func shown(d assess.DraftCell) string {
	return map[string]string{"1": "1", "2": "2", "３": "3", "1万": "10000"}[d.Value]
}

func (m *machine) decide(t *rapid.T) {
	unit, item := m.anyUnit(t), m.anyItem(t)
	who := m.anyone(t, account.Review, unit)
	accept := rapid.Bool().Draw(t, "accept")
	if !who.May(account.Review, unit, who.Department) {
		return
	}
	m.decideAs(t, who.User, unit, item, accept)
}

// acceptRest lets every department accept what waits, so that the later states are reached often.
func (m *machine) acceptRest(t *rapid.T) {
	unit := m.anyUnit(t)
	for _, item := range m.edition.Items {
		if m.reports[unit].cells[item.Code].status == assess.CellFilled {
			m.decideAs(t, account.User{Name: "reviewer." + string(item.Department), Department: item.Department}, unit, item.Code, true)
			m.step()
		}
	}
}

func (m *machine) decideAs(t *rapid.T, who account.User, unit assess.UnitCode, item assess.Code, accept bool) {
	r := m.reports[unit]
	c := r.cells[item]
	definition, _ := m.edition.Item(item)
	verdict := desk.Verdict{Item: item, Accept: accept, Reason: "anomaly", Note: "请核对"}
	stale := false
	if c.seen != "" && rapid.Bool().Draw(t, "as seen") {
		verdict.Submission, stale = c.seen, c.seen != m.submission(t, unit, item)
	}
	own := accept && (c.by == who.Name || c.sender == who.Name)
	allowed := m.handedIn(r) && definition.Department == who.Department && !own && !stale
	switch r.state {
	case assess.Locked, assess.FilingMissing:
		allowed = false
	case assess.NotStarted, assess.Accepted:
		allowed = allowed && accept && c.status == assess.CellFilled
	default:
		omitted := !accept && !c.held && c.status == ""
		under := r.state == assess.Submitted || r.state == assess.UnderReview
		allowed = allowed && (c.status == assess.CellFilled || omitted) && (accept || c.returns < 2 && (under || r.came))
	}
	err := m.Decide(t.Context(), unit, m.period, []desk.Verdict{verdict}, who.Name, who.Department, m.now)
	wants(t, err, allowed, "%s decides about %s of %s (%s, %s, returned %d times), accepting %v, stale %v", who.Name, item, unit, r.state, c.status, c.returns, accept, stale)
	if err != nil {
		return
	}
	if accept {
		m.accepted(r, c)
		return
	}
	c.status, c.revision = assess.CellReturned, len(c.revisions)
	c.returns++
	r.state, r.rounds, r.decided = assess.Returned, r.rounds+1, true
}

// handedIn says whether a report is the city's to decide about.
func (m *machine) handedIn(r *reportModel) bool {
	switch r.state {
	case assess.Draft, assess.PendingSignature, assess.SentBack:
		return r.decided
	}
	return m.stage != assess.CycleScored
}

// submission answers what a figure was handed in with last.
func (m *machine) submission(t *rapid.T, unit assess.UnitCode, item assess.Code) string {
	pending, err := m.gate.Pending(t.Context(), unit, m.period)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pending {
		if p.Item == item {
			return p.Submission
		}
	}
	return ""
}

// accepted: a report is when nothing waits and every due figure is there, or from the cut-off on without the rest.
func (m *machine) accepted(r *reportModel, c *cellModel) {
	c.status, c.accepted, r.decided = assess.CellAccepted, c.value, true
	c.held = c.value != ""
	if r.state == assess.Submitted {
		r.state = assess.UnderReview
	}
	if r.state == assess.UnderReview && !r.waits() && (m.ended() || !r.lacks()) {
		r.end(assess.Accepted)
	}
}

// end takes a report to its acceptance: what waits of it and is no figure, or was returned and has no answer, is let go.
func (r *reportModel) end(state assess.FilingState) {
	r.state = state
	for _, c := range r.cells {
		if c.status != assess.CellAccepted && c.status != "" {
			c.status, c.held, c.value = "", false, ""
		}
	}
}

func (m *machine) acceptPlain(t *rapid.T) {
	unit := m.anyUnit(t)
	who := m.anyone(t, account.Review, unit)
	if !who.May(account.Review, unit, who.Department) {
		return
	}
	r := m.reports[unit]
	review, err := m.Review(t.Context(), unit, m.period, who.Department, m.now)
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.AcceptPlain(t.Context(), unit, m.period, review.Seen(), who.Name, who.Department, m.now)
	if err != nil {
		if n > 0 {
			t.Fatalf("accepted %d in spite of %v", n, err)
		}
		return // own figures among them, or nothing handed in: Decide says which
	}
	var plain []*cellModel
	for _, item := range m.edition.Items {
		c := r.cells[item.Code]
		if item.Department == who.Department && c.status == assess.CellFilled && c.value != "" {
			plain = append(plain, c)
		}
	}
	if n > len(plain) || !m.handedIn(r) {
		t.Fatalf("%s accepts %d of %d waiting figures", who.Name, n, len(plain))
	}
	// Which of them had no question the review says; the figures that are accepted now are these.
	for _, c := range m.acceptedNow(t, unit) {
		if r.cells[c].status != assess.CellAccepted {
			m.accepted(r, r.cells[c])
		}
	}
}

// acceptedNow answers the items of a unit that were decided as accepted last.
func (m *machine) acceptedNow(t *rapid.T, unit assess.UnitCode) (items []assess.Code) {
	decisions, err := m.store.Decisions(t.Context(), m.period, unit)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decisions {
		if d.Accepted {
			items = append(items, d.Item)
		}
	}
	return items
}

// read lets somebody read what they may, and holds it against what they must not see.
func (m *machine) read(t *rapid.T) {
	unit := m.anyUnit(t)
	who := m.anyone(t, account.ReadReports, unit)
	r := m.reports[unit]
	if who.May(account.ReadDrafts, unit) {
		if who.Unit != unit && who.Role != assess.Auditor {
			t.Fatalf("%s reads the drafts of %s", who.Name, unit)
		}
	}
	if !who.May(account.ReadReports, unit) {
		return
	}
	review, err := m.Review(t.Context(), unit, m.period, who.Department, m.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range review.Cells {
		c := r.cells[cell.Item.Code]
		if c.seen = cell.Submission; cell.Value != c.value || cell.Value != "" && !slices.Contains(c.handed, cell.Value) {
			t.Fatalf("%s sees %s = %q, handed in was %q", who.Name, cell.Item.Code, cell.Value, c.value)
		}
	}
}

// deliver hands figures in without a person: a source that is asked, or a program with its token.
func (m *machine) deliver(t *rapid.T) {
	unit := m.anyUnit(t)
	r := m.reports[unit]
	delivery, by := assess.Delivery{Door: assess.DoorPull, Source: "system"}, "source:system"
	if rapid.Bool().Draw(t, "token") {
		delivery, by = assess.Delivery{Door: assess.DoorPush, Source: "push"}, "token:7f"
	}
	was := map[assess.Code]bool{} // what it changes
	answered, brought := true, false
	for _, item := range m.edition.Items {
		if rapid.IntRange(0, 2).Draw(t, "leaves out") == 0 {
			continue
		}
		value, c := rapid.SampledFrom([]string{"1", "2", "7"}).Draw(t, "delivered"), r.cells[item.Code]
		delivery.Entries = append(delivery.Entries, assess.Entry{Unit: unit, PeriodText: m.filedUnder(item).String(), Code: item.Code, Value: value})
		over := m.ended() || r.state == assess.Locked || r.state == assess.FilingMissing
		if over || c.signed || c.status == assess.CellAccepted || c.held && c.value == value {
			continue
		}
		was[item.Code] = c.held
		brought = brought || !c.held
	}
	report, err := m.gate.Import(t.Context(), delivery, collect.Options{By: by, Units: []assess.UnitCode{unit}, Supplies: []assess.Origin{assess.FromDistrict}, Authority: collect.Submit}, m.now)
	if err != nil {
		t.Fatal(err)
	}
	if report.New+report.Changed != len(was) {
		t.Fatalf("%s brings %v to %s (%s), changing %d, want %d", by, delivery.Entries, unit, r.state, report.New+report.Changed, len(was))
	}
	quarterly := false
	for _, item := range m.edition.Items {
		c := r.cells[item.Code]
		if _, changes := was[item.Code]; !changes {
			answered = answered && !(c.status == assess.CellReturned && c.held)
			continue
		}
		quarterly = quarterly || item.Frequency != assess.Annual
	}
	for _, e := range delivery.Entries {
		c := r.cells[e.Code]
		if _, changes := was[e.Code]; changes {
			c.value, c.by, c.sender, c.status, c.held = e.Value, by, by, assess.CellFilled, true
			c.handed = append(c.handed, e.Value)
		}
	}
	// Annual figures alone begin no report. They may be the answer to its return, or the last that it lacked.
	whole := brought && r.signer == "" && !r.lacks()
	if len(was) == 0 || !answered || !quarterly && !whole && r.state != assess.Returned {
		return
	}
	switch r.state {
	case assess.NotStarted, assess.Returned, assess.Submitted:
		r.state, r.came = assess.Submitted, true
	case assess.UnderReview:
		if whole { // it has come, and is looked at as a whole
			r.state = assess.Submitted
		}
	}
}

func (m *machine) filedUnder(item assess.Item) assess.Period {
	if item.Frequency == assess.Annual {
		return m.period.Year()
	}
	return m.period
}

// prove binds a file to a figure, as the page does: while the figure can be typed.
func (m *machine) prove(t *rapid.T) {
	unit, item := m.anyUnit(t), m.anyItem(t)
	who := m.anyone(t, account.Fill, unit)
	if !who.May(account.Fill, unit) {
		return
	}
	r := m.reports[unit]
	c := r.cells[item]
	form, err := m.Form(t.Context(), unit, m.period, m.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range form.Sections {
		for _, f := range section.Fields {
			if f.Item.Code != item {
				continue
			}
			if open := form.Shut == nil && f.Locked == nil; open != m.open(r, c) {
				t.Fatalf("%s of %s (%s, %s) is open to files: %v, shut by %v, locked by %v", item, unit, r.state, c.status, open, form.Shut, f.Locked)
			}
		}
	}
	if !m.open(r, c) {
		return
	}
	c.files++
	m.saves++
	file := assess.Evidence{
		ID: fmt.Sprint(unit, "-", m.saves), Unit: unit, From: unit, Period: m.period, Use: assess.OfFigure, Object: string(item), Name: "a.pdf",
		Privacy: assess.Impersonal, AddedBy: who.Name, AddedAt: m.now, File: assess.EvidenceFile{Hash: fmt.Sprintf("%064d", m.saves), Kind: "pdf", Size: 1, Scan: assess.Unscanned, AddedAt: m.now},
	}
	if _, err := m.store.AddEvidence(t.Context(), []assess.Evidence{file}, assess.EvidenceRoom{Quota: 1 << 40}, assess.AuditLine{At: m.now, Actor: who.Name, Action: "evidence.add", Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	counts, err := m.store.EvidenceCounts(t.Context(), unit, m.period, time.Time{})
	if err != nil || counts[item] != c.files {
		t.Fatalf("%s of %s has %d files, want %d, %v", item, unit, counts[item], c.files, err)
	}
}

// strike lets the clock reach the cut-off, seldom; the step comes later.
func (m *machine) strike(t *rapid.T) {
	if rapid.IntRange(0, 5).Draw(t, "soon") > 0 || m.ended() {
		t.Skip("the clock is to reach the cut-off seldom, and once")
	}
	m.now = m.plan.CutOff()
}

// closeOff takes the step of the cut-off.
func (m *machine) closeOff(t *rapid.T) {
	if m.stage != assess.CycleOpen || !m.ended() {
		t.Skip("the step is taken once, after the cut-off")
	}
	if err := m.gate.Advance(t.Context(), m.period, assess.CycleClosing, "system", m.now); err != nil {
		t.Fatal(err)
	}
	m.stage = assess.CycleClosing
	m.settle()
}

// settle ends what has no answer: what waits goes on waiting, else what was accepted counts, and what never came is missing.
func (m *machine) settle() {
	for _, r := range m.reports {
		counts := false
		for _, c := range r.cells {
			counts = counts || c.accepted != ""
		}
		with := slices.Contains([]assess.FilingState{assess.NotStarted, assess.Draft, assess.PendingSignature, assess.SentBack, assess.Returned}, r.state)
		under := r.state == assess.Submitted || r.state == assess.UnderReview
		switch {
		case r.state != assess.NotStarted && m.handedIn(r) && r.waits():
			if with {
				r.state = assess.UnderReview
			}
		case r.state != assess.NotStarted && (with || under) && m.handedIn(r) && counts:
			r.end(assess.Accepted)
		case with:
			r.state = assess.FilingMissing
		}
	}
}

// lock scores the collection: everything is locked, unless a figure waits.
func (m *machine) lock(t *rapid.T) {
	if m.stage != assess.CycleClosing || rapid.Bool().Draw(t, "later") {
		t.Skip("only a closed collection is scored, and now and then")
	}
	waits := false
	for _, r := range m.reports {
		waits = waits || r.waits() && (r.state == assess.Submitted || r.state == assess.UnderReview || r.state == assess.Returned)
	}
	err := m.gate.Advance(t.Context(), m.period, assess.CycleScored, "system", m.now)
	wants(t, err, !waits, "the collection is scored")
	if err != nil {
		return
	}
	m.settle()
	m.stage = assess.CycleScored
	for _, r := range m.reports {
		if r.state == assess.Accepted {
			r.state = assess.Locked
		}
	}
}

// correct changes a figure of a scored quarter, by who applies corrections.
func (m *machine) correct(t *rapid.T) {
	unit, item := m.anyUnit(t), m.anyItem(t)
	who := m.anyone(t, account.ApplyCorrection, unit)
	if m.stage != assess.CycleScored || !who.May(account.ApplyCorrection, unit) {
		t.Skip("before the collection is scored a figure is typed into the form, not corrected")
	}
	c, definition := m.reports[unit].cells[item], assess.Item{}
	definition, _ = m.edition.Item(item)
	value := rapid.SampledFrom([]string{"5", "6", "1万"}).Draw(t, "corrected")
	e := assess.Entry{Unit: unit, PeriodText: m.filedUnder(definition).String(), Code: item, Value: value}
	if value == "1万" {
		value = "10000"
	}
	err := m.gate.Correct(t.Context(), e, collect.Correction{Reason: "凭证更正"}, who.Name, false, m.now)
	wants(t, err, c.accepted != value, "%s corrects %s of %s from %q to %s", who.Name, item, unit, c.accepted, value)
	if err != nil {
		return
	}
	c.accepted, c.value, c.by, c.held = value, value, who.Name, true
	c.handed = append(c.handed, value)
	c.corrected++
}

// anyone answers who tries an action: mostly somebody who may, now and then anybody.
func (m *machine) anyone(t *rapid.T, action account.Action, unit assess.UnitCode) person {
	all := people(m.units)
	if rapid.IntRange(0, 3).Draw(t, "anybody") > 0 {
		all = slices.DeleteFunc(all, func(p person) bool { return !p.May(action, unit, p.Department) })
	}
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = string(p.Role) + " " + p.Name
	}
	return all[slices.Index(names, rapid.SampledFrom(names).Draw(t, "who"))]
}

func (m *machine) anyUnit(t *rapid.T) assess.UnitCode {
	return rapid.SampledFrom(m.units[:]).Draw(t, "unit")
}

func (m *machine) anyItem(t *rapid.T) assess.Code {
	return rapid.SampledFrom([]assess.Code{"members", "joined", "helped", "honoured"}).Draw(t, "item")
}

// finish types into every cell that keeps a report from its chair, so that the later states are reached often.
func (m *machine) finish(t *rapid.T) { m.finishOf(t, m.anyUnit(t)) }

func (m *machine) finishOf(t *rapid.T, unit assess.UnitCode) {
	r := m.reports[unit]
	for _, item := range m.edition.Items {
		c := r.cells[item.Code]
		if !m.open(r, c) || !r.unanswered(c) {
			continue
		}
		m.saves++
		s := desk.Save{
			Unit: unit, Period: m.period, Item: item.Code, Value: rapid.SampledFrom([]string{"2", "2", "2", ""}).Draw(t, "finished"), Note: fmt.Sprint("第", m.saves, "次"), Base: int64(len(c.revisions)), Request: fmt.Sprint("request ", m.saves),
		}
		s.Missing = s.Value == ""
		saved, err := m.Save(t.Context(), s, "reporter."+string(unit), m.now)
		if err != nil || saved.Conflict {
			t.Fatalf("an open cell takes nothing: %v", err)
		}
		c.revisions = append(c.revisions, saved.Draft)
		r.state = assess.Draft
	}
}

// holds compares everything that is stored with the model.
func (m *machine) holds(t *rapid.T) {
	m.step()
	for unit, r := range m.reports {
		form, err := m.Form(t.Context(), unit, m.period, m.now)
		if err != nil {
			t.Fatal(err)
		}
		if form.Filing.State != r.state || form.Filing.Rounds != r.rounds {
			t.Fatalf("the report of %s is %s after %d rounds, want %s after %d", unit, form.Filing.State, form.Filing.Rounds, r.state, r.rounds)
		}
		for item, c := range r.cells {
			kept, err := m.store.Revisions(t.Context(), unit, m.period, item)
			if err != nil || len(kept) != len(c.revisions) {
				t.Fatalf("%s of %s keeps %d revisions of %d that were acknowledged, %v", item, unit, len(kept), len(c.revisions), err)
			}
			for i, d := range kept {
				if !d.Says(c.revisions[i]) || d.By != c.revisions[i].By {
					t.Fatalf("revision %d of %s is %+v, acknowledged was %+v", i+1, item, d, c.revisions[i])
				}
			}
			m.holdsLog(t, unit, item, c)
			if c.seen == "" && c.status == assess.CellFilled { // a page that somebody has left open
				c.seen = m.submission(t, unit, item)
			}
		}
	}
	m.stands(t)
}

// stands compares where both reports are said to stand, which is counted again only of the one that was touched, with their reviews.
func (m *machine) stands(t *rapid.T) {
	all, err := m.Outstanding(t.Context(), m.units[:], m.period, m.now)
	if err != nil {
		t.Fatal(err)
	}
	for i, unit := range m.units {
		r, err := m.Review(t.Context(), unit, m.period, "", m.now)
		if err != nil {
			t.Fatal(err)
		}
		want := desk.Outstanding{Filing: r.Filing, ToCome: r.ToCome, Waiting: map[assess.Code]int{}}
		for _, c := range r.Cells {
			switch {
			case c.Cell == assess.CellReturned:
				want.Returned++
			case r.Closed == nil && (c.Cell == assess.CellFilled || c.Cell == assess.CellRefilled):
				want.Waiting[c.Item.Department]++
			}
		}
		if !reflect.DeepEqual(all[i], want) {
			t.Fatalf("%s is said to stand at %+v, its review says %+v", unit, all[i], want)
		}
	}
}

// holdsLog: exactly what was accepted stands in the log, accepted by another than who entered it.
func (m *machine) holdsLog(t *rapid.T, unit assess.UnitCode, item assess.Code, c *cellModel) {
	period := m.period
	if item == "honoured" {
		period = m.period.Year()
	}
	log, err := m.store.History(t.Context(), assess.CellKey{Unit: unit, Period: period, Item: item})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(log) - c.corrected; got > 1 || (len(log) > 0) != (c.accepted != "") {
		t.Fatalf("%s of %s has %d observations, accepted was %q", item, unit, got, c.accepted)
	}
	for _, o := range log[max(0, len(log)-1):] {
		if c.corrected > 0 {
			if o.Value != c.accepted || o.Note != "凭证更正" {
				t.Fatalf("%s of %s stands as %s for %q, corrected to %s", item, unit, o.Value, o.Note, c.accepted)
			}
			return
		}
		if o.Value != c.accepted || o.EnteredBy == o.AcceptedBy || o.EnteredBy != c.by {
			t.Fatalf("%s of %s stands as %s by %s, accepted by %s; want %s by %s", item, unit, o.Value, o.EnteredBy, o.AcceptedBy, c.accepted, c.by)
		}
	}
}

// Whatever people of whatever role do in whatever order: no locked cell changes, no draft of another district is read, nobody accepts
// what is their own, and nothing that was acknowledged is lost.
func TestNoOrderOfActionsBreaksAReport(t *testing.T) {
	s := testkit.Store(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		m := newMachine(t, s, n)
		rt.Repeat(map[string]func(*rapid.T){
			"": m.holds, "save": m.save, "again": m.saveAgain, "finish": m.finish, "hand in": m.handIn, "forward": m.forward, "send back": m.sendBack, "sign": m.sign,
			"decide": m.decide, "accept plain": m.acceptPlain, "accept rest": m.acceptRest, "read": m.read, "deliver": m.deliver, "prove": m.prove, "strike": m.strike, "close": m.closeOff,
			"lock": m.lock, "correct": m.correct,
		})
	})
}
