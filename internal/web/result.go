package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/matter"
)

// stageView is where the result of a period stands, on the page of appeals.
type stageView struct {
	State, From, Until string
	Open               bool
	Actions            []option
	Way                []stageStep
}

type stageStep struct{ Text, By, At, Note string }

func (s *site) stageView(r *http.Request, v *visit, p assess.Period) (*stageView, error) {
	window, err := s.Matters.Window(r.Context(), p)
	if err != nil {
		return nil, err
	}
	stages, err := s.Matters.Stages(r.Context(), p)
	if err != nil {
		return nil, err
	}
	view := &stageView{State: v.words.T("result." + string(window.State)), Open: window.Open(s.Now())}
	if !window.From.IsZero() {
		view.From, view.Until = s.moment(window.From), s.moment(window.Until.Add(-time.Minute))
	}
	for _, a := range matter.ResultActions(v.user, window.State) {
		view.Actions = append(view.Actions, option{Value: string(a), Text: v.words.T("action." + string(a))})
	}
	for _, one := range stages {
		view.Way = append(view.Way, stageStep{Text: v.words.T("result." + string(one.State)), By: one.By, At: s.moment(one.At), Note: one.Note})
	}
	return view, nil
}

// moveResult takes the result of a period a step further.
func (s *site) moveResult(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "period", "action", "note"); err != nil {
		return err
	}
	v := visitFrom(r)
	p, err := assess.ParsePeriod(r.PostForm.Get("period"))
	if err != nil {
		return err
	}
	err = s.Matters.MoveResult(r.Context(), p, cycle.Action(r.PostForm.Get("action")), strings.TrimSpace(r.PostForm.Get("note")), v.user, s.line(r, v.user, "", ""))
	var problem *assess.Problem
	if errors.As(err, &problem) && (errors.Is(err, assess.ErrConflict) || errors.Is(err, assess.ErrInvalid)) {
		return s.drawMatters(w, r, http.StatusConflict, assess.Appeal, url.Values{}, v.problem(problem))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/appeals?q="+url.QueryEscape(p.String()), http.StatusSeeOther)
	return nil
}
