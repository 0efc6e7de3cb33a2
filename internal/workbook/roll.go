package workbook

import (
	"regexp"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/tabular"
)

// roll knows the units of a city by their names.
type roll struct {
	own    assess.UnitCode
	names  []unitName                 // that are looked for in a text; those of our own unit first
	called map[string]assess.UnitCode // by name, the short ones too, which are common words in a text
}

type unitName struct {
	name string // folded
	unit assess.UnitCode
}

func rollOf(form *desk.Form) *roll {
	r := &roll{own: form.Unit.Code, called: map[string]assess.UnitCode{}}
	for _, u := range append([]assess.Unit{form.Unit}, form.Edition.Roster.Units...) {
		for _, name := range append([]string{u.Name.ZH, u.Union.ZH, u.Name.EN, u.Union.EN, string(u.Code)}, u.Aliases...) {
			if name = tabular.Fold(name); name != "" {
				r.names = append(r.names, unitName{name, u.Code})
				r.call(name, u.Code)
			}
		}
		r.call(tabular.Fold(u.Short.ZH), u.Code)
		r.call(tabular.Fold(u.Short.EN), u.Code)
	}
	return r
}

func (r *roll) call(name string, unit assess.UnitCode) {
	if _, taken := r.called[name]; name != "" && !taken {
		r.called[name] = unit
	}
}

// reportsFor is what stands before the name of the unit that a table is of.
var reportsFor = regexp.MustCompile(`(?:单位|区县|地区)(?:名称)?[(（]?(?:公章|盖章|章)?[)）]?[:：]([^\s,，;；()（）]+)`)

// is answers what a text says that is the name of a unit and nothing else, or is said to be of one: 填报单位：和平.
func (r *roll) is(text string) says {
	if unit, ok := r.called[tabular.Fold(text)]; ok {
		return r.of(unit)
	}
	for _, said := range reportsFor.FindAllStringSubmatch(text, -1) {
		if unit, ok := r.called[tabular.Fold(said[1])]; ok {
			return r.of(unit)
		}
	}
	return nothing
}

// in answers what a text says that names units anywhere; one that names ours beside others is ours.
func (r *roll) in(text string) says {
	if said := r.is(text); said != nothing {
		return said
	}
	text = tabular.Fold(text)
	for _, n := range r.names {
		if strings.Contains(text, n.name) {
			return r.of(n.unit)
		}
	}
	return nothing
}

func (r *roll) of(unit assess.UnitCode) says {
	if unit == r.own {
		return ours
	}
	return others
}
