package dashboard

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// view is a sheet with what is needed to find things in it at once.
type view struct {
	sheet  *results.Sheet
	spots  map[assess.Code]spot
	cards  map[assess.Code]map[assess.UnitCode]*assess.Scorecard
	shared map[assess.Code]map[int]int // node, rank: how many units share it
	items  map[assess.Code]*assess.Item
	byCode map[assess.UnitCode]*assess.Unit // with the city
	filed  map[assess.UnitCode]assess.Filing
	told   map[assess.UnitCode]bool // whose scores surely have their derivations
}

// spot is where a node stands in the edition.
type spot struct {
	framework *assess.Framework // nil for the composite
	node      *assess.Node
	above     []*assess.Node // headings over it, the root first
	position  int            // in tree order, which is that of a card
}

// indicator answers an indicator's definition, nil for headings, for the composite and for what there is not.
func (v *view) indicator(code assess.Code) *assess.Indicator {
	if s := v.spots[code]; s.node != nil {
		return s.node.Indicator
	}
	return nil
}

func newView(sheet *results.Sheet) *view {
	v := &view{
		sheet:  sheet,
		spots:  map[assess.Code]spot{},
		cards:  map[assess.Code]map[assess.UnitCode]*assess.Scorecard{},
		shared: map[assess.Code]map[int]int{},
		byCode: map[assess.UnitCode]*assess.Unit{},
		filed:  map[assess.UnitCode]assess.Filing{},
		told:   map[assess.UnitCode]bool{},
	}
	roster := &sheet.Edition.Roster
	for i := range roster.Units {
		v.byCode[roster.Units[i].Code] = &roster.Units[i]
	}
	if roster.City.Code != "" {
		v.byCode[roster.City.Code] = &roster.City
	}
	for _, f := range sheet.Filings {
		v.filed[f.Unit] = f
	}
	for i := range sheet.Edition.Frameworks {
		f := &sheet.Edition.Frameworks[i]
		position := 0
		paths := map[*assess.Node][]*assess.Node{}
		f.Root.Walk(func(n, parent *assess.Node, _ int) {
			if parent != nil {
				paths[n] = append(append([]*assess.Node{}, paths[parent]...), parent)
			}
			v.spots[n.Code] = spot{framework: f, node: n, above: paths[n], position: position}
			position++
		})
	}
	for _, s := range append(append([]*assess.Scores{}, sheet.Frameworks...), sheet.Composite) {
		if s == nil {
			continue
		}
		byUnit := make(map[assess.UnitCode]*assess.Scorecard, len(s.Cards)+1)
		for i := range s.Cards {
			byUnit[s.Cards[i].Unit] = &s.Cards[i]
		}
		if s.City != nil {
			byUnit[v.city()] = s.City
		}
		v.cards[s.Framework] = byUnit
	}
	return v
}

// explain sees to it that the scores of some units have their derivations, which those of many units have not until they are asked for.
func (v *view) explain(units ...assess.UnitCode) error {
	units = slices.DeleteFunc(slices.Clone(units), func(u assess.UnitCode) bool { return v.told[u] })
	if len(units) == 0 {
		return nil
	}
	sheet, err := v.sheet.Explained(units...)
	if err != nil || sheet == v.sheet {
		return err
	}
	for _, u := range units {
		v.told[u] = true
		for of, cards := range v.cards {
			if card := sheet.Scores(of).Card(u); card != nil {
				cards[u] = card
			}
		}
	}
	return nil
}

func (v *view) edition() *assess.Edition { return v.sheet.Edition }

// city answers the code the city's own cards are filed under, "" for a roster without a city.
func (v *view) city() assess.UnitCode { return v.sheet.Edition.Roster.City.Code }

// overall answers the code of the figure that sums everything up: the composite, else the first framework.
func (v *view) overall() assess.Code {
	if v.sheet.Composite != nil || len(v.sheet.Edition.Frameworks) == 0 {
		return assess.CompositeCode
	}
	return v.sheet.Edition.Frameworks[0].Code
}

// card answers a unit's card in the framework that code belongs to, nil where there is none.
func (v *view) card(unit assess.UnitCode, code assess.Code) *assess.Scorecard {
	if s, ok := v.spots[code]; ok {
		code = s.framework.Code
	}
	return v.cards[code][unit]
}

// score answers what became of a node for a unit, nil where there is nothing.
func (v *view) score(unit assess.UnitCode, code assess.Code) *assess.NodeScore {
	card := v.card(unit, code)
	if card == nil || len(card.Nodes) == 0 {
		return nil
	}
	if at := v.spots[code].position; at < len(card.Nodes) && card.Nodes[at].Node == code {
		return &card.Nodes[at]
	}
	return card.Node(code)
}

// tied says whether another unit of the list shares a place. Places within a group are told apart by the group.
func (v *view) tied(code assess.Code, rank int, group assess.Code) bool {
	key := code + "@" + group
	counts := v.shared[key]
	if counts == nil {
		counts = map[int]int{}
		for _, u := range v.sheet.Edition.Roster.Units {
			n := v.score(u.Code, code)
			switch {
			case n == nil:
			case group == "":
				counts[n.Rank]++
			case u.Group == group:
				counts[n.GroupRank]++
			}
		}
		v.shared[key] = counts
	}
	return rank > 0 && counts[rank] > 1
}

// units answers the units that exist in the period, of one group unless it is "".
func (v *view) units(group assess.Code) []assess.Unit {
	var units []assess.Unit
	for _, u := range v.sheet.Edition.Roster.Units {
		if u.In(v.sheet.Period) && (group == "" || u.Group == group) {
			units = append(units, u)
		}
	}
	return units
}

// unit answers a unit or the city.
func (v *view) unit(code assess.UnitCode) (assess.Unit, bool) {
	if u := v.byCode[code]; u != nil {
		return *u, true
	}
	return assess.Unit{}, false
}

// filing answers where a unit's report stands; one that never filed has not started.
func (v *view) filing(unit assess.UnitCode) assess.Filing {
	if f, ok := v.filed[unit]; ok {
		return f
	}
	return v.sheet.Filing(unit)
}

// scale answers what full marks are for a node.
func (v *view) scale(code assess.Code) float64 {
	if s, ok := v.spots[code]; ok && s.framework.Scale > 0 {
		return s.framework.Scale
	}
	if len(v.sheet.Edition.Frameworks) > 0 && v.sheet.Edition.Frameworks[0].Scale > 0 {
		return v.sheet.Edition.Frameworks[0].Scale
	}
	return 100
}

// decimals answers the digits a score is shown with.
func (v *view) decimals(code assess.Code) int {
	if s, ok := v.spots[code]; ok {
		return s.framework.Decimals
	}
	return v.sheet.Edition.Assessment.Decimals
}

// share answers the weight of a framework in the overall figure, 1 where nothing is combined.
func (v *view) share(framework assess.Code) float64 {
	for _, s := range v.sheet.Edition.Assessment.Composite {
		if s.Framework == framework {
			return s.Weight.InexactFloat64()
		}
	}
	if len(v.sheet.Edition.Assessment.Composite) > 0 {
		return 0
	}
	return 1
}
