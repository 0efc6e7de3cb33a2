package source

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// ReadUnits reads a CSV of units: code, name and perhaps name_en, parent, kind, group, opened, closed, in official order. A
// single unit without a parent that others name as theirs is the city, which is not itself assessed. Any bad row refuses the
// file: the error is assess.Problems, one for each. The notes harm nothing.
func ReadUnits(file string, data []byte) (roster assess.Roster, notes []*assess.Problem, err error) {
	t, err := openTable(file, data, []string{"code", "name"}, []string{"name_en", "parent", "kind", "group", "opened", "closed"})
	if err != nil {
		return assess.Roster{}, nil, err
	}
	var faults assess.Problems
	lines := map[assess.UnitCode]int{}
	parents := map[assess.UnitCode]assess.Place{}
	err = t.each(func(row row) {
		unit, fault := readUnit(row)
		if first := lines[unit.Code]; fault == nil && first > 0 {
			fault = twice("problem.unit_twice", first, fmt.Sprintf("the unit %s", unit.Code), "unit", string(unit.Code)).At(row.at("code"))
		}
		if fault != nil {
			faults = append(faults, fault)
			return
		}
		lines[unit.Code] = row.line
		if _, named := parents[unit.Parent]; unit.Parent != "" && !named {
			parents[unit.Parent] = row.at("parent")
		}
		roster.Units = append(roster.Units, unit)
	})
	if err != nil {
		return assess.Roster{}, nil, err
	}
	for _, u := range roster.Units {
		if place := parents[u.Parent]; u.Parent != "" && lines[u.Parent] == 0 && place.Line == lines[u.Code] {
			faults = append(faults, assess.Invalid("problem.parent_unknown",
				fmt.Sprintf("the parent %s has no row of its own; add one, or leave the cell empty", quoted(string(u.Parent))),
				"unit", Excerpt(string(u.Parent))).At(place))
		}
	}
	if err := faults.Err(); err != nil {
		return assess.Roster{}, nil, err
	}
	liftCity(&roster)
	roster.Kinds = groupsOf(roster.Units, func(u assess.Unit) assess.Code { return u.Kind })
	roster.Groups = groupsOf(roster.Units, func(u assess.Unit) assess.Code { return u.Group })
	return roster, t.notes, nil
}

func readUnit(row row) (assess.Unit, *assess.Problem) {
	if row.fault != nil {
		return assess.Unit{}, row.fault
	}
	for _, head := range []string{"code", "name"} {
		if row.cell(head) == "" {
			return assess.Unit{}, empty(head).At(row.at(head))
		}
	}
	name := assess.Text{ZH: row.cell("name"), EN: row.cell("name_en")}
	unit := assess.Unit{
		Code: assess.UnitCode(row.cell("code")), Name: name, Short: name, Parent: assess.UnitCode(row.cell("parent")),
		Kind: assess.Code(row.cell("kind")), Group: assess.Code(row.cell("group")),
	}
	if unit.Code == assess.AnyUnit || unit.Parent == unit.Code {
		return assess.Unit{}, assess.Invalid("problem.unit_code",
			fmt.Sprintf("%s cannot be a unit of its own; * stands for every unit, and no unit is its own parent", quoted(string(unit.Code))),
			"unit", Excerpt(string(unit.Code))).At(row.at("code"))
	}
	for head, period := range map[string]*assess.Period{"opened": &unit.Opened, "closed": &unit.Closed} {
		if row.cell(head) == "" {
			continue
		}
		p, err := assess.ParsePeriod(row.cell(head))
		if err != nil {
			return assess.Unit{}, placed(err, row.at(head))
		}
		*period = p
	}
	if !unit.Opened.IsZero() && !unit.Closed.IsZero() && unit.Closed.LastDay().Before(unit.Opened.FirstDay()) {
		return assess.Unit{}, assess.Invalid("problem.unit_closed",
			"the unit closed before it opened; exchange the two or correct one").At(row.at("closed"))
	}
	return unit, nil
}

// liftCity takes the one unit at the top, which others name as their parent, out of the assessed units.
func liftCity(r *assess.Roster) {
	top := func(u assess.Unit) bool { return u.Parent == "" }
	i := slices.IndexFunc(r.Units, top)
	if i < 0 || slices.IndexFunc(r.Units[i+1:], top) >= 0 || len(r.Units) == 1 {
		return
	}
	r.City = r.Units[i]
	r.Units = slices.Delete(r.Units, i, i+1)
}

// groupsOf answers the codes that stand in a column, in order of appearance, named by themselves.
func groupsOf(units []assess.Unit, of func(assess.Unit) assess.Code) (groups []assess.Group) {
	seen := map[assess.Code]bool{"": true}
	for _, u := range units {
		if code := of(u); !seen[code] {
			seen[code] = true
			groups = append(groups, assess.Group{Code: code, Name: assess.Text{ZH: string(code), EN: string(code)}})
		}
	}
	return groups
}

func empty(head string) *assess.Problem {
	return assess.Invalid("problem.cell_empty", fmt.Sprintf("the cell %s is empty; every row needs it", head), "column", head)
}

func twice(key string, first int, what string, args ...string) *assess.Problem {
	line := strconv.Itoa(first)
	return assess.Invalid(key, fmt.Sprintf("%s is already in line %s; keep one of the two", what, line), append(args, "line", line)...)
}

// placed answers the Problem in an error with its place set.
func placed(err error, place assess.Place) *assess.Problem {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p.At(place)
	}
	return assess.Invalid("problem.unreadable", err.Error()).At(place).Because(err)
}
