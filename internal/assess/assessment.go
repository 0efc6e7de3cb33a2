package assess

import "github.com/shopspring/decimal"

// CompositeCode stands as framework and node for the composite of several frameworks.
const CompositeCode Code = "composite"

// Assessment is how the frameworks become one yearly result: composite, lateness, veto, grades.
type Assessment struct {
	Composite []Share // nothing: no composite
	// Decimals, Rounding, Ties, MinGroup, Lights as in a framework, for the composite.
	Decimals   int
	Rounding   Rounding
	Ties       Ties
	MinGroup   int
	Lights     Lights
	BonusCap   float64
	Late       Lateness
	Reminders  []Reminder // in the order of time
	Vetoes     []GlobalVeto
	Grading    Grading
	Parameters map[string]string // refund_days_limit, young_cadre_max_age …
}

// Share is a framework's weight in the composite; the weights add up to 1.
type Share struct {
	Framework Code
	Weight    decimal.Decimal
}

// Lateness is what a late submission costs in the year, in points of the composite.
type Lateness struct {
	GraceDays    int // working days after the deadline that cost nothing
	PerDay       float64
	Cap          float64
	MissingAfter int // working days after the deadline at which what is missing is closed as not reported
}

// GlobalVeto is an item whose value true has an effect on the grade, whatever the framework.
type GlobalVeto struct {
	Item   Code
	Effect Code
	Name   Text
}

// Grading is the rule of grades: limits, the quota of the best, the order in which ties are broken.
type Grading struct {
	Grades []Grade // best first
	// QuotaShare is the greatest share of units with the best grade, in basis points; 0 means no quota.
	QuotaShare int
	QuotaScope string // peer_group or all
	QuotaLeast int    // places there are at least (1), whatever the share gives
	// TieChain breaks ties across the quota: framework or node codes (higher wins), then "returns" (fewer wins).
	TieChain []Code
	// VetoGrade is the best grade a vetoed unit may get.
	VetoGrade Code
}

// Grade is a grade (等次) and the least score for it.
type Grade struct {
	Code     Code
	Name     Text
	MinScore float64
}
