package demo

import (
	"fmt"
	"strconv"
)

// honoured are the honours by which a studio counts as led by a model worker or craftsman.
func honoured() []string {
	return []string{"craftsman", "craftsman", "city_model_worker", "city_model_worker", "provincial_model_worker", "national_model_worker"}
}

// hostsFrom keeps the firms that are hosts apart from those to which dues go back.
const hostsFrom = 500

// keepStudios brings the register of innovation studios to the district's figures.
func (k *keeper) keepStudios() {
	l := k.list(studios)
	if !k.begun {
		k.newStudio().set("status", "suspended") // a register has old ones too
	}
	want, _ := k.now("studios_active")
	active := fillUp(l.where("status", "active"), want, k.newStudio, func(r *kept) { k.end(r, "suspended") })
	teaching, _ := k.now("studios_skill_transfer")
	settle(active, teaching, func(r *kept) bool { return r.Record["studio_type"] == "skill_transfer" },
		func(r *kept) {
			r.set("studio_type", "skill_transfer")
			r.set("trained_ytd", k.draw(20, 260, "trained", r.Record["studio_no"]))
		},
		func(r *kept) {
			r.set("studio_type", k.pick([]string{"tech_breakthrough", "process_improvement", "management_innovation", "service_innovation"}, "type", r.Record["studio_no"]))
		})
	led, _ := k.now("studios_model_led")
	settle(active, led, func(r *kept) bool { return r.Record["leader_honour"] != "staff_expert" },
		func(r *kept) { r.set("leader_honour", k.pick(honoured(), "honour", r.Record["studio_no"])) },
		func(r *kept) { // somebody else leads it now
			r.set("leader_honour", "staff_expert")
			r.set("leader_name", k.person("successor", r.Record["studio_no"], k.period.String()))
		})
	k.keepProjects(active)
}

// keepProjects divides the joint projects of the year over the studios. Those that have none of it keep the figures of their last year.
func (k *keeper) keepProjects(active []*kept) {
	projects, _ := k.now("studio_joint_projects_ytd")
	year := strconv.Itoa(k.period.CalendarYear())
	for i, r := range active {
		n := share(projects, int64(len(active)), int64(i))
		if r.Record["figures_year"] != year && n == 0 {
			continue
		}
		if r.Record["figures_year"] != year {
			r.set("figures_year", year)
			r.set("results_ytd", "0")
			r.set("applied_ytd", "0")
		}
		if n > 0 {
			r.set("results_ytd", k.draw(n, 2*n+2, "results", r.Record["studio_no"], year))
			r.set("applied_ytd", k.draw(0, n, "applied", r.Record["studio_no"], year))
		}
		r.set("joint_projects_ytd", strconv.FormatInt(n, 10))
	}
}

func (k *keeper) newStudio() *kept {
	no := k.number("studio", 4)
	founded := k.founded("founded", no)
	leader := k.person("leader", no)
	return k.list(studios).add(Record{
		"studio_no": "GZS-" + string(k.unit) + "-" + no, "unit_code": string(k.unit), "name": fmt.Sprintf("%s示例创新工作室（%s）", k.place(), no),
		"host_org_name": k.firm(hostsFrom + int64(k.serials["studio"])), "industry": k.pick([]string{"equipment", "automotive", "aviation", "energy", "construction", "transport", "health", "education", "services"}, "industry", no),
		"studio_type": k.pick([]string{"tech_breakthrough", "process_improvement", "management_innovation", "service_innovation"}, "type", "GZS-"+string(k.unit)+"-"+no),
		"leader_name": leader, "leader_honour": "staff_expert", "level": k.pick([]string{"enterprise", "district", "district", "city", "city", "provincial"}, "level", no),
		"established_on": onDay(founded), "members_count": k.draw(5, 28, "members", no), "apprentices_count": k.draw(0, 16, "apprentices", no),
		"figures_year": strconv.Itoa(max(founded.Year(), k.period.CalendarYear()-1)), "results_ytd": "0", "applied_ytd": "0", "joint_projects_ytd": "0", "trained_ytd": k.draw(20, 260, "trained", no),
		"status": "active", "status_changed_on": onDay(founded), "source_note": label,
	})
}

// end takes a studio or a station out of use.
func (k *keeper) end(r *kept, status string) {
	r.set("status", status)
	if _, dated := r.Record["status_changed_on"]; dated {
		r.set("status_changed_on", onDay(k.day(10, 80, "ended", r.Record["studio_no"])))
	}
}
