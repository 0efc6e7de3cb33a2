package catalog

import (
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// crossCheck holds the files against each other. A check is left out where a file it needs is not sound, for it would only
// repeat that file's faults.
func (l *loading) crossCheck() {
	if l.has("departments") {
		l.checkDepartments()
	}
	if l.has("units") {
		l.checkGroups()
	}
	if l.has("items") {
		before := len(l.found.list)
		l.checkIndicatorValues()
		// Where an indicator names the wrong item, what is stated of the right one cannot hold.
		if l.has("frameworks") && len(l.found.list) == before {
			l.checkUses()
		}
		l.checkVetoes()
	}
	if l.has("items", "registers", "assessment") {
		l.checkRegisters()
	}
	if l.has("registers") && !l.issued {
		for _, r := range l.registers {
			r.checkPersonal(&l.found)
		}
	}
	if l.has("rules") {
		l.checkRuleIDs()
	}
	if l.has("assessment", "frameworks") {
		l.checkComposite()
	}
}

// checkDepartments: departments and kinds of evidence must be defined.
func (l *loading) checkDepartments() {
	departments := make([]assess.Code, len(l.edition.Departments))
	for i, d := range l.edition.Departments {
		departments[i] = d.Code
	}
	evidence := groupCodes(l.edition.Evidence)
	department := func(at spot, code assess.Code) {
		at = at.key("department")
		if code != "" && at.node != nil && !slices.Contains(departments, code) {
			unknown(at, "department", code, departments, &l.found)
		}
	}
	for i, item := range l.items.items {
		department(l.items.at[i], item.Department)
	}
	for _, r := range l.registers {
		department(r.at, r.Department)
	}
	for _, f := range l.frameworks {
		for _, n := range f.nodes {
			department(n.at, n.Department)
			if n.Indicator == nil {
				continue
			}
			for i, e := range n.Indicator.Evidence {
				if !slices.Contains(evidence, e) {
					unknown(n.at.key("evidence").item(i), "kind of evidence", e, evidence, &l.found)
				}
			}
		}
	}
}

// checkGroups: peer groups and kinds of unit must be defined, and every unit in a group where points go by places in it.
func (l *loading) checkGroups() {
	r := l.edition.Roster
	for i, item := range l.items.items {
		for group := range item.Plausible {
			if !hasGroup(r.Groups, group) {
				unknown(l.items.at[i].key("plausible").name(string(group)), "peer group", group, groupCodes(r.Groups), &l.found)
			}
		}
	}
	var byGroup []string
	for _, f := range l.frameworks {
		for i, kind := range f.framework.RankAmong {
			if !hasGroup(r.Kinds, kind) {
				unknown(f.at.key("rank_among").item(i), "kind of unit", kind, groupCodes(r.Kinds), &l.found)
			}
		}
		for _, n := range f.nodes {
			if n.Indicator != nil && n.Indicator.Method.Kind == assess.Ranked && n.Indicator.Method.Scope == "peer_group" {
				byGroup = append(byGroup, string(n.Code))
			}
		}
	}
	if byGroup == nil {
		return
	}
	for i, u := range r.Units {
		if u.Group == "" {
			l.found.add(l.units.key("units").item(i), "unit_no_group", "{unit} is in no peer group, but {nodes} is scored by places within one; give the unit a group", "unit", string(u.Code), "nodes", byGroup[0])
		}
	}
}

// checkIndicatorValues: the items behind an indicator exist and are of a kind its method can use.
func (l *loading) checkIndicatorValues() {
	language := formulaLanguage(l.items.items)
	for _, f := range l.frameworks {
		f.checkValues(language, &l.found)
		for _, n := range f.nodes {
			if n.Indicator != nil {
				l.checkIndicatorItems(n)
			}
		}
	}
}

func (l *loading) checkIndicatorItems(n placed) {
	value, at := n.Indicator.Value, n.at.key("value")
	if value.Item != "" {
		item, known := l.items.find(value.Item)
		switch {
		case !known && at.node == nil:
			l.found.add(n.at, "value_missing", "{node} says nothing of its value, and there is no item of its own code; add value, or define the item", "node", string(n.Code))
		case !known:
			unknown(at, "item", value.Item, l.items.codes(), &l.found)
		default:
			l.checkLevels(n, item)
		}
		return
	}
	for key, code := range map[string]assess.Code{"numerator": value.Numerator, "denominator": value.Denominator} {
		if code == "" {
			continue
		}
		item, known := l.items.find(code)
		switch {
		case !known:
			unknown(at.key(key), "item", code, l.items.codes(), &l.found)
		case sample(item) != 0.0:
			l.found.add(at.key(key), "value_not_number", "{item} is not a number, so it cannot stand in a ratio; name an item that is", "item", string(code))
		}
	}
}

// checkLevels: a graded item and the method that scores it speak of the same levels.
func (l *loading) checkLevels(n placed, item assess.Item) {
	m, at := n.Indicator.Method, n.at.key("method")
	if (item.Type == assess.Boolean) != (n.Indicator.Type == assess.Boolean) {
		l.found.add(n.at.key("value"), "value_type", "{node} is of type {type}, but its item {item} is of type {other}; make them agree", "node", string(n.Code), "type", string(n.Indicator.Type), "item", string(item.Code), "other", string(item.Type))
		return
	}
	if m.Kind != assess.Rated || len(m.Levels) == 0 && m.ScaleMax == 0 {
		return
	}
	switch {
	case len(m.Levels) == 0 && len(item.Levels) > 0:
		l.found.add(at, "levels_for_points", "{item} is graded by levels, and the method reads points; give the method levels: {levels}", "item", string(item.Code), "levels", codeList(item.Levels))
	case len(m.Levels) > 0 && len(item.Levels) == 0:
		l.found.add(at.key("levels"), "levels_of_item", "the method reads levels, and {item} has none; add levels to the item", "item", string(item.Code))
	}
	for _, level := range item.Levels {
		if _, known := m.Levels[level]; !known && len(m.Levels) > 0 {
			l.found.add(at.key("levels"), "level_missing", "the level {level} of {item} has no share; add it", "level", string(level), "item", string(item.Code))
		}
	}
	for level := range m.Levels {
		if len(item.Levels) > 0 && !slices.Contains(item.Levels, level) {
			unknown(at.key("levels").name(string(level)), "level of "+string(item.Code), level, item.Levels, &l.found)
		}
	}
}

func codeList(codes []assess.Code) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}

// checkVetoes: a veto that stands above the frameworks reads an item that is true or false.
func (l *loading) checkVetoes() {
	for i, v := range l.edition.Assessment.Vetoes {
		at := l.assessment.key("vetoes").item(i).key("item")
		item, known := l.items.find(v.Item)
		switch {
		case !known:
			unknown(at, "item", v.Item, l.items.codes(), &l.found)
		case item.Type != assess.Boolean:
			l.found.add(at, "veto_not_boolean", "{item} is not true or false; a veto needs an item of type boolean", "item", string(v.Item))
		}
	}
}

// checkUses finds which indicators each item serves, directly or through computed items, and holds it against what the file
// states.
func (l *loading) checkUses() {
	uses := map[assess.Code][]assess.Code{}
	formulas := formulaLanguage(l.items.items)
	operands := func(source string) []string { return formulas.check(spot{}, source, aNumber, &faults{}) }
	var use func(code, by assess.Code)
	use = func(code, by assess.Code) {
		item, known := l.items.find(code)
		if !known || slices.Contains(uses[code], by) {
			return
		}
		uses[code] = append(uses[code], by)
		if item.Formula != "" {
			for _, name := range operands(item.Formula) {
				use(assess.Code(name), by)
			}
		}
	}
	for _, f := range l.frameworks {
		for _, n := range f.framework.Root.Leaves() {
			v := n.Indicator.Value
			use(v.Item, n.Code)
			use(v.Numerator, n.Code)
			use(v.Denominator, n.Code)
			if v.Expr != "" {
				for _, name := range operands(v.Expr) {
					use(assess.Code(name), n.Code)
				}
			}
		}
	}
	for i := range l.items.items {
		item := &l.edition.Items[i]
		item.UsedBy = uses[item.Code]
		if stated := l.items.usedBy[i]; stated != nil {
			l.checkUse(item, *stated, l.items.at[i].name("used_by"))
		}
	}
}

func (l *loading) checkUse(item *assess.Item, stated []assess.Code, at spot) {
	for j, code := range stated {
		if !slices.Contains(item.UsedBy, code) {
			l.found.add(at.item(j), "use_stated", "no indicator {indicator} uses {item}; take it out of used_by", "indicator", string(code), "item", string(item.Code))
		}
	}
	for _, code := range item.UsedBy {
		if !slices.Contains(stated, code) {
			l.found.add(at, "use_missing", "{indicator} uses {item}; add it to used_by, or leave used_by out", "indicator", string(code), "item", string(item.Code))
		}
	}
}

// checkRegisters: register rules name what the registers have, registers feed the items they say, and expressions hold.
func (l *loading) checkRegisters() {
	for i, item := range l.items.items {
		if item.Register != nil {
			checkRegisterRule(item.Register, l.items.at[i].key("register_rule"), l.registers, l.edition.Assessment.Parameters, &l.found)
		}
	}
	for _, r := range l.registers {
		r.checkExpressions(l.edition.Assessment.Parameters, l.registers, &l.found)
		for i, code := range r.Items {
			at := r.at.key("items").item(i)
			item, known := l.items.find(code)
			switch {
			case !known:
				unknown(at, "item", code, l.items.codes(), &l.found)
			case item.Register == nil || item.Register.Register != r.Code && l.hasRegister(item.Register.Register):
				l.found.add(at, "register_feeds", "{item} does not come from the register {register}; take it out, or give the item a register_rule", "item", string(code), "register", string(r.Code))
			}
		}
		for i, item := range l.items.items {
			if item.Register != nil && item.Register.Register == r.Code && !slices.Contains(r.Items, item.Code) {
				l.found.add(l.items.at[i].key("register_rule").key("register"), "register_feeds_not", "the register {register} does not list {item} among its items; add it there", "register", string(r.Code), "item", string(item.Code))
			}
		}
	}
}

func (l *loading) hasRegister(code assess.Code) bool {
	return slices.ContainsFunc(l.registers, func(r register) bool { return r.Code == code })
}

// checkRuleIDs: the checks shown beside an indicator are rules.
func (l *loading) checkRuleIDs() {
	ids := make([]string, len(l.edition.Rules))
	for i, r := range l.edition.Rules {
		ids[i] = r.ID
	}
	for _, f := range l.frameworks {
		for _, n := range f.nodes {
			if n.Indicator == nil {
				continue
			}
			for i, id := range n.Indicator.Checks {
				if !slices.Contains(ids, id) {
					unknown(n.at.key("checks").item(i), "rule", id, ids, &l.found)
				}
			}
		}
	}
}

// checkComposite: the composite and the tie chains name frameworks and nodes that exist.
func (l *loading) checkComposite() {
	frameworks := make([]assess.Code, len(l.frameworks))
	chain := []assess.Code{"returns", assess.CompositeCode}
	for i, f := range l.frameworks {
		frameworks[i] = f.framework.Code
		for _, n := range f.nodes {
			chain = append(chain, n.Code)
		}
	}
	for i, s := range l.edition.Assessment.Composite {
		at := l.assessment.key("composite").item(i).key("framework")
		switch j := slices.Index(frameworks, s.Framework); {
		case j < 0:
			unknown(at, "framework", s.Framework, frameworks, &l.found)
		case l.frameworks[j].framework.Scale != l.frameworks[0].framework.Scale:
			l.found.add(at, "composite_scale", "{framework} has the scale {scale} and {other} the scale {other_scale}; frameworks of one composite need the same", "framework", string(s.Framework), "scale", number(l.frameworks[j].framework.Scale), "other", string(frameworks[0]), "other_scale", number(l.frameworks[0].framework.Scale))
		}
	}
	for i, code := range l.edition.Assessment.Grading.TieChain {
		if !slices.Contains(chain, code) {
			unknown(l.assessment.key("grading").key("tie_chain").item(i), "framework or node", code, chain, &l.found)
		}
	}
	for _, f := range l.frameworks {
		if f.framework.Grading == nil {
			continue
		}
		for i, code := range f.framework.Grading.TieChain {
			if !slices.Contains(chain, code) {
				unknown(f.at.key("grading").key("tie_chain").item(i), "framework or node", code, chain, &l.found)
			}
		}
	}
}
