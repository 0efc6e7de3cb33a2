package assess

import "github.com/shopspring/decimal"

// ValueType is what an item or indicator is made of.
type ValueType string

// The value types.
const (
	Count   ValueType = "count"
	Money   ValueType = "money_cny" // yuan
	Percent ValueType = "percent"
	Rating  ValueType = "rating" // a number of points, or one of the item's levels
	Boolean ValueType = "boolean"
	// AnyNumber is a number of which nothing more is said (the default of the analytic layer).
	AnyNumber ValueType = ""
)

// Accumulation says how the values of an item stand in the year.
type Accumulation string

// The accumulations. A city total sums every one of them over the units; over the quarters only Flow is summed.
const (
	Stock Accumulation = "stock" // balance at period end
	Flow  Accumulation = "flow"  // within the period
	YTD   Accumulation = "ytd"   // since January
	None  Accumulation = "none"  // not tied to a quarter
)

// Frequency says in which periods an item or indicator is due.
type Frequency string

// The frequencies. An annual item is filed under its year (2026) and stands for every quarter of it.
const (
	Quarterly Frequency = "quarterly"
	Annual    Frequency = "annual"
)

// Origin says who supplies an item.
type Origin string

// The origins.
const (
	FromDistrict Origin = "reported"
	FromCity     Origin = "city"
	FromRegister Origin = "register"
	FromSystem   Origin = "system"
	Computed     Origin = "computed"
)

// Item is a figure that is reported, counted or supplied (数据项).
type Item struct {
	Code         Code
	Name         Text
	Definition   Text // 口径: what counts and what does not
	Measure      Text // 家, 人, 元
	Type         ValueType
	Accumulation Accumulation
	Frequency    Frequency
	Origin       Origin
	Purpose      Code // scored, check, context
	Department   Code
	// Formula is the expression of a computed item, over item codes; "" for others.
	Formula string
	// Levels are the codes a graded item may take, best first; empty where the value is a number.
	Levels []Code
	// Plausible is the usual range in a peer group, both ends included; a value outside is asked about, never refused.
	Plausible map[Code]Range
	// UsedBy are the indicators that the item serves.
	UsedBy []Code
	// CityScale is the assumed size of the city's total, for demonstration data; nil where there is none.
	CityScale *decimal.Decimal
	// Register is the rule by which a register supplies the item; nil for others.
	Register *RegisterRule
	Aliases  []string
}

// Range is a closed interval; a nil end is open.
type Range struct{ Low, High *decimal.Decimal }

// RegisterRule says how records of a register become the value of an item.
type RegisterRule struct {
	Register  Code
	Via       string // name of the child table, "" for the register itself
	Aggregate string // count, count_distinct, sum
	Field     string
	Where     []Condition
	DateField string
	Window    string // ytd, as_of
}

// Condition is one condition of a register rule: a field compared with a value, or alternatives.
type Condition struct {
	Field string
	Op    string // eq, ne, in, gte, older_than_days, within_days_of
	Value any
	Other string // the second field of within_days_of
	Param string // a parameter of the assessment rules
	Any   []Condition
}

// LongestExpression is what a formula or rule may have, in bytes: what is longer is refused unread, so that a deep or endless one costs
// nothing. The longest shipped ones have some hundred.
const LongestExpression = 1000
