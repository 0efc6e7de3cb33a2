package register_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/register/reference"
)

// holdings reads the rows of an example as a file is read, and checks each beside the others: the examples keep all rules.
func holdings(t *testing.T, table *register.Table, f reference.File, above map[string]assess.Record) (all []assess.Record) {
	t.Helper()
	others := register.NewOthers(table, nil)
	for n, row := range f.Rows {
		written := map[string]string{}
		for i, name := range f.Heads {
			written[name] = row[i]
		}
		typed := table.ReadAll(written)
		if found := append(typed.Findings, table.Check(typed.Values, time.Date(2026, 4, 8, 0, 0, 0, 0, time.UTC), others)...); len(found) > 0 {
			t.Fatalf("%s, row %d: %+v", f.Name, n+2, found)
		}
		r := assess.Record{ID: table.KeyOf(typed.Values), Table: table.Code, Unit: table.UnitOf(typed.Values), Values: typed.Values}
		if up, ok := above[typed.Values["cadre_no"]]; ok && table.Above != nil {
			r.Above, r.Unit = up.ID, up.Unit
		}
		if !strings.Contains(strings.Join(row, ","), reference.Label) {
			t.Fatalf("%s, row %d is not labelled", f.Name, n+2)
		}
		others.Add(table, &r, 1)
		all = append(all, r)
	}
	return all
}

// total adds up what the units count.
func total(counted map[assess.UnitCode]register.Counted) string {
	sum := register.Amount("0")
	for _, c := range counted {
		sum = sum.Add(c.Value)
	}
	return sum.String()
}

// The shipped example says what is told of Hubei: 3,357 studios, 49.8 % of the skill-transfer type. 1,672 of 3,357 are 49.806 %.
func TestTheExampleOfHubei(t *testing.T) {
	studios, items := shipped(t, "innovation_studios")
	f := reference.Hubei([]string{"210102", "210103", "210104"}, 2026)
	held := register.Holdings{"innovation_studios": holdings(t, studios, f, nil)}
	all, taught := total(count(t, studios, items, "studios_active", held)), total(count(t, studios, items, "studios_skill_transfer", held))
	if all != "3357" || taught != "1672" {
		t.Errorf("%s studios, %s of them teach", all, taught)
	}
	if share := register.Amount(taught).Shift(2).DivRound(register.Amount(all), 1); share.String() != "49.8" {
		t.Errorf("%s %% teach", share)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil || !strings.HasPrefix(b.String(), "\ufeffstudio_no,") || strings.Count(b.String(), "\n") != 3358 {
		t.Errorf("written: %v, %d lines", err, strings.Count(b.String(), "\n"))
	}
}

// The shipped example says what is told of Wuxi. By hand, of 24 cadres: each is paired with one of 8 model workers and has talked once, 12 on each
// platform; every fourth was seconded (6); every second worked 2.5 days in a workshop (12 × 2.5 = 30).
func TestTheExampleOfWuxi(t *testing.T) {
	cadres, items := shipped(t, "young_cadres")
	events, _ := cadres.Child("cadre_events")
	first, second := reference.Wuxi([]string{"210102", "210103"}, 2026)
	held := register.Holdings{"young_cadres": holdings(t, cadres, first, nil)}
	above, mentors := map[string]assess.Record{}, map[string]int{}
	for _, r := range held["young_cadres"] {
		above[r.Key], above[r.ID] = r, r
		mentors[r.Values["mentor_name"]]++
	}
	held["cadre_events"] = holdings(t, events, second, above)
	for item, want := range map[assess.Code]string{"young_cadres_active": "24", "young_cadres_paired": "24", "young_cadres_talked_ytd": "24", "workshop_days_ytd": "30"} {
		if got := total(count(t, cadres, items, item, held)); got != want {
			t.Errorf("%s: %s, want %s", item, got, want)
		}
	}
	if len(mentors) != reference.Mentors {
		t.Errorf("%d mentors", len(mentors))
	}
	// What no shipped item asks for is a rule in a definition file all the same.
	eq := func(field string, value any) assess.Condition {
		return assess.Condition{Field: field, Op: "eq", Value: value}
	}
	for _, c := range []struct {
		name  string
		where []assess.Condition
		via   string
		want  string
	}{
		{"paired with a model worker", []assess.Condition{eq("mentor_type", "model_worker"), eq("pairing_status", "paired")}, "", "24"},
		{"talks at the cadre forum", []assess.Condition{eq("event_type", "platform_talk"), eq("platform", "cadre_forum")}, "cadre_events", "12"},
		{"talks at the youth talk", []assess.Condition{eq("event_type", "platform_talk"), eq("platform", "youth_talk")}, "cadre_events", "12"},
		{"secondments", []assess.Condition{eq("event_type", "secondment")}, "cadre_events", "6"},
	} {
		rule := assess.RegisterRule{Register: "young_cadres", Aggregate: "count", Via: c.via, Where: c.where, Window: "as_of"}
		counted, err := cadres.Count(rule, assess.MustPeriod("2026Q1"), assess.MustPeriod("2026Q1").LastDay(), held)
		if got := total(counted); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}
