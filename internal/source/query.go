package source

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// query is a question in SQL with :unit, :period and the like in it, which are bound and never pasted.
type query struct {
	text  string   // as the database wants it
	names []string // what its parameters stand for, in their order
}

// parameters are what may stand in a query: the code of a unit; a period as 2026Q1, its year, and its first and last day as 2026-01-01.
func parameters() []string { return []string{"unit", "period", "year", "first_day", "last_day"} }

// quiet matches, at the beginning of a text, what holds no parameter: quoted texts and names, comments, casts and assignments.
func quiet(driver Driver) *regexp.Regexp {
	return regexp.MustCompile(map[Driver]string{
		SQLite:   `^(?s:'(?:[^']|'')*'|"(?:[^"]|"")*"|` + "`[^`]*`" + `|\[[^\]]*\]|--[^\n]*|/\*.*?\*/)`,
		Postgres: `^(?s:[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$.*?\$\$|--[^\n]*|/\*.*?\*/|::|:=)`,
		MySQL:    `^(?s:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|` + "`[^`]*`" + `|--[^\n]*|#[^\n]*|/\*.*?\*/|:=)`,
	}[driver])
}

// word matches a word whole, so that no text in it looks like the beginning of something else, or any other sign.
var word = regexp.MustCompile(`^(?s:[\pL\pN_]+|.)`)

var parameter = regexp.MustCompile(`^:([A-Za-z_][A-Za-z0-9_]*)`)

// parseQuery finds the parameters of a query and writes them as the database wants them.
func parseQuery(text string, driver Driver) (query, error) {
	var q query
	var out strings.Builder
	skip := quiet(driver)
	for rest := text; rest != ""; {
		if s := skip.FindString(rest); s != "" {
			out.WriteString(s)
			rest = rest[len(s):]
			continue
		}
		m := parameter.FindStringSubmatch(rest)
		if m == nil {
			w := word.FindString(rest)
			out.WriteString(w)
			rest = rest[len(w):]
			continue
		}
		if !slices.Contains(parameters(), m[1]) {
			known := ":" + strings.Join(parameters(), ", :")
			return query{}, assess.Invalid("problem.sql_parameter", fmt.Sprintf("the query holds %s; there are %s", quoted(m[0]), known), "found", Excerpt(m[0]), "known", known).
				At(assess.Place{Field: "query"})
		}
		out.WriteString(q.bind(m[1], driver))
		rest = rest[len(m[0]):]
	}
	q.text = out.String()
	return q, nil
}

// bind answers the mark of a parameter. MySQL counts marks, so a name that stands there twice is given twice.
func (q *query) bind(name string, driver Driver) string {
	at := slices.Index(q.names, name)
	if at < 0 || driver == MySQL {
		q.names = append(q.names, name)
		at = len(q.names) - 1
	}
	return map[Driver]string{SQLite: "?" + strconv.Itoa(at+1), Postgres: "$" + strconv.Itoa(at+1), MySQL: "?"}[driver]
}

// asks says whether a query has one of some parameters.
func (q query) asks(names ...string) bool {
	return slices.ContainsFunc(q.names, func(n string) bool { return slices.Contains(names, n) })
}

// values answers what the parameters are for a unit and a period.
func (q query) values(unit assess.UnitCode, p assess.Period) []any {
	var all []any
	for _, name := range q.names {
		value := ""
		switch {
		case name == "unit":
			value = string(unit)
		case name == "period":
			value = p.String()
		case name == "year":
			value = strconv.Itoa(p.CalendarYear())
		case name == "first_day":
			value = p.FirstDay().Format("2006-01-02")
		default:
			value = p.LastDay().Format("2006-01-02")
		}
		all = append(all, value)
	}
	return all
}
