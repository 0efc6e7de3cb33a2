package api

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// unit is an assessed union organisation, or the city.
type unit struct {
	Code   assess.UnitCode  `json:"code"`
	Name   name             `json:"name"`
	Short  name             `json:"short"`
	Union  name             `json:"union"`
	Kind   assess.Code      `json:"kind,omitempty"`
	Group  assess.Code      `json:"group,omitempty"`
	Parent *assess.UnitCode `json:"parent"`
	Opened string           `json:"opened,omitempty"`
	Closed string           `json:"closed,omitempty"`
}

// unitColumns are those of a file of units.
func unitColumns() []string {
	return []string{"code", "name", "name_en", "parent", "kind", "group", "opened", "closed"}
}

func unitOf(u assess.Unit) unit {
	one := unit{Code: u.Code, Name: named(u.Name), Short: named(u.Short), Union: named(u.Union), Kind: u.Kind, Group: u.Group, Opened: written(u.Opened), Closed: written(u.Closed)}
	if u.Parent != "" {
		one.Parent = &u.Parent
	}
	return one
}

func unitRecord(u assess.Unit) []string {
	return []string{string(u.Code), u.Name.ZH, u.Name.EN, string(u.Parent), string(u.Kind), string(u.Group), written(u.Opened), written(u.Closed)}
}

func written(p assess.Period) string {
	if p.IsZero() {
		return ""
	}
	return p.String()
}

// roster answers the city and its units in official order.
func roster(e *assess.Edition) []assess.Unit {
	if e.Roster.City.Code == "" {
		return e.Roster.Units
	}
	return append([]assess.Unit{e.Roster.City}, e.Roster.Units...)
}

// edition answers the definitions of the year that the parameter names, of this year where it names none.
func (a *API) edition(ctx context.Context, c Call, q *parameters) (*assess.Edition, error) {
	year := q.number("year", c.Now.Year(), 1900, 9999)
	if q.fault != nil {
		return nil, q.fault
	}
	return a.Board.Edition(ctx, year)
}

func (a *API) units(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	e, err := a.edition(ctx, c, q)
	if err != nil {
		return nil, err
	}
	return a.listed(c, q, func() (list, error) {
		return listOf(roster(e), unitColumns(), func(u assess.Unit) any { return unitOf(u) }, unitRecord), nil
	})
}

func (a *API) unit(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	e, err := a.edition(ctx, c, q)
	if err != nil {
		return nil, err
	}
	return single(c, q, func() (any, error) {
		for _, u := range roster(e) {
			if string(u.Code) == c.Vars["unit"] {
				return unitOf(u), nil
			}
		}
		return nil, noUnit(c.Vars["unit"])
	})
}

func noUnit(code string) *assess.Problem {
	return assess.NotFound("problem.api_unit_unknown", fmt.Sprintf("there is no unit %.40s, or it is not open to this token", code), "value", cut(code))
}

// moment writes a time, "" for none.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
