package register_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/mattn/go-sqlite3"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/vault"
)

// folder is an office whose data folder is looked into: keys lie outside of it, temporary files inside.
type folder struct {
	*office
	care *register.Care
	dir  string
	keys string
}

func newFolder(t *testing.T) *folder {
	t.Helper()
	dir, keys := t.TempDir(), filepath.Join(t.TempDir(), "register.keys")
	temporary := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temporary, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temporary)
	s, err := store.Create(t.Context(), filepath.Join(dir, "data"), store.WithReserve(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	v := vault.New(keys, nil)
	book := &register.Book{Store: s, Editions: shippedEditions{testkit.Shipped(t)}, Vault: v, Zone: time.UTC}
	return &folder{&office{book, t, s, time.Date(2026, 4, 3, 9, 0, 0, 0, time.UTC)}, &register.Care{Book: book, Archive: s, Keys: v}, dir, keys}
}

// find answers in which files of the folder one of some texts stands.
func (f *folder) find(texts ...string) (hits []string) {
	f.t.Helper()
	files := 0
	err := filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, text := range texts {
			if bytes.Contains(body, []byte(text)) {
				hits = append(hits, filepath.Base(path)+" "+text)
			}
		}
		return nil
	})
	if err != nil || files < 3 {
		f.t.Fatalf("%d files, %v", files, err)
	}
	return hits
}

// copied makes a copy of the database as backups do.
func (f *folder) copied() {
	f.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(f.dir, "data", "unionboard.db"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`VACUUM INTO '` + filepath.Join(f.dir, "copy.db") + `'`); err != nil {
		f.t.Fatal(err)
	}
}

var (
	finance = account.User{Name: "finance", Role: assess.CityReviewer, Department: "finance"}
	org     = account.User{Name: "org", Role: assess.CityReviewer, Department: "org"}
	centre  = account.User{Name: "centre", Role: assess.CityReviewer, Department: "service_centre"}
)

// refund answers a good record of the register of refunds.
func refund(n int, change ...string) map[string]string {
	v := map[string]string{
		"refund_no": fmt.Sprintf("FH-210102-2026Q1-%06d", n), "unit_code": "210102", "batch_no": "1", "enterprise_name": "示例商贸有限公司", "uscc": "91210102MA0TEXT010",
		"levy_affiliation": "和平区总工会", "period_start": fmt.Sprintf("20%02d-01-01", n%90+1), "period_end": fmt.Sprintf("20%02d-03-31", n%90+1),
		"tax_reported_payroll_cny": "100000", "dues_payable_cny": "2000", "dues_paid_cny": "2000", "eligible_reason": "small_payer", "refundable_amount": "800",
		"paying_account_name": "示例商贸有限公司", "paying_bank": "示例银行", "paying_account_no": fmt.Sprintf("62220202000%08d", n), "has_own_union": "否",
		"union_account_status": "no_union", "payee_account_type": "enterprise", "contact_name": "欧阳示例", "contact_phone": fmt.Sprintf("138%08d", n),
		"match_status": "matched", "review_status": "pending", "payment_status": "unpaid",
	}
	for i := 0; i+1 < len(change); i += 2 {
		v[change[i]] = change[i+1]
	}
	return v
}

// station answers a good record of the register of service stations.
func station(n int, phone string) map[string]string {
	return map[string]string{
		"station_no": fmt.Sprintf("YZ-%04d", n), "unit_code": "210102", "name": "示例驿站", "build_type": "self_built", "host_type": "bank", "address": fmt.Sprintf("示例路%d号", n),
		"area_m2": "20", "open_hours": "08:00-20:00", "is_24h": "是", "is_smart": "否", "facilities": "桌椅", "opened_on": "2024-05-01", "manager_phone": phone, "visits_ytd": "10", "status": "在用",
	}
}

// Row 58: numbers that were handed in, changed, uncovered and looked for stand neither in the database nor its log, nor in a copy of it, nor
// in temporary files. A dump of the program's own memory is no file of it: the program writes none, and the service unit forbids them.
func TestKnownNumbersStandInNoFile(t *testing.T) {
	f := newFolder(t)
	known := []string{"6222020200000000017", "6222020200000000099", "13800000017", "13912345678", "欧阳示例", "司马示例"}
	r := f.good(finance, register.Change{Table: "dues_refunds", Written: refund(17)})
	f.good(finance, register.Change{Table: "dues_refunds", ID: r.ID, Version: 1, Written: map[string]string{"paying_account_no": known[1], "contact_name": known[5]}, Reason: "更正"})
	s := f.good(centre, register.Change{Table: "service_stations", Written: station(1, known[3])})
	for table, about := range map[assess.Code][2]string{"dues_refunds": {r.ID, "paying_account_no"}, "service_stations": {s.ID, "manager_phone"}} {
		u := map[assess.Code]account.User{"dues_refunds": finance, "service_stations": centre}[table]
		if got, err := f.Uncover(t.Context(), table, about[0], about[1], "核对", u, f.line(u)); err != nil || !strings.Contains(strings.Join(known, " "), got) {
			t.Errorf("uncovered %q, %v", got, err)
		}
	}
	saved, err := f.save(finance, register.Change{Table: "dues_refunds", Written: refund(17, "refund_no", "FH-2", "contact_phone", "13800000017x")})
	if err != nil || !register.HasError(saved.Findings) {
		t.Errorf("a number that is none: %v, %v", said(saved.Findings), err)
	}
	f.copied()
	if hits := f.find(known...); len(hits) > 0 {
		t.Errorf("known numbers stand in %v", hits)
	}
	if hits := f.find("示例商贸有限公司"); len(hits) < 2 {
		t.Errorf("what is not personal is found in %v: the search looks in the wrong place", hits)
	}
}

// Row 58: keys are turned while people write; in the end nothing needs an older key, and no change is lost.
func TestKeysAreTurnedUnderLoad(t *testing.T) {
	f := newFolder(t)
	const people, each = 4, 12
	var wait sync.WaitGroup
	for p := range people {
		wait.Go(func() {
			for n := range each {
				r := f.good(centre, register.Change{Table: "service_stations", Written: station(100*p+n, fmt.Sprintf("139%04d%04d", p, n))})
				f.good(centre, register.Change{Table: "service_stations", ID: r.ID, Version: 1, Written: map[string]string{"visits_ytd": "11"}})
			}
		})
	}
	for range 5 {
		if _, err := f.care.Turn(t.Context(), f.line(keeper)); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
	before, err := f.store.RecordVersions(t.Context(), f.all("service_stations")[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	n, err := f.care.Turn(t.Context(), f.line(keeper))
	if err != nil || n != 2*people*each {
		t.Errorf("%d texts sealed anew, %v; want %d", n, err, 2*people*each)
	}
	after, _ := f.store.RecordVersions(t.Context(), before[0].ID)
	for i := range after {
		if after[i].Sealed == before[i].Sealed {
			t.Error("a text stands as before")
		}
		after[i].Sealed = before[i].Sealed
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("more than the seal changed (-before +after):\n%s", diff)
	}
	text, err := os.ReadFile(f.keys)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	newest := filepath.Join(t.TempDir(), "newest.keys")
	if err := os.WriteFile(newest, []byte(lines[len(lines)-1]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.Vault = vault.New(newest, nil)
	if all := f.all("service_stations"); len(all) != people*each || all[0].Values["manager_phone"] != "139****0000" || all[0].Values["visits_ytd"] != "11" {
		t.Errorf("%d records open by the newest key alone, the first: %v", len(all), all[0].Values)
	}
}

func (f *folder) all(table assess.Code) []assess.Record {
	f.t.Helper()
	all, _, err := f.List(f.t.Context(), assess.RecordQuery{Table: table, Closed: true}, analyst, f.now)
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// Row 60: records and personal columns that are past their time are erased with every older version of them; afterwards no byte of them
// stands in any file, and the log does not keep what was erased. What has time left stays as it is.
func TestWhatIsPastItsTimeIsErased(t *testing.T) {
	f := newFolder(t)
	cadre := map[string]string{"cadre_no": "QNGB-1", "unit_code": "210102", "name": "诸葛示例", "birth_month": "1995-03", "org": "示例甲厂", "position": "干事", "programme_year": "2026", "pairing_status": "none", "training_hours_ytd": "4", "status": "active"}
	gone := f.good(org, register.Change{Table: "young_cadres", Written: cadre})
	event := map[string]string{"event_no": "E-1", "cadre_no": "QNGB-1", "event_type": "platform_talk", "platform": "youth_talk", "topic": "示例题目一", "occurred_on": "2026-02-01"}
	f.good(org, register.Change{Table: "cadre_events", Written: event})
	cadre["cadre_no"], cadre["org"] = "QNGB-2", "示例乙厂"
	f.good(org, register.Change{Table: "young_cadres", Written: cadre})
	if err := f.Close(t.Context(), "young_cadres", gone.ID, 1, false, "调出", org, f.line(org)); err != nil {
		t.Fatal(err)
	}
	paid := f.good(finance, register.Change{Table: "dues_refunds", Written: refund(1, "review_status", "approved", "approved_on", "2023-03-20", "payment_status", "paid", "refund_date", "2023-04-02", "refund_amount", "800")})
	f.good(finance, register.Change{Table: "dues_refunds", ID: paid.ID, Version: 1, Written: map[string]string{"contact_phone": "13911112222"}})
	young := f.good(finance, register.Change{Table: "dues_refunds", Written: refund(2, "review_status", "approved", "approved_on", "2023-03-20", "payment_status", "paid", "refund_date", "2023-04-04", "refund_amount", "800")})
	var old []string // sealed texts that must not stand anywhere either: they open while the key is there
	for _, id := range []string{gone.ID, paid.ID} {
		versions, err := f.store.RecordVersions(t.Context(), id)
		if err != nil || len(versions) != 2 {
			t.Fatalf("%d versions, %v", len(versions), err)
		}
		old = append(old, versions[0].Sealed, versions[1].Sealed)
	}
	if len(f.find(old...)) < len(old) {
		t.Fatal("the search does not find what stands there")
	}

	// Three years after the second of April 2023 is the day before today; after the fourth, tomorrow.
	tried, err := f.care.Erase(t.Context(), true, f.line(keeper))
	if err != nil || erased(tried, "dues_refunds") != (register.Erased{Table: "dues_refunds", Columns: 1}) {
		t.Errorf("a trial: %+v, %v", tried, err)
	}
	if len(f.find(old[2:]...)) < 2 {
		t.Error("a trial erases")
	}
	done, err := f.care.Erase(t.Context(), false, f.line(keeper))
	if diff := cmp.Diff(tried, done); err != nil || diff != "" {
		t.Errorf("%v; done otherwise than tried (-tried +done):\n%s", err, diff)
	}
	if hits := f.find(old[2:]...); len(hits) > 0 {
		t.Errorf("sealed telephones stand in %v", hits)
	}
	for id, want := range map[string][2]string{paid.ID: {"", "****0001"}, young.ID: {"138****0002", "****0002"}} {
		for _, r := range f.versions("dues_refunds", id) {
			if got := [2]string{r.Values["contact_phone"], r.Values["paying_account_no"]}; got != want {
				t.Errorf("version %d of %s has %v, want %v", r.Version, r.Key, got, want)
			}
		}
	}

	f.now = f.now.AddDate(5, 0, 0) // the cadre left five years ago today
	if done, err = f.care.Erase(t.Context(), false, f.line(keeper)); err != nil || erased(done, "young_cadres") != (register.Erased{Table: "young_cadres", Whole: 1}) {
		t.Errorf("five years later: %+v, %v", done, err)
	}
	if hits := f.find(append(old, "示例甲厂", gone.ID)...); len(hits) > 0 {
		t.Errorf("what was erased stands in %v", hits)
	}
	if hits := f.find("示例题目一"); len(hits) > 0 {
		t.Errorf("the events of the cadre stand in %v", hits)
	}
	if left := f.all("young_cadres"); len(left) != 1 || left[0].Values["name"] != "诸*" {
		t.Errorf("left: %+v", left)
	}
	lines, err := f.store.AuditLines(t.Context(), 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, line := range lines {
		if line.Action == "record.erase" {
			told = append(told, line.Object+": "+line.After)
		}
	}
	want := []string{
		"dues_refunds/FH-210102-2026Q1-000001: contact_name contact_phone",
		"dues_refunds/FH-210102-2026Q1-000002: contact_name contact_phone", "young_cadres/QNGB-1: the record with all its versions",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the log says (-want +got):\n%s", diff)
	}
	if again, err := f.care.Erase(t.Context(), false, f.line(keeper)); err != nil || erased(again, "dues_refunds").Columns != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
}

func erased(all []register.Erased, table assess.Code) register.Erased {
	for _, one := range all {
		if one.Table == table {
			return one
		}
	}
	return register.Erased{}
}

func (f *folder) versions(table assess.Code, id string) []assess.Record {
	f.t.Helper()
	_, all, err := f.One(f.t.Context(), table, id, analyst, f.now)
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}
