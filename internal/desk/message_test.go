package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
)

// What is typed into a cell, how it is read, and what the form says of it.
func TestWhatTheFormSaysOfACell(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	for _, tt := range []struct {
		item        assess.Code
		value, note string
		missing     bool
		shown       string
		state       assess.State
		level       desk.Level // "": nothing is said
		key         string
	}{
		{item: "bookhouses", value: "", shown: "", state: ""},
		{item: "bookhouses", value: "0", shown: "0", state: assess.ZeroReport, level: desk.Warning, key: "problem.implausible"},
		{item: "bookhouses", value: "75", shown: "75", state: assess.Reported},
		{item: "bookhouses", value: "七十", level: desk.Error, key: "problem.number"},
		{item: "bookhouses", value: "7.5", level: desk.Error, key: "problem.count"},
		{item: "bookhouses", value: "-1", level: desk.Error, key: "problem.count"},
		{item: "bookhouses", value: "N/A", level: desk.Error, key: "problem.exempt_by_city"},
		{item: "bookhouses", missing: true, state: assess.Missing, level: desk.Error, key: "problem.missing_note"},
		{item: "bookhouses", missing: true, note: "资料在审计", state: assess.Missing},
		{item: "mediation_integrated_org", value: "是", shown: "1", state: assess.Reported},
		{item: "mediation_integrated_org", value: "有", level: desk.Error, key: "problem.boolean"},
		{item: "warmth_fund_ytd", value: "1,913,436.50 元", shown: "1913436.5", state: assess.Reported},
		{item: "warmth_fund_ytd", value: "191.345", level: desk.Error, key: "problem.money"},
		{item: "skill_training_ytd", value: "14575", shown: "14575", state: assess.Reported, level: desk.Error, key: "question.at_least"}, // below last quarter
		{item: "skill_training_ytd", value: "145760", shown: "145760", state: assess.Reported, level: desk.Warning, key: "problem.implausible"},
		{item: "female_members", value: "300000", shown: "300000", state: assess.Reported, level: desk.Warning, key: "question.at_most"}, // stock, +275 %
	} {
		field := f.field(heping, tt.item)
		f.saves++
		_, err := f.Save(t.Context(), desk.Save{
			Unit: heping, Period: q4, Item: tt.item, Value: tt.value, Note: tt.note, Missing: tt.missing, Base: field.Draft.Revision, Request: strings.Repeat("x", f.saves),
		}, "li", f.now)
		f.ok(err)
		got := f.field(heping, tt.item)
		if got.Shown != tt.shown || got.State != tt.state {
			t.Errorf("%s %q is read as %q (%s), want %q (%s)", tt.item, tt.value, got.Shown, got.State, tt.shown, tt.state)
		}
		said := slices.ContainsFunc(got.Messages, func(m desk.Message) bool { return m.Level == tt.level && m.Problem.Key == tt.key })
		if tt.level == "" && len(got.Messages) > 0 || tt.level != "" && !said {
			t.Errorf("of %s %q the form says %+v, want %s %s", tt.item, tt.value, keysOf(got.Messages), tt.level, tt.key)
		}
	}
}

func keysOf(messages []desk.Message) (keys []string) {
	for _, m := range messages {
		keys = append(keys, string(m.Level)+" "+string(m.Rule)+" "+m.Problem.Key)
	}
	return keys
}

// A rule between two figures is said once, at the first that the district can change, and names the others; an error blocks the way to
// the chair, a warning wants a note.
func TestRulesSpeakAtTheirFields(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	f.fill(heping, "li")
	if c, err := f.Check(t.Context(), heping, q4, f.now); err != nil || !c.Ready() || len(c.Unnoted) > 0 {
		t.Fatalf("honest figures are not ready: %+v, %v", c.Form.Counts, err)
	}
	m := f.typed(heping, "female_members", "206000", "", "li").Messages
	if len(m) == 0 || m[0].Level != desk.Error || m[0].Rule != "V02" || m[0].Says.ZH == "" || !slices.Equal(m[0].Others, []assess.Code{"union_members"}) {
		t.Fatalf("of women above members it says %+v", m)
	}
	form := f.form(heping)
	at := slices.IndexFunc(form.Sections, func(s desk.Section) bool { return s.Code == "org_building" })
	if form.Sections[at].Counts.Errors == 0 || form.Counts.Errors == 0 {
		t.Errorf("the counts beside it are %+v and %+v", form.Sections[at].Counts, form.Counts)
	}
	if err := f.Forward(t.Context(), heping, q4, "wang", f.now); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("forwarded with an error: %v", err)
	}
	f.typed(heping, "female_members", "80300", "", "li")
	f.typed(heping, "bookhouses", "150", "", "li")
	if counts := f.form(heping).Counts; counts.Errors != 0 || counts.Warnings == 0 || counts.Unnoted != 1 {
		t.Errorf("a doubled stock counts %+v", counts)
	}
	if err := f.Forward(t.Context(), heping, q4, "wang", f.now); !errors.Is(err, assess.ErrConflict) {
		t.Errorf("forwarded without a note: %v", err)
	}
	f.typed(heping, "bookhouses", "150", "新建街道书屋75家", "li")
	if counts := f.form(heping).Counts; counts.Unnoted != 0 {
		t.Errorf("with its note it counts %+v", counts)
	}
	f.ok(f.Forward(t.Context(), heping, q4, "wang", f.now))
}

func TestWhatIsNotTheDistrictsToType(t *testing.T) {
	f := newFixture(t)
	f.history(heping)
	f.exempt(heping, "palace_visits_ytd")
	exempt := f.field(heping, "palace_visits_ytd")
	if exempt.State != assess.Exempt || exempt.Locked == nil || exempt.Locked.Key != "problem.cell_exempt" || f.form(heping).Counts.Typed != 67 {
		t.Errorf("what the city marked stands as %s, locked by %v, among %d", exempt.State, exempt.Locked, f.form(heping).Counts.Typed)
	}
	for item, key := range map[assess.Code]string{
		"ent25_total": "problem.supplied_city", "studios_active": "problem.supplied_register", "items_submitted": "problem.supplied_system",
	} {
		if got := f.field(heping, item); got.Kind != desk.Supplied || got.Explained == nil || got.Explained.Key != key {
			t.Errorf("%s is %s, explained by %v", item, got.Kind, got.Explained)
		}
	}
	for _, item := range []assess.Code{"palace_visits_ytd", "ent25_total", "hardship_in_year", "union_rate_25plus", "nonsense"} {
		_, err := f.Save(t.Context(), desk.Save{Unit: heping, Period: q4, Item: item, Value: "1", Request: string(item)}, "li", f.now)
		if !errors.Is(err, assess.ErrConflict) && !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%s is saved: %v", item, err)
		}
	}
	for name, period := range map[string]assess.Period{"a year": q4.Year(), "not open": q4.Next(), "published long ago": q3.Add(-4)} {
		if name == "published long ago" {
			f.cycle(period, assess.CyclePublished)
		}
		_, err := f.Save(t.Context(), desk.Save{Unit: heping, Period: period, Item: "bookhouses", Value: "1", Request: name}, "li", f.now)
		if !errors.Is(err, assess.ErrConflict) && !errors.Is(err, assess.ErrNotFound) {
			t.Errorf("%s takes a save: %v", name, err)
		}
	}
	if _, err := f.Form(t.Context(), "999999", q4, f.now); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("an unknown unit has a form: %v", err)
	}
}

// Every item of the district stands in one section, that of the first indicator it serves; numbers run through the form.
func TestTheLayoutOfTheForm(t *testing.T) {
	f := newFixture(t)
	number, seen := 0, map[assess.Code]assess.Code{}
	for _, s := range f.form(heping).Sections {
		for _, field := range s.Fields {
			if _, twice := seen[field.Item.Code]; twice {
				t.Errorf("%s stands twice", field.Item.Code)
			}
			seen[field.Item.Code] = s.Code
			if field.Kind == desk.Computed {
				continue
			}
			if number++; field.Number != number {
				t.Errorf("%s has the number %d, want %d", field.Item.Code, field.Number, number)
			}
		}
	}
	for item, section := range map[assess.Code]assess.Code{
		"union_members": "ideology", "ent25_unionised": "org_building", "warmth_fund_ytd": "assistance", "skill_upgrade_ytd": "skills",
		"union_rate_25plus": "org_building", "female_members": "org_building", "honoured": "", "nominees_total_ytd": "model_spirit",
	} {
		if seen[item] != section {
			t.Errorf("%s stands in %q, want %q", item, seen[item], section)
		}
	}
	page, err := f.Cell(t.Context(), heping, q4, "union_members", f.now)
	f.ok(err)
	if len(page.History) != 8 || len(page.Uses) != 5 || page.Section.Code != "ideology" || page.Field.Item.Definition.ZH == "" {
		t.Errorf("the page of a cell: %d quarters, %d uses, section %s", len(page.History), len(page.Uses), page.Section.Code)
	}
}

// On honest figures the form asks little: each question costs an officer a note.
func TestHonestFiguresAreSeldomQuestioned(t *testing.T) {
	testkit.Sequential(t)
	f := newFixture(t)
	typed, errors, warnings := 0, 0, 0
	for _, u := range f.edition.Roster.Units {
		f.history(u.Code)
		f.fill(u.Code, "li")
		c := f.form(u.Code).Counts
		typed, errors, warnings = typed+c.Filled, errors+c.Errors, warnings+c.Warnings
	}
	t.Logf("%d errors and %d warnings in %d honest figures", errors, warnings, typed)
	if errors > 0 || warnings > 5 {
		t.Errorf("%d errors and %d warnings in %d honest figures", errors, warnings, typed)
	}
}
