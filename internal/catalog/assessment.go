package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

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
	Reminders *[]reminderFile `json:"reminders"`
	Vetoes    []struct {
		Item   assess.Code `json:"item"`
		Effect assess.Code `json:"effect"`
		Name   text        `json:"name"`
	} `json:"vetoes"`
	Grading    *gradingFile         `json:"grading"`
	Parameters map[string]parameter `json:"parameters"`
}

// reminderFile is a time of the assessment at which districts are reminded.
type reminderFile struct {
	Code assess.Code     `json:"code"`
	Day  int             `json:"day"`
	Time string          `json:"time"`
	To   assess.Audience `json:"to"`
}

// usualReminders are those of an assessment that says nothing about them. Source: workflow 4, point 1.
func usualReminders() []reminderFile {
	return []reminderFile{
		{Code: "first", Day: 3, Time: "09:00", To: assess.ToDrafts},
		{Code: "second", Day: 6, Time: "09:00", To: assess.ToUnsubmitted},
		{Code: "last", Day: 7, Time: "14:00", To: assess.ToChairs},
	}
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
	a.Reminders = readReminders(or(w.Reminders, usualReminders()), at.key("reminders"), found)
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

// readReminders reads the times of reminders. The schema has seen to the form of the clock.
func readReminders(written []reminderFile, at spot, found *faults) []assess.Reminder {
	reminders := make([]assess.Reminder, len(written))
	seen := map[assess.Code]spot{}
	for i, w := range written {
		once(seen, w.Code, at.item(i).key("code"), found)
		clock, _ := time.Parse("15:04", w.Time)
		reminders[i] = assess.Reminder{
			Code: w.Code, Day: w.Day, To: w.To, Clock: time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute,
		}
	}
	slices.SortStableFunc(reminders, func(a, b assess.Reminder) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Clock, b.Clock))
	})
	return reminders
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
