package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
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
	status    assess.CellState   // of what was handed in: "" not yet, filled, returned, accepted
	revision  int                // of the draft when it was returned
	returns   int
	accepted  string
}

// reportModel is what must be true of a report.
type reportModel struct {
	state  assess.FilingState
	rounds int
	signer string
	cells  map[assess.Code]*cellModel
}

// machine drives a desk and its model side by side.
type machine struct {
	*desk.Desk
	gate    *collect.Gate
	store   *store.Store
	edition *assess.Edition
	units   [2]assess.UnitCode
	now     time.Time
	reports map[assess.UnitCode]*reportModel
	names   []desk.Save // saves that were answered, to be repeated
	saves   int
}

// newMachine makes a machine of two new districts over a log in which others have gone their way.
func newMachine(t *testing.T, s *store.Store, n int) *machine {
	m := &machine{store: s, now: morning, reports: map[assess.UnitCode]*reportModel{}}
	m.units = [2]assess.UnitCode{assess.UnitCode(fmt.Sprintf("A%04d", n)), assess.UnitCode(fmt.Sprintf("B%04d", n))}
	m.edition = town(m.units)
	m.gate = collect.New(collect.Config{Store: s, Editions: always{m.edition}})
	m.Desk = desk.New(desk.Config{Store: s, Gate: m.gate, Editions: always{m.edition}})
	if err := m.gate.Advance(t.Context(), q4, assess.CycleOpen, "system", m.now); err != nil {
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

// draft answers what was typed last and is not handed in, with its revision.
func (c *cellModel) draft() (d assess.DraftCell, ok bool) {
	if len(c.revisions) == 0 {
		return d, false
	}
	return c.revisions[len(c.revisions)-1], true
}

// open says whether a district may type into a cell.
func (r *reportModel) open(c *cellModel) bool {
	switch r.state {
	case assess.NotStarted, assess.Draft, assess.SentBack, assess.Returned:
		return r.rounds == 0 || c.status == "" || c.status == assess.CellReturned
	}
	return false
}

// unanswered says whether a cell keeps a report from its chair.
func (r *reportModel) unanswered(c *cellModel) bool {
	d, typed := c.draft()
	blank := !typed || d.Value == "" && d.State == ""
	wrong := d.Value == "three" || d.State == assess.Missing && d.Note == ""
	switch {
	case r.rounds == 0 || c.status == "":
		return blank || wrong
	case c.status == assess.CellReturned:
		return blank || wrong || len(c.revisions) <= c.revision
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
		Unit: unit, Period: q4, Item: item, Value: rapid.SampledFrom([]string{"", "1", "2", "３", "1万", "three"}).Draw(t, "value"),
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
	wants(t, err, r.open(c), "%s saves %s of %s (%s, %s)", who.Name, item, unit, r.state, c.status)
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
	allowed := r.state == assess.PendingSignature
	switch r.state {
	case assess.NotStarted, assess.Draft, assess.SentBack, assess.Returned:
		allowed = r.complete()
	}
	err := m.Forward(t.Context(), unit, q4, who, m.now)
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
	err := m.SendBack(t.Context(), unit, q4, "再看一遍", who.Name, m.now)
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
	err := m.Sign(t.Context(), unit, q4, "", who, m.now)
	wants(t, err, again || r.state == assess.PendingSignature, "%s signs %s (%s)", who, unit, r.state)
	if err != nil || again {
		return
	}
	for _, c := range r.cells {
		if r.rounds > 0 && c.status != "" && c.status != assess.CellReturned {
			continue
		}
		d, _ := c.draft()
		c.value, c.by, c.status = shown(d), d.By, assess.CellFilled
		c.handed = append(c.handed, c.value)
	}
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
	r := m.reports[unit]
	c := r.cells[item]
	definition, _ := m.edition.Item(item)
	own := accept && (c.by == who.Name || r.signer == who.Name)
	handedIn := r.rounds > 0 || r.state == assess.Submitted || r.state == assess.UnderReview
	allowed := handedIn && c.status == assess.CellFilled && definition.Department == who.Department && !own && (accept || c.returns < 2)
	verdict := desk.Verdict{Item: item, Accept: accept, Reason: "anomaly", Note: "请核对"}
	err := m.Decide(t.Context(), unit, q4, []desk.Verdict{verdict}, who.Name, who.Department, m.now)
	wants(t, err, allowed, "%s decides about %s of %s (%s, %s, returned %d times), accepting %v", who.Name, item, unit, r.state, c.status, c.returns, accept)
	if err != nil {
		return
	}
	if accept {
		m.accepted(r, c)
		return
	}
	c.status, c.revision = assess.CellReturned, len(c.revisions)
	c.returns++
	r.state, r.rounds = assess.Returned, r.rounds+1
}

func (m *machine) accepted(r *reportModel, c *cellModel) {
	c.status, c.accepted = assess.CellAccepted, c.value
	if r.state == assess.Submitted {
		r.state = assess.UnderReview
	}
	if r.state != assess.UnderReview {
		return
	}
	for _, other := range r.cells {
		if other.status != assess.CellAccepted && other.value != "" { // what was declared missing waits for nobody
			return
		}
	}
	r.state = assess.Accepted
}

func (m *machine) acceptPlain(t *rapid.T) {
	unit := m.anyUnit(t)
	who := m.anyone(t, account.Review, unit)
	if !who.May(account.Review, unit, who.Department) {
		return
	}
	r := m.reports[unit]
	review, err := m.Review(t.Context(), unit, q4, who.Department, m.now)
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.AcceptPlain(t.Context(), unit, q4, review.Seen(), who.Name, who.Department, m.now)
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
	if n > len(plain) {
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
	decisions, err := m.store.Decisions(t.Context(), q4, unit)
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
	if who.May(account.ReadDrafts, unit) && who.Unit != unit && who.Role != assess.Auditor {
		t.Fatalf("%s reads the drafts of %s", who.Name, unit)
	}
	if !who.May(account.ReadReports, unit) {
		return
	}
	review, err := m.Review(t.Context(), unit, q4, who.Department, m.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range review.Cells {
		if c := m.reports[unit].cells[cell.Item.Code]; cell.Value != c.value || cell.Value != "" && !slices.Contains(c.handed, cell.Value) {
			t.Fatalf("%s sees %s = %q, handed in was %q", who.Name, cell.Item.Code, cell.Value, c.value)
		}
	}
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
		if !r.open(c) || !r.unanswered(c) {
			continue
		}
		m.saves++
		s := desk.Save{
			Unit: unit, Period: q4, Item: item.Code, Value: "2", Note: fmt.Sprint("第", m.saves, "次"), Base: int64(len(c.revisions)), Request: fmt.Sprint("request ", m.saves),
		}
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
		form, err := m.Form(t.Context(), unit, q4, m.now)
		if err != nil {
			t.Fatal(err)
		}
		if form.Filing.State != r.state || form.Filing.Rounds != r.rounds {
			t.Fatalf("the report of %s is %s after %d rounds, want %s after %d", unit, form.Filing.State, form.Filing.Rounds, r.state, r.rounds)
		}
		for item, c := range r.cells {
			kept, err := m.store.Revisions(t.Context(), unit, q4, item)
			if err != nil || len(kept) != len(c.revisions) {
				t.Fatalf("%s of %s keeps %d revisions of %d that were acknowledged, %v", item, unit, len(kept), len(c.revisions), err)
			}
			for i, d := range kept {
				if !d.Says(c.revisions[i]) || d.By != c.revisions[i].By {
					t.Fatalf("revision %d of %s is %+v, acknowledged was %+v", i+1, item, d, c.revisions[i])
				}
			}
			m.holdsLog(t, unit, item, c)
		}
	}
}

// holdsLog: exactly what was accepted stands in the log, accepted by another than who entered it.
func (m *machine) holdsLog(t *rapid.T, unit assess.UnitCode, item assess.Code, c *cellModel) {
	period := q4
	if item == "honoured" {
		period = q4.Year()
	}
	log, err := m.store.History(t.Context(), assess.CellKey{Unit: unit, Period: period, Item: item})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(log); got > 1 || (got == 1) != (c.accepted != "") {
		t.Fatalf("%s of %s has %d observations, accepted was %q", item, unit, got, c.accepted)
	}
	for _, o := range log {
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
			"decide": m.decide, "accept plain": m.acceptPlain, "read": m.read,
		})
	})
}
