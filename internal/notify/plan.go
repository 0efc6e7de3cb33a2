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
	OnDraft      assess.Code = "draft"     // begun, and to be handed in soon
	OnEve        assess.Code = "eve"       // not handed in
	OnChairEve   assess.Code = "chair"     // not handed in, said to the chair
	OnOverdue    assess.Code = "overdue"   // the deadline has passed
	OnReturn     assess.Code = "returned"  // figures came back
	OnSubmission assess.Code = "submitted" // figures wait for review
	OnReviewEve  assess.Code = "review"    // the review is due soon
	OnChase      assess.Code = "chase"     // a person of the city asks for it
)

// rule is a reminder of a report: what is told to whom, from when until when. A reminder that could not be given in its time is not
// given afterwards: the next one says more.
type rule struct {
	occasion    assess.Code
	from, until time.Time
	holds       bool
	to          []assess.Role // of the report's district
	reviewers   bool          // those with waiting figures instead
	groups      bool          // groups hear of it, too
	// thing makes it another thing than before: the reminder's code and the day it is about, for a new deadline is another thing; how
	// often the report was returned.
	thing string
	// news is told even to who has heard something like it today: it has just happened.
	news bool
}

// rules answers the reminders of a report (workflow 4.1): those that the assessment dates, and those that follow from what happened.
func (r Report) rules() []rule {
	rules := make([]rule, 0, len(r.Times.Reminders)+4)
	for i, dated := range r.Times.Reminders {
		until := r.Times.Deadline
		if i+1 < len(r.Times.Reminders) {
			until = r.Times.Reminders[i+1].At
		}
		rules = append(rules, r.dated(dated, until))
	}
	round := strconv.Itoa(r.Filing.Rounds)
	return append(
		rules,
		rule{
			occasion: OnOverdue, from: r.Times.Overdue, until: r.Times.CutOff, holds: r.owed(),
			to: []assess.Role{assess.DistrictReporter, assess.DistrictChecker, assess.DistrictChair}, groups: true,
			thing: about(r.Times.Deadline),
		},
		rule{
			occasion: OnReturn, from: r.Filing.UpdatedAt, until: r.Times.CutOff, holds: r.Filing.State == assess.Returned,
			to: []assess.Role{assess.DistrictReporter}, thing: round, news: true,
		},
		rule{
			occasion: OnSubmission, from: r.Filing.UpdatedAt, until: r.Times.CutOff, holds: len(r.Waiting) > 0, reviewers: true, thing: round, news: true,
		},
		rule{
			occasion: OnReviewEve, from: r.Times.Review, until: r.Times.CutOff, holds: len(r.Waiting) > 0, reviewers: true, thing: about(r.Times.ReviewBy),
		},
	)
}

// dated answers the rule of a reminder of the assessment, which gives way to the next one.
func (r Report) dated(one Reminder, until time.Time) rule {
	rule := rule{from: one.At, until: until, holds: r.owed(), thing: string(one.Code) + "/" + about(r.Times.Deadline)}
	switch one.To {
	case assess.ToDrafts:
		rule.occasion, rule.to = OnDraft, []assess.Role{assess.DistrictReporter, assess.DistrictChecker}
		// Who begins after it has the dates before him.
		rule.holds = r.owed() && (r.Filing.State == assess.Draft || r.Filing.State == assess.SentBack) && !r.Filing.UpdatedAt.After(one.At)
	case assess.ToChairs:
		rule.occasion, rule.to, rule.groups = OnChairEve, []assess.Role{assess.DistrictChair}, true
	default:
		rule.occasion, rule.to, rule.groups = OnEve, r.turn(), true
	}
	return rule
}

// about answers the day of a time, as it stands in the key of what is told about it.
func about(due time.Time) string { return due.Format(time.DateOnly) }

// turn answers whose turn it is in the district.
func (r Report) turn() []assess.Role {
	if r.withChair() {
		return []assess.Role{assess.DistrictChair}
	}
	return []assess.Role{assess.DistrictReporter, assess.DistrictChecker}
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
			for _, rule := range r.rules() {
				if rule.holds && !now.Before(rule.from) && now.Before(rule.until) {
					rule.tell(&d, r, people, groups)
				}
			}
		}
	}
	return d.messages
}

func (rule rule) tell(d *draft, r Report, people []Person, groups []Group) {
	for _, p := range people {
		n := notice(rule.occasion, r, rule.thing)
		switch {
		case rule.reviewers && p.Role == assess.CityReviewer && r.Waiting[p.Department] > 0:
			n.Due, n.Count = r.Times.ReviewBy, r.Waiting[p.Department]
		case !rule.reviewers && p.Unit == r.Unit.Code && slices.Contains(rule.to, p.Role):
		default:
			continue
		}
		rule.once(d, recipient{person: p}, n)
	}
	for _, g := range groups {
		if rule.groups && g.hears(r.Unit.Code) {
			rule.once(d, recipient{group: g}, notice(rule.occasion, r, rule.thing))
		}
	}
}

// once tells somebody, unless it is no news and the same was heard today.
func (rule rule) once(d *draft, to recipient, n unaddressed) {
	if rule.news || !heard(d.now, d.told, to, n.Notice) {
		d.tell(to, n.to(to.name()))
	}
}

// unaddressed is a notice whose key does not say yet who is told.
type unaddressed struct {
	assess.Notice
}

// notice makes what is told of a report. thing tells apart what may happen to it several times.
func notice(occasion assess.Code, r Report, thing string) unaddressed {
	n := assess.Notice{
		Occasion: occasion, Unit: r.Unit.Code, Period: r.Period, Due: r.Due(), Late: occasion == OnOverdue, Count: r.Returned,
	}
	n.Key = strings.Join([]string{string(occasion), string(r.Unit.Code), r.Period.String(), thing}, "/")
	return unaddressed{n}
}

func (n unaddressed) to(who string) assess.Notice {
	n.Key += "/" + who
	return n.Notice
}
