package dashboard

import (
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// of answers the nodes a query asks for, in the order of the edition.
func (r *resolver) of(q Query) ([]assess.Code, error) { return r.named(q.Of) }

// named answers the nodes that a word of a file stands for.
func (r *resolver) named(of string) ([]assess.Code, error) {
	e := r.now.edition()
	switch of {
	case "overall":
		return []assess.Code{r.now.overall()}, nil
	case "total":
		return []assess.Code{r.total()}, nil
	case "framework":
		return []assess.Code{r.req.Framework}, nil
	case "code":
		return []assess.Code{r.req.Code}, nil
	case "frameworks":
		var codes []assess.Code
		for i := range e.Frameworks {
			codes = append(codes, e.Frameworks[i].Code)
		}
		return codes, nil
	case "dimensions":
		return r.under(func(f *assess.Framework) []*assess.Node { return f.Root.Children }), nil
	case "indicators":
		return r.under(func(f *assess.Framework) []*assess.Node { return f.Root.Leaves() }), nil
	}
	code := assess.Code(of)
	if _, ok := r.now.spots[code]; !ok && code != assess.CompositeCode {
		return nil, assess.NotFound("problem.panel_of",
			fmt.Sprintf("this block asks for %q, which the scheme of %d does not have; change \"of\" in its file", of, e.Year),
			"value", of, "year", fmt.Sprint(e.Year))
	}
	return []assess.Code{code}, nil
}

// total answers what sums the page up: the framework that it is about, else the overall figure.
func (r *resolver) total() assess.Code {
	if r.def.Takes("framework") && r.req.Framework != "" {
		return r.req.Framework
	}
	return r.now.overall()
}

// one answers the single node a query asks for.
func (r *resolver) one(q Query) (assess.Code, error) {
	codes, err := r.of(q)
	if err != nil {
		return "", err
	}
	if len(codes) != 1 {
		return "", assess.Invalid("problem.panel_one",
			fmt.Sprintf("this block shows one figure, but %q stands for %d; name one framework or node", q.Of, len(codes)),
			"value", q.Of)
	}
	return codes[0], nil
}

// parts answers the children of the one node a query names, or all the nodes it names.
func (r *resolver) parts(q Query) ([]assess.Code, error) {
	codes, err := r.of(q)
	if err != nil || len(codes) != 1 {
		return codes, err
	}
	s, ok := r.now.spots[codes[0]]
	if !ok || len(s.node.Children) == 0 {
		return codes, nil
	}
	return codesOf(s.node.Children), nil
}

// under collects nodes of the page's framework, or of every framework on a page that has none.
func (r *resolver) under(pick func(*assess.Framework) []*assess.Node) (codes []assess.Code) {
	e := r.now.edition()
	for i := range e.Frameworks {
		f := &e.Frameworks[i]
		if !r.def.Takes("framework") || r.anyFramework() || f.Code == r.req.Framework {
			codes = append(codes, codesOf(pick(f))...)
		}
	}
	return codes
}

// leaves answers the indicators that a node stands for: itself, those below a heading, those of every framework for the composite.
func (r *resolver) leaves(code assess.Code) (codes []assess.Code) {
	if n := r.now.spots[code].node; n != nil {
		return codesOf(n.Leaves())
	}
	if code != assess.CompositeCode {
		return nil
	}
	e := r.now.edition()
	for i := range e.Frameworks {
		codes = append(codes, codesOf(e.Frameworks[i].Root.Leaves())...)
	}
	return codes
}

func codesOf(nodes []*assess.Node) []assess.Code {
	codes := make([]assess.Code, len(nodes))
	for i, n := range nodes {
		codes[i] = n.Code
	}
	return codes
}

// units answers whose figures a query asks for, in official order.
func (r *resolver) units(q Query) []assess.Unit {
	switch q.Units {
	case "peers":
		u, _ := r.now.edition().Roster.Unit(r.req.Unit)
		return r.now.units(u.Group)
	case "unit":
		u, _ := r.now.edition().Roster.Unit(r.req.Unit)
		return []assess.Unit{u}
	case "chosen":
		var units []assess.Unit
		for _, code := range r.req.Units {
			if u, ok := r.now.edition().Roster.Unit(code); ok {
				units = append(units, u)
			}
		}
		return units
	case "city":
		return []assess.Unit{r.now.edition().Roster.City}
	}
	return r.now.units(r.req.Group)
}

// quarters answers the last n quarters up to the page's period, oldest first. Quarters before the first with figures are left out;
// those in between without figures stay as gaps.
func (r *resolver) quarters(n int) ([]assess.Period, error) {
	known, err := r.board.Periods(r.ctx)
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	last := r.req.Period.LastQuarter()
	var quarters []assess.Period
	for back := max(n, 1) - 1; back >= 0; back-- {
		p := last.Add(-back)
		if len(quarters) > 0 || slices.Contains(known, p) {
			quarters = append(quarters, p)
		}
	}
	return quarters, nil
}
