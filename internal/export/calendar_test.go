package export_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the parser looks the zone up by its name

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
)

// By Monday to Friday 2026Q1 is due on Thursday 9 April 17:00, closes on Thursday 16 April 17:00 and is published on the 24th.
func deadlines(t *testing.T, unit assess.UnitCode, state assess.CycleState, now string, adjustments ...assess.Adjustment) export.Deadlines {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", now, zone)
	if err != nil {
		t.Fatal(err)
	}
	plan := cycle.NewPlan(cycle.NewCalendar(assess.Calendar{}, zone), assess.NewQuarter(2026, 1), assess.Assessment{}, adjustments)
	return export.Deadlines{Collections: []export.Collection{{Plan: plan, State: state}}, City: "210100", Unit: unit, Zone: zone, Now: at}
}

func postponed(day int) assess.Adjustment {
	return assess.Adjustment{
		Kind: assess.Postponed, Period: assess.NewQuarter(2026, 1), Step: cycle.StepDeadline, Day: time.Date(2026, 4, day, 0, 0, 0, 0, time.UTC),
		Reason: "系统升级;\r\nATTENDEE:x", By: "li.hua",
	}
}

func extended(day int) assess.Adjustment {
	return assess.Adjustment{Kind: assess.Extended, Period: assess.NewQuarter(2026, 1), Unit: "210102", Day: time.Date(2026, 4, day, 0, 0, 0, 0, time.UTC), Reason: "汛情"}
}

// read writes the deadlines as a file and reads them back with the library: event by UID.
func read(t *testing.T, d export.Deadlines) (string, map[string]*ics.VEvent) {
	t.Helper()
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := export.Calendar(&file, d, words.In(i18n.Chinese)); err != nil {
		t.Fatal(err)
	}
	parsed, err := ics.ParseCalendar(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]*ics.VEvent{}
	for _, e := range parsed.Events() {
		events[e.Id()] = e
	}
	if len(events) != len(parsed.Events()) {
		t.Errorf("%d events have %d UIDs", len(parsed.Events()), len(events))
	}
	return file.String(), events
}

func value(e *ics.VEvent, property ics.ComponentProperty) string {
	if p := e.GetProperty(property); p != nil {
		return p.Value
	}
	return ""
}

func TestCalendarHasTheDatesInTheZone(t *testing.T) {
	text, events := read(t, deadlines(t, "", assess.CycleOpen, "2026-04-02 09:00"))
	got := map[string]string{}
	for id, e := range events {
		start := e.GetProperty(ics.ComponentPropertyDtStart)
		got[id] = strings.Join(start.ICalParameters["TZID"], "") + strings.Join(start.ICalParameters["VALUE"], "") + " " + start.Value
	}
	want := map[string]string{
		"2026Q1.notice.all@210100.unionboard":        "DATE 20260317",
		"2026Q1.open.all@210100.unionboard":          "DATE 20260401",
		"2026Q1.snapshot.all@210100.unionboard":      "DATE 20260407",
		"2026Q1.deadline.all@210100.unionboard":      "Asia/Shanghai 20260409T170000",
		"2026Q1.reviewed.all@210100.unionboard":      "DATE 20260414",
		"2026Q1.second_review.all@210100.unionboard": "Asia/Shanghai 20260416T170000",
		"2026Q1.scored.all@210100.unionboard":        "DATE 20260417",
		"2026Q1.draft.all@210100.unionboard":         "DATE 20260421",
		"2026Q1.published.all@210100.unionboard":     "DATE 20260424",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	start, err := events["2026Q1.deadline.all@210100.unionboard"].GetStartAt()
	if err != nil || !start.Equal(time.Date(2026, 4, 9, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("the deadline is at %s, %v", start, err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %d is not one of the format: %q", i+1, line)
		}
	}
	for _, part := range []string{"METHOD:PUBLISH", "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n", "TZOFFSETTO:+0800", "TRIGGER:-P1D"} {
		if !strings.Contains(text, part) {
			t.Errorf("the file has no %s", part)
		}
	}
}

// A postponement keeps every UID, raises SEQUENCE of what it moves, and says why; a text in it does not become a line of its own.
func TestCalendarFollowsPostponements(t *testing.T) {
	before, after := deadlines(t, "210102", assess.CycleOpen, "2026-04-02 09:00"), deadlines(t, "210102", assess.CycleOpen, "2026-04-02 09:00", postponed(13))
	again := deadlines(t, "210102", assess.CycleOpen, "2026-04-02 09:00", postponed(13), extended(14))
	_, first := read(t, before)
	text, second := read(t, after)
	_, third := read(t, again)
	const deadline, published, open = "2026Q1.deadline.210102@210100.unionboard", "2026Q1.published.210102@210100.unionboard", "2026Q1.open.210102@210100.unionboard"
	got := map[string]string{}
	for _, id := range []string{deadline, published, open} {
		for _, events := range []map[string]*ics.VEvent{first, second, third} {
			e := events[id]
			got[id] += value(e, ics.ComponentPropertySequence) + " " + value(e, ics.ComponentPropertyDtStart) + " "
		}
	}
	want := map[string]string{
		deadline:  "0 20260409T170000 1 20260413T170000 2 20260414T170000 ",
		published: "0 20260424 1 20260428 1 20260428 ",
		open:      "0 20260401 0 20260401 0 20260401 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sequence and start (-want +got):\n%s", diff)
	}
	if said := value(second[deadline], ics.ComponentPropertyDescription); said != "各区县，主席签批\n原定 2026年4月9日，已调整：系统升级;\nATTENDEE:x" {
		t.Errorf("it says %q", said)
	}
	if strings.Contains(text, "\r\nATTENDEE") {
		t.Error("a text of a person became a property")
	}
	if said := value(third[deadline], ics.ComponentPropertyDescription); !strings.Contains(said, "汛情") {
		t.Errorf("it says %q", said)
	}
	edited := before
	edited.Edits = 2
	if _, events := read(t, edited); value(events[open], ics.ComponentPropertySequence) != "2" {
		t.Errorf("after two edits of the calendar the sequence is %s", value(events[open], ics.ComponentPropertySequence))
	}
}

func TestCalendarCancelsWhatWasOvertaken(t *testing.T) {
	_, events := read(t, deadlines(t, "", assess.CycleClosing, "2026-04-13 09:00"))
	for code, want := range map[string]string{
		"deadline": "CONFIRMED 0", "reviewed": "CANCELLED 1", "second_review": "CANCELLED 1", "scored": "CONFIRMED 0",
	} {
		e := events["2026Q1."+code+".all@210100.unionboard"]
		if got := value(e, ics.ComponentPropertyStatus) + " " + value(e, ics.ComponentPropertySequence); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}
