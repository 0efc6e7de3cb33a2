package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/matter"
)

// matterPaths are the addresses of the kinds of matters.
func matterPath(kind assess.MatterKind) string {
	return map[assess.MatterKind]string{assess.Correction: "/corrections", assess.Appeal: "/appeals", assess.Task: "/actions"}[kind]
}

// matterRow is a matter in a list.
type matterRow struct {
	assess.Matter
	URL, UnitName, PeriodText, CodeName, StateText, Class, OwnerText, OriginText, DueText, OpenedText, By string
	BeforeText, AfterText, LastNote                                                                       string
	Overdue                                                                                               bool
}

// choice is an entry of a list to choose from.
type choiceOf struct {
	Value, Text string
	Chosen      bool
}

// mattersBody is what the list of a kind shows.
type mattersBody struct {
	Kind, Path, Sentence, Fault string
	Rows                        []matterRow
	Periods                     []link
	May                         bool // open one
	Typed                       url.Values
	Units, Codes, Departments   []choiceOf
	Origins                     []choiceOf
	Period                      string
	Stage                       *stageView
}

// stageView is where the result of a period stands, on the page of appeals.
type stageView struct {
	State, From, Until string
	Open               bool
	Actions            []choiceOf
	Way                []stageStep
}

type stageStep struct{ Text, By, At, Note string }

func (s *site) listMatters(kind assess.MatterKind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.drawMatters(w, r, http.StatusOK, kind, r.URL.Query(), "")
	}
}

func (s *site) drawMatters(w http.ResponseWriter, r *http.Request, status int, kind assess.MatterKind, typed url.Values, fault string) error {
	v := visitFrom(r)
	p, err := s.matterPeriod(r, kind)
	if err != nil {
		return err
	}
	q := assess.MatterQuery{Kind: kind}
	if kind != assess.Task {
		q.Period = p
	}
	all, err := s.Matters.List(r.Context(), q, v.user)
	if err != nil {
		return err
	}
	edition := s.editionFor(r, nil)
	open := map[assess.MatterKind]account.Action{assess.Correction: account.RequestCorrection, assess.Appeal: account.FileAppeal, assess.Task: account.OpenTask}[kind]
	body := mattersBody{
		Kind: string(kind), Path: matterPath(kind), Fault: fault, Typed: typed, Period: p.String(),
		May: v.user.May(open, v.user.Unit) || v.user.May(open, ""),
	}
	waiting := 0
	for i := range all {
		row := s.matterRow(v, &all[i], edition)
		if !final(&all[i]) {
			waiting++
		}
		body.Rows = append(body.Rows, row)
	}
	body.Sentence = v.words.T("web.matter."+string(kind)+".sentence", "n", itoa(len(all)), "open", itoa(waiting), "period", v.words.Period(p.String()))
	if kind != assess.Task {
		if body.Periods, err = s.collections(r, matterPath(kind)+"?q=", p); err != nil {
			return err
		}
	}
	if body.May && edition != nil {
		body.choices(v, kind, edition)
	}
	if kind == assess.Appeal {
		if body.Stage, err = s.stageView(r, v, p); err != nil {
			return err
		}
	}
	return s.render(w, r, status, "matters", page{Title: v.words.T("web.matter." + string(kind) + ".title"), Body: body})
}

// matterPeriod answers the period a list is about: the newest closed quarter, unless the address says otherwise. Appeals are also
// against the result of a year.
func (s *site) matterPeriod(r *http.Request, kind assess.MatterKind) (assess.Period, error) {
	text := r.URL.Query().Get("q")
	if text == "" && r.Method == http.MethodPost {
		text = r.PostForm.Get("period")
	}
	if text != "" {
		p, err := assess.ParsePeriod(text)
		if err == nil && p.Kind() == assess.Month {
			err = assess.Invalid("problem.not_quarter", fmt.Sprintf("%s is not a quarter; write one such as %s", p, p.LastQuarter()), "period", p.String(), "want", p.LastQuarter().String())
		}
		return p, err
	}
	quarters, err := s.quarters(r)
	if err != nil {
		return assess.Period{}, err
	}
	for _, p := range quarters {
		sheet, err := s.Board.Sheet(r.Context(), p)
		if err != nil {
			return p, fmt.Errorf("collection of %s: %w", p, err)
		}
		if sheet.Cycle.State.Closed() || kind == assess.Task {
			return p, nil
		}
	}
	if len(quarters) == 0 {
		return assess.Period{}, assess.NotFound("problem.nothing_collected", "no quarter is being collected yet; the calendar says when the next one opens")
	}
	return quarters[0], nil
}

// final says whether nothing more is to be done about a matter.
func final(m *assess.Matter) bool {
	switch m.Kind {
	case assess.Correction:
		return m.State == string(assess.CorrectionApplied) || m.State == string(assess.CorrectionRefused)
	case assess.Appeal:
		return m.State == string(assess.AppealNotified)
	}
	return m.State == string(assess.TaskClosed)
}

func (s *site) matterRow(v *visit, m *assess.Matter, e *assess.Edition) matterRow {
	row := matterRow{
		Matter: *m, URL: matterPath(m.Kind) + "/" + url.PathEscape(m.ID), CodeName: string(m.Code), By: m.OpenedBy,
		StateText: v.words.T(string(m.Kind) + "." + m.State), Class: "open", OpenedText: s.moment(m.OpenedAt),
	}
	var item assess.Item // stays empty for what is no figure
	if e != nil {
		item, _ = e.Item(m.Code)
	}
	row.BeforeText, row.AfterText = figureText(v, item, "", m.Before), figureText(v, item, "", m.After)
	if final(m) {
		row.Class = "done"
	}
	if !m.Period.IsZero() {
		row.PeriodText = v.words.Period(m.Period.String())
	}
	if m.Origin != "" {
		row.OriginText = v.words.T("web.task.origin." + m.Origin)
	}
	if !m.Due.IsZero() {
		row.DueText = v.words.Date(m.Due)
		today := s.Now().In(s.Location)
		row.Overdue = !final(m) && m.Due.Before(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC))
	}
	if n := len(m.Steps); n > 0 {
		row.LastNote = m.Steps[n-1].Note
	}
	if e == nil {
		return row
	}
	if u, ok := e.Roster.Unit(m.Unit); ok {
		row.UnitName = u.Name.In(v.lang())
	}
	if item, ok := e.Item(m.Code); ok && m.Kind != assess.Appeal {
		row.CodeName = item.Name.In(v.lang())
	} else if _, node, ok := e.Indicator(m.Code); ok {
		row.CodeName = node.Name.In(v.lang())
	}
	row.OwnerText = row.UnitName
	if m.Unit == "" {
		row.OwnerText = departmentOf(v, e, m.Department)
	}
	return row
}

func departmentOf(v *visit, e *assess.Edition, code assess.Code) string {
	for _, d := range e.Departments {
		if d.Code == code {
			return d.Name.In(v.lang())
		}
	}
	return string(code)
}

// choices fills the lists of the form that opens a matter.
func (b *mattersBody) choices(v *visit, kind assess.MatterKind, e *assess.Edition) {
	chosen := func(name, value string) bool { return b.Typed.Get(name) == value }
	for _, u := range e.Roster.Units {
		if v.user.Unit == "" || v.user.Unit == u.Code {
			b.Units = append(b.Units, choiceOf{string(u.Code), u.Name.In(v.lang()), chosen("unit", string(u.Code))})
		}
	}
	switch kind {
	case assess.Correction:
		for _, item := range e.Items {
			if item.Origin == assess.FromDistrict || v.user.Unit == "" && item.Origin == assess.FromCity && item.Department == v.user.Department {
				b.Codes = append(b.Codes, choiceOf{string(item.Code), item.Name.In(v.lang()) + " (" + item.Measure.In(v.lang()) + ")", chosen("code", string(item.Code))})
			}
		}
	case assess.Appeal:
		for i := range e.Frameworks {
			for _, leaf := range e.Frameworks[i].Root.Leaves() {
				b.Codes = append(b.Codes, choiceOf{string(leaf.Code), leaf.Name.In(v.lang()), chosen("code", string(leaf.Code))})
			}
		}
	case assess.Task:
		for _, d := range e.Departments {
			b.Departments = append(b.Departments, choiceOf{string(d.Code), d.Name.In(v.lang()), chosen("department", string(d.Code))})
		}
		for _, o := range matter.Origins() {
			b.Origins = append(b.Origins, choiceOf{o, v.words.T("web.task.origin." + o), chosen("origin", o)})
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
	if unit != "" {
		m.Department = ""
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

// matterBody is what the page of one matter shows.
type matterBody struct {
	matterRow
	Path, Fault string
	Steps       []stageStep
	Actions     []choiceOf
	Items       []choiceOf // of a changed appeal
	Assign      string     // where an appeal is made a task
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
		body.Actions = append(body.Actions, choiceOf{Value: string(a), Text: v.words.T("action." + string(a))})
		if kind == assess.Task && a == cycle.Close {
			body.Actions[len(body.Actions)-1].Text = v.words.T("web.task.close")
		}
		if a == cycle.Change {
			items, err := s.Matters.Items(r.Context(), &m)
			if err != nil {
				return err
			}
			for _, code := range items {
				name := string(code)
				if item, ok := edition.Item(code); ok {
					name = item.Name.In(v.lang())
				}
				body.Items = append(body.Items, choiceOf{string(code), name, r.PostForm.Get("item") == string(code)})
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

func (s *site) stageView(r *http.Request, v *visit, p assess.Period) (*stageView, error) {
	window, err := s.Matters.Window(r.Context(), p)
	if err != nil {
		return nil, err
	}
	stages, err := s.Matters.Store.ResultStages(r.Context(), p)
	if err != nil {
		return nil, fmt.Errorf("way of the result: %w", err)
	}
	view := &stageView{State: v.words.T("result." + string(window.State)), Open: window.Open(s.Now())}
	if !window.From.IsZero() {
		view.From, view.Until = s.moment(window.From), s.moment(window.Until.Add(-time.Minute))
	}
	for _, a := range matter.ResultActions(v.user, window.State) {
		view.Actions = append(view.Actions, choiceOf{Value: string(a), Text: v.words.T("action." + string(a))})
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
	if errors.As(err, &problem) && errors.Is(err, assess.ErrConflict) {
		return s.drawMatters(w, r, http.StatusConflict, assess.Appeal, url.Values{}, v.problem(problem))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/appeals?q="+url.QueryEscape(p.String()), http.StatusSeeOther)
	return nil
}

// addComment keeps what somebody says and leads back to where it was said.
func (s *site) addComment(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "unit", "period", "code", "audience", "text", "back"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	p, err := assess.ParsePeriod(form.Get("period"))
	if err != nil {
		return err
	}
	c := assess.Comment{
		Unit: assess.UnitCode(form.Get("unit")), Period: p, Code: assess.Code(form.Get("code")), Reach: assess.Reach(form.Get("audience")),
		Text: strings.TrimSpace(form.Get("text")),
	}
	if v.user.Unit != "" && c.Unit != v.user.Unit {
		return errNoReport()
	}
	if err := s.Matters.Say(r.Context(), c, v.user, s.line(r, v.user, "", "")); err != nil {
		return err
	}
	http.Redirect(w, r, ownPath(form.Get("back"))+"#thread", http.StatusSeeOther)
	return nil
}

// thread is what was said about a figure, a score or a report, with the form to say more.
type thread struct {
	Unit, Period, Code, Back, Token string
	Said                            []said
	Audiences                       []choiceOf
}

// said is a comment as the pages show it.
type said struct {
	By, Role, At, Audience, Text, Code string
	Assign                             string // where it is made a task; "" for who assigns none
}

// assignment answers where something is made a task, with what is known of it filled in; "" for who assigns none.
func assignment(v *visit, unit assess.UnitCode, p assess.Period, code assess.Code, origin, title string) string {
	if !v.user.May(account.OpenTask, unit) {
		return ""
	}
	return "/actions?" + url.Values{
		"unit": {string(unit)}, "code": {string(code)}, "period": {p.String()}, "origin": {origin}, "title": {title},
	}.Encode() + "#new"
}

// threadOf answers what the reader may hear about a unit and period, of one code or of all for "".
func (s *site) threadOf(r *http.Request, unit assess.UnitCode, p assess.Period, code assess.Code) (*thread, error) {
	v := visitFrom(r)
	all, err := s.Matters.Heard(r.Context(), unit, p, v.user)
	if err != nil {
		return nil, err
	}
	t := &thread{Unit: string(unit), Period: p.String(), Code: string(code), Back: v.with(), Token: formToken(s.formSecret(r))}
	edition := s.editionFor(r, nil)
	for _, c := range all {
		if code != "" && c.Code != code {
			continue
		}
		one := said{By: c.By, Role: string(c.Role), At: s.moment(c.At), Audience: v.words.T("web.audience." + string(c.Reach)), Text: c.Text, Code: string(c.Code), Assign: assignment(v, unit, p, c.Code, "comment", c.Text)}
		if edition != nil {
			for _, role := range edition.Roles {
				if role.Code == c.Role {
					one.Role = role.Name.In(v.lang())
				}
			}
			if item, ok := edition.Item(c.Code); ok {
				one.Code = item.Name.In(v.lang())
			} else if _, node, ok := edition.Indicator(c.Code); ok {
				one.Code = node.Name.In(v.lang())
			}
		}
		t.Said = append(t.Said, one)
	}
	if v.user.May(account.Comment, unit) {
		inside := assess.ForCity
		if v.user.Unit != "" {
			inside = assess.ForDistrict
		}
		for _, a := range []assess.Reach{assess.ForBoth, inside} {
			t.Audiences = append(t.Audiences, choiceOf{Value: string(a), Text: v.words.T("web.audience." + string(a))})
		}
	}
	slices.Reverse(t.Said)
	return t, nil
}

// sendTasks sends the list of what is being put right (问题整改清单) as a file.
func (s *site) sendTasks(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	all, err := s.Matters.List(r.Context(), assess.MatterQuery{Kind: assess.Task}, v.user)
	if err != nil {
		return err
	}
	var head []string
	for _, key := range []string{"problem", "origin", "owner", "measure", "due", "progress", "closed"} {
		head = append(head, v.words.T("web.task."+key))
	}
	edition := s.editionFor(r, nil)
	var rows [][]string
	for i := range all {
		full, err := s.Matters.One(r.Context(), all[i].ID, v.user)
		if err != nil {
			return err
		}
		row, closed := s.matterRow(v, &full, edition), ""
		if final(&full) {
			closed = s.moment(full.UpdatedAt)
		}
		due := ""
		if !full.Due.IsZero() {
			due = full.Due.Format(time.DateOnly)
		}
		rows = append(rows, []string{row.Title, row.OriginText, row.OwnerText, row.Measure, due, row.StateText + " " + row.LastNote, closed})
	}
	var buf bytes.Buffer
	if err := export.List(&buf, head, rows); err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		if err := s.Audit.Record(r.Context(), s.line(r, v.user, "export", "actions.csv")); err != nil {
			return fmt.Errorf("export the list of tasks: %w", err)
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="actions.csv"; filename*=UTF-8''`+url.PathEscape(v.words.T("web.task.file")))
	_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	return nil
}
