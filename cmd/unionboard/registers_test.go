package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
)

// The keys of a data folder are made when something is sealed first, and never again: without them nothing is sealed and nothing read, and
// with the file put back everything is.
func TestTheKeysOfRegistersAreMadeOnce(t *testing.T) {
	dir := installation(t)
	keys := filepath.Join(dir, "secrets", "register.keys")
	who := account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
	keep := func(no string) (err error) {
		inside(t, dir, func(a *app) {
			now := time.Now()
			_, err = a.registers().Save(t.Context(), register.Change{Table: "service_stations", Written: map[string]string{
				"station_no": no, "name": "示例驿站", "build_type": "self_built", "host_type": "bank", "address": "示例路1号", "area_m2": "20", "open_hours": "08:00-20:00",
				"is_24h": "是", "is_smart": "否", "facilities": "桌椅、饮水", "opened_on": "2024-05-01", "manager_phone": "13800000000", "visits_ytd": "10", "status": "在用",
			}}, who, assess.AuditLine{At: now, Actor: who.Name, Result: "ok"})
		})
		return err
	}
	read := func() (all []assess.Record, err error) {
		inside(t, dir, func(a *app) {
			all, _, err = a.registers().List(t.Context(), assess.RecordQuery{Table: "service_stations"}, who, time.Now())
		})
		return all, err
	}
	if all, err := read(); err != nil || len(all) != 0 {
		t.Fatalf("an empty register: %v, %v", all, err)
	}
	if _, err := os.Stat(keys); err == nil {
		t.Error("keys were made before there was a need")
	}
	if err := keep("YZ-1"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(keys); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the keys: %v, %v", info, err)
	}
	if err := os.Rename(keys, keys+".away"); err != nil {
		t.Fatal(err)
	}
	var p *assess.Problem
	if err := keep("YZ-2"); !errors.As(err, &p) || p.Key != "problem.keys_lost" || !errors.Is(err, assess.ErrUnavailable) {
		t.Errorf("something is sealed without the keys of what was sealed before: %v", err)
	}
	if _, err := read(); !errors.As(err, &p) || p.Key != "problem.keys_lost" {
		t.Errorf("something is read without the keys: %v", err)
	}
	if _, err := os.Stat(keys); err == nil {
		t.Error("new keys were made that open nothing")
	}
	if err := os.Rename(keys+".away", keys); err != nil {
		t.Fatal(err)
	}
	if all, err := read(); err != nil || len(all) != 1 || all[0].Values["manager_phone"] != "138****0000" {
		t.Errorf("with the keys put back: %v, %v", all, err)
	}
}

// TestRegistersAreTakenByHand: once for a quarter whose day has passed, before it is scored, and the figures are there.
func TestRegistersAreTakenByHand(t *testing.T) {
	t.Parallel()
	dir, q := installation(t), oldQuarter()
	call(t, "register", "snapshot", "--data", dir).oneSentence(t, exitUsage, "--period")
	call(t, "register", "snapshot", "--period", q.Year().String(), "--data", dir).oneSentence(t, exitRefused, q.Year().String())
	call(t, "register", "snapshot", "--period", q.String(), "--data", dir).oneSentence(t, exitFailed, "no register has a record")
	inside(t, dir, func(a *app) {
		now := time.Now()
		who := account.User{Name: "heping", Role: assess.DistrictReporter, Unit: "210102"}
		saved, err := a.registers().Save(t.Context(), register.Change{Table: "service_stations", Written: map[string]string{
			"station_no": "YZ-1", "name": "示例驿站", "build_type": "self_built", "host_type": "bank", "address": "示例路1号", "area_m2": "20", "open_hours": "08:00-20:00",
			"is_24h": "是", "is_smart": "否", "facilities": "桌椅、饮水", "opened_on": "2024-05-01", "visits_ytd": "10", "status": "在用",
		}}, who, assess.AuditLine{At: now, Actor: who.Name, Result: "ok"})
		if err != nil || register.HasError(saved.Findings) {
			t.Fatal(err, saved.Findings)
		}
	})
	if out := good(t, "register", "snapshot", "--period", q.String(), "--data", dir); !strings.Contains(out, q.String()+": 26 figures, 26 new") {
		t.Errorf("taken: %q", out)
	}
	call(t, "register", "snapshot", "--period", q.String(), "--data", dir).oneSentence(t, exitFailed, "taken already")
	if log := good(t, "export", "--table", "observations", "--period", q.String(), "--format", "csv", "--data", dir); !strings.Contains(log, "stations_active") {
		t.Errorf("the figures are not there: %s", log)
	}
}
