package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/matter"
)

// choices fills the lists of the form that opens a matter.
func (b *mattersBody) choices(v *visit, kind assess.MatterKind, e *assess.Edition) {
	chosen := func(name, value string) bool { return b.Typed.Get(name) == value }
	for _, u := range e.Roster.Units {
		if v.user.Unit == "" || v.user.Unit == u.Code {
			b.Units = append(b.Units, option{string(u.Code), u.Name.In(v.lang()), chosen("unit", string(u.Code))})
		}
	}
	switch kind {
	case assess.Correction:
		for _, item := range e.Items {
			typed := item.Origin == assess.FromDistrict || item.Origin == assess.FromCity && v.user.Unit == ""
			if typed && v.user.May(account.RequestCorrection, v.user.Unit, item.Department) {
				b.Codes = append(b.Codes, option{string(item.Code), item.Name.In(v.lang()) + " (" + item.Measure.In(v.lang()) + ")", chosen("code", string(item.Code))})
			}
		}
	case assess.Appeal:
		for i := range e.Frameworks {
			for _, leaf := range e.Frameworks[i].Root.Leaves() {
				b.Codes = append(b.Codes, option{string(leaf.Code), leaf.Name.In(v.lang()), chosen("code", string(leaf.Code))})
			}
		}
	case assess.Task:
		for _, d := range e.Departments {
			b.Departments = append(b.Departments, option{string(d.Code), d.Name.In(v.lang()), chosen("department", string(d.Code))})
		}
		for _, o := range matter.Origins() {
			b.Origins = append(b.Origins, option{o, v.words.T("web.task.origin." + o), chosen("origin", o)})
		}
	}
}

// openMatter takes the form that opens a matter; what is wrong is said with everything that was typed.
func (s *site) openMatter(kind assess.MatterKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		fields := map[assess.MatterKind][]string{
			assess.Correction: {"unit", "period", "code", "value", "reason"},
			assess.Appeal:     {"period", "code", "reason"},
			assess.Task:       {"unit", "department", "period", "code", "title", "origin", "measure", "due", "reason"},
		}[kind]
		if err := only(r, fields...); err != nil {
			return err
		}
		m, err := s.newMatter(r, kind)
		var problem *assess.Problem
		if errors.As(err, &problem) && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict) || errors.Is(err, assess.ErrNotFound)) {
			return s.drawMatters(w, r, http.StatusUnprocessableEntity, kind, r.PostForm, visitFrom(r).problem(problem))
		}
		if err != nil {
			return err
		}
		http.Redirect(w, r, matterPath(kind)+"/"+url.PathEscape(m.ID), http.StatusSeeOther)
		return nil
	}
}

func (s *site) newMatter(r *http.Request, kind assess.MatterKind) (assess.Matter, error) {
	v, form := visitFrom(r), r.PostForm
	line := s.line(r, v.user, "", "")
	unit := assess.UnitCode(form.Get("unit"))
	if v.user.Unit != "" {
		if unit != "" && unit != v.user.Unit {
			return assess.Matter{}, errNoPermission()
		}
		unit = v.user.Unit
	}
	var p assess.Period
	if text := form.Get("period"); text != "" || kind != assess.Task {
		var err error
		if p, err = assess.ParsePeriod(text); err != nil {
			return assess.Matter{}, err
		}
	}
	code, reason := assess.Code(form.Get("code")), strings.TrimSpace(form.Get("reason"))
	switch kind {
	case assess.Correction:
		return s.Matters.Request(r.Context(), matter.Figure{Unit: unit, Period: p, Item: code, Value: strings.TrimSpace(form.Get("value")), Reason: reason}, v.user, line)
	case assess.Appeal:
		score, err := s.publishedScore(r, unit, p, code)
		if err != nil {
			return assess.Matter{}, err
		}
		return s.Matters.Appeal(r.Context(), matter.Grounds{Unit: unit, Period: p, Indicator: code, Score: score, Reason: reason}, v.user, line)
	}
	m := assess.Matter{
		Unit: unit, Department: assess.Code(form.Get("department")), Period: p, Code: code, Title: strings.TrimSpace(form.Get("title")), Origin: form.Get("origin"),
		Measure: strings.TrimSpace(form.Get("measure")), Reason: reason,
	}
	if due, err := time.Parse(time.DateOnly, strings.TrimSpace(form.Get("due"))); err == nil {
		m.Due = due
	}
	return s.Matters.Assign(r.Context(), m, v.user, line)
}

// publishedScore answers the score of an indicator as the pages show it, "" where it has none.
func (s *site) publishedScore(r *http.Request, unit assess.UnitCode, p assess.Period, code assess.Code) (string, error) {
	sheet, err := s.Board.Sheet(r.Context(), p)
	if errors.Is(err, assess.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("sheet of %s: %w", p, err)
	}
	if _, _, score := sheet.Node(unit, code); score != nil && score.State == assess.Scored {
		return i18n.Score(score.Shown), nil
	}
	return "", nil
}
