package city_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
)

// always is one edition for every year.
type always struct{ edition *assess.Edition }

func (a always) Edition(_ context.Context, year int) (*assess.Edition, error) {
	if year < 2024 || year > 2027 {
		return nil, assess.NotFound("problem.year_undefined", fmt.Sprint(year))
	}
	return a.edition, nil
}

// office is the city's desk over a real store, with the shipped definitions.
type office struct {
	t *testing.T
	*city.Desk
	store   *store.Store
	edition *assess.Edition
}

func newOffice(t *testing.T) *office {
	t.Helper()
	edition := testkit.Shipped(t)
	s := testkit.Store(t)
	gate := collect.New(collect.Config{Store: s, Editions: always{edition}})
	return &office{t: t, store: s, edition: edition, Desk: city.New(city.Config{Store: s, Gate: gate, Editions: always{edition}})}
}

// spring is a working day of the first quarter, long before the tenth working day from its end.
var spring = time.Date(2026, 2, 3, 1, 0, 0, 0, time.UTC)

func by(name string, role assess.Role, department assess.Code, at time.Time) city.Act {
	return city.Act{By: account.User{ID: name, Name: name, DisplayName: name, Role: role, Department: department}, At: at, Address: "10.1.2.3", Request: "r-1"}
}

func analyst(at time.Time) city.Act { return by("wu", assess.CityAnalyst, "", at) }

// observe puts accepted figures of an item into the log, in the order of the units; an empty one is left out.
func (o *office) observe(p assess.Period, item assess.Code, values ...string) {
	o.t.Helper()
	in := assess.Intake{Audit: []assess.AuditLine{{At: spring, Actor: "test", Action: "test", Result: "ok"}}}
	for i, v := range values {
		if v != "" {
			in.Observations = append(in.Observations, assess.Observation{
				CellKey: assess.CellKey{Unit: o.edition.Roster.Units[i].Code, Period: p, Item: item}, State: assess.Reported, Value: v, RecordedAt: spring,
			})
		}
	}
	if _, err := o.store.Commit(o.t.Context(), in); err != nil {
		o.t.Fatal(err)
	}
}

func wantProblem(t *testing.T, err, kind error, key string) {
	t.Helper()
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key != key || !errors.Is(err, kind) {
		t.Errorf("answered %v, want %s of kind %q", err, key, kind)
	}
}

// audited answers the actions in the audit log.
func (o *office) audited() (actions []string) {
	o.t.Helper()
	lines, err := o.store.AuditLines(o.t.Context(), 1, 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, l := range lines {
		actions = append(actions, l.Action)
	}
	return actions
}
