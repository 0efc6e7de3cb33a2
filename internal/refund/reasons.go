package refund

import (
	"fmt"
	"strings"
)

// Why is what decided on a taxpayer or on a payment.
type Why string

// What decides. The product's pages say each in both languages.
const (
	WhyMatched    Why = "matched"
	WhyAmbiguous  Why = "several_candidates"   // another union or another taxpayer lies less than the margin behind
	WhyTwoUnions  Why = "two_unions"           // two active unions for one enterprise
	WhyWeak       Why = "not_enough"           // evidence, but not enough for an automatic match
	WhyOpposed    Why = "codes_differ"         // two whole codes that are different
	WhyCopied     Why = "code_alone"           // the code agrees and nothing else, or the name is another's
	WhyName       Why = "names_differ"         // owner, telephone, address agree, neither code nor name
	WhyBranch     Why = "branch_union"         // only a branch union was found, which is no payee
	WhyTail       Why = "branch_differs"       // one of the two is a branch
	WhyUnsure     Why = "union_state_unknown"  // the status of the union is a word that is not known
	WhyConflict   Why = "several_codes"        // one registration number with codes of several enterprises
	WhyTaken      Why = "union_of_another"     // the union belongs to another taxpayer
	WhyNobody     Why = "no_union"             // no candidate
	WhyDissolved  Why = "union_dissolved"      // the union that it had is dissolved
	WhyDistrict   Why = "district_in_doubt"    // the chain of affiliation is broken and what stands in for it disagrees
	WhyFault      Why = "row_refused"          // the row cannot be read
	WhyDuplicate  Why = "ticket_again"         // the ticket stands in another row
	WhyTicket     Why = "ticket_differs"       // the ticket stands in several rows with other amounts or payers
	WhyNegative   Why = "negative_amount"      // the taxpayer has a negative payment, which offsets others
	WhyIncomplete Why = "amount_unknown"       // a payment of the taxpayer cannot be read, so its sum is not known
	WhyNoTicket   Why = "no_ticket_look_alike" // no ticket number, and another row looks the same
)

var whySentences = map[Why]string{
	WhyMatched:    "matched",
	WhyAmbiguous:  "several candidates lie close together",
	WhyTwoUnions:  "two active unions for one enterprise",
	WhyWeak:       "not enough evidence",
	WhyOpposed:    "the codes are whole and different",
	WhyCopied:     "the code agrees, the rest does not; it may have been copied",
	WhyName:       "person, telephone or address agree, neither code nor name",
	WhyBranch:     "only a branch union, which is no payee",
	WhyTail:       "one of the two is a branch",
	WhyUnsure:     "the status of the union is not known",
	WhyConflict:   "one registration number with several codes",
	WhyTaken:      "the union belongs to another taxpayer",
	WhyNobody:     "no union found",
	WhyDissolved:  "its union is dissolved",
	WhyDistrict:   "the affiliation is broken and the districts disagree",
	WhyFault:      "the row cannot be used",
	WhyDuplicate:  "the ticket stands in another row",
	WhyTicket:     "the ticket stands in several rows that differ",
	WhyNegative:   "the taxpayer has a negative payment",
	WhyIncomplete: "another payment of the taxpayer cannot be read",
	WhyNoTicket:   "no ticket number, and another row looks the same",
}

var fieldWords = [fieldCount]string{"code", "name", "place", "form", "branch", "person", "telephone", "address", "district", "account"}

// why answers what decided on a taxpayer that no union was assigned, and the candidate that a reviewer should see, -1 for none.
func (m *matcher) why(t int) (Status, Why, int) {
	if m.taxpayers[t].Conflict {
		return Review, WhyConflict, m.first(t)
	}
	gone, taken := -1, false
	for i, e := range m.edges[t] {
		q := e.pattern
		named := q.has(fieldCore, coreEqual, coreSound, coreEdit, coreContains)
		code := q.has(fieldCode, codeEqual, codeOrganisation, codeNear)
		switch {
		case m.taken[e.union]:
			taken = taken || code && named || q.has(fieldCore, coreEqual, coreSound) && float64(e.score) >= m.auto && q.level(fieldCode) != codeOpposed && !q.has(fieldTail, tailOne, tailDiffers)
		case !m.payable[e.union]:
			if gone < 0 && (code && (named || float64(e.score) >= m.review) || named && float64(e.score) >= m.review && q.level(fieldCode) != codeOpposed) {
				gone = i
			}
		case gone >= 0 && e.score < m.edges[t][gone].score-float32(m.parameters.Margin) && !sameEnterprise(q):
			// what it had explains it better
		case m.forReview(e):
			return Review, m.whyNot(int32(t), e), i
		}
	}
	switch {
	case gone >= 0 && m.states[m.unionOf[m.edges[t][gone].union]] == Dissolved:
		return None, WhyDissolved, gone
	case gone >= 0:
		return Review, WhyBranch, gone
	case taken:
		return Review, WhyTaken, -1
	}
	return None, WhyNobody, -1
}

// forReview tells that a candidate is worth a reviewer's time.
func (m *matcher) forReview(e edge) bool {
	q := e.pattern
	if q.has(fieldCode, codeEqual, codeOrganisation) {
		return true
	}
	if q.level(fieldCode) == codeOpposed { // another enterprise, unless nearly all agrees
		return q.has(fieldCore, coreEqual, coreSound) && !q.has(fieldTail, tailOne, tailDiffers) && float64(e.score) >= m.review
	}
	if sameEnterprise(q) && q.level(fieldForm) != formDiffers {
		return true
	}
	return float64(e.score) >= m.review
}

func (m *matcher) whyNot(t int32, e edge) Why {
	q := e.pattern
	switch {
	case m.states[m.unionOf[e.union]] == Unsure:
		return WhyUnsure
	case q.level(fieldCode) == codeOpposed:
		return WhyOpposed
	case q.has(fieldTail, tailOne, tailDiffers):
		return WhyTail
	case m.two[t]:
		return WhyTwoUnions
	case m.ruleOf(t, e) != "":
		for _, o := range m.edges[t] {
			if o.union != e.union && !m.taken[o.union] && m.payable[o.union] && m.secondUnion(o) {
				return WhyTwoUnions
			}
		}
		return WhyAmbiguous
	case q.has(fieldCode, codeEqual, codeOrganisation):
		return WhyCopied
	case !q.has(fieldCore, coreEqual, coreSound):
		return WhyName
	}
	return WhyWeak
}

func (m *matcher) first(t int) int {
	for i, e := range m.edges[t] {
		if m.payable[e.union] && !m.taken[e.union] {
			return i
		}
	}
	return -1
}

// agreeing lists the fields that agree and those that differ, for the reason of a row.
func agreeing(b Bits) string {
	var yes, no []string
	for f, bits := range b {
		switch {
		case bits >= 0.5:
			yes = append(yes, fieldWords[f])
		case bits <= -0.5:
			no = append(no, fieldWords[f])
		}
	}
	text := ""
	if len(yes) > 0 {
		text = fmt.Sprintf("agree: %s", strings.Join(yes, ", "))
	}
	if len(no) > 0 {
		text += fmt.Sprintf("; differ: %s", strings.Join(no, ", "))
	}
	return strings.TrimPrefix(text, "; ")
}
