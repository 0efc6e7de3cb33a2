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
		names, err := a.vault.Names()
		if err != nil || len(names) != 3 {
			t.Errorf("keys %v, %v", names, err)
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
