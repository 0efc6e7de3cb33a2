package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Chase is the wish of a person of the city to remind those who owe a report.
type Chase struct {
	Period assess.Period
	// Units are those to chase; none: everybody who is late, and before the deadline everybody who has not handed in.
	Units []assess.UnitCode
	// Line begins the line of the audit log of every message; its Actor is who chases.
	Line assess.AuditLine
}

// Chased is what comes of a chase.
type Chased struct {
	Messages []assess.Message  // what is told, a message for each person and group
	Units    []assess.UnitCode // the units that are chased
	// Before are the people who have heard the same today and are not told again.
	Before []Person
	// Silent are the units in which nobody has an account that could be told: they are called.
	Silent []assess.UnitCode
}

// Chasable answers the reports that a chase of everybody is about.
func (r Round) Chasable(now time.Time) []Report {
	late := func(one Report) bool { return one.Late(now) }
	owing := func(one Report) bool { return one.Owing(now) }
	if slices.ContainsFunc(r.Reports, late) {
		owing = late
	}
	return slices.DeleteFunc(slices.Clone(r.Reports), func(one Report) bool { return !owing(one) })
}

// reports answers the reports a chase is about. A unit that the collection does not know is ErrNotFound; one that owes nothing, or
// nobody to chase at all, is ErrConflict.
func (c Chase) reports(round Round, now time.Time) ([]Report, error) {
	if len(c.Units) == 0 {
		all := round.Chasable(now)
		if len(all) == 0 {
			return nil, assess.Conflict("problem.chase_nobody", fmt.Sprintf("every report of %s is in, or its form is not open yet; there is nobody to chase", c.Period),
				"period", c.Period.String())
		}
		return all, nil
	}
	var some []Report
	for _, unit := range c.Units {
		at := slices.IndexFunc(round.Reports, func(r Report) bool { return r.Unit.Code == unit })
		if at < 0 {
			return nil, assess.NotFound("problem.unit_unknown", fmt.Sprintf("there is no unit %s in this period; choose one from the page", unit), "value", string(unit))
		}
		r := round.Reports[at]
		if !r.Owing(now) {
			return nil, assess.Conflict("problem.chase_settled",
				fmt.Sprintf("%s owes nothing for %s now; load the page again to see where its report stands", r.Unit.Name.EN, c.Period),
				"unit", r.Unit.Name.ZH, "period", c.Period.String())
		}
		some = append(some, r)
	}
	return some, nil
}

// chasing plans a chase. told is what was told about the reports of the period so far.
func chasing(now time.Time, reports []Report, people []Person, groups []Group, told []assess.Message) Chased {
	var d draft
	var done Chased
	for _, r := range reports {
		done.Units = append(done.Units, r.Unit.Code)
		say := chaseNotice(now, r)
		silent := true
		for _, p := range people {
			if p.Unit != r.Unit.Code || !slices.Contains(chasedRoles(r, now), p.Role) {
				continue
			}
			silent = false
			if heard(now, told, recipient{person: p}, say.Notice) {
				done.Before = append(done.Before, p)
				continue
			}
			d.tell(recipient{person: p}, say.to(p.ID))
		}
		if silent {
			done.Silent = append(done.Silent, r.Unit.Code)
		}
		for _, g := range groups {
			if to := (recipient{group: g}); g.hears(r.Unit.Code) && !heard(now, told, to, say.Notice) {
				d.tell(to, say.to(to.name()))
			}
		}
	}
	done.Messages = d.messages
	return done
}

// chaseNotice is what a chase tells of a report. It is another thing on another day, and once more when the deadline has passed
// since: so a chase repeated on the same day tells nobody twice, and one the day after does.
func chaseNotice(now time.Time, r Report) unaddressed {
	each := now.Format(time.DateOnly)
	if r.Late(now) {
		each += "-late"
	}
	if r.again() {
		each += "-again"
	}
	n := notice(OnChase, r, each)
	n.Late = r.Late(now)
	return n
}

// chasedRoles answers who of a district is chased: those whose turn it is, and the chair with them when it is late.
func chasedRoles(r Report, now time.Time) []assess.Role {
	roles := r.turn()
	if r.owed() && r.Late(now) && !r.withChair() {
		roles = append(roles, assess.DistrictChair)
	}
	return roles
}

// heard says whether somebody was told the same of a report today already, by the calendar or by hand.
func heard(now time.Time, told []assess.Message, to recipient, say assess.Notice) bool {
	for _, m := range told {
		if m.Account != to.person.ID || m.Group != to.group.Name || m.MadeAt.In(now.Location()).Format(time.DateOnly) != now.Format(time.DateOnly) {
			continue
		}
		for _, n := range m.Notices {
			if n.Unit == say.Unit && n.Period == say.Period && n.Late == say.Late && (n.Count > 0) == (say.Count > 0) {
				return true
			}
		}
	}
	return false
}
