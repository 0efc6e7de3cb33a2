package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// framework is an assessment scheme; Tree is of one that was asked for alone.
type framework struct {
	Code     assess.Code  `json:"code"`
	Name     name         `json:"name"`
	Edition  string       `json:"edition"`
	Layer    assess.Layer `json:"layer"`
	Scale    float64      `json:"scale"`
	Decimals int          `json:"decimals"`
	// Weight is its share of the composite, as a decimal; nil where it is no part of it.
	Weight *string `json:"weight"`
	Tree   *node   `json:"tree,omitempty"`
}

// node is a heading, or with an indicator a leaf.
type node struct {
	Code       assess.Code        `json:"code"`
	Name       name               `json:"name"`
	Weight     string             `json:"weight,omitempty"`
	Aggregate  assess.Aggregation `json:"aggregate,omitempty"`
	Department assess.Code        `json:"department,omitempty"`
	Children   []node             `json:"children,omitempty"`
	Indicator  *indicator         `json:"indicator,omitempty"`
}

// indicator is how a leaf is scored.
type indicator struct {
	Definition   name                `json:"definition"`
	Measure      name                `json:"measure"`
	Type         assess.ValueType    `json:"type,omitempty"`
	Direction    assess.Direction    `json:"direction,omitempty"`
	Frequency    assess.Frequency    `json:"frequency,omitempty"`
	Accumulation assess.Accumulation `json:"accumulation,omitempty"`
	Origin       assess.Origin       `json:"origin,omitempty"`
	Core         bool                `json:"core,omitempty"`
	Decimals     int                 `json:"decimals"`
	Department   assess.Code         `json:"department,omitempty"`
	Item         assess.Code         `json:"item,omitempty"`
	Numerator    assess.Code         `json:"numerator,omitempty"`
	Denominator  assess.Code         `json:"denominator,omitempty"`
	Scale        float64             `json:"scale,omitempty"`
	Expression   string              `json:"expression,omitempty"`
	Method       assess.Method       `json:"method"`
}

func frameworkColumns() []string {
	return []string{"code", "name", "name_en", "edition", "layer", "scale", "decimals", "weight"}
}

func frameworkOf(e *assess.Edition, f *assess.Framework) framework {
	one := framework{Code: f.Code, Name: named(f.Name), Edition: issued(e), Layer: f.Layer, Scale: f.Scale, Decimals: f.Decimals}
	for _, share := range e.Assessment.Composite {
		if share.Framework == f.Code {
			weight := share.Weight.String()
			one.Weight = &weight
		}
	}
	return one
}

// issued names the definitions of a year: 2026-1.
func issued(e *assess.Edition) string { return fmt.Sprintf("%d-%d", e.Year, e.Number) }

func frameworkRecord(f framework) []string {
	weight := ""
	if f.Weight != nil {
		weight = *f.Weight
	}
	return []string{
		string(f.Code), f.Name.ZH, f.Name.EN, f.Edition, string(f.Layer), strconv.FormatFloat(f.Scale, 'f', -1, 64), strconv.Itoa(f.Decimals), weight,
	}
}

func treeOf(n *assess.Node, root bool) node {
	one := node{Code: n.Code, Name: named(n.Name), Aggregate: n.Aggregate, Department: n.Department}
	if !root {
		one.Weight = n.Weight.String()
	}
	for _, c := range n.Children {
		one.Children = append(one.Children, treeOf(c, false))
	}
	if in := n.Indicator; in != nil {
		one.Indicator = &indicator{
			Definition: named(in.Definition), Measure: named(in.Measure), Type: in.Type, Direction: in.Direction, Frequency: in.Frequency,
			Accumulation: in.Accumulation, Origin: in.Origin, Core: in.Core, Decimals: in.Decimals, Department: in.Department, Item: in.Value.Item,
			Numerator: in.Value.Numerator, Denominator: in.Value.Denominator, Scale: in.Value.Scale, Expression: in.Value.Expr, Method: in.Method,
		}
	}
	return one
}

func (a *API) frameworks(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	e, err := a.edition(ctx, c, q)
	if err != nil {
		return nil, err
	}
	return a.listed(c, q, func() (list, error) {
		all := make([]framework, len(e.Frameworks))
		for i := range e.Frameworks {
			all[i] = frameworkOf(e, &e.Frameworks[i])
		}
		return listOf(all, frameworkColumns(), func(f framework) any { return f }, frameworkRecord), nil
	})
}

func (a *API) framework(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	e, err := a.edition(ctx, c, q)
	if err != nil {
		return nil, err
	}
	return single(c, q, func() (any, error) {
		code := assess.Code(c.Vars["framework"])
		f, ok := e.Framework(code)
		if !ok {
			return nil, noFramework(code)
		}
		one, tree := frameworkOf(e, f), treeOf(f.Root, true)
		one.Tree = &tree
		return one, nil
	})
}

func noFramework(code assess.Code) *assess.Problem {
	return assess.NotFound("problem.framework_unknown", fmt.Sprintf("there is no framework %q", code), "value", string(code))
}

// item is a figure that is reported, counted or supplied.
type item struct {
	Code         assess.Code         `json:"code"`
	Name         name                `json:"name"`
	Definition   name                `json:"definition"`
	Measure      name                `json:"measure"`
	Type         assess.ValueType    `json:"type"`
	Accumulation assess.Accumulation `json:"accumulation"`
	Frequency    assess.Frequency    `json:"frequency"`
	Origin       assess.Origin       `json:"origin"`
	Purpose      assess.Code         `json:"purpose,omitempty"`
	Department   assess.Code         `json:"department,omitempty"`
	Formula      string              `json:"formula,omitempty"`
	Levels       []assess.Code       `json:"levels,omitempty"`
	UsedBy       []assess.Code       `json:"used_by,omitempty"`
}

func itemColumns() []string {
	return []string{"code", "name", "name_en", "measure", "type", "accumulation", "frequency", "origin", "purpose", "department"}
}

func itemOf(i assess.Item) any {
	return item{
		i.Code, named(i.Name), named(i.Definition), named(i.Measure), i.Type, i.Accumulation, i.Frequency, i.Origin, i.Purpose, i.Department, i.Formula, i.Levels, i.UsedBy,
	}
}

func itemRecord(i assess.Item) []string {
	return []string{
		string(i.Code), i.Name.ZH, i.Name.EN, i.Measure.ZH, string(i.Type), string(i.Accumulation), string(i.Frequency), string(i.Origin), string(i.Purpose), string(i.Department),
	}
}

func (a *API) items(ctx context.Context, c Call) (*Answer, error) {
	q := c.parameters()
	e, err := a.edition(ctx, c, q)
	if err != nil {
		return nil, err
	}
	origins, codes := texts[assess.Origin](q, "origin"), texts[assess.Code](q, "code")
	return a.listed(c, q, func() (list, error) {
		var chosen []assess.Item
		for _, i := range e.Items {
			if among(origins, i.Origin) && among(codes, i.Code) {
				chosen = append(chosen, i)
			}
		}
		return listOf(chosen, itemColumns(), itemOf, itemRecord), nil
	})
}

// among says whether a filter lets something through; one that says nothing lets everything.
func among[T comparable](filter []T, one T) bool {
	return len(filter) == 0 || slices.Contains(filter, one)
}
