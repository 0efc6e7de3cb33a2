package assess

import "github.com/shopspring/decimal"

// Layer says how exactly a framework is computed and published (scoring specification, part 3.2).
type Layer string

// The layers.
const (
	Official Layer = "official" // points in integers of 0.0001, rounded half-up once
	Analytic Layer = "analytic" // double precision, rounded only where it is shown
)

// Rounding is the rule for exact halves. Values are first snapped to 9 decimals.
type Rounding string

// The roundings.
const (
	HalfUp   Rounding = "half_up" // 四舍五入, symmetric for negatives
	HalfEven Rounding = "half_even"
)

// Framework is an assessment scheme as issued for a year.
type Framework struct {
	Code    Code
	Edition string
	Name    Text
	Note    Text
	Layer   Layer
	Scale   float64 // a perfect score: 100, or 1 for the Human Development Index
	// Decimals are the digits shown and ranked; LeafDecimals those of an indicator's points in the official layer.
	Decimals, LeafDecimals, PercentDecimals int
	Rounding                                Rounding
	// Relative weights count only against their siblings; otherwise weights are points that add up to the parent's.
	Relative bool
	// Availability is the least share of a node's due weight that must be applicable; below it the node is pending.
	Availability float64
	// Missing says what a value that was not reported does: "zero" (0 points; official default) or "spread" (its weight goes to
	// its siblings; analytic default).
	Missing string
	// Ranking: displayed ties, the kinds of unit that take part (empty: all), and the smallest peer group that is ranked.
	Ties      Ties
	RankAmong []Code
	MinGroup  int
	// BonusInComposite: bonus points are added to the composite and not to this framework's own total.
	BonusInComposite bool
	Lights           Lights
	Grading          *Grading // nil: no grades of its own
	Root             *Node    // code and name of the root are the framework's
}

// Ties is the rule for displayed ranks.
type Ties string

// The rules: 1,1,3 and 1,1,2. Points by rank always use the average place unless the method says dense.
const (
	Competition Ties = "competition"
	Dense       Ties = "dense"
	Average     Ties = "average"
)

// Lights are the limits of green and yellow, as shares: of the target to date for indicators scored by completion ratio, of
// the points attainable to date for everything else. A share equal to the limit has the better colour.
type Lights struct {
	ProgressGreen, ProgressYellow float64 // 1.00, 0.80
	PointsGreen, PointsYellow     float64 // 0.95, 0.80
}

// Node is a heading of a framework (dimension) or, with an Indicator, a leaf.
type Node struct {
	Code       Code
	Name       Text
	Short      Text
	Note       Text // motto or explanation
	Weight     decimal.Decimal
	Aggregate  Aggregation
	Department Code
	Children   []*Node
	Indicator  *Indicator
}

// Aggregation is the mean by which a node is made of its children.
type Aggregation string

// The means.
const (
	Arithmetic Aggregation = "arithmetic"
	Geometric  Aggregation = "geometric"
	Harmonic   Aggregation = "harmonic"
)

// Walk calls visit for n and everything below it, parents first, with the depth from 0.
func (n *Node) Walk(visit func(node, parent *Node, depth int)) { walk(n, nil, 0, visit) }

func walk(n, parent *Node, depth int, visit func(node, parent *Node, depth int)) {
	visit(n, parent, depth)
	for _, c := range n.Children {
		walk(c, n, depth+1, visit)
	}
}

// Find answers the node with a code at or below n, nil where there is none.
func (n *Node) Find(code Code) (found *Node) {
	n.Walk(func(m, _ *Node, _ int) {
		if m.Code == code && found == nil {
			found = m
		}
	})
	return found
}

// Leaves answers the indicators' nodes at or below n in the order of the tree.
func (n *Node) Leaves() (leaves []*Node) {
	n.Walk(func(m, _ *Node, _ int) {
		if m.Indicator != nil {
			leaves = append(leaves, m)
		}
	})
	return leaves
}

// Direction says which way is better.
type Direction string

// The directions.
const (
	Up     Direction = "up"
	Down   Direction = "down"
	Centre Direction = "target" // a band or a centre is best
)

// Indicator is what is scored, made of items (指标).
type Indicator struct {
	Definition     Text
	Measure        Text
	Type           ValueType
	Direction      Direction
	Frequency      Frequency
	Accumulation   Accumulation
	Origin         Origin
	Value          Formula
	Transform      Transform
	Impute         Imputation // analysis only
	Outliers       Outliers   // analysis only
	Decimals       int        // declared precision of the value; bands and ranks compare at it
	Target         *TargetRule
	Soft, Hard     Range
	SoftPlausible  bool // the soft range is the item's plausible range of the peer group
	Zero           ZeroDenominator
	MinDenominator float64 // below it the rate is marked 小样本
	WhenNot        Text    // when the city marks it not applicable; empty: never
	Checks         []string
	Evidence       []Code
	Department     Code
	Core           bool // a unit without it cannot get the best grade
	Method         Method
	Basis          Code
	Refs           []string
}

// Formula is how an indicator's value is made: one item, a ratio of two (times Scale), or an expression over item codes.
type Formula struct {
	Item                   Code
	Numerator, Denominator Code
	Scale                  float64
	Expr                   string
}

// Transform is applied to the value, and to the goalposts, before the method.
type Transform string

// The transforms. A value that one does not take has no score, as a denominator of zero has none.
const (
	NoTransform Transform = ""
	Log         Transform = "log"   // natural logarithm, of values above 0
	Log10       Transform = "log10" // of values above 0
	LogPlusOne  Transform = "log1p" // ln(1 + x), of values above −1
	SquareRoot  Transform = "sqrt"  // of values from 0 on
	CubeRoot    Transform = "cbrt"  // of any value
)

// Imputation is what stands for a figure that was not reported. It changes reported data, so it is for analysis only.
type Imputation string

// The imputations, each from the values of the same period.
const (
	NoImputation      Imputation = ""
	ImputeMean        Imputation = "mean"
	ImputeMedian      Imputation = "median"
	ImputeGroupMedian Imputation = "group_median" // of the unit's peer group
)

// Outliers says what is done to values far from the others. It changes reported data, so it is for analysis only.
type Outliers string

// The treatments of outliers.
const (
	KeepOutliers Outliers = ""
	// SkewKurtosis draws in up to five extreme values until the skewness is below 2 in size or the kurtosis below 3.5; where
	// that is not enough, it takes a logarithm of the column instead.
	SkewKurtosis Outliers = "skew_kurtosis"
)

// TargetRule says where the target of an indicator comes from.
type TargetRule struct {
	Mode     string   // absolute (a number per unit, set each year), ratio (the same percentage for all), band
	FullYear *float64 // the same for all units; nil: from the targets table
	Low      *float64 // band
	High     *float64
	Split    string // how the city's total is split, in words
}

// TargetPerUnit says whether the indicator's target is a number that is set for each unit and year, and not one of its definition.
func (in *Indicator) TargetPerUnit() bool {
	return in.Target != nil && in.Target.Mode == "absolute" && in.Target.FullYear == nil
}

// ZeroDenominator says what a denominator of zero means.
type ZeroDenominator string

// The meanings: not applicable (the weight is spread), full marks, no marks.
const (
	ZeroExcludes ZeroDenominator = "exclude"
	ZeroIsFull   ZeroDenominator = "full"
	ZeroIsZero   ZeroDenominator = "zero"
)

// MethodKind names a scoring method.
type MethodKind string

// The methods of the official frameworks, then those of composite indicators.
const (
	TargetRatio MethodKind = "target_ratio" // 完成率法
	Banded      MethodKind = "banded"       // 分档
	Efficacy    MethodKind = "efficacy"     // 功效系数法
	Tiered      MethodKind = "tiered"       // interpolation between standard values
	Ranked      MethodKind = "rank"         // 排名法
	Rated       MethodKind = "rating"       // 评定, 民主测评
	Deduction   MethodKind = "deduction"    // 扣分法
	Bonus       MethodKind = "bonus"        // 加分项
	Veto        MethodKind = "veto"         // 一票否决
	YesNo       MethodKind = "yes_no"
	Goalposts   MethodKind = "goalposts"
	Scaled      MethodKind = "scaled" // goalposts without limits, for the value with its sign turned where lower is better
	MinMax      MethodKind = "min_max"
	ZScore      MethodKind = "z_score"
	RankNumber  MethodKind = "rank_number"     // 1 for the last, n for the first
	Borda       MethodKind = "borda"           // the number of units that are behind
	PercentRank MethodKind = "percentile_rank" // the share of the other units that are behind
	ToTarget    MethodKind = "distance_to_target"
	Direct      MethodKind = "direct" // the value is the score
)

// Method is a scoring method with its parameters. Only the parameters of its kind are set; shares are of full marks (0–1).
type Method struct {
	Kind MethodKind `json:"kind"`

	Cap     float64   `json:"cap,omitempty"`     // target_ratio: greatest share, 1 or more; distance_to_target: 0 for none
	Phasing []float64 `json:"phasing,omitempty"` // percent of the year's target due at the end of Q1…Q4; empty: the full target at once
	Width   float64   `json:"width,omitempty"`   // target_ratio, centred: half-width of the tolerance

	Bands []Band `json:"bands,omitempty"` // banded, best first

	Floor        float64 `json:"floor,omitempty"` // efficacy: unacceptable value (不允许值)
	Satisfactory float64 `json:"satisfactory,omitempty"`
	Base         float64 `json:"base,omitempty"` // share at the floor

	Points []Point `json:"points,omitempty"` // tiered

	First float64 `json:"first,omitempty"` // rank: shares of the first and the last place
	Last  float64 `json:"last,omitempty"`
	Step  float64 `json:"step,omitempty"`  // rank: points less per place, instead of Last
	Scope string  `json:"scope,omitempty"` // rank: peer_group or all
	Ties  Ties    `json:"ties,omitempty"`  // rank: average (default), dense, competition; other places: competition (default)

	Levels   map[Code]float64 `json:"levels,omitempty"`    // rating by grades: share per level
	ScaleMax float64          `json:"scale_max,omitempty"` // rating by numbers: full marks
	Raters   []RaterGroup     `json:"raters,omitempty"`    // rating by ballots
	TrimFrom int              `json:"trim_from,omitempty"` // ballots from which one highest and one lowest are dropped
	Quorum   float64          `json:"quorum,omitempty"`    // valid ballots over issued ones

	PerCase float64         `json:"per_case,omitempty"` // deduction: points per event
	Min     float64         `json:"min,omitempty"`
	Events  []DeductionKind `json:"events,omitempty"` // deduction by kind of event
	Below   bool            `json:"below,omitempty"`  // deduction: the total may go below zero

	Table []BonusLevel `json:"table,omitempty"` // bonus: points per level of achievement

	Effect Code `json:"effect,omitempty"` // veto: not_excellent caps the grade at the grade the assessment says

	Low  float64 `json:"low,omitempty"` // goalposts, before the transform; scaled, after it and the turn of sign
	High float64 `json:"high,omitempty"`
	Open bool    `json:"open,omitempty"` // goalposts, min_max: not clipped
	Over string  `json:"over,omitempty"` // methods that compare with the others: period (default) or panel
	// To are the scores of the worst and the best value, for goalposts, scaled and min_max; empty: 0 and the scale.
	To        []float64 `json:"to,omitempty"`
	Mean      float64   `json:"mean,omitempty"`      // z_score: the score of the mean, and
	Deviation float64   `json:"deviation,omitempty"` // the points of one standard deviation; 0: 1 point
}

// Band is an interval of values with the share of full marks it gives. A nil limit is open; Equal is a level or true/false.
type Band struct {
	Low          *float64 `json:"low,omitempty"`
	High         *float64 `json:"high,omitempty"`
	LowExcluded  bool     `json:"low_excluded,omitempty"`  // 超过
	HighExcluded bool     `json:"high_excluded,omitempty"` // 不满
	Equal        string   `json:"equal,omitempty"`
	Share        float64  `json:"share"`
}

// Point is a standard value and the share of full marks it gives.
type Point struct {
	Value float64 `json:"value"`
	Share float64 `json:"share"`
}

// RaterGroup is a group of raters; ballots carry its code as part and the rater as ref.
type RaterGroup struct {
	Code   Code    `json:"code"`
	Weight float64 `json:"weight"`
	Issued int     `json:"issued,omitempty"` // ballots issued; 0: no quorum for this group
}

// DeductionKind is a kind of event: points for each, at most Cap in all (0: no cap). Reports carry its code as part.
type DeductionKind struct {
	Code Code    `json:"code"`
	Each float64 `json:"each"`
	Cap  float64 `json:"cap,omitempty"`
}

// BonusLevel is a level of achievement and its points.
type BonusLevel struct {
	Level  Code    `json:"level"`
	Points float64 `json:"points"`
}

// Target is a target as set: of a unit (AnyUnit for all), a period (usually a year) and an indicator.
type Target struct {
	Unit   UnitCode
	Period Period
	Code   Code
	Value  decimal.Decimal
	// From is the first quarter the target holds in, zero for the whole period. A target that is changed in the year keeps its old
	// value for the quarters before.
	From Period
}
