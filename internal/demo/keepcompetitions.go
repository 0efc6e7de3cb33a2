package demo

import (
	"fmt"
	"strconv"
)

// keepCompetitions writes down the competitions of a quarter, and one inside an enterprise, which counts for nothing.
func (k *keeper) keepCompetitions() {
	_, held := k.now("competitions_completed_ytd")
	_, people := k.now("competition_participants_ytd")
	for i := range held {
		k.newCompetition(share(people, held, i), k.pick([]string{"district", "district", "district", "city"}, "level", k.period.String(), strconv.FormatInt(i, 10)))
	}
	k.newCompetition(k.between(12, 60, "inside", k.period.String()), "enterprise")
}

func (k *keeper) newCompetition(people int64, level string) {
	year := strconv.Itoa(k.period.CalendarYear())
	no := year + "-" + k.number("competition "+year, 3)
	begun := k.day(2, 60, "begun", no)
	trade := k.pick([]string{"焊工", "电工", "钳工", "数控车工", "育婴员", "养老护理员", "快递员", "中式烹调师", "起重工", "汽车维修工"}, "trade", no)
	registered := people + k.between(0, 1+people/8, "registered", no)
	scope := k.pick([]string{"regional", "sector", "sector", "new_employment"}, "scope", no)
	if level == "enterprise" {
		scope = "enterprise"
	}
	k.list(competitions).add(Record{
		"competition_no": "JS-" + string(k.unit) + "-" + no, "unit_code": string(k.unit), "name": fmt.Sprintf("%s示例职工%s技能竞赛（%s）", k.place(), trade, no),
		"level": level, "scope": scope, "organiser": k.place() + "示例工会", "trades": trade, "started_on": onDay(begun), "ended_on": onDay(begun.AddDate(0, 0, int(k.between(0, 12, "days", no)))),
		"mode": k.pick([]string{"onsite", "mixed", "mixed", "theory"}, "mode", no), "enterprises_count": k.draw(1, 1+people/6, "enterprises", no),
		"participants_registered": strconv.FormatInt(max(1, registered), 10), "participants_actual": strconv.FormatInt(people, 10), "participants_female": strconv.FormatInt(people*k.between(15, 55, "women", no)/100, 10),
		"first_prizes": "1", "second_prizes": "2", "third_prizes": "3", "result_doc_no": "演示竞字〔" + year + "〕" + no[len(year)+1:] + "号", "status": "completed", "source_note": label,
	})
}
