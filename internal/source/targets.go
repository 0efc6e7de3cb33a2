package source

import (
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// ReadTargets reads a tidy CSV of targets: unit (or * for all), period, code, target, and where a target was changed in the year
// from, the first quarter it holds in. Any bad row refuses the file: the error is
// assess.Problems, one for each. The checks see every target that could be read; what they find is placed at its row. The notes
// harm nothing.
func ReadTargets(file string, data []byte, checks ...func(assess.Target) *assess.Problem) (targets []assess.Target, notes []*assess.Problem, err error) {
	t, err := openTable(file, data, []string{"unit", "period", "code", "target"}, []string{"from"})
	if err != nil {
		return nil, nil, err
	}
	type cell struct {
		unit   assess.UnitCode
		period assess.Period
		code   assess.Code
		from   assess.Period
	}
	var faults assess.Problems
	seen := map[cell]int{}
	err = t.each(func(row row) {
		target, fault := readTarget(row)
		for _, check := range checks {
			if fault != nil {
				break
			}
			if fault = check(target); fault != nil {
				fault = fault.At(row.at("target"))
			}
		}
		key := cell{target.Unit, target.Period, target.Code, target.From}
		if first := seen[key]; fault == nil && first > 0 {
			fault = twice("problem.target_twice", first, fmt.Sprintf("the target of %s, %s, %s", target.Unit, target.Period, target.Code),
				"unit", string(target.Unit), "period", target.Period.String(), "code", string(target.Code)).At(row.at("code"))
		}
		if fault != nil {
			faults = append(faults, fault)
			return
		}
		seen[key] = row.line
		targets = append(targets, target)
	})
	if err == nil {
		err = faults.Err()
	}
	if err != nil {
		return nil, nil, err
	}
	return targets, t.notes, nil
}

func readTarget(row row) (assess.Target, *assess.Problem) {
	if row.fault != nil {
		return assess.Target{}, row.fault
	}
	for _, head := range []string{"unit", "code"} {
		if row.cell(head) == "" {
			return assess.Target{}, empty(head).At(row.at(head))
		}
	}
	period, err := assess.ParsePeriod(row.cell("period"))
	if err != nil {
		return assess.Target{}, placed(err, row.at("period"))
	}
	number, err := ParseNumber(row.cell("target"))
	if err != nil {
		return assess.Target{}, placed(err, row.at("target"))
	}
	var from assess.Period
	if text := row.cell("from"); text != "" {
		if from, err = assess.ParsePeriod(text); err != nil {
			return assess.Target{}, placed(err, row.at("from"))
		}
	}
	return assess.Target{
		From: from, Unit: assess.UnitCode(row.cell("unit")), Period: period, Code: assess.Code(row.cell("code")), Value: number.Decimal,
	}, nil
}
