package catalog

import (
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// unitsFile is units.yaml.
type unitsFile struct {
	City   *unitFile   `json:"city"`
	Kinds  []namedFile `json:"kinds"`
	Groups []namedFile `json:"groups"`
	Units  []unitFile  `json:"units"`
}

// namedFile is a code with a name.
type namedFile struct {
	Code assess.Code `json:"code"`
	Name text        `json:"name"`
}

// unitFile is a unit as it is written.
type unitFile struct {
	Code  label       `json:"code"`
	Name  text        `json:"name"`
	Short text        `json:"short"`
	Union text        `json:"union"`
	Kind  assess.Code `json:"kind"`
	Group assess.Code `json:"group"`
	// Parent is the unit above.
	Parent     label        `json:"parent"`
	Tile       *assess.Tile `json:"tile"`
	Population int64        `json:"population"`
	Opened     label        `json:"opened"`
	Closed     label        `json:"closed"`
	Aliases    []string     `json:"aliases"`
}

// named reads a list of codes with names; a code stands once.
func named(written []namedFile, at spot, found *faults) []assess.Group {
	out := make([]assess.Group, len(written))
	seen := map[assess.Code]spot{}
	for i, w := range written {
		out[i] = assess.Group{Code: w.Code, Name: assess.Text(w.Name)}
		once(seen, w.Code, at.item(i).key("code"), found)
	}
	return out
}

// once notes a code that stood in an earlier line.
func once[C ~string](seen map[C]spot, code C, at spot, found *faults) {
	if earlier, twice := seen[code]; twice {
		found.add(at, "code_twice", "the code {code} is taken by line {line}; give each its own", "code", string(code), "line", fmt.Sprint(earlier.line))
		return
	}
	seen[code] = at
}

// readUnits reads units.yaml.
func readUnits(file string, data []byte, found *faults) (assess.Roster, spot, bool) {
	w, at, ok := read[unitsFile]("units", file, data, found)
	if !ok {
		return assess.Roster{}, at, false
	}
	r := assess.Roster{Kinds: named(w.Kinds, at.key("kinds"), found), Groups: named(w.Groups, at.key("groups"), found)}
	if w.City != nil {
		r.City = w.City.unit(at.key("city"), "", found)
	}
	for i, u := range w.Units {
		r.Units = append(r.Units, u.unit(at.key("units").item(i), r.City.Code, found))
	}
	checkUnits(r, at, found)
	return r, at, true
}

func (w unitFile) unit(at spot, city assess.UnitCode, found *faults) assess.Unit {
	u := assess.Unit{
		Code: assess.UnitCode(w.Code), Name: assess.Text(w.Name), Short: assess.Text(w.Short), Union: assess.Text(w.Union),
		Kind: w.Kind, Group: w.Group, Parent: assess.UnitCode(w.Parent), Tile: w.Tile, Population: w.Population, Aliases: w.Aliases,
	}
	if u.Short.ZH == "" {
		u.Short = u.Name
	}
	if u.Union.ZH == "" {
		u.Union = u.Name
	}
	if u.Parent == "" {
		u.Parent = city
	}
	u.Opened = period(w.Opened, at.key("opened"), found)
	u.Closed = period(w.Closed, at.key("closed"), found)
	if !u.Opened.IsZero() && !u.Closed.IsZero() && u.Closed.LastDay().Before(u.Opened.FirstDay()) {
		found.add(at.key("closed"), "unit_closed_early", "{unit} closes in {closed}, before it opens in {opened}; swap them", "unit", string(u.Code), "closed", u.Closed.String(), "opened", u.Opened.String())
	}
	return u
}

func period(written label, at spot, found *faults) assess.Period {
	if written == "" {
		return assess.Period{}
	}
	p, err := assess.ParsePeriod(string(written))
	if err != nil {
		found.add(at, "period", "{value} is not a period; write a month 2026-03, a quarter 2026Q1 or a year 2026", "value", quoted(string(written)))
	}
	return p
}

// checkUnits holds the units against each other and against the kinds and groups.
func checkUnits(r assess.Roster, at spot, found *faults) {
	codes, names, tiles := map[assess.UnitCode]spot{}, map[string]spot{}, map[assess.Tile]spot{}
	if r.City.Code != "" {
		codes[r.City.Code] = at.key("city").key("code")
	}
	for i, u := range r.Units {
		here := at.key("units").item(i)
		once(codes, u.Code, here.key("code"), found)
		once(names, u.Name.ZH, here.key("name"), found)
		for j, alias := range u.Aliases {
			once(names, alias, here.key("aliases").item(j), found)
		}
		if u.Code == assess.AnyUnit {
			found.add(here.key("code"), "unit_code_reserved", "the code * stands for every unit in targets; choose another")
		}
		if u.Kind != "" && !hasGroup(r.Kinds, u.Kind) {
			unknown(here.key("kind"), "kind of unit", u.Kind, groupCodes(r.Kinds), found)
		}
		if u.Group != "" && !hasGroup(r.Groups, u.Group) {
			unknown(here.key("group"), "peer group", u.Group, groupCodes(r.Groups), found)
		}
		if u.Tile != nil {
			if earlier, twice := tiles[*u.Tile]; twice {
				found.add(here.key("tile"), "tile_twice", "the tile in row {row}, column {column} is taken by line {line}; give each unit its own", "row", fmt.Sprint(u.Tile.Row), "column", fmt.Sprint(u.Tile.Column), "line", fmt.Sprint(earlier.line))
			}
			tiles[*u.Tile] = here.key("tile")
		}
	}
	for i, u := range r.Units {
		if _, known := codes[u.Parent]; u.Parent != "" && !known {
			unknown(at.key("units").item(i).key("parent"), "unit", u.Parent, unitCodes(r), found)
		}
	}
}

// unknown notes a code that nothing has, and what was probably meant.
func unknown[C ~string](at spot, what string, code C, known []C, found *faults) {
	if guess := assess.Closest(code, known); guess != "" {
		found.add(at, "misspelt_code", "there is no {what} {code}; did you mean {guess}?", "what", what, "code", quoted(string(code)), "guess", quoted(string(guess)))
		return
	}
	found.add(at, "unknown_code", "there is no {what} {code}; define it, or use one that is defined", "what", what, "code", quoted(string(code)))
}

func hasGroup(groups []assess.Group, code assess.Code) bool {
	return slices.Contains(groupCodes(groups), code)
}

func groupCodes(groups []assess.Group) []assess.Code {
	codes := make([]assess.Code, len(groups))
	for i, g := range groups {
		codes[i] = g.Code
	}
	return codes
}

func unitCodes(r assess.Roster) []assess.UnitCode {
	codes := make([]assess.UnitCode, len(r.Units))
	for i, u := range r.Units {
		codes[i] = u.Code
	}
	return codes
}
