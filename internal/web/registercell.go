package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/register"
)

// registerView is a register, or a child table of one, in the words of its reader.
type registerView struct {
	*register.Table
	v   *visit
	e   *assess.Edition
	own bool // the record that is looked at is kept by the program itself
}

// openRegister answers the table that the address names.
func (s *site) openRegister(r *http.Request) (*registerView, error) {
	t, e, err := s.Registers.Table(r.Context(), assess.Code(mux.Vars(r)["register"]), s.Now())
	if err != nil {
		return nil, err
	}
	return &registerView{Table: t, v: visitFrom(r), e: e}, nil
}

func (l *registerView) path() string { return "/registers/" + string(l.Code) }

func (l *registerView) say(key string, args ...any) string {
	return l.v.words.T("register."+key, args...)
}

func (l *registerView) name() string { return l.Name.In(l.v.lang()) }

// mayKeep says whether the reader keeps records of the table at all.
func (l *registerView) mayKeep() bool {
	return l.v.user.May(account.KeepRegisters, l.v.user.Unit, l.Keeper())
}

// ofAll says whether the reader sees the records of every unit.
func (l *registerView) ofAll() bool { return l.v.user.May(account.ReadRegisters, "") }

// label is what a column is called.
func (l *registerView) label(f assess.Field) string { return f.Label.In(l.v.lang()) }

// keyLabel is what the columns that name a record are called together.
func (l *registerView) keyLabel() string {
	var labels []string
	for _, name := range l.Key {
		f, _ := l.Column(name)
		labels = append(labels, l.label(f))
	}
	return strings.Join(labels, " / ")
}

// unit is the name of a unit, short where it stands in a table.
func (l *registerView) unit(code assess.UnitCode) string {
	if u, ok := l.e.Roster.Unit(code); ok {
		return u.Name.In(l.v.lang())
	}
	return string(code)
}

// shown is the value of a column as it is read; "" for none.
func (l *registerView) shown(f assess.Field, value string) string {
	if value == "" || f.Personal { // what is personal stands under its mask already
		return value
	}
	switch f.Type {
	case "enum":
		return l.word(f, value)
	case "enum_set":
		var names []string
		for one := range strings.SplitSeq(value, register.ListSign) {
			names = append(names, l.word(f, one))
		}
		return l.v.words.List(names)
	case "bool":
		return l.v.words.T(map[bool]string{true: "web.yes", false: "web.no"}[value == register.Yes])
	case "date":
		if day := register.Day(value); !day.IsZero() {
			return l.v.words.Date(day)
		}
	case "month":
		return l.v.words.Period(value)
	case "ref":
		if f.Name == l.Sign() {
			return l.unit(assess.UnitCode(value))
		}
	case "int", "decimal", "money_cny":
		if !yearly(f) {
			return i18n.Figures(value)
		}
	}
	return value
}

// yearly knows a column of years by its limits: a year takes no separators.
func yearly(f assess.Field) bool {
	return f.Type == "int" && f.Range.Low != nil && f.Range.High != nil && f.Range.Low.IntPart() >= 1900 && f.Range.High.IntPart() <= 2200
}

func (l *registerView) word(f assess.Field, code string) string {
	if i := slices.IndexFunc(f.Values, func(g assess.Group) bool { return string(g.Code) == code }); i >= 0 {
		return f.Values[i].Name.In(l.v.lang())
	}
	return code
}

// numeric says whether a column stands on the right.
func numeric(f assess.Field) bool {
	return slices.Contains([]string{"int", "decimal", "money_cny"}, f.Type)
}

// mostShown is how many columns a list has where not all of them are asked for.
const mostShown = 8

// columns answers those that a list shows beside the one that names the record: all that people fill, or the first that say most – those the
// definition marks, then short ones that are always filled.
func (l *registerView) columns(all bool) (shown []assess.Field) {
	room := mostShown
	chosen := map[string]bool{}
	take := func(want func(f assess.Field) bool) {
		for _, f := range l.Fields {
			if room > 0 && !chosen[f.Name] && !f.System && !slices.Contains(l.Key, f.Name) && (l.ofAll() || f.Name != l.Sign()) && want(f) {
				chosen[f.Name] = true
				room--
			}
		}
	}
	if all {
		room = len(l.Fields)
		take(func(assess.Field) bool { return true })
	} else {
		take(func(f assess.Field) bool { return f.Index })
		take(func(f assess.Field) bool { return f.Name == l.Through })
		take(func(f assess.Field) bool {
			return f.Required && !f.Personal && f.Type != "text" && f.Type != "enum_set" && f.Type != "string_list"
		})
	}
	for _, f := range l.Fields {
		if chosen[f.Name] {
			shown = append(shown, f)
		}
	}
	return shown
}

// stamp is a moment as pages of records show it.
func (s *site) stamp(v *visit, t time.Time) string {
	t = t.In(s.Location)
	return v.words.Date(t) + " " + t.Format("15:04")
}
