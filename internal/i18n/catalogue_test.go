package i18n_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/i18n"
)

func words(t testing.TB, lang string) i18n.Words {
	t.Helper()
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return c.In(lang)
}

func texts(t *testing.T, name string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]string
	if err := json.Unmarshal(content, &m); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func keys(m map[string]string) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func TestBothLanguagesHaveTheSameKeys(t *testing.T) {
	zh, en := texts(t, "zh-CN.json"), texts(t, "en.json")
	if diff := cmp.Diff(keys(zh), keys(en)); diff != "" {
		t.Errorf("keys differ (-zh +en):\n%s", diff)
	}
}

// TestBothLanguagesHaveTheSamePlaceholders: a sentence that lost a {name} in translation would lose a figure on the page.
func TestBothLanguagesHaveTheSamePlaceholders(t *testing.T) {
	placeholder := regexp.MustCompile(`\{([a-z_]+)[|}]`)
	set := func(text string) []string {
		var found []string
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	zh, en := texts(t, "zh-CN.json"), texts(t, "en.json")
	for key := range zh {
		if diff := cmp.Diff(set(zh[key]), set(en[key])); diff != "" {
			t.Errorf("%s: placeholders differ (-zh +en):\n%s", key, diff)
		}
	}
}

func TestKeysAreWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	braces := regexp.MustCompile(`^([^{}]|\{[a-z][a-z0-9_]*(\|[^{}|]+\|[^{}|]+)?\})*$`)
	for _, name := range []string{"zh-CN.json", "en.json"} {
		for key, text := range texts(t, name) {
			if !form.MatchString(key) {
				t.Errorf("%s: key %q; write group.name in lower case", name, key)
			}
			if !braces.MatchString(text) {
				t.Errorf("%s: %s has an unpaired brace or a bad placeholder: %q", name, key, text)
			}
		}
	}
}

func TestSentences(t *testing.T) {
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ got, want string }{
		{c.T("zh", "gap.short", "amount", "36 家"), "还差 36 家"},
		{c.T("en", "gap.short", "amount", "36"), "short by 36"},
		{c.T("de", "light.red"), "滞后"}, // an unknown language is Chinese
		{c.T("zh", "no.such_key", "amount", 1), "no.such_key"},
		{c.T("zh", "gap.short"), "还差 {amount}"},
		{c.T("zh", "gap.short", "amount"), "还差 {amount}"}, // a name without a value
		{c.T("zh", "common.scheme", "year", 2026, "number", 1), "方案 2026-1"},
		{c.Say("en", "problem.unit_unknown", map[string]string{"value": "x"}), "There is no unit x in this period; choose one from the pages."},
		{c.T("en", "web.todo.chase.late", "n", 1), "1 report is overdue"},
		{c.T("en", "web.todo.chase.late", "n", 11), "11 reports are overdue"},
		{c.T("en", "web.city.paste.script"), "{n} cells pasted; save to keep them."}, // a script fills it in
		{c.Say("en", "fill.left.days", map[string]string{"n": "1"}), "1 calendar day left"},
		{c.T("zh", "gap.short", "amount", "{amount}"), "还差 {amount}"}, // a value is not filled again
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
	if !c.Has("en", "light.red") || c.Has("en", "light.blue") {
		t.Error("Has does not tell what there is")
	}
}

// TestOneIsNotMany: an English sentence that counts something says 1 day and 2 days. What is named here is never 1, or a limit.
func TestOneIsNotMany(t *testing.T) {
	never := []string{
		"definition_holiday_length", "web.accounts.new.why", "web.handover", "web.person.password.why", // hours and days a rule sets
		"question.", "problem.password_reused", "problem.panel_axes", "problem.return_rounds", // more than a few, or none is said
		"sentence.indicators_red", "web.calendar.reported", "web.mapping.is", // of so many; a number, not a count
		"problem.column_length", "problem.matter_long", "problem.workbook_parts", "problem.definition_too_large", // more than what they should be
	}
	counting := regexp.MustCompile(`\{(n|count|all|days|hours|people|units|due|waiting|empty|errors|unnoted|typed|cases|rows|refused|tokens|counting|minutes)\} ((working|calendar|hidden|more|returned|overdue|unsaved|rated|older|new|fewer) )?([a-z]+s|are|were|have|people)\b`)
	for key, text := range texts(t, "en.json") {
		if strings.HasPrefix(key, "sentence.") && strings.Contains(text, "|") {
			t.Errorf("%s is filled with figures that are links, and has no two forms: %q", key, text)
		}
		exempt := slices.ContainsFunc(never, func(part string) bool { return strings.Contains(key, part) })
		if m := counting.FindStringSubmatch(text); m != nil && !exempt && !slices.Contains([]string{"is", "was", "has", "points", "percentage", "characters"}, m[4]) {
			t.Errorf("%s: %q for 1 is wrong in %q; write {%s|one form|the other}", key, m[0], text, m[1])
		}
	}
}

func TestParts(t *testing.T) {
	got := words(t, "zh").Parts("sentence.lags")
	want := []i18n.Part{{Name: "indicators"}, {Text: " 项指标滞后，涉及 "}, {Name: "units"}, {Text: " 个区县"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestChinesePunctuation: Chinese sentences carry Chinese punctuation.
func TestChinesePunctuation(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}[,;:?!]|[,;:?!]\p{Han}`)
	for key, text := range texts(t, "zh-CN.json") {
		if han.MatchString(text) {
			t.Errorf("%s: ASCII punctuation beside a Chinese character: %q", key, text)
		}
		if strings.Contains(text, "  ") {
			t.Errorf("%s: two spaces: %q", key, text)
		}
	}
}
