package catalog

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// assessmentFile is assessment.yaml.
type assessmentFile struct {
	Composite []struct {
		Framework assess.Code     `json:"framework"`
		Weight    decimal.Decimal `json:"weight"`
	} `json:"composite"`
	Decimals *int            `json:"decimals"`
	Rounding assess.Rounding `json:"rounding"`
	Ties     assess.Ties     `json:"ties"`
	MinGroup *int            `json:"min_group"`
	Lights   *lightsFile     `json:"lights"`
	BonusCap float64         `json:"bonus_cap"`
	Late     struct {
		GraceDays    int     `json:"grace_days"`
		PerDay       float64 `json:"per_day"`
		Cap          float64 `json:"cap"`
		MissingAfter *int    `json:"missing_after"`
	} `json:"late"`
	Vetoes []struct {
		Item   assess.Code `json:"item"`
		Effect assess.Code `json:"effect"`
		Name   text        `json:"name"`
	} `json:"vetoes"`
	Grading    *gradingFile         `json:"grading"`
	Parameters map[string]parameter `json:"parameters"`
}

// parameter is a number or a text, kept as it is written.
type parameter string

func (p *parameter) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(p))
	}
	*p = parameter(b)
	return nil
}

// readAssessment reads assessment.yaml. Frameworks, nodes and items it names are checked when all files are read.
func readAssessment(file string, data []byte, found *faults) (assess.Assessment, spot, bool) {
	w, at, ok := read[assessmentFile]("assessment", file, data, found)
	if !ok {
		return assess.Assessment{}, at, false
	}
	a := assess.Assessment{
		Decimals: or(w.Decimals, 2), Rounding: w.Rounding, Ties: w.Ties, MinGroup: or(w.MinGroup, 4),
		Lights: w.Lights.lights(at.key("lights"), found), BonusCap: w.BonusCap,
		Late: assess.Lateness{GraceDays: w.Late.GraceDays, PerDay: w.Late.PerDay, Cap: w.Late.Cap, MissingAfter: or(w.Late.MissingAfter, 5)},
	}
	if a.Rounding == "" {
		a.Rounding = assess.HalfUp
	}
	if a.Ties == "" {
		a.Ties = assess.Competition
	}
	w.composite(&a, at.key("composite"), found)
	for _, v := range w.Vetoes {
		if v.Effect == "" {
			v.Effect = "not_excellent"
		}
		a.Vetoes = append(a.Vetoes, assess.GlobalVeto{Item: v.Item, Effect: v.Effect, Name: assess.Text(v.Name)})
	}
	if w.Grading != nil {
		a.Grading = w.Grading.grading(at.key("grading"), found)
	}
	for name, value := range w.Parameters {
		if a.Parameters == nil {
			a.Parameters = make(map[string]string, len(w.Parameters))
		}
		a.Parameters[name] = string(value)
	}
	return a, at, true
}

// composite reads the shares, which add up to 1.
func (w assessmentFile) composite(a *assess.Assessment, at spot, found *faults) {
	sum, seen := decimal.Zero, map[assess.Code]spot{}
	for i, s := range w.Composite {
		once(seen, s.Framework, at.item(i).key("framework"), found)
		a.Composite = append(a.Composite, assess.Share(s))
		sum = sum.Add(s.Weight)
	}
	if len(w.Composite) > 0 && !sum.Equal(decimal.NewFromInt(1)) {
		found.add(at, "composite_sum", "the weights of the composite add up to {sum}; they should add up to 1", "sum", sum.String())
	}
}
