package source

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

func TestParseQuery(t *testing.T) {
	for _, tt := range []struct {
		driver     Driver
		text, want string
		names      string
	}{
		{Postgres, "select a from t where u = :unit and p = :period and :unit <> ''", "select a from t where u = $1 and p = $2 and $1 <> ''", "unit period"},
		{SQLite, "select a where u=:unit and v=:unit and y=:year", "select a where u=?1 and v=?1 and y=?2", "unit year"},
		{MySQL, "select a where u=:unit and v=:unit", "select a where u=? and v=?", "unit unit"},
		{Postgres, "select ':unit', \":unit\", a::text, $$:unit$$, e'\\':unit' -- :unit\n/* :unit */ where d >= :first_day", "select ':unit', \":unit\", a::text, $$:unit$$, e'\\':unit' -- :unit\n/* :unit */ where d >= $1", "first_day"},
		{Postgres, "select name'x:unit', a[1:2], '\\' || :unit", "select name'x:unit', a[1:2], '\\' || $1", "unit"},
		{MySQL, "select 'a\\':unit', `:unit`, @a := 1 # :unit\n, :last_day", "select 'a\\':unit', `:unit`, @a := 1 # :unit\n, ?", "last_day"},
		{SQLite, "select [:unit], `:unit`, 'it''s :unit' 单位 = :unit", "select [:unit], `:unit`, 'it''s :unit' 单位 = ?1", "unit"},
		{SQLite, "", "", ""},
	} {
		q, err := parseQuery(tt.text, tt.driver)
		if err != nil || q.text != tt.want || strings.Join(q.names, " ") != tt.names {
			t.Errorf("%s %q: %q %v, %v; want %q %s", tt.driver, tt.text, q.text, q.names, err, tt.want, tt.names)
		}
	}
	_, err := parseQuery("select :untis", Postgres)
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key != "problem.sql_parameter" || p.Place.Field != "query" {
		t.Errorf("%v", err)
	}
	q := query{names: parameters()}
	if got := q.values("210102", assess.NewQuarter(2026, 1)); !slices.Equal(got, []any{"210102", "2026Q1", "2026", "2026-01-01", "2026-03-31"}) {
		t.Errorf("values %v", got)
	}
}

// Whatever a query is, it is taken apart to its end, and what is left of it is what was there.
func FuzzParseQuery(f *testing.F) {
	f.Add("select ':unit' -- :unit\n, :unit /* ")
	f.Add("e'\\':unit'$$")
	f.Fuzz(func(t *testing.T, text string) {
		for _, driver := range []Driver{SQLite, Postgres, MySQL} {
			q, err := parseQuery(text, driver)
			if err != nil {
				continue
			}
			if len(q.names) == 0 && q.text != text {
				t.Errorf("%s: %q became %q", driver, text, q.text)
			}
		}
	})
}
