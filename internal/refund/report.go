package refund

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// MatchColumns names the columns of the matches, as they are promised.
func MatchColumns() []string {
	return []string{"tax_id", "union_id", "status", "score", "reason", "district_code", "pay_to", "pay_account", "refund_fen"}
}

// WriteMatches writes a row for every payment, in the order in which they came.
func (r *Result) WriteMatches(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(MatchColumns()); err != nil {
		return err
	}
	of := make([]int32, len(r.Payments))
	for t := range r.Taxpayers {
		for _, i := range r.Taxpayers[t].Payments {
			of[i] = int32(t)
		}
	}
	cells := make([]string, 9)
	for i := range r.Lines {
		line := &r.Lines[i]
		union := ""
		if line.Union >= 0 {
			union = r.Unions[line.Union].ID
		}
		cells = append(cells[:0], r.Payments[i].ID, union, string(line.Status), strconv.FormatFloat(line.Score, 'f', 2, 64), r.reason(i, &r.Matches[of[i]]),
			sixDigits(line.District), string(line.PayTo), line.Account, strconv.FormatInt(int64(line.Fen), 10))
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// reason says in English what decided on a payment and which evidence there was.
func (r *Result) reason(i int, match *Match) string {
	line := &r.Lines[i]
	if line.Why == WhyFault {
		return r.Payments[i].Fault.Error()
	}
	text := whySentences[line.Why]
	if line.Rule != "" {
		text = string(line.Rule) + " " + text
	}
	if evidence := agreeing(match.Bits); evidence != "" {
		text += " (" + evidence + ")"
	}
	if match.Moved {
		text += "; the tax bureau has another district"
	}
	return text
}

// Report is what a run did, in numbers: nothing in it names a person, a telephone or an account.
type Report struct {
	Schema     string        `json:"schema"`
	Files      []ReportFile  `json:"files,omitempty"`
	Policy     Policy        `json:"policy"`
	Thresholds Thresholds    `json:"thresholds"`
	Totals     Total         `json:"totals"`
	ByStatus   []Total       `json:"by_status"`
	ByDistrict []Total       `json:"by_district"`
	ByWhy      []Total       `json:"by_reason"`
	ByPayTo    []Total       `json:"by_pay_to"`
	Taxpayers  int           `json:"taxpayers"`
	Unions     int           `json:"unions"`
	Parameters *Parameters   `json:"parameters"`
	Refused    []ReportPlace `json:"refused"`
	Warnings   []ReportPlace `json:"warnings"`
	// MoreWarnings counts those beyond the first thousand.
	MoreWarnings int `json:"more_warnings,omitempty"`
}

// ReportFile is a file that was read.
type ReportFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Rows   int    `json:"rows"`
}

// Total is rows and money of one kind: Paid is what the rows say was paid, Refund what is refunded or would be.
type Total struct {
	Name     string `json:"name,omitempty"`
	District string `json:"district,omitempty"`
	Status   Status `json:"status,omitempty"`
	Rows     int    `json:"rows"`
	Paid     Fen    `json:"paid_fen"`
	Refund   Fen    `json:"refund_fen"`
	// Unknown counts rows whose amount cannot be read; Paid is without them.
	Unknown int `json:"amount_unknown,omitempty"`
}

// ReportPlace is a row that was refused or that is odd.
type ReportPlace struct {
	assess.Place
	Key     string `json:"key"`
	Message string `json:"message"`
}

const mostWarnings = 1000

// Report adds up what a run did. It answers an error where the sums do not balance to the fen, which no input can bring about.
func (r *Result) Report(warnings []*assess.Problem) (*Report, error) {
	p := &Report{
		Schema: "unionboard/refund-report/1", Policy: r.Policy, Thresholds: r.Thresholds, Parameters: r.Parameters, Taxpayers: len(r.Taxpayers),
		Unions: len(r.Unions), Refused: []ReportPlace{}, Warnings: []ReportPlace{},
	}
	status, district, why, pay := sums{}, sums{}, sums{}, sums{}
	for i := range r.Lines {
		line, payment := &r.Lines[i], &r.Payments[i]
		t := Total{Rows: 1, Paid: payment.Fen, Refund: line.Fen}
		if payment.Fault != nil {
			if payment.Fen == 0 {
				t.Unknown = 1
			}
			p.Refused = append(p.Refused, placeOfProblem(payment.Fault))
		}
		p.Totals.add(t)
		status.add(Total{Status: line.Status}, t)
		district.add(Total{District: sixDigits(line.District), Status: line.Status}, t)
		why.add(Total{Name: string(line.Why), Status: line.Status}, t)
		pay.add(Total{Name: string(line.PayTo), Status: line.Status}, t)
	}
	for i := range r.Unions {
		if r.Unions[i].Fault != nil {
			p.Refused = append(p.Refused, placeOfProblem(r.Unions[i].Fault))
		}
	}
	for _, w := range warnings[:min(len(warnings), mostWarnings)] {
		p.Warnings = append(p.Warnings, placeOfProblem(w))
	}
	p.MoreWarnings = max(0, len(warnings)-mostWarnings)
	p.ByStatus, p.ByDistrict, p.ByWhy, p.ByPayTo = status.list(), district.list(), why.list(), pay.list()
	for _, list := range [][]Total{p.ByStatus, p.ByDistrict, p.ByWhy, p.ByPayTo} {
		sum := Total{}
		for _, t := range list {
			sum.add(t)
		}
		if sum != p.Totals {
			return nil, fmt.Errorf("the refund report does not balance: %+v and %+v", sum, p.Totals)
		}
	}
	if p.Totals.Rows != len(r.Payments) {
		return nil, errors.New("the refund report does not count every row")
	}
	return p, nil
}

func placeOfProblem(p *assess.Problem) ReportPlace {
	return ReportPlace{Place: p.Place, Key: p.Key, Message: p.Message}
}

func (t *Total) add(other Total) {
	t.Rows, t.Paid, t.Refund, t.Unknown = t.Rows+other.Rows, t.Paid+other.Paid, t.Refund+other.Refund, t.Unknown+other.Unknown
}

// sums are totals by what they are of.
type sums map[Total]*Total

func (s sums) add(of, t Total) {
	sum := s[of]
	if sum == nil {
		copied := of
		sum = &copied
		s[of] = sum
	}
	sum.add(t)
}

func (s sums) list() []Total {
	list := make([]Total, 0, len(s))
	for _, t := range s {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.District, b.District), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Status, b.Status))
	})
	return list
}
