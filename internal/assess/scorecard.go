package assess

import "time"

// NodeState is what became of a node.
type NodeState string

// The states; the last four are four different things and none of them is zero.
const (
	Scored        NodeState = "scored"
	NotDue        NodeState = "not_due"
	NotApplicable NodeState = "not_applicable"
	NotReported   NodeState = "not_reported" // 0 points in the official layer
	Pending       NodeState = "pending"      // no total yet
)

// Light is a traffic light; empty for veto, bonus and everything that is not scored.
type Light string

// The lights.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
)

// Scores is the result of one framework, or of the composite, in one period.
type Scores struct {
	Framework Code
	Edition   string
	Period    Period
	Decimals  int
	Layer     Layer
	Cards     []Scorecard // in roster order
	City      *Scorecard  // sums over sums; not ranked; nil where it was not asked for
	// Missing are the units that reported nothing for the period.
	Missing []UnitCode
}

// Scorecard is the whole result of one unit and period in one framework.
type Scorecard struct {
	Unit  UnitCode
	Nodes []NodeScore // in tree order, parents first; the first is the root
	// Of the root, in points on the framework's scale. Total = Base + Bonus − Late; Bonus and Late are 0 in a quarter.
	Base, Bonus, Late, Total float64
	// LateDays are working days late in the period, marked also where they cost nothing.
	LateDays int
	Vetoed   []Text // why the best grade is barred
	// TiedAtQuota: a tie across the quota that the chain did not break (名额内并列, 提请研究).
	TiedAtQuota bool
	// CoreMissing: a core indicator was not reported, which bars the best grade.
	CoreMissing bool
}

// NodeScore is the result of one node.
type NodeScore struct {
	Node   Code
	Parent Code // "" for the root
	Level  int  // 1 is the indicator
	State  NodeState
	// Value is the indicator's value x, nil for headings and where there is none. Graded items give their level in Text.
	Value *float64
	Text  string
	// Score is on the framework's scale: a multiple of 0.0001 in the official layer. Shown is the same, rounded once to the
	// decimals that are printed and ranked. Points = FullPoints × Score / Scale; FullPoints are those due to date, after
	// the weight of what is not applicable was spread. All are meaningless unless State is Scored or NotReported.
	Score, Shown, Points, FullPoints float64
	// Low and High bound the score a pending node can still reach, as shown.
	Low, High float64
	// Rank is among all units, GroupRank within the peer group, from 1; 0 means not ranked.
	Rank, GroupRank int
	Grade           Code
	Light           Light
	Coverage        float64 // share of the due weight that was reported, 0–1
	SmallSample     bool
	Sample          float64 // the denominator of a small sample
	// Outside: beside the tree of weights. A veto has no score, a bonus has Points and no score.
	Outside bool
	Why     *Derivation // nil for analytic scores unless asked for
}

// HasScore says whether Score, Shown and Points count: the node was scored, or it was not reported and costs its points. What
// is not reported costs nothing where its weight was spread over its siblings.
func (n *NodeScore) HasScore() bool {
	return !n.Outside && (n.State == Scored || n.State == NotReported && n.FullPoints > 0)
}

// Root answers the root's score.
func (c *Scorecard) Root() *NodeScore { return &c.Nodes[0] }

// Node answers a node's score, nil where the framework has no such node.
func (c *Scorecard) Node(code Code) *NodeScore {
	for i := range c.Nodes {
		if c.Nodes[i].Node == code {
			return &c.Nodes[i]
		}
	}
	return nil
}

// Card answers the scorecard of a unit, nil where there is none.
func (s *Scores) Card(unit UnitCode) *Scorecard {
	for i := range s.Cards {
		if s.Cards[i].Unit == unit {
			return &s.Cards[i]
		}
	}
	return nil
}

// Derivation is how a node's score came about: enough to compute it again by hand, or by a program that knows nothing else.
type Derivation struct {
	// Scale is a perfect score; Decimals, LeafDecimals and Rounding are those of the framework.
	Scale        float64  `json:"scale"`
	Decimals     int      `json:"decimals"`
	LeafDecimals int      `json:"leaf_decimals"`
	Rounding     Rounding `json:"rounding,omitempty"`
	Layer        Layer    `json:"layer,omitempty"`
	// Relative weights count only against their siblings; else they are points.
	Relative bool `json:"relative,omitempty"`
	// Availability is the least share of a heading's due weight that must be applicable.
	Availability float64 `json:"availability,omitempty"`

	Inputs []Input `json:"inputs,omitempty"`
	// Value is the indicator's value x: the input of role value, Factor × numerator ÷ denominator, or Expr over the inputs
	// (inputs of the same role and item add up). Precision is the number of decimals at which bands and ranks compare it.
	Value     *float64 `json:"value,omitempty"`
	Factor    float64  `json:"factor,omitempty"`
	Expr      string   `json:"expr,omitempty"`
	Precision int      `json:"precision,omitempty"`
	// Treated is the value after imputation, the treatment of outliers and the transform, where one of the first two changed it.
	Treated   *float64        `json:"treated,omitempty"`
	Treatment string          `json:"treatment,omitempty"` // imputed, winsorised, logged
	Transform Transform       `json:"transform,omitempty"`
	Direction Direction       `json:"direction,omitempty"`
	Zero      ZeroDenominator `json:"zero_denominator,omitempty"`
	Method    *Method         `json:"method,omitempty"` // of an indicator
	// Formula is the arithmetic in words of the specification, with the numbers filled in: "100 × min(70 ÷ 80, 1)".
	Formula string `json:"formula"`
	// Target is the year's target, TargetToDate what of it is due by the end of the period, Phasing the percentage.
	Target       *float64 `json:"target,omitempty"`
	Phasing      *float64 `json:"phasing,omitempty"`
	TargetToDate *float64 `json:"target_to_date,omitempty"`
	Progress     *float64 `json:"progress,omitempty"` // value over target to date, as a share
	// Targets are all targets of the year where it was changed, the oldest first; Target is the one that holds.
	Targets []DatedTarget `json:"targets,omitempty"`
	Band    *Band         `json:"band,omitempty"`    // the band that held
	Limited bool          `json:"limited,omitempty"` // a cap or clip applied
	// Place is the average place and Peers the number of units with a value, for the rank method.
	Place float64 `json:"place,omitempty"`
	Peers int     `json:"peers,omitempty"`
	// Contest are the values the place, or the norm of the period, was made of, in roster order, the unit's own among them. All
	// who are compared share one list.
	Contest []Rival `json:"contest,omitempty"`
	// Norm is what the values of the peers were measured by: lowest and highest for min_max, mean and deviation for z_score.
	Norm *Norm `json:"norm,omitempty"`
	// Adjusted is the mean of a rating once each rater's severity is taken out, where every rater rated every unit; RatersDiffer
	// says that they did not, so that the ratings of units do not compare. Both are analysis and score nothing.
	Adjusted     *float64 `json:"severity_adjusted,omitempty"`
	RatersDiffer bool     `json:"raters_differ,omitempty"`
	// Share is the share of full marks before rounding, FullPoints the points due and Spread what came from siblings that are
	// not applicable. FullMarks are the points before the spread, against which a deduction counts.
	Share      float64 `json:"share"`
	FullMarks  float64 `json:"full_marks,omitempty"`
	FullPoints float64 `json:"full_points"`
	Spread     float64 `json:"spread,omitempty"`
	// Parts are the children of a heading, made one by the mean Aggregate; Bonus and Late are added to a root and taken off it.
	Aggregate Aggregation `json:"aggregate,omitempty"`
	Parts     []Part      `json:"parts,omitempty"`
	Bonus     float64     `json:"bonus,omitempty"`
	Late      float64     `json:"late,omitempty"`
	// Bonuses are the bonus indicators whose points make the bonus, BonusCap the most they may bring together (nil: no cap).
	// Lateness is how the days of a year became points, Award how the grade came about.
	Bonuses  []BonusPoints `json:"bonuses,omitempty"`
	BonusCap *float64      `json:"bonus_cap,omitempty"`
	Lateness *LateDays     `json:"lateness,omitempty"`
	Award    *Award        `json:"award,omitempty"`
	// Limits are those the light was chosen by; nil where there is no light.
	Limits *LightLimits `json:"light_limits,omitempty"`
	Reason string       `json:"reason,omitempty"` // message key: why there is no score, or what else should be known
}

// DatedTarget is a target with the first quarter it holds in, zero for the beginning of the year.
type DatedTarget struct {
	Target float64 `json:"target"`
	From   Period  `json:"from,omitzero"`
}

// Rival is a unit in a contest with its value, as reported and before any transform.
type Rival struct {
	Unit  UnitCode `json:"unit"`
	Value float64  `json:"value"`
}

// BonusPoints is what a bonus indicator brings to a total.
type BonusPoints struct {
	Node   Code    `json:"node"`
	Points float64 `json:"points"`
}

// LateDays are the working days a unit was late in a year, and the rule by which they cost points of the composite.
type LateDays struct {
	Days      int     `json:"days"`
	GraceDays int     `json:"grace_days"`
	PerDay    float64 `json:"per_day"`
	Cap       float64 `json:"cap"`
}

// LightLimits are the least shares for green and yellow: of the target to date (By is progress) or of the points due (points).
type LightLimits struct {
	By     string  `json:"by"`
	Green  float64 `json:"green"`
	Yellow float64 `json:"yellow"`
}

// Award is how a grade came about: the rule, and what of the unit it looks at.
type Award struct {
	Grades []GradeLimit `json:"grades"` // best first
	// Among is the peer group whose units share the places of the best grade, "" for all units; Units is how many these are,
	// vetoed ones included. QuotaShare is in basis points, 0 for no quota; QuotaLeast the places there are at least; Places what
	// follows from them.
	Among      Code `json:"among,omitempty"`
	Units      int  `json:"units"`
	QuotaShare int  `json:"quota_share"`
	QuotaLeast int  `json:"quota_least,omitempty"`
	Places     int  `json:"places"`
	// Chain breaks ties across the quota, in this order.
	Chain []ChainLink `json:"chain,omitempty"`
	// VetoGrade is the best grade of a vetoed unit; CoreMissing says that a core indicator was not reported, which bars the best.
	VetoGrade   Code `json:"veto_grade,omitempty"`
	Vetoed      bool `json:"vetoed,omitempty"`
	CoreMissing bool `json:"core_missing,omitempty"`
}

// GradeLimit is a grade with the least score for it, as shown.
type GradeLimit struct {
	Grade    Code    `json:"grade"`
	MinScore float64 `json:"min_score"`
}

// ChainLink is one comparison of a tie chain: the score of a node as shown, more is better, or the cells returned in the year
// (code returns), fewer is better. A node without a score has no value and comes last.
type ChainLink struct {
	Code  Code     `json:"code"`
	Value *float64 `json:"value,omitempty"`
}

// Norm is a pair of figures made of the values of all peers, in the direction of the indicator: values where lower is better
// have their sign turned first.
type Norm struct {
	Lowest    float64 `json:"lowest,omitempty"`
	Highest   float64 `json:"highest,omitempty"`
	Mean      float64 `json:"mean,omitempty"`
	Deviation float64 `json:"deviation,omitempty"`
}

// Input is a figure that went into an indicator.
type Input struct {
	Role  string `json:"role"` // value, numerator, denominator, operand, ballot, event, achievement, veto
	Item  Code   `json:"item"`
	Part  string `json:"part,omitempty"`
	Ref   string `json:"ref,omitempty"`
	Value string `json:"value,omitempty"`
	State State  `json:"state"`
	From  Period `json:"from"`          // the period the figure was filed under
	Seq   int64  `json:"seq,omitempty"` // sequence number of the observation
	// Filed says who answers for the figure. The engine does not know it; an explanation fills it in.
	Filed *Filed `json:"filed,omitempty"`
}

// Filed is who entered and who accepted a figure, when it became an observation, and by which door it came.
type Filed struct {
	EnteredBy  string    `json:"entered_by,omitempty"`
	AcceptedBy string    `json:"accepted_by,omitempty"`
	RecordedAt time.Time `json:"recorded_at,omitzero"`
	Submission string    `json:"submission,omitempty"`
	Run        string    `json:"run,omitempty"`
	Note       string    `json:"note,omitempty"`
}

// Part is a child in the derivation of a heading.
type Part struct {
	Node   Code      `json:"node"`
	Weight string    `json:"weight"`
	State  NodeState `json:"state"`
	// Due is what of the weight is due in the period, 0 for what stands beside the weights. The weight of a Gap is spread over
	// its siblings.
	Due        float64 `json:"due,omitempty"`
	Gap        bool    `json:"gap,omitempty"`
	Score      float64 `json:"score"`
	Points     float64 `json:"points"`
	FullPoints float64 `json:"full_points"`
}
