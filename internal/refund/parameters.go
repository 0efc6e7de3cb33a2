package refund

import (
	"fmt"
	"math"
)

// Parameters are what a run weighs evidence with. They can be kept and handed in again, so that a later run decides alike.
type Parameters struct {
	Version string  `json:"version"` // of the form of this table
	Fields  []Field `json:"fields"`
	// Margin is how many bits an automatic match is ahead of the runner-up, on both sides.
	Margin float64 `json:"margin_bits"`
	// Auto and Review are the thresholds in bits above the logarithm of the number of unions, which is what finding one among them by
	// chance costs.
	Auto   float64 `json:"auto_bits"`
	Review float64 `json:"review_bits"`
	// Pairs are how many pairs m was estimated from, 0 for the shipped values.
	Pairs int `json:"pairs"`
}

// Field is what the levels of agreement of one field weigh.
type Field struct {
	Name   string  `json:"name"`
	Levels []Level `json:"levels"`
}

// Level is one level of agreement. Bits is log2(M/U) within bounds; where a field counts how rare its value is, the bits of a pair are
// those of its value instead.
type Level struct {
	Name string  `json:"level"`
	M    float64 `json:"m"` // share of the pairs that belong together
	U    float64 `json:"u"` // share of the pairs that do not
	Bits float64 `json:"bits"`
	Rare bool    `json:"by_value,omitempty"`
}

// parametersVersion is the version of the table of fields and levels; parameters of another are refused.
const parametersVersion = "refund/1"

// limits are the least and the most bits of a level, whatever was counted.
type limits struct{ least, most float64 }

var levelLimits = [fieldCount][]limits{
	fieldCode:     {{0, 24}, {0, 20}, {0, 14}, {-6, 0}, {-10, -3}},
	fieldCore:     {{0, 22}, {0, 18}, {0, 9}, {0, 8}, {-1, 3}, {-8, -3}},
	fieldPlace:    {{0, 2}, {-1, 1}, {-6, -2}},
	fieldForm:     {{0, 1}, {-1, 1}, {-4, -1}},
	fieldTail:     {{0, 6}, {-6, -6}, {-8, -8}},
	fieldPerson:   {{0, 16}, {0, 12}, {-5, -1}},
	fieldPhone:    {{0, 20}, {-4, -0.5}},
	fieldAddress:  {{0, 18}, {0, 14}, {-4, -0.5}},
	fieldDistrict: {{0, 5}, {-6, -1}},
	fieldAccount:  {{0, 16}, {0, 0}},
}

// shared is what a telephone number, an address or an account is worth that more than sharedBy different enterprises have.
const (
	shared   = 1.0
	sharedBy = 4
)

// Shipped answers the parameters before anything was counted: m and u as the development sets of docs/refund.md showed them, and the
// thresholds.
func Shipped() *Parameters {
	p := &Parameters{Version: parametersVersion, Margin: 6, Auto: 9, Review: 1, Fields: []Field{
		{"code", []Level{
			{"equal", 0.90, 3e-5, 0, true},
			{"organisation equal", 0.02, 1e-6, 0, false},
			{"one edit apart", 0.04, 1e-6, 0, false},
			{"different, one not whole", 0.03, 0.08, 0, false},
			{"two different whole codes", 0.01, 0.92, 0, false},
		}},
		{"core", []Level{
			{"equal", 0.86, 1e-4, 0, true},
			{"same sound", 0.03, 1e-5, 0, true},
			{"one edit apart", 0.03, 1e-4, 0, false},
			{"abbreviated", 0.04, 2e-4, 0, false},
			{"first two characters", 0.01, 2e-3, 0, false},
			{"different", 0.03, 0.9977, 0, false},
		}},
		{"place", []Level{{"equal", 0.92, 0.5, 0, false}, {"coarser", 0.06, 0.2, 0, false}, {"different", 0.02, 0.3, 0, false}}},
		{"form", []Level{{"same", 0.93, 0.7, 0, false}, {"may be the same", 0.05, 0.05, 0, false}, {"different", 0.02, 0.25, 0, false}}},
		{"branch", []Level{{"same", 0.90, 0.05, 0, false}, {"on one side only", 0.08, 0.9, 0, false}, {"different", 0.02, 0.05, 0, false}}},
		{"person", []Level{{"equal", 0.84, 3e-4, 0, true}, {"same sound", 0.03, 2e-4, 0, true}, {"different", 0.13, 0.9995, 0, false}}},
		{"phone", []Level{{"equal", 0.75, 1e-4, 0, true}, {"different", 0.25, 0.9999, 0, false}}},
		{"address", []Level{{"equal", 0.60, 1e-4, 0, true}, {"street and number", 0.15, 2e-4, 0, true}, {"different", 0.25, 0.9997, 0, false}}},
		{"district", []Level{{"equal", 0.93, 0.08, 0, false}, {"different", 0.07, 0.92, 0, false}}},
		{"account", []Level{{"equal", 0.05, 1e-4, 0, true}, {"different", 0.95, 0.9999, 0, false}}},
	}}
	p.weigh()
	return p
}

// weigh counts the bits of every level from its m and u.
func (p *Parameters) weigh() {
	for f := range p.Fields {
		for l := range p.Fields[f].Levels {
			level := &p.Fields[f].Levels[l]
			level.Bits = clamp(math.Log2(level.M/level.U), levelLimits[f][l])
		}
	}
}

func clamp(bits float64, in limits) float64 { return max(in.least, min(in.most, bits)) }

// check refuses parameters of another version, or with a table that is not whole.
func (p *Parameters) check() error {
	if p.Version != parametersVersion || len(p.Fields) != fieldCount {
		return fmt.Errorf("parameters are of version %q with %d fields, not of %q with %d: estimate them anew", p.Version, len(p.Fields), parametersVersion, fieldCount)
	}
	for f := range p.Fields {
		if len(p.Fields[f].Levels) != len(levelLimits[f]) {
			return fmt.Errorf("the field %q of the parameters has %d levels, not %d: estimate them anew", p.Fields[f].Name, len(p.Fields[f].Levels), len(levelLimits[f]))
		}
		for _, l := range p.Fields[f].Levels {
			if !(l.M > 0 && l.M < 1 && l.U > 0 && l.U < 1) {
				return fmt.Errorf("m and u of %q, %q must lie between 0 and 1, and both apart from them", p.Fields[f].Name, l.Name)
			}
		}
	}
	return nil
}
