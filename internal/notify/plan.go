package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// The occasions: why somebody is told something now.
const (
	OnDraft      assess.Code = "draft"     // D+3: begun, and to be handed in soon
	OnEve        assess.Code = "eve"       // D+6: not handed in
	OnChairEve   assess.Code = "chair"     // D+7 14:00, to the chair: not handed in, three hours left
	OnOverdue    assess.Code = "overdue"   // the deadline has passed
	OnReturn     assess.Code = "returned"  // figures came back
	OnSubmission assess.Code = "submitted" // figures wait for review
	OnReviewEve  assess.Code = "review"    // the review is due soon
	OnChase      assess.Code = "chase"     // a person of the city asks for it
)

// rule is a line of the table of reminders: what is told to whom, from when until when. A reminder that could not be given in its
// time is not given afterwards: the next one says more.
type rule struct {
	occasion    assess.Code
	from, until func(Report) time.Time
	holds       func(Report) bool
	to          func(Report) []assess.Role // of the report's district
	reviewers   bool                       // those with waiting figures instead
	groups      bool                       // groups hear of it, too
	each        func(Report) string        // what makes it another thing than before; "" for once per report
}

// rules is the table of reminders (workflow 4.1). It is a function, so that nobody can change it.
func rules() []rule {
	at := func(moment func(Times) time.Time) func(Report) time.Time {
		return func(r Report) time.Time { return moment(r.Times) }
	}
	desk := func(Report) []assess.Role { return []assess.Role{assess.DistrictReporter, assess.DistrictChecker} }
	hands := func(r Report) []assess.Role {
		if r.withChair() {
			return []assess.Role{assess.DistrictChair}
		}
		return desk(r)
	}
	chair := func(Report) []assess.Role { return []assess.Role{assess.DistrictChair} }
	all := func(r Report) []assess.Role { return append(desk(r), assess.DistrictChair) }
	round := func(r Report) string { return strconv.Itoa(r.Filing.Rounds) }
	changed := func(r Report) time.Time { return r.Filing.UpdatedAt }
	cutOff := at(func(t Times) time.Time { return t.CutOff })
	return []rule{
		{
			occasion: OnDraft, from: at(func(t Times) time.Time { return t.Draft }), until: at(func(t Times) time.Time { return t.Eve }),
			holds: Report.begunInTime, to: desk,
		},
		{
			occasion: OnEve, from: at(func(t Times) time.Time { return t.Eve }), until: at(func(t Times) time.Time { return t.Chair }),
			holds: Report.owed, to: hands, groups: true,
		},
		{
			occasion: OnChairEve, from: at(func(t Times) time.Time { return t.Chair }), until: at(func(t Times) time.Time { return t.Deadline }),
			holds: Report.owed, to: chair, groups: true,
		},
		{
			occasion: OnOverdue, from: at(func(t Times) time.Time { return t.Overdue }), until: cutOff,
			holds: Report.owed, to: all, groups: true,
		},
		{
			occasion: OnReturn, from: changed, until: cutOff,
			holds: func(r Report) bool { return r.Filing.State == assess.Returned },
			to:    func(Report) []assess.Role { return []assess.Role{assess.DistrictReporter} }, each: round,
		},
		{
			occasion: OnSubmission, from: changed, until: cutOff,
			holds: func(r Report) bool { return len(r.Waiting) > 0 }, reviewers: true, each: round,
		},
		{
			occasion: OnReviewEve, from: at(func(t Times) time.Time { return t.Review }), until: cutOff,
			holds: func(r Report) bool { return len(r.Waiting) > 0 }, reviewers: true,
		},
	}
}

// begunInTime says that the report was a draft when those who have begun were to be reminded: who begins after it has the dates
// before him.
func (r Report) begunInTime() bool {
	return r.owed() && (r.Filing.State == assess.Draft || r.Filing.State == assess.SentBack) && !r.Filing.UpdatedAt.After(r.Times.Draft)
}

// The hours of the day in which reminders are made: nobody is told anything at night that can wait for the morning.
const (
	firstHour = 8
	lastHour  = 20
)

// awake says whether reminders are made at a time of the city's clocks.
func awake(local time.Time) bool { return local.Hour() >= firstHour && local.Hour() < lastHour }

// recipient is whom a message is for.
type recipient struct {
	person Person
	group  Group
}

func (to recipient) name() string {
	if to.person.ID != "" {
		return to.person.ID
	}
	return "group:" + string(to.group.Name)
}

// draft gathers what is told at one time: one message for each recipient.
type draft struct {
	now      time.Time
	told     []assess.Message
	messages []assess.Message
	at       map[string]int // the place of each recipient's message
}

func (d *draft) tell(to recipient, n assess.Notice) {
	if d.at == nil {
		d.at = map[string]int{}
	}
	i, ok := d.at[to.name()]
	if !ok {
		i = len(d.messages)
		d.at[to.name()] = i
		d.messages = append(d.messages, assess.Message{Account: to.person.ID, Group: to.group.Name})
	}
	d.messages[i].Notices = append(d.messages[i].Notices, n)
}

// Plan answers what is to be told at a time of the city's clocks: to each person and group one message with everything. told is what
// they were told before: a reminder of the calendar waits for the next day where somebody has heard the same today, by hand say.
// What was told before may be in it again; its keys show that, and whoever writes it down leaves it out.
func Plan(now time.Time, rounds []Round, people []Person, groups []Group, told []assess.Message) []assess.Message {
	if !awake(now) {
		return nil
	}
	d := draft{now: now, told: told}
	for _, round := range rounds {
		for _, r := range round.Reports {
			for _, rule := range rules() {
				if rule.holds(r) && !now.Before(rule.from(r)) && now.Before(rule.until(r)) {
					rule.tell(&d, r, people, groups)
				}
			}
		}
	}
	return d.messages
}

func (rule rule) tell(d *draft, r Report, people []Person, groups []Group) {
	each := ""
	if rule.each != nil {
		each = rule.each(r)
	}
	for _, p := range people {
		n := notice(rule.occasion, r, each)
		switch {
		case rule.reviewers && p.Role == assess.CityReviewer && r.Waiting[p.Department] > 0:
			n.Due, n.Count, n.Late = r.Times.ReviewBy, r.Waiting[p.Department], false
		case !rule.reviewers && p.Unit == r.Unit.Code && slices.Contains(rule.to(r), p.Role):
		default:
			continue
		}
		rule.once(d, recipient{person: p}, n)
	}
	for _, g := range groups {
		if rule.groups && g.hears(r.Unit.Code) {
			rule.once(d, recipient{group: g}, notice(rule.occasion, r, each))
		}
	}
}

// once tells somebody, unless it is a date of the calendar and the same was heard today. What has happened, a return say, is news.
func (rule rule) once(d *draft, to recipient, n unaddressed) {
	if rule.each == nil && heard(d.now, d.told, to, n.Notice) {
		return
	}
	d.tell(to, n.to(to.name()))
}

// unaddressed is a notice whose key does not say yet who is told.
type unaddressed struct {
	assess.Notice
}

// notice makes what is told of a report. each tells apart what may happen to it several times.
func notice(occasion assess.Code, r Report, each string) unaddressed {
	n := assess.Notice{
		Occasion: occasion, Unit: r.Unit.Code, Period: r.Period, Due: r.due(), Late: occasion == OnOverdue, Count: r.Returned,
	}
	n.Key = strings.Join([]string{string(occasion), string(r.Unit.Code), r.Period.String(), each}, "/")
	return unaddressed{n}
}

func (n unaddressed) to(who string) assess.Notice {
	n.Key += "/" + who
	return n.Notice
}
