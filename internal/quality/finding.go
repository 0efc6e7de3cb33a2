package quality

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// Level says what a finding asks for.
type Level string

// The levels. A statistic only ever asks.
const (
	Error Level = "error" // contradicts itself: it has to be corrected
	Warn  Level = "warn"  // needs a note
	Ask   Level = "ask"   // is unusual: please look at it again
)

// Check names what found something: the ID of a validation rule (V15), or one of these.
type Check string

// The checks that need no rule in the definitions. The letters are those of the table in docs/data-quality.md.
const (
	Falls        Check = "falls"       // a year-to-date figure below that of an earlier quarter
	OverWhole    Check = "over_whole"  // a share above 100 %
	OverTarget   Check = "over_target" // above 150 % of the year's target
	YearSum      Check = "year_sum"    // four quarters that do not make the year
	OtherUnit    Check = "other_unit"  // 10, 100, 1,000 or 10,000 times the usual figure
	LateChange   Check = "late_change" // changed after the deadline
	NoEvidence   Check = "no_evidence" // evidence is required and there is none
	Outlier      Check = "E"           // far from what size, season and the city's course make likely
	Repeated     Check = "H"           // many figures as in the quarter before
	SameAmount   Check = "H0"          // an amount to the cent as in the quarter before
	FourthHeavy  Check = "G2"          // a fourth quarter that weighs more than elsewhere
	RoundDigits  Check = "I"           // too many figures that end in 0 or 5
	TooSmooth    Check = "J"           // differs less over the quarters than chance alone would have it
	BunchedAbove Check = "K"           // completions that crowd just above 100 %
)

// Finding is one question. What is asked is Key with Args in the catalogue of sentences; Message says the same in English. Of a
// validation rule Rule is its own sentence.
type Finding struct {
	Check  Check
	Level  Level
	Rule   assess.Text
	Unit   assess.UnitCode // "" where the question is to all units
	Period assess.Period
	Items  []assess.Code // items, or for K and over_target the indicator; none for the report as a whole
	Values []Value       // the figures that were looked at, in the order they were read
	Key    string
	Args   map[string]string
	// Message is the English sentence.
	Message string
	// Claim is what does not hold, in numbers: "120 <= 100"; "" where numbers do not say it.
	Claim string
	// Strength orders questions of the same check, strongest first: a distance in robust deviations, or a probability turned into
	// −log10. It is for sorting, and nothing a district or a leader should read.
	Strength float64
}

// Value is a figure that a question is about.
type Value struct {
	Item   assess.Code
	Period assess.Period
	Value  string
}

// sentence sets the sentence of a finding. The message has the same {names} as its translations.
func (f Finding) sentence(key, message string, args ...string) Finding {
	f.Key, f.Args = key, make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i]] = args[i+1]
		message = strings.ReplaceAll(message, "{"+args[i]+"}", args[i+1])
	}
	f.Message = message
	return f
}

// Sort puts findings in the order in which they are worth reading: errors, notes, questions, the strongest first; then by unit,
// check and item, so that the same figures always give the same list.
func Sort(findings []Finding) {
	rank := map[Level]int{Error: 0, Warn: 1, Ask: 2}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank[a.Level], rank[b.Level]),
			cmp.Compare(b.Strength, a.Strength),
			cmp.Compare(a.Unit, b.Unit),
			cmp.Compare(a.Check, b.Check),
			slices.Compare(a.Items, b.Items),
		)
	})
}
