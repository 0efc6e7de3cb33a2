package refund

import "testing"

// TestKindsOfUnions: by their type in Chinese or English, by the end of their name where the type says nothing.
func TestKindsOfUnions(t *testing.T) {
	for _, c := range []struct {
		kind, name string
		want       UnionKind
	}{
		{"基层工会", "沈阳经济技术开发区鑫源商贸有限公司工会", Grassroots},
		{"", "沈阳经济技术开发区鑫源商贸有限公司工会委员会", Grassroots},
		{"机关工会", "沈阳市统计局机关工会", Grassroots},
		{"联合基层工会", "", Joint},
		{"", "新华街道联合工会委员会", Joint},
		{"分工会", "", Branch},
		{"乡镇街道工会", "", Local},
		{"开发区总工会", "", Local},
		{"", "和平区太原街街道总工会", Local},
		{"产业工会", "", Industry},
		{"区县总工会", "", District},
		{"", "和平区总工会", District},
		{"市总工会", "", City},
		{"省总工会", "", Province},
		{"grassroots", "", Grassroots},
		{"joint", "", Joint},
		{"branch", "", Branch},
		{"street", "", Local},
		{"subdistrict", "", Local},
		{"district", "", District},
		{"industry", "", Industry},
		{"city", "", City},
		{"province", "", Province},
	} {
		if got := kindOf(c.kind, c.name); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.kind, c.name, got, c.want)
		}
	}
	for status, want := range map[string]State{
		"正常": Active, "": Active, "active": Active, "1": Active, "已成立": Active, "未撤销": Active, "撤销": Dissolved, "已注销": Dissolved, "dissolved": Dissolved,
		"inactive": Dissolved, "closed": Dissolved, "整顿": Unsure, "?": Unsure,
	} {
		if got := stateOf(status); got != want {
			t.Errorf("%s: %d, want %d", status, got, want)
		}
	}
}

// TestChains: the chain of parents says the district; the union's own column only where the chain is broken.
func TestChains(t *testing.T) {
	for _, c := range []struct {
		name, parent, column string
		want                 Affiliation
	}{
		{"street, then district", "S1", "210181", Affiliation{District: 210102}},
		{"district", "D2", "", Affiliation{District: 210103}},
		{"industry union", "I1", "210102", Affiliation{District: 210100}},
		{"city", "C", "210102", Affiliation{District: 210100}},
		{"development zone under the city", "Z1", "", Affiliation{District: 210112}},
		{"the register begins at the street", "S9", "210102", Affiliation{District: 210104}},
		{"parent is missing", "gone", "210102", Affiliation{District: 210102, Broken: true}},
		{"no parent", "", "210102", Affiliation{District: 210102, Broken: true}},
		{"nothing", "", "", Affiliation{Broken: true}},
		{"in a circle", "U", "210102", Affiliation{District: 210102, Broken: true}},
		{"broken above, and the columns disagree", "B1", "210102", Affiliation{District: 210102, Broken: true, Doubt: true}},
		{"district without its code", "D9", "210102", Affiliation{District: 210102, Broken: true}},
	} {
		unions := append([]Union{
			{ID: "U", Parent: c.parent, District: c.column, Type: "基层工会"},
			{ID: "S9", Type: "街道工会", District: "210104"},
			{ID: "B1", Type: "街道工会", District: "210103", Parent: "gone"},
			{ID: "D9", Type: "区县总工会", Parent: "C"},
		}, above...)
		kinds := make([]UnionKind, len(unions))
		for i := range unions {
			kinds[i] = kindOf(unions[i].Type, unions[i].Name)
		}
		if got := affiliations(unions, kinds)[0]; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestDistrictsByName: of a tax office, with its city or by the districts of the register.
func TestDistrictsByName(t *testing.T) {
	kinds := make([]UnionKind, len(above))
	for i := range above {
		kinds[i] = kindOf(above[i].Type, above[i].Name)
	}
	local := districtsIn(above, kinds)
	for _, c := range []struct {
		code, office string
		want         int32
	}{
		{"210102", "", 210102},
		{"２１０１０２", "", 210102},
		{"210102001000", "", 210102},
		{"", "国家税务总局沈阳市和平区税务局", 210102},
		{"", "沈河区税务局", 210103},
		{"", "国家税务总局福州市鼓楼区税务局", 350102},
		{"", "第三税务所", 0},
		{"", "", 0},
		{"2101", "", 0},
	} {
		if got := local.of(c.code, c.office); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.code, c.office, got, c.want)
		}
	}
}

func TestPolicies(t *testing.T) {
	rows := []Policy{
		{Code: "2023", From: "2023-01-01", To: "2024-12-31", Basis: BasisTwoYears, Limit: 1_000_000, Cap: 1_000_000, Confirmed: true},
		{Code: "2025", From: "2025-01-01", Basis: BasisYear, Limit: 500_000},
	}
	for day, want := range map[string]string{"2022-12-31": "", "2023-01-01": "2023", "2024-12-31": "2023", "2025-01-01": "2025", "2030-01-01": "2025"} {
		got, ok := InForce(rows, day)
		if got.Code != want || ok != (want != "") {
			t.Errorf("%s: %s, want %s", day, got.Code, want)
		}
	}
	if !rows[1].Eligible(499_999) || rows[1].Eligible(500_000) {
		t.Error("the limit is not exclusive")
	}
	for _, bad := range []Policy{{}, {Basis: BasisYear}, {Basis: BasisYear, Limit: 1, Cap: -1}, {Basis: BasisYear, Limit: 1, From: "2025-01-02", To: "2025-01-01"}} {
		if bad.Check() == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
