package evidence

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// held are the kinds of proof that mean nothing to upload: a register or another system holds the figure, or the city made it. An
// indicator that names one of them asks for nothing, whatever else it names: what can be looked up is not handed in as well
// (seeds/departments.yaml, evidence policy).
func held() []assess.Code { return []assess.Code{"register_auto", "unit_system", "survey_report"} }

// Asked answers the kinds of proof that the figures of a district's form are asked for: those of the indicators that count them as
// done, which is the item itself, the numerator of a ratio, or what an expression adds up; never a base such as the number of
// members. An item that is not in the answer is asked for nothing. Any one of the kinds will do.
func Asked(e *assess.Edition) map[assess.Code][]assess.Code {
	asked := map[assess.Code][]assess.Code{}
	for _, item := range e.Items {
		if item.Origin != assess.FromDistrict {
			continue
		}
		for _, code := range item.UsedBy {
			if _, n, ok := e.Indicator(code); ok && counted(n.Indicator.Value, item.Code) && !lookedUp(n.Indicator.Evidence) {
				asked[item.Code] = merge(asked[item.Code], n.Indicator.Evidence)
			}
		}
		if len(asked[item.Code]) == 0 {
			delete(asked, item.Code)
		}
	}
	return asked
}

// counted says whether an indicator counts an item as done.
func counted(f assess.Formula, item assess.Code) bool {
	return f.Item == item || f.Numerator == item || f.Expr != ""
}

func lookedUp(kinds []assess.Code) bool {
	return slices.ContainsFunc(kinds, func(k assess.Code) bool { return slices.Contains(held(), k) })
}

// merge adds the kinds that are not there yet.
func merge(kinds, more []assess.Code) []assess.Code {
	for _, k := range more {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// Claims says whether a figure in a state claims something that can be asked to be proved. A zero report, what does not apply and
// what is missing claim nothing.
func Claims(s assess.State) bool { return s == assess.Reported }
