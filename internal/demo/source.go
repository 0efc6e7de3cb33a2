package demo

import (
	"path/filepath"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// SourcePlan is a source as the demonstration's configuration declares it.
type SourcePlan struct {
	Name  assess.Code
	Title assess.Text
	// Kind is http or drop, Format json or csv; sheets in a drop folder are csv.
	Kind, Format string
	// URL is the address with {period} for the period, Token what the system asks for; both only of http.
	URL, Token string
	// Folder is where files are dropped; only of drop.
	Folder string
	// Units are those it speaks for: one district, or all of them for a department.
	Units []assess.UnitCode
	// Supplies are the origins of the items it may set.
	Supplies []assess.Origin
	// Authority is submit where the figures wait for the city's review, accept where they count at once.
	Authority string
}

// The authorities, as the gate names them.
const (
	submit = "submit"
	accept = "accept"
)

// dropping are the districts that drop sheets into a folder, tabular those whose systems answer with CSV; the others answer with
// JSON.
func dropping() []assess.UnitCode { return []assess.UnitCode{kangping, faku, xinmin} }
func tabular() []assess.UnitCode  { return []assess.UnitCode{dadong, huanggu, sujiatun, yuhong} }

func districtSource(u assess.UnitCode) assess.Code        { return "district_" + assess.Code(u) }
func departmentSource(department assess.Code) assess.Code { return "department_" + department }

// countingSource is the collection itself: how much was due and how much passed the first review.
const countingSource assess.Code = "report_counts"

// sourceOf answers who supplies an item of a unit.
func sourceOf(item assess.Item, u assess.UnitCode) assess.Code {
	switch item.Origin {
	case assess.FromDistrict:
		return districtSource(u)
	case assess.FromSystem:
		return countingSource
	}
	return departmentSource(item.Department)
}

// Sources answers the sources of the city: the districts in roster order, then the departments. baseURL is where Handler is
// served, dropDir the folder WriteDrop writes into.
func (c *City) Sources(baseURL, dropDir string) []SourcePlan {
	plans := slices.Clone(c.sources)
	for i := range plans {
		if p := &plans[i]; p.Kind == "http" {
			p.URL = baseURL + "/districts/" + string(p.Units[0]) + "/values?period={period}"
		} else {
			p.Folder = filepath.Join(dropDir, string(p.Name))
		}
	}
	return plans
}

// Token answers the made-up bearer token that a district's system asks for.
func (c *City) Token(u assess.UnitCode) string {
	return "demo-" + string(u) + "-" + c.model.dice.text(20, "token", string(u))
}

func (c *City) plans() []SourcePlan {
	var plans []SourcePlan
	var everyone []assess.UnitCode
	for _, u := range c.roster() {
		plans = append(plans, c.districtPlan(u))
		everyone = append(everyone, u.Code)
	}
	citys := SourcePlan{Kind: "drop", Format: "csv", Units: everyone, Authority: accept}
	for _, d := range c.model.edition.Departments {
		p := citys
		p.Name, p.Supplies = departmentSource(d.Code), []assess.Origin{assess.FromCity}
		p.Title = assess.Text{ZH: d.Name.ZH + "（演示）", EN: d.Name.EN + " (demonstration)"}
		plans = append(plans, p)
	}
	citys.Name, citys.Supplies = countingSource, []assess.Origin{assess.FromSystem}
	citys.Title = assess.Text{ZH: "报送审核计数（演示）", EN: "Counts of the review (demonstration)"}
	plans = append(plans, citys)
	return slices.DeleteFunc(plans, func(p SourcePlan) bool {
		return !slices.ContainsFunc(c.folders.order, func(at folder) bool { return at.source == p.Name })
	})
}

func (c *City) districtPlan(u assess.Unit) SourcePlan {
	p := SourcePlan{
		Name: districtSource(u.Code), Kind: "http", Format: "json", Units: []assess.UnitCode{u.Code},
		Supplies: []assess.Origin{assess.FromDistrict}, Authority: submit,
		Title: assess.Text{ZH: u.Name.ZH + "业务系统（演示）", EN: u.Name.EN + " system (demonstration)"},
	}
	switch {
	case slices.Contains(dropping(), u.Code):
		p.Kind, p.Format = "drop", "csv"
		p.Title = assess.Text{ZH: u.Name.ZH + "报表文件夹（演示）", EN: u.Name.EN + " folder of sheets (demonstration)"}
	case slices.Contains(tabular(), u.Code):
		p.Format = "csv"
	}
	if p.Kind == "http" {
		p.Token = c.Token(u.Code)
	}
	return p
}
