package chart_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/chart"
)

func timeline() chart.Timeline {
	days := []chart.TimelineDay{
		{Text: "31", Month: "3月"},
		{Text: "1", Month: "4月"},
		{Text: "2"},
		{Text: "3"},
		{Text: "4", Off: true, Holiday: "清明节", Length: 3},
		{Text: "5", Off: true},
		{Text: "6", Off: true},
		{Text: "7", Off: true, Holiday: "Tomb-Sweeping Day", Length: 1},
		{Text: "8"},
	}
	return chart.Timeline{Days: days, Now: 3, NowText: "今天", Rows: []chart.TimelineRow{
		{Name: "锁定目标", Who: "考核办", Note: "已完成", From: 0, To: 0, State: chart.Done},
		{Name: "填报", Who: `<区县> & "各部门"`, Note: "还有 3 天", From: 1, To: 8, State: chart.UnderWay},
		{Name: "审核", Note: "未开始", From: 8, To: 8},
	}}
}

// TestTimeline: a column a day, days off shaded, the work under way filled up to today, the name of a holiday only where it fits.
func TestTimeline(t *testing.T) {
	picture := timeline().Draw(`日程："4月"`)
	elements := read(t, picture)
	shaded, filled, dashed := 0, "", 0
	for _, e := range elements {
		switch {
		case e.name == "rect" && e.attributes["fill"] == "#EEF2F6":
			shaded++
		case e.name == "rect" && e.attributes["fill"] == "#1F5FA8":
			filled = e.attributes["x"] + "+" + e.attributes["width"]
		case e.name == "rect" && e.attributes["stroke-dasharray"] != "":
			dashed++
		}
	}
	// The second row begins in column 1, at 200 + 19 + 2, and today is the middle of column 3, at 200 + 57 + 9.5.
	if shaded != 4 || filled != "221+45.5" || dashed != 1 {
		t.Errorf("%d days shaded, filled %s, %d bars to come; want 4, 221+45.5, 1", shaded, filled, dashed)
	}
	if !strings.Contains(picture, ">清明节<") || strings.Contains(picture, "Tomb-Sweeping") {
		t.Error("the names of holidays do not keep to their room")
	}
	if count(elements, "title") != 3 || elements[0].attributes["aria-label"] != `日程："4月"` {
		t.Errorf("%d titles, label %q", count(elements, "title"), elements[0].attributes["aria-label"])
	}
	away := timeline()
	away.Now = -1
	if strings.Contains(away.Draw(""), "今天") {
		t.Error("today stands in weeks it is not part of")
	}
}

// TestALongTimelineKeepsItsWeeks: three months are as wide as six weeks, and the weeks keep their numbers.
func TestALongTimelineKeepsItsWeeks(t *testing.T) {
	long := chart.Timeline{Now: -1, Rows: []chart.TimelineRow{{Name: "填报", To: 90}}}
	for i := range 91 {
		long.Days = append(long.Days, chart.TimelineDay{Text: strconv.Itoa(i + 1), Week: i%7 == 0})
	}
	elements := read(t, long.Draw(""))
	numbers := 0
	for _, e := range elements {
		if e.name == "text" && e.attributes["text-anchor"] == "middle" {
			numbers++
		}
	}
	if width := elements[0].attributes["width"]; width != "1284" || numbers != 13 {
		t.Errorf("%s pixels wide with %d numbers, want 1284 with 13", width, numbers)
	}
}
