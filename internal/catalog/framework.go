package catalog

import (
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// frameworkFile is a framework as it is written; docs/frameworks.md explains the keys.
type frameworkFile struct {
	Code             assess.Code        `json:"code"`
	Edition          label              `json:"edition"`
	Name             text               `json:"name"`
	Short            text               `json:"short"`
	Note             text               `json:"note"`
	Layer            assess.Layer       `json:"layer"`
	Scale            *float64           `json:"scale"`
	Decimals         *int               `json:"decimals"`
	LeafDecimals     *int               `json:"leaf_decimals"`
	PercentDecimals  *int               `json:"percent_decimals"`
	Rounding         assess.Rounding    `json:"rounding"`
	Weights          string             `json:"weights"`
	Weight           *decimal.Decimal   `json:"weight"`
	Aggregate        assess.Aggregation `json:"aggregate"`
	Availability     *fraction          `json:"availability"`
	Missing          string             `json:"missing"`
	Ties             assess.Ties        `json:"ties"`
	RankAmong        []assess.Code      `json:"rank_among"`
	MinGroup         *int               `json:"min_group"`
	BonusInComposite bool               `json:"bonus_in_composite"`
	Lights           *lightsFile        `json:"lights"`
	Grading          *gradingFile       `json:"grading"`
	Impute           assess.Imputation  `json:"impute"`
	Outliers         assess.Outliers    `json:"outliers"`
	Frequency        assess.Frequency   `json:"frequency"`
	Department       assess.Code        `json:"department"`
	Children         []nodeFile         `json:"children"`
}

// nodeFile is a heading or an indicator as it is written.
type nodeFile struct {
	Code       assess.Code        `json:"code"`
	Name       text               `json:"name"`
	Short      text               `json:"short"`
	Note       text               `json:"note"`
	Weight     *decimal.Decimal   `json:"weight"`
	Department assess.Code        `json:"department"`
	Aggregate  assess.Aggregation `json:"aggregate"`
	Children   []nodeFile         `json:"children"`
	indicatorFile
}

// twoThirds is the default of availability: exactly 20 of 30 points are enough (scoring specification, 1.12).
const twoThirds = 2.0 / 3

// ReadFramework reads one framework file that stands alone: its values name items, or are expressions over items, that no
// catalogue needs to know. The error is an assess.Problems with everything that is wrong, each with file, line and column.
func ReadFramework(file string, data []byte) (*assess.Framework, error) {
	var found faults
	f := readFramework(file, data, &found)
	if f != nil {
		f.checkValues(freeLanguage(), &found)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return f.framework, nil
}

// framework is a framework that was read, with the places of its nodes for later checks.
type framework struct {
	file      string
	at        spot
	framework *assess.Framework
	nodes     []placed
	// unweighed are nodes without the weight they need; sums over them say nothing.
	unweighed []*assess.Node
}

// placed is a node of the tree with its place.
type placed struct {
	*assess.Node
	at spot
}

func readFramework(file string, data []byte, found *faults) *framework {
	w, at, ok := read[frameworkFile]("framework", file, data, found)
	if !ok {
		return nil
	}
	f := &framework{file: file, at: at}
	f.framework = w.header(at, found)
	root := &assess.Node{
		Code: w.Code, Name: assess.Text(w.Name), Short: assess.Text(w.Short), Note: assess.Text(w.Note),
		Weight: or(w.Weight, decimal.NewFromFloat(f.framework.Scale)), Aggregate: aggregation(w.Aggregate), Department: w.Department,
	}
	f.framework.Root = root
	f.nodes = append(f.nodes, placed{root, at})
	inherited := inheritance{
		analytic: f.framework.Layer == assess.Analytic, frequency: w.Frequency, department: w.Department, impute: w.Impute, outliers: w.Outliers,
	}
	if !inherited.analytic {
		refuseTreatment(at, w.Impute, w.Outliers, found)
		inherited.impute, inherited.outliers = "", "" // said once
	}
	root.Children = f.grow(w.Children, at.key("children"), inherited, found)
	f.checkTree(found)
	return f
}

// header reads everything but the tree, with the defaults of the layer.
func (w frameworkFile) header(at spot, found *faults) *assess.Framework {
	f := &assess.Framework{
		Code: w.Code, Edition: string(w.Edition), Name: assess.Text(w.Name), Note: assess.Text(w.Note),
		Layer: w.Layer, Scale: or(w.Scale, 100),
		Decimals: or(w.Decimals, 2), LeafDecimals: or(w.LeafDecimals, 4), PercentDecimals: or(w.PercentDecimals, 1),
		Rounding: w.Rounding, Availability: float64(or(w.Availability, twoThirds)), Missing: w.Missing,
		Ties: w.Ties, RankAmong: w.RankAmong, MinGroup: or(w.MinGroup, 4),
		BonusInComposite: w.BonusInComposite, Lights: w.Lights.lights(at.key("lights"), found),
	}
	if f.Layer == "" {
		f.Layer = assess.Official
	}
	f.Relative = w.Weights == "relative" || w.Weights == "" && f.Layer == assess.Analytic
	if f.Missing == "" {
		f.Missing = map[assess.Layer]string{assess.Official: "zero", assess.Analytic: "spread"}[f.Layer]
	}
	if f.Rounding == "" {
		f.Rounding = assess.HalfUp
	}
	if f.Ties == "" {
		f.Ties = assess.Competition
	}
	if f.Availability > 1 {
		found.add(at.key("availability"), "share_above_one", "{share} is more than the whole; write a share from 0 to 1", "share", number(f.Availability))
	}
	if f.Code == assess.CompositeCode {
		found.add(at.key("code"), "code_reserved", "the code {code} stands for the composite of several frameworks; choose another", "code", string(f.Code))
	}
	if w.Grading != nil {
		g := w.Grading.grading(at.key("grading"), found)
		f.Grading = &g
	}
	return f
}

// inheritance is what a node passes down to those below it.
type inheritance struct {
	analytic   bool
	frequency  assess.Frequency
	department assess.Code
	impute     assess.Imputation
	outliers   assess.Outliers
}

// grow makes the children of a node.
func (f *framework) grow(children []nodeFile, at spot, above inheritance, found *faults) []*assess.Node {
	nodes := make([]*assess.Node, len(children))
	for i, w := range children {
		here, below := at.item(i), above
		if w.Department != "" {
			below.department = w.Department
		}
		n := &assess.Node{
			Code: w.Code, Name: assess.Text(w.Name), Short: assess.Text(w.Short), Note: assess.Text(w.Note),
			Department: below.department,
		}
		nodes[i] = n
		f.nodes = append(f.nodes, placed{n, here})
		if w.Children != nil {
			n.Aggregate = aggregation(w.Aggregate)
			n.Children = f.grow(w.Children, here.key("children"), below, found)
		} else {
			n.Indicator = w.indicator(w.Code, here, below, found)
		}
		n.Weight = f.weight(w, n, here, found)
		if n.Indicator != nil && n.Indicator.Method.Kind == assess.Deduction && n.Weight.IsZero() {
			found.add(here.key("weight"), "deduction_weight", "{node} loses points from its weight, which must be above 0", "node", string(n.Code))
		}
	}
	return nodes
}

// weight reads a node's weight. A bonus and a veto stand outside the weights; everything else must have one where weights are
// points.
func (f *framework) weight(w nodeFile, n *assess.Node, at spot, found *faults) decimal.Decimal {
	relative := f.framework.Relative
	outside := n.Indicator != nil && (n.Indicator.Method.Kind == assess.Bonus || n.Indicator.Method.Kind == assess.Veto)
	switch {
	case outside && w.Weight != nil && !w.Weight.IsZero():
		found.add(at.key("weight"), "weight_outside", "{node} is scored by {method}, outside the weights; its weight must be 0, or left out", "node", string(n.Code), "method", string(n.Indicator.Method.Kind))
	case w.Weight != nil:
		if relative && !outside && w.Weight.IsZero() {
			found.add(at.key("weight"), "weight_zero", "the weight of {node} is 0, so it would never count; give it a weight above 0", "node", string(n.Code))
		}
		return *w.Weight
	case outside:
	case relative:
		return decimal.NewFromInt(1)
	default:
		f.unweighed = append(f.unweighed, n)
		found.add(at, "weight_missing", "{node} has no weight; give it the points that it counts, so that siblings add up to their parent", "node", string(n.Code))
	}
	return decimal.Zero
}

func aggregation(a assess.Aggregation) assess.Aggregation {
	if a == "" {
		return assess.Arithmetic
	}
	return a
}
