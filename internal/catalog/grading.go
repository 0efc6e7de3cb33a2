package catalog

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
)

// limitsFile are the limits of green and yellow.
type limitsFile struct {
	Green  float64 `json:"green"`
	Yellow float64 `json:"yellow"`
}

// lightsFile are the limits of the traffic lights.
type lightsFile struct {
	Progress *limitsFile `json:"progress"`
	Points   *limitsFile `json:"points"`
}

// lights fills in the defaults: green on schedule, and from 95 of 100 points attainable; yellow from 80.
func (w *lightsFile) lights(at spot, found *faults) assess.Lights {
	l := assess.Lights{ProgressGreen: 1, ProgressYellow: 0.8, PointsGreen: 0.95, PointsYellow: 0.8}
	if w == nil {
		return l
	}
	if w.Progress != nil {
		w.Progress.check(at.key("progress"), found)
		l.ProgressGreen, l.ProgressYellow = w.Progress.Green, w.Progress.Yellow
	}
	if w.Points != nil {
		w.Points.check(at.key("points"), found)
		l.PointsGreen, l.PointsYellow = w.Points.Green, w.Points.Yellow
	}
	return l
}

func (w limitsFile) check(at spot, found *faults) {
	if w.Yellow > w.Green {
		found.add(at.key("yellow"), "lights_order", "yellow begins at {yellow}, above green at {green}; let yellow begin below green", "yellow", number(w.Yellow), "green", number(w.Green))
	}
}

// gradingFile is the rule of grades.
type gradingFile struct {
	Grades []struct {
		Code     assess.Code `json:"code"`
		Name     text        `json:"name"`
		MinScore float64     `json:"min_score"`
	} `json:"grades"`
	Quota *struct {
		Share decimal.Decimal `json:"share"`
		Scope string          `json:"scope"`
		Least int             `json:"least"`
	} `json:"quota"`
	TieChain  []assess.Code `json:"tie_chain"`
	VetoGrade assess.Code   `json:"veto_grade"`
}

func (w gradingFile) grading(at spot, found *faults) assess.Grading {
	g := assess.Grading{TieChain: w.TieChain, VetoGrade: w.VetoGrade}
	for i, grade := range w.Grades {
		here := at.key("grades").item(i)
		if slices.ContainsFunc(g.Grades, func(earlier assess.Grade) bool { return earlier.Code == grade.Code }) {
			found.add(here.key("code"), "code_twice_in_list", "the code {code} stands here twice; give each its own", "code", string(grade.Code))
		}
		if i > 0 && grade.MinScore >= w.Grades[i-1].MinScore {
			found.add(here.key("min_score"), "grades_order", "the least score {score} of {grade} is not below that of the better grade, {better}; list grades best first", "score", number(grade.MinScore), "grade", string(grade.Code), "better", number(w.Grades[i-1].MinScore))
		}
		g.Grades = append(g.Grades, assess.Grade{Code: grade.Code, Name: assess.Text(grade.Name), MinScore: grade.MinScore})
	}
	if w.VetoGrade != "" && !slices.ContainsFunc(g.Grades, func(grade assess.Grade) bool { return grade.Code == w.VetoGrade }) {
		found.add(at.key("veto_grade"), "grade_unknown", "there is no grade {grade}; name one of the grades above", "grade", string(w.VetoGrade))
	}
	if w.Quota == nil {
		return g
	}
	points := w.Quota.Share.Shift(4)
	if !points.IsInteger() {
		found.add(at.key("quota").key("share"), "quota_digits", "the quota {share} has more than four decimals; round it to basis points, such as 0.3333", "share", w.Quota.Share.String())
	}
	g.QuotaShare, g.QuotaScope, g.QuotaLeast = int(points.IntPart()), w.Quota.Scope, w.Quota.Least
	if g.QuotaScope == "" {
		g.QuotaScope = "peer_group"
	}
	return g
}
