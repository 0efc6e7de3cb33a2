package demo

import (
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Wish is a correction that a district asks for after the story, with who asks.
type Wish struct {
	By     string
	Unit   assess.UnitCode
	Period assess.Period
	Item   assess.Code
	Value  string // what the figure should be
	Reason string
}

// Wishes answers the corrections that are asked for of the last quarter of the story. Nobody has decided them, so that they change no
// figure.
func (c *City) Wishes() []Wish {
	return []Wish{{
		By: "demo.reporter", Unit: heping, Period: c.last(), Item: "new_unions_ytd", Value: "57",
		Reason: "演示：漏报一家，9 月 28 日已批复建会，批复文件可查。",
	}}
}

// Assignments answers what is to be put right after the story, by the analyst; at is when it is assigned.
func (c *City) Assignments(at time.Time) (by string, tasks []assess.Matter) {
	due := time.Date(at.Year(), at.Month()+1, at.Day(), 0, 0, 0, 0, time.UTC)
	return nameOf(assess.CityAnalyst), []assess.Matter{
		{Unit: huanggu, Title: "演示：培训汇总清单未盖章", Measure: "补齐盖章清单并与报表核对", Origin: "return", Due: due},
		{Department: "org", Title: "演示：换届提醒未覆盖全部基层工会", Measure: "建立到届提醒台账", Origin: "inspection", Due: due},
	}
}
