package demo

import (
	"fmt"
	"strconv"
)

// keepStations brings the register of service stations to the district's figures.
func (k *keeper) keepStations() {
	l := k.list(stations)
	if !k.begun {
		k.newStation().set("status", "closed")
	}
	want, _ := k.now("stations_active")
	active := fillUp(l.where("status", "active"), want, k.newStation, func(r *kept) { k.end(r, "suspended") })
	starred, _ := k.now("stations_star3")
	stars := func(r *kept) int {
		n, _ := strconv.Atoi(r.Record["star"])
		return n
	}
	settle(active, starred, func(r *kept) bool { return stars(r) >= 3 },
		func(r *kept) { r.set("star", k.draw(3, 5, "star", r.Record["station_no"])) },
		func(r *kept) { r.set("star", "2") })
	if k.period == k.last { // the figures of the year are brought up to date for the day on which the demonstration is looked at
		for _, r := range active {
			r.set("visits_ytd", k.draw(900, 14_000, "visits", r.Record["station_no"], k.period.String()))
		}
	}
}

func (k *keeper) newStation() *kept {
	no := k.number("station", 4)
	return k.list(stations).add(Record{
		"station_no": "YZ-" + string(k.unit) + "-" + no, "unit_code": string(k.unit), "name": fmt.Sprintf("%s示例工会驿站（%s）", k.place(), no),
		"build_type": k.pick([]string{"self_built", "co_built", "co_built", "shared", "shared"}, "build", no),
		"host_type":  k.pick([]string{"bank", "bank", "community", "community", "enterprise", "mall", "park", "street", "construction_site"}, "host", no),
		"address":    fmt.Sprintf("%s示例路%s号", k.place(), no), "area_m2": k.draw(12, 90, "area", no), "capacity": k.draw(6, 40, "capacity", no),
		"lng": fmt.Sprintf("123.%03d", k.between(100, 800, "lng", no)), "lat": fmt.Sprintf("41.%03d", k.between(500, 990, "lat", no)),
		"open_hours": "08:00-20:00", "is_24h": k.pick([]string{"false", "false", "false", "true"}, "24h", no), "is_smart": k.pick([]string{"false", "false", "true"}, "smart", no),
		"facilities": k.pick([]string{"seating、water、charging", "seating、water、microwave、charging", "seating、water、charging、first_aid、books"}, "facilities", no),
		"star":       k.draw(1, 2, "stars", no), "star_valid_until": "2027-12-31", "opened_on": onDay(k.founded("opened", no)), "manager_phone": k.telephone(k.between(0, 999, "phone", no)),
		"visits_ytd": k.draw(900, 14_000, "visits", no), "status": "active", "source_note": label,
	})
}
