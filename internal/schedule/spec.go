package schedule

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the city's time zone is there on every machine

	"github.com/robfig/cron/v3"
)

// lookBack bounds the search for missed slots: a yearly job is still caught up, an older gap is not.
const lookBack = 400 * 24 * time.Hour

// Spec says when a job is due: the five fields minute, hour, day of month, month, day of week ("30 6 * * *"), or one of
// @hourly, @daily, @weekly, @monthly, @yearly.
type Spec struct {
	text string
	plan cron.Schedule
	zone *time.Location
	// hourly: due at every hour of the days it is due on.
	hourly bool
}

// Parse reads a cron spec whose times are those of a zone. What it refuses, and why: TZ= and CRON_TZ= (the zone is set in one
// place, and the parser panics on some of them), @every (its times depend on when the program started, so no due time could be
// found again), and specs that are never due (30 February).
func Parse(text string, zone *time.Location) (spec Spec, err error) {
	text = strings.TrimSpace(text)
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%q is not a schedule: %v", text, r)
		}
	}()
	switch {
	case strings.Contains(text, "TZ="):
		return Spec{}, fmt.Errorf("%q names a time zone; leave it out, every schedule is in %s", text, zone)
	case strings.HasPrefix(text, "@every"):
		return Spec{}, fmt.Errorf("%q has no fixed due times; write \"*/15 * * * *\" for every 15 minutes", text)
	}
	plan, err := cron.ParseStandard(text)
	if err != nil {
		return Spec{}, fmt.Errorf(
			"%q is not a schedule (%w); write minute, hour, day of month, month and day of week (0–6, 0 is Sunday): \"30 6 * * *\" is every day at 06:30",
			text, err)
	}
	spec = Spec{text: text, plan: plan, zone: zone, hourly: everyHour(plan)}
	if spec.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, zone)).IsZero() {
		return Spec{}, fmt.Errorf("%q is never due: that day does not exist", text)
	}
	return spec, nil
}

// everyHour says whether a plan has all 24 hours.
func everyHour(plan cron.Schedule) bool {
	const hours = 1<<24 - 1
	fields, ok := plan.(*cron.SpecSchedule)
	return ok && fields.Hour&hours == hours
}

// String answers the spec as it was written.
func (s Spec) String() string { return s.text }

// Next answers the first due time after a time, in the zone of the spec; the zero time where there is none in five years. Where the
// clocks are changed, what is due every hour stays due every hour; what is due at an hour of the day is due once on that day: at the
// first of two such hours, and in place of one that there is not at the moment the clocks are put forward.
func (s Spec) Next(after time.Time) time.Time {
	if s.plan == nil {
		return time.Time{}
	}
	after = after.In(s.zone)
	if s.hourly {
		return s.plan.Next(after)
	}
	shown := after.UTC().Add(time.Duration(offsetAt(after, s.zone)) * time.Second) // what the clocks show, as if it were UTC
	for {
		if shown = s.plan.Next(shown); shown.IsZero() {
			return shown
		}
		if slot := firstShown(shown, s.zone); slot.After(after) {
			return slot
		}
	}
}

// firstShown answers when the clocks of a zone first show a time, or jump over it.
func firstShown(shown time.Time, zone *time.Location) time.Time {
	const halfDay = 12 * time.Hour // more than the clocks are ever changed by
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	_, before := shown.Add(-seconds(offsetAt(shown, zone)) - halfDay).In(zone).Zone()
	slot := shown.Add(-seconds(before)).In(zone)
	after := offsetAt(slot, zone)
	if after == before {
		return slot
	}
	changed, _ := slot.ZoneBounds()
	if slot = slot.Add(seconds(before - after)); slot.Before(changed) {
		return changed
	}
	return slot
}

func offsetAt(t time.Time, zone *time.Location) int {
	_, offset := t.In(zone).Zone()
	return offset
}

// Missed answers the due times after last up to and including now, oldest first. With a zero last, when the job has never run,
// nothing was missed. It looks back 400 days at most.
func Missed(spec Spec, last, now time.Time) []time.Time {
	if last.IsZero() {
		return nil
	}
	if oldest := now.Add(-lookBack); last.Before(oldest) {
		last = oldest
	}
	var slots []time.Time
	for slot := spec.Next(last); !slot.IsZero() && !slot.After(now); slot = spec.Next(slot) {
		slots = append(slots, slot)
	}
	return slots
}
