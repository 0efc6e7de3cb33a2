package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/servers"
)

// Rows 58 and 60 at the console and by the clock: keys are shown and changed, what is past its time is erased.
func TestPersonalDataAreLookedAfter(t *testing.T) {
	dir := t.TempDir()
	copyInstallation(t, installation(t), dir)
	if out := good(t, "keys", "--data", dir); strings.TrimSpace(out) != "key  seals" {
		t.Errorf("keys of an empty folder: %q", out)
	}
	who := account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	inside(t, dir, func(a *app) {
		line := assess.AuditLine{At: time.Now(), Actor: who.Name, Result: "ok"}
		saved, err := a.registers().Save(t.Context(), register.Change{Table: "service_stations", Written: map[string]string{
			"station_no": "YZ-1", "name": "示例驿站", "build_type": "self_built", "host_type": "bank", "address": "示例路1号", "area_m2": "20", "open_hours": "08:00-20:00",
			"is_24h": "是", "is_smart": "否", "facilities": "桌椅、饮水", "opened_on": "2024-05-01", "manager_phone": "13800000000", "visits_ytd": "10", "status": "在用",
		}}, who, line)
		if err == nil {
			err = a.registers().Close(t.Context(), "service_stations", saved.Record.ID, 1, false, "撤站", who, line)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	keys := filepath.Join(dir, "secrets", "register.keys")
	if out := good(t, "keys", "--data", dir); !strings.Contains(out, "k1-") || !strings.HasSuffix(strings.TrimSpace(out), " 2") {
		t.Errorf("keys: %q", out)
	}
	out := good(t, "keys", "rotate", "--data", dir)
	secret, err := os.ReadFile(keys)
	if err != nil || !strings.Contains(out, "sealed anew: 2") || !strings.Contains(out, "k2-") {
		t.Fatalf("%v, %q", err, out)
	}
	for _, word := range strings.Fields(string(secret)) {
		if len(word) > 30 && strings.Contains(out, word) {
			t.Error("a key is shown")
		}
	}
	// The clock: a year later the key is changed, once, and the telephone of the station that was closed is gone.
	if out = good(t, "erase", "--dry-run", "--data", dir); !strings.Contains(strings.Join(strings.Fields(out), " "), "service_stations 0 0") {
		t.Errorf("before its time: %q", out)
	}
	later := time.Now().Add(keyLife + 2*day)
	inside(t, dir, func(a *app) {
		for range 2 {
			a.careFor(t.Context(), later)
			if err := os.Chtimes(keys, later, later); err != nil {
				t.Fatal(err)
			}
		}
		want := 3
		if a.shared() {
			want = 2 // where several servers hold the keys somebody carries them from one to the others
		}
		if names, err := a.vault.Names(); err != nil || len(names) != want {
			t.Errorf("keys %v, %v; want %d", names, err, want)
		}
		all, _, err := a.registers().List(t.Context(), assess.RecordQuery{Table: "service_stations", Closed: true}, who, later)
		if err != nil || len(all) != 1 || all[0].Values["manager_phone"] != "" || all[0].Values["name"] == "" {
			t.Errorf("after a year %v, %v", all, err)
		}
	})
}

// Row 61: the sheet of a breach is written from the log, and the log is looked through.
func TestABreachIsWrittenFromTheLog(t *testing.T) {
	dir := t.TempDir()
	copyInstallation(t, installation(t), dir)
	inside(t, dir, func(a *app) {
		for n, object := range []string{"dues_refunds/FH-1/contact_phone", "dues_refunds/FH-2/contact_phone", "young_cadres/QNGB-1/name"} {
			line := assess.AuditLine{At: time.Date(2026, 4, 3+n, 9, 0, 0, 0, a.zone), Actor: "li.na", Address: "10.1.2.3", Action: "record.uncover", Object: object, Unit: "210102", After: "核对账户", Result: "ok"}
			if err := a.store.Record(t.Context(), line); err != nil {
				t.Fatal(err)
			}
		}
	})
	out := good(t, "audit", "breach", "--data", dir, "--from", "2026-04-01", "--to", "2026-04-04", "--register", "dues_refunds")
	rows := strings.Split(strings.TrimSpace(out), "\n")
	if len(rows) != 2 || rows[1] != "li.na,10.1.2.3,record.uncover,dues_refunds,210102,2026-04-03T09:00:00+08:00,2026-04-04T09:00:00+08:00,2,2,核对账户" {
		t.Errorf("%q", rows)
	}
	if out := good(t, "audit", "verify", "--data", dir); !strings.Contains(out, "lines hold") {
		t.Errorf("verify: %q", out)
	}
}

// Row 58: the secrets of second factors that an earlier version kept as they were are sealed when the installation is served, are turned with
// the keys, and stand in no file afterwards. Where the keys are gone for good there is a way on.
func TestSecondFactorsOfEarlierVersionsAreSealed(t *testing.T) {
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	dir := t.TempDir()
	copyInstallation(t, installation(t), dir)
	var id string
	inside(t, dir, func(a *app) {
		u, err := a.store.AccountNamed(t.Context(), "admin")
		if err == nil {
			id, err = u.ID, a.store.SetCodes(t.Context(), u.ID, secret, 1, atConsole("user.second_factor", u.Name))
		}
		if err != nil {
			t.Fatal(err)
		}
		a.sealAgain(t.Context(), time.Now(), a.care().Reseal)
	})
	opens := func() (sealed string) {
		inside(t, dir, func(a *app) {
			u, err := a.store.Account(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := a.vault.Open(u.CodeSecret, account.CodePlace(id)); err != nil || got != secret {
				t.Errorf("opens as %q, %v", got, err)
			}
			sealed = u.CodeSecret
		})
		return sealed
	}
	before := opens()
	files, err := filepath.Glob(filepath.Join(dir, "unionboard.db*"))
	if err != nil || (len(files) == 0) == (servers.Given() == "") {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if body, err := os.ReadFile(file); err != nil || strings.Contains(string(body), secret) {
			t.Errorf("%s holds the secret, or %v", file, err)
		}
	}
	if out := good(t, "keys", "rotate", "--data", dir); !strings.Contains(out, "sealed anew: 1") {
		t.Errorf("turned: %q", out)
	}
	if opens() == before {
		t.Error("the secret is sealed as before")
	}
	if r := call(t, "keys", "rotate", "--lost", "--data", dir); r.code == exitDone {
		t.Errorf("keys that are there count as lost: %s", r.out)
	}
	if err := os.Remove(keysPath(dir)); err != nil {
		t.Fatal(err)
	}
	if r := call(t, "keys", "rotate", "--data", dir); r.code == exitDone || !strings.Contains(r.err, "--lost") {
		t.Errorf("without the file: %s%s", r.out, r.err)
	}
	good(t, "keys", "rotate", "--lost", "--data", dir)
	good(t, "user", "second-factor", "admin", "--data", dir)
	if out := good(t, "keys", "rotate", "--data", dir); !strings.Contains(out, "sealed anew: 0") {
		t.Errorf("after the reset: %q", out)
	}
}
