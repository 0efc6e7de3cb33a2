package catalog

import (
	"encoding/json"

	"github.com/unionboard/unionboard/internal/assess"
)

// methodFile is a method as it is written: the keys are those of assess.Method, but for bands and fractions, and what is left out
// can be told from zero.
type methodFile struct {
	assess.Method
	bare     bool       // written as its name only
	Cap      *float64   `json:"cap"`
	Low      *float64   `json:"low"`
	High     *float64   `json:"high"`
	Bands    []bandFile `json:"bands"`
	Base     *float64   `json:"base"`
	First    *float64   `json:"first"`
	Last     *float64   `json:"last"`
	TrimFrom *int       `json:"trim_from"`
	Quorum   *fraction  `json:"quorum"`
}

func (m *methodFile) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		m.bare = true
		return json.Unmarshal(b, &m.Kind)
	}
	type keys methodFile
	return json.Unmarshal(b, (*keys)(m))
}

// method fills in the defaults of the kind of method.
func (m methodFile) method(at spot, found *faults) assess.Method {
	out := m.Method
	at = at.key("method")
	if example := needed(m.Kind); m.bare && example != "" {
		found.add(at, "method_parameters", "{method} needs parameters; write method: {example}", "method", string(m.Kind), "example", example)
		return out
	}
	switch m.Kind {
	case assess.TargetRatio:
		out.Cap = or(m.Cap, 1)
	case assess.Banded:
		out.Bands = bands(m.Bands, at.key("bands"), found)
	case assess.Efficacy:
		out.Base = or(m.Base, 0.6)
	case assess.Ranked:
		m.rank(&out, at, found)
	case assess.Rated:
		m.rating(&out, at, found)
	case assess.Bonus:
		out.Cap = or(m.Cap, 0)
	case assess.Veto:
		if out.Effect == "" {
			out.Effect = "not_excellent"
		}
	case assess.Goalposts:
		out.Low, out.High = or(m.Low, 0), or(m.High, 0)
	case assess.ToTarget:
		out.Cap = or(m.Cap, 0)
	case assess.Scaled:
		out.Low, out.High = or(m.Low, 0), or(m.High, 100)
	case assess.ZScore:
		if out.Deviation == 0 {
			out.Deviation = 1
		}
	case assess.RankNumber, assess.Borda, assess.PercentRank:
		if out.Ties == "" {
			out.Ties = assess.Competition
		}
	}
	if compares(m.Kind) && out.Over == "" {
		out.Over = "period"
	}
	if len(out.To) == 2 && out.To[0] == out.To[1] {
		found.add(at.key("to"), "to_equal", "the worst and the best value would both score {score}; write two different ends, such as to: [0, 100]", "score", number(out.To[0]))
	}
	return out
}

func (m methodFile) rank(out *assess.Method, at spot, found *faults) {
	out.First, out.Last = or(m.First, 1), or(m.Last, 0)
	if out.Scope == "" {
		out.Scope = "peer_group"
	}
	if out.Ties == "" {
		out.Ties = assess.Average
	}
	switch {
	case m.Last != nil && out.Step > 0:
		found.add(at.name("step"), "rank_last_and_step", "a rank has either last or step, not both; take one out")
	case out.Step == 0 && out.First <= out.Last:
		found.add(at, "rank_first_last", "the first place must get more than the last; {first} is not above {last}", "first", number(out.First), "last", number(out.Last))
	}
}

func (m methodFile) rating(out *assess.Method, at spot, found *faults) {
	if len(m.Raters) > 0 {
		out.TrimFrom, out.Quorum = or(m.TrimFrom, 5), float64(or(m.Quorum, twoThirds))
		if out.ScaleMax == 0 && len(out.Levels) == 0 {
			out.ScaleMax = 100
		}
		if out.Quorum > 1 {
			found.add(at.key("quorum"), "share_above_one", "{share} is more than the whole; write a share from 0 to 1", "share", number(out.Quorum))
		}
		seen := map[assess.Code]bool{}
		for j, r := range m.Raters {
			if seen[r.Code] {
				found.add(at.key("raters").item(j).key("code"), "code_twice_in_list", "the code {code} stands here twice; give each its own", "code", string(r.Code))
			}
			seen[r.Code] = true
		}
	}
	if (len(out.Levels) > 0) == (out.ScaleMax > 0) {
		found.add(at, "rating_how", "a rating needs either levels with their shares, or scale_max, the points that are full marks")
	}
}

// needed shows the parameters that a kind of method cannot do without, "" where it needs none.
func needed(kind assess.MethodKind) string {
	switch kind {
	case assess.Banded:
		return "{kind: banded, bands: [{gte: 80, share: 1}, {share: 0}]}"
	case assess.Efficacy:
		return "{kind: efficacy, floor: 60, satisfactory: 95}"
	case assess.Tiered:
		return "{kind: tiered, points: [{value: 60, share: 0.2}, {value: 90, share: 1}]}"
	case assess.Rated:
		return "{kind: rating, scale_max: 100}"
	case assess.Deduction:
		return "{kind: deduction, per_case: 2}"
	case assess.Bonus:
		return "{kind: bonus, cap: 3}"
	case assess.Goalposts:
		return "{kind: goalposts, low: 0, high: 100}"
	}
	return ""
}
