package catalog

import (
	"encoding/json"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// The words of assess.Rule.AppliesTo for rules that name no items.
const (
	eachItem        = "items"
	wholeSubmission = "submission"
)

// rulesFile is rules.yaml.
type rulesFile struct {
	Rules []struct {
		ID        string        `json:"id"`
		Level     string        `json:"level"`
		Expr      string        `json:"expr"`
		AppliesTo appliesToFile `json:"applies_to"`
		Name      text          `json:"name"`
	} `json:"rules"`
}

// appliesToFile is the word submission, or a description of items.
type appliesToFile struct {
	submission   bool
	items        bool
	Accumulation assess.Accumulation `json:"accumulation"`
	Type         assess.ValueType    `json:"type"`
	Origin       []assess.Origin     `json:"origin"`
	Items        []assess.Code       `json:"items"`
}

func (a *appliesToFile) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		a.submission = true
		return nil
	}
	type keys appliesToFile
	a.items = true
	return json.Unmarshal(b, (*keys)(a))
}

// fits says whether an item is of the description.
func (a appliesToFile) fits(i assess.Item) bool {
	return (a.Accumulation == "" || a.Accumulation == i.Accumulation) &&
		(a.Type == "" || a.Type == i.Type) &&
		(a.Origin == nil || slices.Contains(a.Origin, i.Origin)) &&
		(a.Items == nil || slices.Contains(a.Items, i.Code))
}

// readRules reads rules.yaml. Expressions are checked only where the items and registers are known.
func readRules(file string, data []byte, items itemList, registers []assess.Register, known bool, found *faults) []assess.Rule {
	w, at, ok := read[rulesFile]("rules", file, data, found)
	if !ok {
		return nil
	}
	language := ruleLanguage(items.items, registers)
	seen := map[string]spot{}
	var rules []assess.Rule
	for i, r := range w.Rules {
		here := at.key("rules").item(i)
		once(seen, r.ID, here.key("id"), found)
		rule := assess.Rule{ID: r.ID, Level: r.Level, Expr: r.Expr, Name: assess.Text(r.Name)}
		if known {
			names := language.check(here.key("expr"), r.Expr, aCondition, found)
			r.AppliesTo.resolve(&rule, names, items, here, found)
		}
		rules = append(rules, rule)
	}
	return rules
}

// resolve finds the items of a rule: those it names, those of its description, or none for a whole submission.
func (a appliesToFile) resolve(rule *assess.Rule, names []string, items itemList, at spot, found *faults) {
	self := slices.Contains(names, "self")
	switch {
	case self && !a.items:
		found.add(at.key("expr"), "rule_self", "the rule {rule} speaks of self; say in applies_to which items are meant, such as {accumulation: ytd}", "rule", rule.ID)
	case a.items && !self:
		found.add(at.name("applies_to"), "rule_no_self", "the rule {rule} applies to items one by one but never names self; use self in expr, or take applies_to out", "rule", rule.ID)
	case !a.submission && slices.Contains(names, "ytd_items"):
		found.add(at.key("expr"), "rule_set", "the rule {rule} speaks of a set of items; set applies_to: submission", "rule", rule.ID)
	}
	switch {
	case a.submission:
		rule.AppliesTo = wholeSubmission
	case a.items:
		rule.AppliesTo = eachItem
		for i, code := range a.Items {
			if _, known := items.find(code); !known {
				unknown(at.key("applies_to").key("items").item(i), "item", code, items.codes(), found)
			}
		}
		for _, item := range items.items {
			if a.fits(item) {
				rule.Items = append(rule.Items, item.Code)
			}
		}
		if len(rule.Items) == 0 {
			found.add(at.name("applies_to"), "rule_no_items", "no item is of the description of rule {rule}; correct the description, or take the rule out", "rule", rule.ID)
		}
	default:
		for _, name := range names {
			if _, isItem := items.find(assess.Code(name)); isItem {
				rule.Items = append(rule.Items, assess.Code(name))
			}
		}
	}
}
