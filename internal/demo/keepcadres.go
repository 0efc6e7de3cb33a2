package demo

import (
	"strconv"
	"time"
)

// longestStint is how many days of workshop labour one event has at most.
const longestStint = 5

// keepCadres brings the register of young cadres and their events to the district's figures.
func (k *keeper) keepCadres() {
	want, _ := k.now("young_cadres_active")
	active := k.list(cadres).where("status", "active")
	for len(active) > int(want) { // whoever came first has finished the programme
		active[0].set("status", "graduated")
		active = active[1:]
	}
	active = fillUp(active, want, k.newCadre, nil)
	paired, _ := k.now("young_cadres_paired")
	settle(active, paired, func(r *kept) bool { return r.Record["pairing_status"] == "paired" }, k.pair,
		func(r *kept) { r.set("pairing_status", "expired") })
	k.keepTalks(active)
	k.keepLabour(active)
	if k.period.Part() == 2 && len(active) > 1 {
		k.newEvent(active[len(active)-1], Record{
			"event_type": "secondment", "host_org": k.place() + "示例街道办事处", "host_level": "peer", "approval_no": "演示跟班〔" + strconv.Itoa(k.period.CalendarYear()) + "〕1号", "days": "20",
		}, 5, 40, 30)
	}
}

// keepTalks lets those give a talk who have not yet had one this year, in the order of their numbers.
func (k *keeper) keepTalks(active []*kept) {
	all, added := k.now("young_cadres_talked_ytd")
	for _, r := range active[all-added : all] {
		k.newEvent(r, Record{
			"event_type": "platform_talk", "platform": k.pick([]string{"cadre_forum", "youth_talk"}, "platform", r.Record["cadre_no"], k.period.String()), "topic": "演示：我的工会工作",
		}, 3, 80, 0)
	}
}

// keepLabour divides the days of workshop labour of the quarter over the cadres.
func (k *keeper) keepLabour(active []*kept) {
	all, left := k.now("workshop_days_ytd")
	at := int(all-left) / longestStint
	for ; left > 0; at++ {
		days := min(left, longestStint)
		k.newEvent(active[at%len(active)], Record{"event_type": "workshop_labour", "host_org": k.firm(int64(at)), "host_level": "grassroots", "days": strconv.FormatInt(days, 10)}, 3, 76, int(days)+1)
		left -= days
	}
}

// newEvent writes down an event of a cadre that begins between two days of the quarter and lasts so many.
func (k *keeper) newEvent(of *kept, r Record, from, to int64, lasts int) {
	no := k.number("event", 5)
	begun := k.day(from, to, "event", no)
	r["event_no"], r["cadre_no"], r["occurred_on"] = "HD-"+string(k.unit)+"-"+no, of.Record["cadre_no"], onDay(begun)
	if r["summary_zh"] = label; lasts > 0 {
		r["ended_on"] = onDay(begun.AddDate(0, 0, lasts))
	}
	k.list(cadreEvents).add(r)
}

func (k *keeper) newCadre() *kept {
	no := k.number("cadre", 3)
	year := k.period.CalendarYear()
	born := time.Date(year-int(k.between(24, 33, "age", no)), time.Month(k.between(1, 12, "month", no)), 1, 0, 0, 0, 0, time.UTC)
	return k.list(cadres).add(Record{
		"cadre_no": "QNGB-" + string(k.unit) + "-" + no, "unit_code": string(k.unit), "name": k.person("cadre", no), "gender": k.pick([]string{"f", "m"}, "gender", no),
		"birth_month": born.Format("2006-01"), "org": k.place() + "示例工会", "position": k.pick([]string{"干事", "科员", "社会化工会工作者"}, "position", no), "programme_year": strconv.Itoa(year),
		"pairing_status": "none", "training_hours_ytd": k.draw(8, 72, "hours", no), "status": "active", "source_note": label,
	})
}

// pair gives a cadre a mentor.
func (k *keeper) pair(r *kept) {
	r.set("pairing_status", "paired")
	r.set("mentor_type", k.pick([]string{"model_worker", "craftsman", "senior_cadre", "expert"}, "kind", r.Record["cadre_no"]))
	r.set("mentor_name", k.person("mentor", r.Record["cadre_no"]))
	r.set("paired_on", onDay(k.day(4, 60, "paired", r.Record["cadre_no"])))
}
