package source_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// everything is a mapping that says all there is to say.
var everything = source.Mapping{
	Sheet: "汇总", Transposed: true, Skip: 2, Heads: 2, End: []string{"注", "填表人"},
	Columns: []source.Column{
		{Head: "区县", Role: source.RoleUnit},
		{At: 3, Role: source.RoleValue, Unit: "210102", Period: "2026年三季度", Item: "union_members", Factor: "万"},
		{Head: "排名", Role: source.RoleNone},
	},
	Unit: source.Constant{From: source.FromCell, Cell: "B2"}, Period: source.Constant{Value: "2026Q3"}, Year: 2026, Length: source.Quarters,
	Units: []source.Word{{Word: "和平区总工会", Code: "210102"}, {Word: "合计"}}, Items: []source.Word{{Word: "会费收入(万元)", Code: "dues", Factor: "10000"}},
	States: []source.Word{{Word: "零报送", Code: "zero_report"}}, Missing: []string{"无", "未统计"},
}

// What is written is read back the same.
func TestMappingIsKeptAsItIs(t *testing.T) {
	for _, m := range []source.Mapping{{}, everything} {
		back, err := source.ParseMapping("mapping", []byte(m.Text()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, *back); diff != "" {
			t.Errorf("-written +read\n%s", diff)
		}
	}
}

// A mapping is read as strictly as every JSON: nothing in it is passed over.
func TestMappingIsStrict(t *testing.T) {
	const start = `{"schema":"unionboard/mapping/1"`
	for _, one := range []struct{ json, key, field string }{
		{`{}`, "problem.json_key_missing", "schema"},
		{`{"schema":"unionboard/values/1"}`, "problem.json_schema", "schema"},
		{start + `,"Sheet":"a"}`, "problem.json_key_unknown", "Sheet"},
		{start + `,"sheet":"a","sheet":"b"}`, "problem.json_key_twice", ""},
		{start + `,"skip":-1}`, "problem.mapping_number", "skip"},
		{start + `,"skip":1.5}`, "problem.mapping_number", "skip"},
		{start + `,"skip":"1"}`, "problem.json_kind", "skip"},
		{start + `,"transposed":"yes"}`, "problem.json_kind", "transposed"},
		{start + `,"length":"week"}`, "problem.mapping_choice", "length"},
		{start + `,"columns":[{"head":"a","role":"figure"}]}`, "problem.mapping_choice", "columns[0].role"},
		{start + `,"columns":[{"role":"value"}]}`, "problem.mapping_head", "columns[0]"},
		{start + `,"columns":[{"head":"a","role":"unit"}]}`, "problem.mapping_values", "columns"},
		{start + `,"columns":[{"head":"a","role":"value"},{"head":"Ａ ","role":"none"}]}`, "problem.column_twice", "columns[1]"},
		{start + `,"columns":[{"head":"a","role":"unit"},{"head":"b","role":"unit"},{"head":"c","role":"value"}]}`, "problem.mapping_role", "columns[1]"},
		{start + `,"columns":[{"head":"a","role":"value","factor":"0"}]}`, "problem.mapping_factor", "columns[0]"},
		{start + `,"columns":[{"head":"a","role":"value","period":"三季度"}]}`, "problem.mapping_period", "columns[0]"},
		{start + `,"columns":[{"head":"a","role":"value","colour":"red"}]}`, "problem.json_key_unknown", "columns[0].colour"},
		{start + `,"units":[{"code":"210102"}]}`, "problem.json_key_missing", "units[0].word"},
		{start + `,"units":[{"word":"a","factor":"2"}]}`, "problem.json_key_unknown", "units[0].factor"},
		{start + `,"units":[{"word":"a"},{"word":" Ａ"}]}`, "problem.mapping_word_twice", "units[1]"},
		{start + `,"unit":{"from":"cell"}}`, "problem.mapping_constant", "unit"},
		{start + `,"unit":{"from":"cell","cell":"12"}}`, "problem.mapping_constant", "unit"},
		{start + `,"unit":{"from":"file","value":"a"}}`, "problem.mapping_constant", "unit"},
		{start + `,"period":{"value":"soon"}}`, "problem.mapping_period", "period"},
		{start + `,"missing":[1]}`, "problem.json_kind", "missing[0]"},
		{start + `,"missing":[" "]}`, "problem.mapping_word", "missing[0]"},
		{start + `} x`, "problem.json_syntax", ""},
	} {
		_, err := source.ParseMapping("m.json", []byte(one.json))
		fault, _ := errors.AsType[*assess.Problem](err)
		if fault == nil || fault.Key != one.key || fault.Place.Field != one.field || fault.Place.File != "m.json" {
			t.Errorf("%s\n is %v at %+v; want %s at %s", one.json, err, placeOf(fault), one.key, one.field)
		}
	}
}

func placeOf(p *assess.Problem) assess.Place {
	if p == nil {
		return assess.Place{}
	}
	return p.Place
}

// value is what was read of one figure.
type value struct{ Unit, Period, Code, Value, At string }

func valuesOf(r source.Reading) (all []value) {
	for _, e := range r.Entries {
		all = append(all, value{string(e.Unit), e.PeriodText, string(e.Code), e.Value, e.At("value").String()})
	}
	return all
}

// Tables of many layouts come to the same entries.
func TestTablesAreReadByTheirMapping(t *testing.T) {
	units := []source.Word{{Word: "和平区总工会", Code: "210102"}, {Word: "和平", Code: "210102"}, {Word: "沈河区总工会", Code: "210103"}, {Word: "合计"}}
	for _, one := range []struct {
		name, file, table string
		mapping           source.Mapping
		want              []value
	}{
		{
			"an item's values side by side, heads of two rows, a title, a total, notes", "三季度.csv",
			"全市工会情况表,,,\n区县,会员,经费,排名\n,人数,收入（万元）,\n和平区总工会,30412,1.25,1\n沈河区总工会,—,98%,2\n合计,60000,3,\n注：截至九月底,,,\n和平,1,1,1\n",
			source.Mapping{
				Skip: 1, Heads: 2, End: []string{"注"}, Units: units, Period: source.Constant{Value: "2026年三季度"},
				Columns: []source.Column{
					{Head: "区县", Role: source.RoleUnit},
					{Head: "会员/人数", Role: source.RoleValue, Item: "members"},
					{Head: "经费/收入(万元)", Role: source.RoleValue, Item: "dues", Factor: "万"},
					{Head: "排名", Role: source.RoleNone},
				},
			},
			[]value{
				{"210102", "2026Q3", "members", "30412", "三季度.csv:4:2"},
				{"210102", "2026Q3", "dues", "12500", "三季度.csv:4:3"},
				{"210103", "2026Q3", "members", "", "三季度.csv:5:2"},
				{"210103", "2026Q3", "dues", "98", "三季度.csv:5:3"},
			},
		},
		{
			"a unit's values side by side, the period in the file's name", "2026年第三季度报表.csv", "指标;和平区总工会;沈河区总工会\n会员;3;4\n经费;1,5;2\n",
			source.Mapping{
				Period: source.Constant{From: source.FromFile}, Items: []source.Word{{Word: "会员", Code: "members", Factor: "100"}, {Word: "经费", Code: "dues"}},
				Columns: []source.Column{
					{Head: "指标", Role: source.RoleItem}, {Head: "和平区总工会", Role: source.RoleValue, Unit: "210102"}, {At: 3, Role: source.RoleValue, Unit: "210103"},
				},
			},
			[]value{
				{"210102", "2026Q3", "members", "300", "2026年第三季度报表.csv:2:2"},
				{"210103", "2026Q3", "members", "400", "2026年第三季度报表.csv:2:3"},
				{"210103", "2026Q3", "dues", "2", "2026年第三季度报表.csv:3:3"},
			},
		},
		{
			"periods side by side, transposed, unit in a cell", "a.tsv", "单位\t和平区\n指标\t会员\n1季度\t１２\n二季度\t1.2万\n",
			source.Mapping{
				Transposed: true, Skip: 0, Year: 2026, Unit: source.Constant{From: source.FromCell, Cell: "B1"}, Units: units,
				Columns: []source.Column{
					{At: 2, Role: source.RoleItem}, {Head: "1季度", Role: source.RoleValue, Period: "1季度"}, {Head: "二季度", Role: source.RoleValue, Period: "Q2"},
				},
				Items: []source.Word{{Word: "会员", Code: "members", Factor: "10"}},
			},
			[]value{{"210102", "2026Q1", "members", "120", "a.tsv:3:2"}, {"210102", "2026Q2", "members", "12000", "a.tsv:4:2"}},
		},
		{
			"the tidy form with words", "a.csv", "unit,period,code,value\n和平,2026年9月,会员,无\n和平,202609,会员,1.5\n",
			source.Mapping{Length: source.Quarters, Units: units, Missing: []string{"无"}, Items: []source.Word{{Word: "会员", Code: "members", Factor: "万"}}},
			[]value{{"210102", "2026Q3", "members", "", "a.csv:2:4"}, {"210102", "2026Q3", "members", "15000", "a.csv:3:4"}},
		},
		{
			"JSON with words", "a.json", `{"schema":"unionboard/values/1","unit":"和平","period":"2026年三季度","values":[{"code":"会员","value":1.5}]}`,
			source.Mapping{Units: units, Items: []source.Word{{Word: "会员", Code: "members", Factor: "万"}}},
			[]value{{"210102", "2026Q3", "members", "15000", "a.json:1:87"}},
		},
	} {
		t.Run(one.name, func(t *testing.T) {
			m, err := source.ParseMapping("mapping", []byte(one.mapping.Text()))
			if err != nil {
				t.Fatal(err)
			}
			r, err := source.Piece{Name: one.file, Data: []byte(one.table)}.Read(m, source.MostRows)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(one.want, valuesOf(r)); diff != "" {
				t.Errorf("-want +got\n%s\nrefused %v", diff, r.Refused)
			}
		})
	}
}
