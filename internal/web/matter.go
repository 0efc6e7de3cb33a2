package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/matter"
)

// matterBody is what the page of one matter shows.
type matterBody struct {
	matterRow
	Path, Fault string
	Steps       []stageStep
	Actions     []option
	Items       []option // of a changed appeal
	Cases       string   // where the cases are that the score of an appeal is counted from; "" for none
	Assign      string   // where an appeal is made a task
	Typed       url.Values
	Turn        string // whose turn it is
	Evidence    evidenceCell
}

func (s *site) showMatter(kind assess.MatterKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.drawMatter(w, r, http.StatusOK, kind, "")
	}
}

func (s *site) matterOf(r *http.Request, kind assess.MatterKind) (assess.Matter, error) {
	m, err := s.Matters.One(r.Context(), mux.Vars(r)[string(kind)], visitFrom(r).user)
	if err == nil && m.Kind != kind {
		err = assess.NotFound("problem.no_matter", "there is nothing of this number; choose from the list")
	}
	return m, err
}

func (s *site) drawMatter(w http.ResponseWriter, r *http.Request, status int, kind assess.MatterKind, fault string) error {
	v := visitFrom(r)
	m, err := s.matterOf(r, kind)
	if err != nil {
		return err
	}
	edition := s.editionFor(r, nil)
	body := matterBody{matterRow: s.matterRow(v, &m, edition), Path: matterPath(kind) + "/" + url.PathEscape(m.ID), Fault: fault, Typed: r.PostForm}
	for _, step := range m.Steps {
		body.Steps = append(body.Steps, stageStep{Text: v.words.T("web.matter.step." + step.Action), By: step.By, At: s.moment(step.At), Note: step.Note})
	}
	for _, a := range matter.Actions(v.user, &m) {
		body.Actions = append(body.Actions, option{Value: string(a), Text: v.words.T("action." + string(a))})
		if kind == assess.Task && a == cycle.Close {
			body.Actions[len(body.Actions)-1].Text = v.words.T("web.task.close")
		}
		if a == cycle.Change {
			if err := s.offerFigures(r, &body, &m, edition); err != nil {
				return err
			}
		}
	}
	if len(body.Actions) == 0 && !final(&m) {
		body.Turn = v.words.T("web.matter.turn." + string(m.Kind) + "." + m.State)
	}
	if kind == assess.Appeal {
		body.Assign = assignment(v, m.Unit, m.Period, m.Code, "appeal", m.Reason)
	}
	if body.Evidence, err = s.matterEvidence(r, &m); err != nil {
		return err
	}
	title := v.words.T("web.matter."+string(kind)+".one", "unit", body.OwnerText, "name", body.CodeName)
	if kind == assess.Task {
		title = m.Title
	}
	return s.render(w, r, status, "matter", page{Title: title, Body: body})
}

// offerFigures lists the figures that a changed appeal may set, or leads to the cases the score is counted from.
func (s *site) offerFigures(r *http.Request, body *matterBody, m *assess.Matter, e *assess.Edition) error {
	v := visitFrom(r)
	counted, err := s.Matters.FromCases(r.Context(), m)
	if err != nil {
		return err
	}
	if counted {
		body.Cases = "/city/" + strconv.Itoa(m.Period.CalendarYear()) + "/points"
		return nil
	}
	items, err := s.Matters.Items(r.Context(), m)
	if err != nil {
		return err
	}
	for _, code := range items {
		name := string(code)
		if item, ok := e.Item(code); ok {
			name = item.Name.In(v.lang())
		}
		body.Items = append(body.Items, option{string(code), name, r.PostForm.Get("item") == string(code)})
	}
	return nil
}

func (s *site) stepMatter(kind assess.MatterKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := only(r, "action", "note", "item", "value"); err != nil {
			return err
		}
		m, err := s.matterOf(r, kind)
		if err != nil {
			return err
		}
		v, form := visitFrom(r), r.PostForm
		move := matter.Move{Action: cycle.Action(form.Get("action")), Note: form.Get("note"), Item: assess.Code(form.Get("item")), Value: strings.TrimSpace(form.Get("value"))}
		err = s.Matters.Step(r.Context(), m.ID, move, v.user, s.line(r, v.user, "", ""))
		var problem *assess.Problem
		if errors.As(err, &problem) && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict)) {
			return s.drawMatter(w, r, http.StatusUnprocessableEntity, kind, v.problem(problem))
		}
		if err != nil {
			return err
		}
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
		return nil
	}
}
