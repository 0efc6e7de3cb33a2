package results

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// ExplanationSchema names the form of an Explanation. Fields are only added; a change of meaning makes a new name.
const ExplanationSchema = "unionboard/explanation/1"

// Explanation is why a node of a unit has its score in a period: the result as published, and everything it was made of, enough
// to compute it again. It is the same document for the command line, the pages and other programs; docs/explanation.md describes
// every field with its unit.
type Explanation struct {
	Schema    string          `json:"schema"`
	Period    assess.Period   `json:"period"`
	Framework assess.Code     `json:"framework"` // composite for the root over all frameworks
	Edition   string          `json:"edition"`   // year and number of the definitions: 2026-1
	Unit      assess.UnitCode `json:"unit"`
	UnitName  assess.Text     `json:"unit_name"`
	Node      assess.Code     `json:"node"`
	NodeName  assess.Text     `json:"node_name"`
	Parent    assess.Code     `json:"parent,omitempty"`
	Level     int             `json:"level"`            // 1 is the indicator
	Weight    string          `json:"weight,omitempty"` // as written in the framework
	Core      bool            `json:"core,omitempty"`   // without it a unit cannot get the best grade

	Result     Result             `json:"result"`
	Ranking    Ranking            `json:"ranking"`
	Derivation *assess.Derivation `json:"derivation"`
}

// Result is what was published of a node. What is not there is null or left out, never zero.
type Result struct {
	State assess.NodeState `json:"state"`
	Value *float64         `json:"value,omitempty"`
	Text  string           `json:"text,omitempty"` // a level
	// Score, Shown, Points and FullPoints are of nodes with a score; a bonus has Points alone. Low and High are of pending ones.
	Score       *float64     `json:"score,omitempty"`
	Shown       *float64     `json:"shown,omitempty"`
	Points      *float64     `json:"points,omitempty"`
	FullPoints  *float64     `json:"full_points,omitempty"`
	Low         *float64     `json:"low,omitempty"`
	High        *float64     `json:"high,omitempty"`
	Rank        int          `json:"rank,omitempty"`
	GroupRank   int          `json:"group_rank,omitempty"`
	Grade       assess.Code  `json:"grade,omitempty"`
	Light       assess.Light `json:"light,omitempty"`
	Coverage    float64      `json:"coverage"`
	SmallSample bool         `json:"small_sample,omitempty"`
	// Total is of a root: base + bonus − late.
	Total       *Total        `json:"total,omitempty"`
	Vetoed      []assess.Text `json:"vetoed,omitempty"`
	TiedAtQuota bool          `json:"tied_at_quota,omitempty"`
}

// Total is how the total of a root is put together, in points of its scale.
type Total struct {
	Base  float64 `json:"base"`
	Bonus float64 `json:"bonus"`
	Late  float64 `json:"late"`
	Total float64 `json:"total"`
}

// Ranking says among whom the node is ranked. The city takes no part.
type Ranking struct {
	Competes bool        `json:"competes"`
	Group    assess.Code `json:"group,omitempty"`
	Ties     assess.Ties `json:"ties"`
	MinGroup int         `json:"min_group"` // smaller peer groups are not ranked
}

// Explain answers why nodes of a period have their scores, in the order of roster and tree, the city last and the composite after
// the frameworks. An empty unit or node means every one. Errors are Problems of kind assess.ErrNotFound for what there is not.
func Explain(ctx context.Context, board Board, period assess.Period, unit assess.UnitCode, node assess.Code) ([]Explanation, error) {
	sheet, err := board.Sheet(ctx, period)
	if err != nil {
		return nil, err
	}
	var units []assess.UnitCode
	if unit != "" {
		units = append(units, unit)
	}
	if sheet, err = sheet.Explained(units...); err != nil {
		return nil, err
	}
	list, err := sheet.Explain(unit, node)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := fileInputs(ctx, board, &list[i]); err != nil {
			return nil, fmt.Errorf("explain %s of %s: %w", list[i].Node, list[i].Unit, err)
		}
	}
	return list, nil
}

// Explain is the function Explain without the persons behind the figures.
func (s *Sheet) Explain(unit assess.UnitCode, node assess.Code) ([]Explanation, error) {
	var list []Explanation
	units := append(slices.Clone(s.Edition.Roster.Units), s.Edition.Roster.City)
	known := unit == ""
	for i := range units {
		u := &units[i]
		if u.Code == "" || unit != "" && u.Code != unit {
			continue
		}
		known = true
		for k, scores := range s.Frameworks {
			list = appendCard(list, scores, s.framework(scores.Framework, k), u, node)
		}
		if s.Composite != nil && (node == "" || node == assess.CompositeCode) {
			list = s.appendComposite(list, u)
		}
	}
	for i := range list {
		if s.Edition.Year != 0 {
			list[i].Edition = fmt.Sprintf("%d-%d", s.Edition.Year, s.Edition.Number)
		}
	}
	switch {
	case !known:
		return nil, assess.NotFound("problem.unit_unknown", fmt.Sprintf("there is no unit %q in %s; `unionboard check` lists the units", unit, s.Period), "value", string(unit))
	case len(list) == 0:
		return nil, assess.NotFound("problem.node_unknown",
			fmt.Sprintf("there is no indicator, heading or framework %q with a score of the unit in %s; `unionboard score` lists the codes", node, s.Period), "value", string(node))
	}
	return list, nil
}

func (s *Sheet) framework(code assess.Code, k int) *assess.Framework {
	for i := range s.Edition.Frameworks {
		if s.Edition.Frameworks[i].Code == code {
			return &s.Edition.Frameworks[i]
		}
	}
	return &s.Edition.Frameworks[k]
}

// cardOf answers the card of a unit or of the city, nil where there is none.
func cardOf(scores *assess.Scores, u *assess.Unit) (card *assess.Scorecard, city bool) {
	if card = scores.Card(u.Code); card == nil && scores.City != nil && scores.City.Unit == u.Code {
		return scores.City, true
	}
	return card, false
}

func appendCard(list []Explanation, scores *assess.Scores, f *assess.Framework, u *assess.Unit, only assess.Code) []Explanation {
	card, city := cardOf(scores, u)
	if card == nil {
		return list
	}
	ranking := Ranking{
		Competes: !city && (len(f.RankAmong) == 0 || slices.Contains(f.RankAmong, u.Kind)),
		Group:    u.Group, Ties: cmp.Or(f.Ties, assess.Competition), MinGroup: f.MinGroup,
	}
	for i := range card.Nodes {
		n := &card.Nodes[i]
		if only != "" && n.Node != only {
			continue
		}
		e := explanation(scores, card, n, u, ranking)
		if node := f.Root.Find(n.Node); node != nil {
			e.NodeName, e.Core = node.Name, node.Indicator != nil && node.Indicator.Core
			if n.Parent != "" {
				e.Weight = node.Weight.String()
			}
		}
		list = append(list, e)
	}
	return list
}

func (s *Sheet) appendComposite(list []Explanation, u *assess.Unit) []Explanation {
	card, city := cardOf(s.Composite, u)
	if card == nil {
		return list
	}
	a := &s.Edition.Assessment
	e := explanation(s.Composite, card, card.Root(), u,
		Ranking{Competes: !city, Group: u.Group, Ties: cmp.Or(a.Ties, assess.Competition), MinGroup: a.MinGroup})
	e.NodeName = assess.Text{ZH: "综合得分", EN: "Composite"}
	return append(list, e)
}

func explanation(scores *assess.Scores, card *assess.Scorecard, n *assess.NodeScore, u *assess.Unit, ranking Ranking) Explanation {
	return Explanation{
		Schema: ExplanationSchema, Period: scores.Period, Framework: scores.Framework, Edition: scores.Edition,
		Unit: card.Unit, UnitName: u.Name, Node: n.Node, Parent: n.Parent, Level: n.Level,
		Result: resultOf(card, n), Ranking: ranking, Derivation: n.Why,
	}
}

func resultOf(card *assess.Scorecard, n *assess.NodeScore) Result {
	r := Result{
		State: n.State, Value: n.Value, Text: n.Text, Rank: n.Rank, GroupRank: n.GroupRank, Grade: n.Grade, Light: n.Light,
		Coverage: n.Coverage, SmallSample: n.SmallSample,
	}
	switch {
	case n.HasScore():
		r.Score, r.Shown, r.Points, r.FullPoints = &n.Score, &n.Shown, &n.Points, &n.FullPoints
	case n.Outside && n.State == assess.Scored && (n.Why == nil || n.Why.Method == nil || n.Why.Method.Kind != assess.Veto):
		r.Points = &n.Points
	case n.State == assess.Pending && !n.Outside:
		r.Low, r.High = &n.Low, &n.High
	}
	if n.Parent == "" {
		if n.HasScore() {
			r.Total = &Total{card.Base, card.Bonus, card.Late, card.Total}
		}
		r.Vetoed, r.TiedAtQuota = card.Vetoed, card.TiedAtQuota
	}
	return r
}

// fileInputs tells the inputs of an explanation who filed and accepted them. Sums over units and computed figures have no cell of
// their own.
func fileInputs(ctx context.Context, board Board, e *Explanation) error {
	if e.Derivation == nil || len(e.Derivation.Inputs) == 0 {
		return nil
	}
	d := *e.Derivation
	d.Inputs = slices.Clone(d.Inputs)
	for i := range d.Inputs {
		in := &d.Inputs[i]
		if in.Seq == 0 {
			continue
		}
		o, err := observation(ctx, board, assess.CellKey{Unit: e.Unit, Period: in.From, Item: in.Item, Part: in.Part, Ref: in.Ref}, in.Seq)
		if err != nil {
			return err
		}
		in.Filed = &assess.Filed{
			EnteredBy: o.EnteredBy, AcceptedBy: o.AcceptedBy, RecordedAt: o.RecordedAt, Submission: o.Submission, Run: o.Run, Note: o.Note,
		}
	}
	e.Derivation = &d
	return nil
}

// observation answers an observation of the log.
func observation(ctx context.Context, board Board, key assess.CellKey, seq int64) (assess.Observation, error) {
	history, err := board.History(ctx, key)
	for _, o := range history {
		if o.Seq == seq {
			return o, nil
		}
	}
	return assess.Observation{}, err
}
