package web_test

import (
	"net/http"
	"slices"
	"testing"
)

// TestAFigureOpensToItsRecords: the list of a register shows those that a figure was counted from, and its number; a figure of another table,
// and of another district, is none.
func TestAFigureOpensToItsRecords(t *testing.T) {
	k := newKeepers(t)
	k.sampleRecord()
	k.studio(t, "GZS-210102-0002", "status", "停用", "leader_name", "甲")
	k.studio(t, "GZS-210103-0001", "unit_code", "210103", "leader_name", "乙")
	const a, b, c = "GZS-210102-0001", "GZS-210102-0002", "GZS-210103-0001"
	for _, want := range []struct {
		who, query string
		status     int
		keys       []string
		says       string
	}{
		{"heping", "?figure=studios_active&period=2026Q1&unit=210102", http.StatusOK, []string{a}, "1 家"},
		{"heping", "?figure=studios_active&period=2026Q1", http.StatusOK, []string{a}, "1 家"},
		{"economy", "?figure=studios_active&period=2026Q1", http.StatusOK, []string{a, c}, "2 家"},
		{"economy", "?figure=studio_joint_projects_ytd&period=2026Q1", http.StatusOK, []string{a, c}, "本年联合攻关项目（项）"},
		{"heping", "?figure=studios_active&period=2026Q1&unit=210103", http.StatusForbidden, nil, ""},
		{"heping", "?figure=stations_active&period=2026Q1&unit=210102", http.StatusNotFound, nil, ""},
		{"heping", "?figure=union_members&period=2026Q1&unit=210102", http.StatusNotFound, nil, ""},
		{"heping", "?figure=studios_active&period=yesterday&unit=210102", http.StatusBadRequest, nil, ""},
	} {
		answer := k.as(want.who).get("/registers/innovation_studios" + want.query)
		if got := shows(answer.body, a, b, c); answer.StatusCode != want.status || !slices.Equal(got, want.keys) || len(shows(answer.body, want.says)) != 1 {
			t.Errorf("%s asks for %s: %d, %v, %q", want.who, want.query, answer.StatusCode, got, want.says)
		}
	}
}
