package notify

import (
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Task is one thing a person has to do now.
type Task struct {
	Kind   assess.Code
	Unit   assess.Unit // of the report; its code is "" where the task is about all of them
	Period assess.Period
	Due    time.Time // zero: no date
	Late   bool
	Count  int // figures or reports it is about; 0 for one report as a whole
}

// The kinds of tasks.
const (
	ToFill    assess.Code = "fill"      // type the figures and send them to the chair
	ToMend    assess.Code = "sent_back" // the chair gave the report back
	ToRefill  assess.Code = "refill"    // the city sent figures back
	ToCheck   assess.Code = "check"     // look the draft through before it goes to the chair
	ToSign    assess.Code = "sign"      // sign and hand in
	ToReview  assess.Code = "review"    // accept or return figures
	ToChase   assess.Code = "chase"     // reports have not come
	ToWait    assess.Code = "waiting"   // reports wait for departments
	ToPublish assess.Code = "publish"   // scored and not published
)

// Tasks answers what a person has to do at a time, what is due first first. A role that has nothing to do with collections has no tasks.
func Tasks(p Person, rounds []Round, now time.Time) []Task {
	var tasks []Task
	for _, round := range rounds {
		switch p.Role {
		case assess.DistrictReporter, assess.DistrictChecker, assess.DistrictChair:
			for _, r := range round.Reports {
				if kind := districtTask(p.Role, r); r.Unit.Code == p.Unit && kind != "" && r.Owing(now) {
					tasks = append(tasks, Task{Kind: kind, Unit: r.Unit, Period: r.Period, Due: r.Due(), Late: r.Late(now), Count: r.Returned})
				}
			}
		case assess.CityReviewer:
			for _, r := range round.Reports {
				if n := r.Waiting[p.Department]; n > 0 {
					tasks = append(tasks, Task{Kind: ToReview, Unit: r.Unit, Period: r.Period, Due: r.Times.ReviewBy, Late: now.After(r.Times.ReviewBy), Count: n})
				}
			}
		case assess.CityAnalyst:
			tasks = append(tasks, analystTasks(round, now)...)
		case assess.CityLeader:
			tasks = append(tasks, publication(round, now)...)
		}
	}
	slices.SortStableFunc(tasks, func(a, b Task) int { return a.Due.Compare(b.Due) })
	return tasks
}

// districtTask answers what a role of the district does with a report that is owed; "" where it is somebody else's turn.
func districtTask(role assess.Role, r Report) assess.Code {
	switch state := r.Filing.State; {
	case r.withChair():
		return map[assess.Role]assess.Code{assess.DistrictChair: ToSign}[role]
	case role == assess.DistrictChecker && state == assess.Draft:
		return ToCheck
	case role != assess.DistrictReporter:
		return ""
	case state == assess.SentBack:
		return ToMend
	case r.again():
		return ToRefill
	}
	return ToFill
}

func analystTasks(round Round, now time.Time) []Task {
	var tasks []Task
	if open := round.Chasable(now); len(open) > 0 {
		tasks = append(tasks, Task{Kind: ToChase, Period: round.Period, Due: open[0].Due(), Late: open[0].Late(now), Count: len(open)})
	}
	waiting := Task{Kind: ToWait, Period: round.Period}
	for _, r := range round.Reports {
		if len(r.Waiting) > 0 {
			waiting.Count++
			waiting.Due = r.Times.ReviewBy
		}
	}
	if waiting.Count > 0 {
		waiting.Late = now.After(waiting.Due)
		tasks = append(tasks, waiting)
	}
	return append(tasks, publication(round, now)...)
}

func publication(round Round, now time.Time) []Task {
	if round.Cycle.State != assess.CycleScored {
		return nil
	}
	return []Task{{Kind: ToPublish, Period: round.Period, Due: round.PublishBy, Late: !round.PublishBy.IsZero() && now.After(round.PublishBy)}}
}
