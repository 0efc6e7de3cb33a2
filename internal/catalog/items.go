package catalog

import (
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// itemsFile is items.yaml.
type itemsFile struct {
	Items []itemFile `json:"items"`
}

// itemFile is an item as it is written.
type itemFile struct {
	Code         assess.Code          `json:"code"`
	Name         text                 `json:"name"`
	Definition   text                 `json:"definition"`
	Measure      text                 `json:"measure"`
	Type         assess.ValueType     `json:"type"`
	Accumulation assess.Accumulation  `json:"accumulation"`
	Frequency    assess.Frequency     `json:"frequency"`
	Origin       assess.Origin        `json:"origin"`
	Purpose      assess.Code          `json:"purpose"`
	Department   assess.Code          `json:"department"`
	Formula      string               `json:"formula"`
	Levels       []assess.Code        `json:"levels"`
	Plausible    map[assess.Code]ends `json:"plausible"`
	UsedBy       *[]assess.Code       `json:"used_by"`
	CityScale    *struct {
		Value decimal.Decimal `json:"value"`
	} `json:"city_scale"`
	RegisterRule *registerRuleFile `json:"register_rule"`
	Aliases      []string          `json:"aliases"`
}

// itemList is items.yaml with the places of the items for later checks.
type itemList struct {
	items  []assess.Item
	at     []spot
	usedBy []*[]assess.Code // as stated; nil where the file says nothing
}

// readItems reads items.yaml. Departments, groups, registers and uses are checked when all files are read.
func readItems(file string, data []byte, found *faults) (itemList, bool) {
	w, at, ok := read[itemsFile]("items", file, data, found)
	if !ok {
		return itemList{}, false
	}
	var l itemList
	for i, item := range w.Items {
		here := at.key("items").item(i)
		l.items = append(l.items, item.item(here, found))
		l.at = append(l.at, here)
		l.usedBy = append(l.usedBy, item.UsedBy)
	}
	l.checkNames(found)
	l.checkFormulas(found)
	return l, true
}

func (w itemFile) item(at spot, found *faults) assess.Item {
	i := assess.Item{
		Code: w.Code, Name: assess.Text(w.Name), Definition: assess.Text(w.Definition), Measure: assess.Text(w.Measure),
		Type: w.Type, Accumulation: w.Accumulation, Frequency: w.Frequency, Origin: w.Origin, Purpose: w.Purpose,
		Department: w.Department, Formula: w.Formula, Levels: w.Levels, Aliases: w.Aliases,
	}
	if i.Frequency == "" {
		i.Frequency = assess.Quarterly
	}
	if i.Purpose == "" {
		i.Purpose = "scored"
	}
	for group, limits := range w.Plausible {
		limits.check(at.key("plausible").key(string(group)), found)
		if i.Plausible == nil {
			i.Plausible = make(map[assess.Code]assess.Range, len(w.Plausible))
		}
		i.Plausible[group] = limits.bounds()
	}
	if w.CityScale != nil {
		i.CityScale = &w.CityScale.Value
	}
	i.Register = w.RegisterRule.rule()
	w.checkOrigin(at, found)
	return i
}

// checkOrigin: a computed item has a formula and a register item a rule, and no other has one; only a rating has levels.
func (w itemFile) checkOrigin(at spot, found *faults) {
	code := string(w.Code)
	switch computed := w.Origin == assess.Computed; {
	case computed && w.Formula == "":
		found.add(at.key("origin"), "formula_missing", "{item} is computed and has no formula; add one over item codes", "item", code)
	case !computed && w.Formula != "":
		found.add(at.name("formula"), "formula_not_computed", "{item} has a formula but is not computed; set origin: computed, or take the formula out", "item", code)
	}
	switch fromRegister := w.Origin == assess.FromRegister; {
	case fromRegister && w.RegisterRule == nil:
		found.add(at.key("origin"), "register_rule_missing", "{item} comes from a register and has no register_rule; say which records count", "item", code)
	case !fromRegister && w.RegisterRule != nil:
		found.add(at.name("register_rule"), "register_rule_not_register", "{item} has a register_rule but does not come from a register; set origin: register, or take the rule out", "item", code)
	}
	if len(w.Levels) > 0 && w.Type != assess.Rating {
		found.add(at.name("levels"), "levels_not_rating", "{item} has levels but is not a rating; set type: rating, or take the levels out", "item", code)
	}
}

// checkNames: a code or an alias stands for one item.
func (l itemList) checkNames(found *faults) {
	seen := map[string]spot{}
	for i, item := range l.items {
		once(seen, string(item.Code), l.at[i].key("code"), found)
	}
	for i, item := range l.items {
		for j, alias := range item.Aliases {
			once(seen, alias, l.at[i].key("aliases").item(j), found)
		}
	}
}

// checkFormulas compiles the formulas of computed items and looks for circles among them.
func (l itemList) checkFormulas(found *faults) {
	language := formulaLanguage(l.items)
	needs, at := map[assess.Code][]string{}, map[assess.Code]spot{}
	for i, item := range l.items {
		if item.Formula != "" {
			at[item.Code] = l.at[i].key("formula")
			needs[item.Code] = language.check(at[item.Code], item.Formula, aNumber, found)
		}
	}
	for _, item := range l.items {
		if way := circle(item.Code, needs); way != "" {
			found.add(at[item.Code], "formula_circle", "{item} is computed from itself: {way}; break the circle", "item", string(item.Code), "way", way)
			return // the other items of the same circle say nothing new
		}
	}
}

// circle answers the way from a code back to itself, "" where there is none.
func circle(start assess.Code, needs map[assess.Code][]string) string {
	done := map[assess.Code]bool{}
	var follow func(code assess.Code, way string) string
	follow = func(code assess.Code, way string) string {
		for _, next := range needs[code] {
			if assess.Code(next) == start {
				return way + " → " + next
			}
			if !done[assess.Code(next)] {
				done[assess.Code(next)] = true
				if round := follow(assess.Code(next), way+" → "+next); round != "" {
					return round
				}
			}
		}
		return ""
	}
	return follow(start, string(start))
}

func (l itemList) codes() []assess.Code {
	codes := make([]assess.Code, len(l.items))
	for i, item := range l.items {
		codes[i] = item.Code
	}
	return codes
}

func (l itemList) find(code assess.Code) (assess.Item, bool) {
	for _, item := range l.items {
		if item.Code == code {
			return item, true
		}
	}
	return assess.Item{}, false
}
