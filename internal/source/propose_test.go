package source_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

func proposed() *assess.Edition {
	return &assess.Edition{
		Roster: assess.Roster{Units: []assess.Unit{
			{Code: "210102", Name: assess.Text{ZH: "和平区"}, Union: assess.Text{ZH: "和平区总工会"}}, {Code: "210103", Name: assess.Text{ZH: "沈河区"}, Union: assess.Text{ZH: "沈河区总工会"}},
		}},
		Items: []assess.Item{
			{Code: "members", Name: assess.Text{ZH: "工会会员数"}, Measure: assess.Text{ZH: "人"}},
			{Code: "dues", Name: assess.Text{ZH: "会费收入"}, Measure: assess.Text{ZH: "元"}, Aliases: []string{"会费"}},
		},
	}
}

// A proposal reads tables as a person would who knows the names of the year.
func TestProposalReadsTablesOfManyLayouts(t *testing.T) {
	four := []value{
		{"210102", "2026Q3", "members", "30412", ""},
		{"210102", "2026Q3", "dues", "12500", ""},
		{"210103", "2026Q3", "members", "18000", ""},
		{"210103", "2026Q3", "dues", "9000", ""},
	}
	for _, one := range []struct{ name, file, table string }{
		{"items side by side under a title", "x.csv", "2026年第三季度统计表,,\n区县,工会会员数,会费收入（万元）\n和平区总工会,30412,1.25\n沈河区,18000,0.9\n合计,48412,2.15\n注：截至九月底,,\n"},
		{"units side by side", "2026年三季度.csv", "指标,沈河区,和平区\n1.工会会员数,18000,30412\n2.会费（万元）,0.9,1.25\n"},
		{"rows of words", "x.csv", "单位,统计期,指标,数值\n和平区,2026年9月,工会会员数,30412\n和平区,2026年9月,会费,12500\n沈河区,2026年9月,工会会员数,18000\n沈河区,202609,会费,9000\n"},
		{"transposed", "x.csv", "2026年三季度,,\n,和平区,沈河区\n工会会员数,30412,18000\n会费收入(万元),1.25,0.9\n"},
		{"the promised form", "x.csv", "unit,period,code,value\n210102,2026Q3,members,30412\n210102,2026Q3,dues,12500\n210103,2026Q3,members,18000\n210103,2026Q3,dues,9000\n"},
	} {
		t.Run(one.name, func(t *testing.T) {
			p := source.Piece{Name: one.file, Data: []byte(one.table)}
			m, err := source.Propose(p, proposed())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.ParseMapping("proposal", []byte(m.Text())); err != nil {
				t.Fatalf("%s\n%v", m.Text(), err)
			}
			r, err := p.Read(m, 100)
			if err != nil {
				t.Fatalf("%s\n%v", m.Text(), err)
			}
			got := map[value]bool{}
			for _, v := range valuesOf(r) {
				v.At = ""
				got[v] = true
			}
			want := map[value]bool{}
			for _, v := range four {
				want[v] = true
			}
			if diff := cmp.Diff(want, got); diff != "" || len(r.Refused) > 0 {
				t.Errorf("-want +got\n%s\nby %s\nrefused %v", diff, m.Text(), r.Refused)
			}
		})
	}
}

// Of a table whose figures have names that nobody knows, the columns are proposed all the same, so that only the names are left to say.
func TestProposalNamesTheColumnsOfUnknownFigures(t *testing.T) {
	p := source.Piece{Name: "x.csv", Data: []byte("填报单位,所属期,会员总人数,实收经费\n和平区总工会,2026年第三季度,30412,1.25\n沈河区总工会,2026年第三季度,18000,0.9\n")}
	m, err := source.Propose(p, proposed())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.Columns {
		got = append(got, c.Head+" "+string(c.Role))
	}
	want := []string{"填报单位 unit", "所属期 period", "会员总人数 none", "实收经费 none"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(m.Units) != 2 || m.Units[0].Code != "210102" {
		t.Errorf("the words of the units are %v", m.Units)
	}
}
