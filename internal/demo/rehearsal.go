package demo

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Rehearsal is how far a district has come with the form of the quarter after the story, which the city has opened early so that
// everybody can try it.
type Rehearsal struct {
	Unit assess.UnitCode
	// Typed are the cells that By has typed into the form, as typed.
	Typed []assess.Entry
	By    string
	// Unproved are the figures to which no evidence is added; the others have it before they go to the chair.
	Unproved []assess.Code
	// Forwarded goes to the chair, who signs where Signer is set.
	Forwarded bool
	Signer    string
	// Reviewers accept what nothing is to be asked about, each for its department, and return Back first.
	Reviewers []Account
	Back      []assess.Code
	Reason    assess.Code
	Note      string
	// Phones are those who are called when the district is late.
	Phones []assess.Phone
}

// Rehearsed answers the quarter that is rehearsed, and when: the working day after the story has ended, at nine.
func (c *City) Rehearsed() (assess.Period, time.Time) {
	return c.last().Next(), c.calendar.Shift(c.End(), 1).Add(9 * time.Hour)
}

// slip is a cell that is typed otherwise than it should be.
type slip struct {
	item  assess.Code
	value string
	note  string
}

// attempt is the rehearsal of a district as the story tells it.
type attempt struct {
	unit  assess.UnitCode
	share int // of the cells that are typed, in percent
	slips []slip
	Rehearsal
}

// attempts are the districts that try the form: one in the middle of it, with an error of each kind, one that owes two notes, one whose
// chair is to sign, one whose figures the departments are reading, and one to which two figures came back.
func attempts() []attempt {
	return []attempt{
		{unit: heping, share: 55, slips: []slip{
			{"female_members", "210,000", ""},
			{"ent25_unionised", "９００", ""},
			{"new_unions_ytd", "约70", ""},
			{"culture_participants_ytd", "8.2万", ""},
			{"hardship_on_file", "150", ""},
			{"warmth_fund_ytd", "191.34", ""},
		}},
		{unit: tiexi, share: 100},
		{unit: shenhe, share: 100, Rehearsal: Rehearsal{Forwarded: true}},
		{unit: dadong, share: 100, Rehearsal: Rehearsal{Forwarded: true, Signer: chairOf(dadong), Unproved: codes("unions_elected_on_time_ytd", "bookhouses"), Reviewers: reviewersOf("org", "publicity")}},
		{unit: huanggu, share: 100, Rehearsal: Rehearsal{
			Forwarded: true, Signer: chairOf(huanggu), Unproved: codes("skill_training_ytd"), Reviewers: reviewersOf("economy"),
			Back:   codes("skill_training_ytd", "model_lectures_ytd"),
			Reason: "evidence", Note: "请补充盖章的培训汇总清单，并核对宣讲场次。",
			Phones: []assess.Phone{{Name: "演示联系人", Number: "024-00000105"}},
		}},
	}
}

func chairOf(u assess.UnitCode) string { return "demo.chair." + string(u) }

// Proof answers a made-up file of evidence for some figures of a district's form.
func (c *City) Proof(unit assess.UnitCode, p assess.Period, items []assess.Code, by string, at time.Time) Proof {
	const title = "季度填报汇总清单（盖章）"
	name := c.nameOfUnit(unit)
	return Proof{
		At: at, Unit: unit, Period: p, Items: items, Name: fmt.Sprintf("演示_%s_%s_%s.pdf", title, name, p), Privacy: assess.Masked, By: by,
		Body: sheetPDF(title, name+" "+p.String(), label),
	}
}

// reviewersOf answers the accounts that review for some departments.
func reviewersOf(departments ...assess.Code) (reviewers []Account) {
	for _, account := range Accounts() {
		if account.Role == assess.CityReviewer && slices.Contains(departments, account.Department) {
			reviewers = append(reviewers, account)
		}
	}
	return reviewers
}

// Rehearsals answers what the districts do with the form of the quarter after the story.
func (c *City) Rehearsals() ([]Rehearsal, error) {
	p, _ := c.Rehearsed()
	var all []Rehearsal
	for _, a := range attempts() {
		figures, err := c.Figures(a.unit, p, assess.FromDistrict)
		if err != nil {
			return nil, err
		}
		if p.Part() == 4 {
			annual, err := c.Figures(a.unit, p.Year(), assess.FromDistrict)
			if err != nil {
				return nil, err
			}
			figures = append(figures, annual...)
		}
		r := a.Rehearsal
		r.Unit, r.By = a.unit, "demo.reporter."+string(a.unit)
		for _, account := range Accounts() {
			if account.Role == assess.DistrictReporter && account.Unit == a.unit {
				r.By = account.Name
			}
		}
		for i, e := range figures[:len(figures)*a.share/100] {
			if i == 0 {
				e.Note = cmp.Or(e.Note, label)
			}
			if at := slices.IndexFunc(a.slips, func(s slip) bool { return s.item == e.Code }); at >= 0 {
				e.Value, e.Note = a.slips[at].value, a.slips[at].note
			}
			r.Typed = append(r.Typed, e)
		}
		all = append(all, r)
	}
	return all, nil
}
