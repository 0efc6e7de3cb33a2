package dashboard

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// leastChosen is from how many units on something is compared.
const leastChosen = 2

// Chooser is the form with which a reader chooses the units that a page compares. It is a form of its address alone and works
// without scripts.
type Chooser struct {
	Action string  // address that the form asks
	Keep   []Field // what the form sends along: the period, the base, the day
	Most   int
	// Groups are the units that are offered, by their groups.
	Groups []ChoiceGroup
	// Same is the choice to see the units of one group alone; without a code there is nothing to choose.
	Same Choice
	// Frameworks are the frameworks to choose from, empty where the page has none to choose.
	Frameworks []Choice
	// Says is what was not taken as it was asked for, in sentences.
	Says []string
	// Proposals are units to begin with, as links, where too few are chosen.
	Proposals []Choice
	Link      string // the page as it is chosen, to be sent to somebody; "" where too few are
}

// Field is a parameter of an address with its value.
type Field struct{ Name, Value string }

// ChoiceGroup is choices under a heading.
type ChoiceGroup struct {
	Label   string
	Choices []Choice
}

// chooseUnits keeps of the units in the address each once, those of the chosen group, and not more than can be told apart. It notes
// what it leaves out.
func (r *resolver) chooseUnits() {
	if !r.def.asks("units") {
		return
	}
	var kept []assess.UnitCode
	outside := 0
	for _, code := range r.req.Units {
		u, _ := r.now.edition().Roster.Unit(code)
		switch {
		case slices.Contains(kept, code):
		case r.def.Takes("group") && r.req.Group != "" && u.Group != r.req.Group:
			outside++
		default:
			kept = append(kept, code)
		}
	}
	if outside > 0 {
		r.leftOut = append(r.leftOut, r.words.T("compare.outside", "n", strconv.Itoa(outside), "group", r.groupName(r.req.Group)))
	}
	if n := len(kept); n > mostChosen {
		r.leftOut = append(r.leftOut, r.words.T("compare.most", "n", strconv.Itoa(mostChosen), "all", strconv.Itoa(n)))
		kept = kept[:mostChosen]
	}
	r.req.Units = kept
}

// undecided says whether the page compares units and too few are chosen.
func (r *resolver) undecided() bool { return r.def.asks("units") && len(r.req.Units) < leastChosen }

// chooser makes the form; nil for a page that compares nothing.
func (r *resolver) chooser() *Chooser {
	if !r.def.asks("units") {
		return nil
	}
	c := &Chooser{Action: r.req.path(r.def), Most: mostChosen, Says: r.leftOut, Groups: r.offered()}
	q := r.links.query()
	for _, name := range []string{"q", "base", knownName} {
		if q.Has(name) {
			c.Keep = append(c.Keep, Field{name, q.Get(name)})
		}
	}
	if group := r.commonGroup(); group != "" && r.def.asks("group") {
		c.Same = Choice{Code: string(group), Text: r.words.T("compare.same_group", "group", r.groupName(group)), Current: r.req.Group == group}
	}
	if r.def.asks("framework") {
		f := Filter{Name: "framework"}
		r.addFrameworks(&f)
		c.Frameworks = f.Choices
	}
	if r.undecided() {
		c.Proposals = r.proposals()
	} else {
		c.Link = r.req.self(r.def, "", "")
	}
	return c
}

// commonGroup answers the group that the choice can be narrowed to: the chosen one, else that of the first unit.
func (r *resolver) commonGroup() assess.Code {
	if r.req.Group != "" || len(r.req.Units) == 0 {
		return r.req.Group
	}
	u, _ := r.now.edition().Roster.Unit(r.req.Units[0])
	return u.Group
}

// offered are the units to choose from: of the chosen group, or all. Of a long roster those of the first one's group are offered, and
// always those that are chosen.
func (r *resolver) offered() []ChoiceGroup {
	units := r.now.units(r.req.Group)
	if len(units) > mostChoices {
		units = r.now.units(r.commonGroup())
	}
	var groups []ChoiceGroup
	n := 0
	for _, u := range units {
		chosen := slices.Contains(r.req.Units, u.Code)
		if n++; n > mostChoices && !chosen {
			continue
		}
		choice := Choice{Code: string(u.Code), Text: r.unitName(u).Short, Current: chosen}
		label := r.groupName(u.Group)
		at := slices.IndexFunc(groups, func(g ChoiceGroup) bool { return g.Label == label })
		if at < 0 {
			at, groups = len(groups), append(groups, ChoiceGroup{Label: label})
		}
		groups[at].Choices = append(groups[at].Choices, choice)
	}
	return groups
}

// proposals are comparisons to begin with: the chosen unit beside each of its group, or, of every group, those that lead it.
func (r *resolver) proposals() (list []Choice) {
	propose := func(text string, units ...assess.UnitCode) {
		other := r.req
		other.Units = units
		list = append(list, Choice{Text: text, Link: other.self(r.def, "", "")})
	}
	if len(r.req.Units) == 1 {
		own, _ := r.now.edition().Roster.Unit(r.req.Units[0])
		for _, u := range r.now.units(own.Group)[:min(mostChoices, len(r.now.units(own.Group)))] {
			if u.Code != own.Code {
				propose(r.words.T("compare.with", "unit", r.unitName(u).Short), own.Code, u.Code)
			}
		}
		return list
	}
	for _, group := range r.now.edition().Roster.Groups {
		if r.req.Group != "" && group.Code != r.req.Group {
			continue
		}
		first := r.leading(group.Code)
		if len(first) < leastChosen {
			continue
		}
		var codes []assess.UnitCode
		var names []string
		for _, u := range first {
			codes, names = append(codes, u.Code), append(names, r.unitName(u).Short)
		}
		propose(fmt.Sprintf("%s%s", group.Name.In(r.req.Lang), r.words.T("common.bracket", "text", r.words.List(names))), codes...)
	}
	return list
}

// leading are the first of a group by the total of the page.
func (r *resolver) leading(group assess.Code) []assess.Unit {
	units := r.byPlace(r.now.units(group), r.total(), false)
	return units[:min(mostChosen, len(units))]
}
