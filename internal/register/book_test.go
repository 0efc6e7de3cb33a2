package register_test

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/sheet"
	"github.com/unionboard/unionboard/internal/source"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/vault"
)

// office is a book of registers over a real store, with the people who use it.
type office struct {
	*register.Book
	t     testing.TB
	store *store.Store
	now   time.Time
}

func newOffice(t testing.TB) *office {
	t.Helper()
	keys, err := vault.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s := testkit.Store(t)
	return &office{&register.Book{Store: s, Editions: shippedEditions{testkit.Shipped(t)}, Vault: keys, Zone: time.UTC}, t, s, time.Date(2026, 4, 3, 9, 0, 0, 0, time.UTC)}
}

// shippedEditions has the shipped definitions for every year.
type shippedEditions struct{ edition *assess.Edition }

func (e shippedEditions) Edition(context.Context, int) (*assess.Edition, error) {
	return e.edition, nil
}

var (
	heping   = account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	shenhe   = account.User{Name: "shenhe", Role: assess.DistrictReporter, Unit: "210103"}
	economy  = account.User{Name: "economy", Role: assess.CityReviewer, Department: "economy"}
	rights   = account.User{Name: "rights", Role: assess.CityReviewer, Department: "rights"}
	analyst  = account.User{Name: "analyst", Role: assess.CityAnalyst}
	keeper   = account.User{Name: "admin", Role: assess.Admin}
	studiosT = assess.Code("innovation_studios")
)

func (o *office) line(u account.User) assess.AuditLine {
	return assess.AuditLine{At: o.now, Actor: u.Name, Result: "ok"}
}

func (o *office) save(u account.User, c register.Change) (register.Saved, error) {
	if c.Table == "" {
		c.Table = studiosT
	}
	return o.Save(o.t.Context(), c, u, o.line(u))
}

func (o *office) good(u account.User, c register.Change) assess.Record {
	o.t.Helper()
	saved, err := o.save(u, c)
	if err != nil || register.HasError(saved.Findings) {
		o.t.Fatalf("%v, %v", err, said(saved.Findings))
	}
	return saved.Record
}

func is(t *testing.T, what string, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

// A district keeps its own records; the department keeps those of all; nobody else does, and nobody sees what is not theirs.
func TestWhoKeepsARegister(t *testing.T) {
	o := newOffice(t)
	without := studio(1, "unit_code", "")
	r := o.good(heping, register.Change{Written: without})
	if r.Unit != "210102" || r.Version != 1 || r.Key != "GZS-0001" {
		t.Errorf("added %+v", r)
	}
	saved, err := o.save(heping, register.Change{Written: studio(2, "unit_code", "210103")})
	if got := said(saved.Findings); err != nil || !cmp.Equal(got, []string{"error unit_code unit"}) {
		t.Errorf("a record of another district: %v, %v", got, err)
	}
	saved, _ = o.save(economy, register.Change{Written: studio(2, "unit_code", "999999")})
	if !register.HasError(saved.Findings) {
		t.Error("a record of a unit that there is not")
	}
	o.good(economy, register.Change{Written: studio(3, "unit_code", "210103")})
	for _, u := range []account.User{rights, analyst, keeper} {
		_, err := o.save(u, register.Change{Written: studio(4)})
		is(t, u.Name, err, assess.ErrForbidden)
	}
	_, err = o.save(shenhe, register.Change{ID: r.ID, Version: 1, Written: map[string]string{"members_count": "9"}})
	is(t, "another district changes it", err, assess.ErrNotFound)
	_, _, err = o.One(t.Context(), studiosT, r.ID, shenhe, o.now)
	is(t, "another district reads it", err, assess.ErrNotFound)
	for u, want := range map[*account.User]int{&heping: 1, &shenhe: 1, &analyst: 2} {
		if all, n, err := o.List(t.Context(), assess.RecordQuery{Table: studiosT}, *u, o.now); err != nil || n != want || len(all) != want {
			t.Errorf("%s sees %d of %d, %v", u.Name, len(all), n, err)
		}
	}
	_, _, err = o.List(t.Context(), assess.RecordQuery{Table: studiosT}, keeper, o.now)
	is(t, "the administrator", err, assess.ErrForbidden)
}

// A change makes a new version; what was looked at before somebody else's change is not written over it; a record that is closed frees its
// number, and is put back only where that is free.
func TestRecordsAreKeptInVersions(t *testing.T) {
	o := newOffice(t)
	r := o.good(heping, register.Change{Written: studio(1)})
	o.good(heping, register.Change{ID: r.ID, Version: 1, Written: map[string]string{"members_count": "9"}, Reason: "新进一人"})
	_, err := o.save(heping, register.Change{ID: r.ID, Version: 1, Written: map[string]string{"members_count": "10"}})
	is(t, "an older one", err, assess.ErrConflict)
	saved, err := o.save(heping, register.Change{ID: r.ID, Version: 2, Written: map[string]string{"members_count": "many"}})
	if got := said(saved.Findings); err != nil || !cmp.Equal(got, []string{"error members_count problem.number"}) {
		t.Errorf("a number that is none: %v, %v", got, err)
	}
	_, versions, err := o.One(t.Context(), studiosT, r.ID, heping, o.now)
	if err != nil || len(versions) != 2 || versions[0].Values["members_count"] != "8" || versions[1].Values["members_count"] != "9" || versions[1].Reason != "新进一人" {
		t.Errorf("versions %+v, %v", versions, err)
	}
	closing := func(id string, version int, back bool) error {
		return o.Close(t.Context(), studiosT, id, version, back, "停办", heping, o.line(heping))
	}
	if err := closing(r.ID, 2, false); err != nil {
		t.Fatal(err)
	}
	second := o.good(heping, register.Change{Written: studio(1)})
	is(t, "back on a number that is taken", closing(r.ID, 3, true), assess.ErrConflict)
	if err := closing(second.ID, 1, false); err != nil {
		t.Fatal(err)
	}
	if err := closing(r.ID, 3, true); err != nil {
		t.Errorf("back on: %v", err)
	}
}

// A personal column stands nowhere as it is but for whoever handles the record, with a reason that is logged. It stays when it is not typed
// again, and a dash takes it away.
func TestPersonalColumnsAreCovered(t *testing.T) {
	o := newOffice(t)
	const leader = "欧阳示例"
	r := o.good(heping, register.Change{Written: studio(1, "leader_name", leader)})
	if r.Values["leader_name"] != "欧*" || r.Sealed != "" {
		t.Errorf("what was saved is answered with %q, %q", r.Values["leader_name"], r.Sealed)
	}
	raw, err := o.store.RegisterRecord(t.Context(), r.ID)
	if err != nil || raw.Values["leader_name"] != "" || raw.Sealed == "" || strings.Contains(raw.Sealed, leader) {
		t.Errorf("it is kept as %+v, %v", raw, err)
	}
	_, own := o.Vault.Open(raw.Sealed, r.ID)
	if _, elsewhere := o.Vault.Open(raw.Sealed, "another"); own != nil || elsewhere == nil {
		t.Errorf("in its record it opens with %v, in another with %v", own, elsewhere)
	}
	all, _, _ := o.List(t.Context(), assess.RecordQuery{Table: studiosT}, economy, o.now)
	if all[0].Values["leader_name"] != "欧*" {
		t.Errorf("a list shows %s", all[0].Values["leader_name"])
	}
	if _, n, _ := o.List(t.Context(), assess.RecordQuery{Table: studiosT, Search: "欧阳"}, economy, o.now); n != 0 {
		t.Error("a search finds a name that is covered")
	}
	o.good(heping, register.Change{ID: r.ID, Version: 1, Written: map[string]string{"leader_name": "", "members_count": "9"}})
	uncover := func(u account.User, column, reason string) (string, error) {
		return o.Uncover(t.Context(), studiosT, r.ID, column, reason, u, o.line(u))
	}
	if name, err := uncover(heping, "leader_name", "核对命名文件"); err != nil || name != leader {
		t.Errorf("uncovered: %q, %v", name, err)
	}
	_, err = uncover(heping, "leader_name", " ")
	is(t, "without a reason", err, assess.ErrInvalid)
	_, err = uncover(analyst, "leader_name", "看看")
	is(t, "an analyst", err, assess.ErrForbidden)
	_, err = uncover(shenhe, "leader_name", "看看")
	is(t, "another district", err, assess.ErrNotFound)
	var logged []string
	lines, err := o.store.AuditLines(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		logged = append(logged, line.Action+" "+line.After)
		if strings.Contains(line.Before+line.After+line.Object, leader) {
			t.Errorf("the log tells the name: %+v", line)
		}
	}
	if !slices.Contains(logged, "record.uncover 核对命名文件") {
		t.Errorf("the log has %v", logged)
	}
	saved, err := o.save(heping, register.Change{ID: r.ID, Version: 2, Written: map[string]string{"leader_name": "—"}})
	if got := said(saved.Findings); err != nil || !cmp.Equal(got, []string{"error leader_name empty"}) {
		t.Errorf("a dash: %v, %v", got, err)
	}
}

const csvHead = "工作室编号,所属区县（市）,工作室名称,所在单位,工作室主类型,领衔人,领衔人称号,命名层级,成立日期,成员人数,在带徒弟人数,年度数据所属年份,本年创新成果（项）,本年转化应用（项）,本年联合攻关项目（项）,本年培训传授人次,状态,状态变更日期,其他说明\n"

func csvRow(no, leader, members string) string {
	return no + ",210102,示例工作室,示例厂,技能传授型," + leader + ",工匠,市级,2020年5月1日," + members + ",3,2026,2,1,1,40,在用,2020-05-01,x\n"
}

// A file is answered row by row: good rows are taken, others named with their cell, what is the same changes nothing.
func TestAFileIsAnsweredRowByRow(t *testing.T) {
	o := newOffice(t)
	take := func(text string, dry bool, u account.User) (register.Imported, error) {
		t.Helper()
		book, _, err := source.ReadBook("台账.csv", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return o.Import(t.Context(), studiosT, &book.Sheets[0], dry, u, o.line(u))
	}
	file := "劳模工作室台账\n" + csvHead + csvRow("GZS-0001", "甲", "8") + csvRow("GZS-0002", "乙", "0") + csvRow("GZS-0003", "丙", "8") + csvRow("GZS-0003", "丁", "8")
	tried, err := take(file, true, heping)
	if _, n, _ := o.List(t.Context(), assess.RecordQuery{Table: studiosT}, heping, o.now); err != nil || n != 0 || tried.Added != 2 {
		t.Errorf("a trial: %+v, %v; %d records", tried, err, n)
	}
	done, err := take(file, false, heping)
	if err != nil || done.Added != 2 || done.Refused != 2 || len(done.Rows) != 2 || !cmp.Equal(done.Ignored, []string{"其他说明"}) {
		t.Fatalf("%+v, %v", done, err)
	}
	if at := done.Rows[0]; at.Line != 4 || at.Key != "GZS-0002" || !cmp.Equal(said(at.Findings), []string{"error members_count low"}) || at.Findings[0].Problem.Place.Line != 4 || at.Findings[0].Problem.Place.Column != 10 {
		t.Errorf("the second row: %+v", at)
	}
	if got := said(done.Rows[1].Findings); !cmp.Equal(got, []string{"error studio_no twice"}) {
		t.Errorf("the number that stands twice: %v", got)
	}
	again, err := take(csvHead+csvRow("GZS-0001", "甲", "8")+csvRow("GZS-0003", "丙", "9"), false, heping)
	if err != nil || again.Same != 1 || again.Changed != 1 || again.Added != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
	theirs, err := take(csvHead+csvRow("GZS-0001", "甲", "9"), false, shenhe)
	if err != nil || theirs.Refused != 1 || !cmp.Equal(said(theirs.Rows[0].Findings), []string{"error studio_no named"}) {
		t.Errorf("a record of another district: %+v, %v", theirs, err)
	}
	_, err = take("区县,名称\n210102,x\n", false, heping)
	is(t, "a table of something else", err, assess.ErrInvalid)
}

// Events belong to cadres; figures are counted as the registers stood at the snapshot, with the records behind them.
func TestFiguresAreThoseOfTheSnapshot(t *testing.T) {
	o := newOffice(t)
	org := account.User{Name: "org", Role: assess.CityReviewer, Department: "org"}
	cadre := map[string]string{"cadre_no": "QNGB-1", "unit_code": "210102", "name": "甲", "birth_month": "1995-03", "org": "示例", "position": "干事", "programme_year": "2026", "pairing_status": "none", "training_hours_ytd": "4", "status": "active"}
	o.good(org, register.Change{Table: "young_cadres", Written: cadre})
	labour := map[string]string{"event_no": "1", "cadre_no": "QNGB-1", "event_type": "workshop_labour", "host_org": "示例车间", "occurred_on": "2026-02-03", "ended_on": "2026-02-05", "days": "2.5"}
	first := o.good(heping, register.Change{Table: "cadre_events", Written: labour})
	labour["event_no"], labour["cadre_no"] = "2", "QNGB-9"
	saved, err := o.save(heping, register.Change{Table: "cadre_events", Written: labour})
	if got := said(saved.Findings); err != nil || !cmp.Equal(got, []string{"error cadre_no above"}) {
		t.Errorf("an event of nobody: %v, %v", got, err)
	}
	snap, err := o.store.TakeSnapshot(t.Context(), assess.Snapshot{Period: assess.MustPeriod("2026Q1"), At: o.now}, assess.AuditLine{At: o.now, Actor: "system", Action: "register.snapshot", Object: "2026Q1", Result: "ok"})
	if err != nil {
		t.Fatal(err)
	}
	labour["cadre_no"] = "QNGB-1"
	o.good(heping, register.Change{Table: "cadre_events", Written: labour})
	for seq, want := range map[int64]string{snap.Seq: "2.5", 1 << 40: "5"} {
		figures, err := o.Figures(t.Context(), testkit.Shipped(t), snap.Period, seq)
		if err != nil {
			t.Fatal(err)
		}
		got := figures["workshop_days_ytd"]
		if got["210102"].Value.String() != want || got["210102"].Records[0] != first.ID || got["210103"].Value.String() != "0" || len(got) != 13 {
			t.Errorf("up to %d: %v", seq, got)
		}
	}
}

// A single record is held against those that share columns with it, personal ones among them, whether it is added, changed or put back; closed
// ones do not count, and neither does the record itself.
func TestOneRecordIsHeldAgainstItsLikes(t *testing.T) {
	o := newOffice(t)
	first := o.good(heping, register.Change{Written: studio(1)})
	twin := studio(2, "leader_name", "甲1")
	refused := func(what string, c register.Change) {
		t.Helper()
		saved, err := o.save(heping, c)
		if got := said(saved.Findings); err != nil || !slices.Contains(got, "error R-ST-1") {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	refused("the same host, leader and type", register.Change{Written: twin})
	second := o.good(heping, register.Change{Written: studio(2)})
	refused("changed into it", register.Change{ID: second.ID, Version: second.Version, Written: map[string]string{"leader_name": "甲1"}})
	first = o.good(heping, register.Change{ID: first.ID, Version: first.Version, Written: map[string]string{"members_count": "9"}})
	if err := o.Close(t.Context(), studiosT, first.ID, first.Version, false, "停办", heping, o.line(heping)); err != nil {
		t.Fatal(err)
	}
	o.good(heping, register.Change{ID: second.ID, Version: second.Version, Written: map[string]string{"leader_name": "甲1"}})
	err := o.Close(t.Context(), studiosT, first.ID, first.Version+1, true, "复办", heping, o.line(heping))
	is(t, "put back beside its twin", err, assess.ErrConflict)
	if found, err := o.Findings(t.Context(), studiosT, second.ID, heping, o.now); err != nil || register.HasError(found) {
		t.Errorf("a record stands against itself: %v, %v", said(found), err)
	}
}

// A number of which a spreadsheet has lost the end is refused where it names an account, a code or a telephone.
func TestANumberThatWasCutIsRefused(t *testing.T) {
	o := newOffice(t)
	head, cells := sheet.Row{Number: 1}, sheet.Row{Number: 2}
	values := studio(1)
	for i, name := range slices.Sorted(maps.Keys(values)) {
		head.Cells = append(head.Cells, sheet.Cell{Column: i + 1, Kind: sheet.Text, Text: name})
		cell := sheet.Cell{Column: i + 1, Kind: sheet.Text, Text: values[name]}
		if name == "leader_name" {
			cell = sheet.Cell{Column: i + 1, Kind: sheet.Number, Text: "6222020200012340000"}
		}
		cells.Cells = append(cells.Cells, cell)
	}
	done, err := o.Import(t.Context(), studiosT, &sheet.Sheet{File: "a.xlsx", Name: "a", Rows: []sheet.Row{head, cells}}, true, heping, o.line(heping))
	if err != nil || done.Refused != 1 || !cmp.Equal(said(done.Rows[0].Findings), []string{"error leader_name cut"}) {
		t.Errorf("%+v, %v", done, err)
	}
}

// What the program keeps by what it does is not changed beside it: personal columns and remarks are, by form and by file, and nothing else.
func TestRecordsOfTheProgramFollowWhatItDoes(t *testing.T) {
	o := newOffice(t)
	table, _, err := o.Table(t.Context(), studiosT, o.now)
	if err != nil {
		t.Fatal(err)
	}
	id, err := register.NewID()
	if err != nil {
		t.Fatal(err)
	}
	values := studio(1)
	w, err := o.Kept(table, assess.Record{ID: id, Table: studiosT, Key: values["studio_no"], Unit: "210102", At: o.now, By: "system", Role: register.Program}, values)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.PutRecords(t.Context(), []assess.RecordWrite{w}, o.line(heping)); err != nil {
		t.Fatal(err)
	}
	saved, err := o.save(heping, register.Change{ID: id, Version: 1, Written: map[string]string{"members_count": "9", "status": "suspended"}})
	if got := said(saved.Findings); err != nil || !cmp.Equal(got, []string{"error members_count program", "error status program"}) {
		t.Errorf("changed beside the program: %v, %v", got, err)
	}
	is(t, "closed by hand", o.Close(t.Context(), studiosT, id, 1, false, "x", heping, o.line(heping)), assess.ErrConflict)
	o.good(heping, register.Change{ID: id, Version: 1, Written: map[string]string{"leader_name": "乙", "remark_zh": "更正姓名"}})
	saved, err = o.save(heping, register.Change{ID: id, Version: 2, Written: map[string]string{"members_count": "9"}})
	if err != nil || !register.HasError(saved.Findings) {
		t.Errorf("after a correction it is anybody's: %v, %v", said(saved.Findings), err)
	}
}
