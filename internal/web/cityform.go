package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/cycle"
)

// cityFormBody is the form of one department.
type cityFormBody struct {
	Path, Sentence, Fault, Done, Shut string
	Ways, Departments                 []link
	Columns                           []cityColumn
	Rows                              []cityFormRow
	Questions                         []cityQuestion
	Proposals                         []cityProposal
	Conflicts                         []string
	MayEdit, Second                   bool
	Reason                            string
	Span                              int
}

// cityColumn is the head of an item.
type cityColumn struct {
	Code, Name, Measure, Definition, Tag, Hint string
	Due, Typed                                 bool // Typed: something can be typed into it
}

// cityFormRow is a unit of the form.
type cityFormRow struct {
	Name  string
	Cells []cityCell
}

// cityCell is a figure of the form.
type cityCell struct {
	Key, Label, Value, Base, Shown, Previous, Tag, Class, Title string
	Options                                                     []option
	Edit, Wrong                                                 bool
}

// cityQuestion is what is said of a cell, with the note that answers it.
type cityQuestion struct {
	Key, Where, Text, Note, URL string
	Error                       bool
}

// cityProposal is a figure that waits for a second person.
type cityProposal struct {
	ID, Unit, Item, Value, Reason, Note, By, At string
	May                                         bool
}

// showCityForm draws the form of a department.
func (s *site) showCityForm(w http.ResponseWriter, r *http.Request) error {
	f, err := s.cityForm(r)
	if err != nil {
		return err
	}
	v, done, query := visitFrom(r), "", r.URL.Query()
	count := func(name string) int { n, _ := strconv.Atoi(query.Get(name)); return n }
	switch query.Get("done") {
	case "saved":
		done = v.words.T("web.city.saved")
	case "handed":
		done = v.words.T("web.city.handed", "n", count("n"), "waiting", count("w"))
	case "decided":
		done = v.words.T("web.city.decided")
	}
	return s.drawCityForm(w, r, http.StatusOK, f, cityTyped{done: done})
}

func (s *site) cityForm(r *http.Request) (*city.Form, error) {
	return s.City.Form(r.Context(), quarterOf(r), assess.Code(mux.Vars(r)["department"]), s.Now())
}

// cityTyped is what the form shows instead of what is kept: values that were typed or pasted and are not saved, and what became of it.
type cityTyped struct {
	values      url.Values
	done, fault string
	conflicts   []assess.DraftOutcome
	lost        url.Values // what was typed into the cells of the conflicts
}

// cellKey names a cell in the fields of the form.
func cellKey(unit assess.UnitCode, item assess.Code) string { return string(unit) + "." + string(item) }

func (s *site) drawCityForm(w http.ResponseWriter, r *http.Request, status int, f *city.Form, typed cityTyped) error {
	v := visitFrom(r)
	body := cityFormBody{
		Path: "/city/" + f.Quarter.String() + "/" + string(f.Department.Code), Fault: typed.fault, Done: typed.done, Ways: s.cityWays(r, f.Quarter, "figures"),
		Reason: typed.values.Get("reason"), Span: len(f.Columns) + 1,
		Sentence: v.words.T("web.city.form.sentence", "due", f.Due, "done", f.Done, "typed", f.Typed, "waiting", f.Waiting, "open", f.Open()),
	}
	who := s.names(r.Context())
	mine := v.user.May(account.SupplyCity, "", f.Department.Code)
	if f.Shut != nil {
		body.Shut = v.problem(f.Shut)
	}
	body.MayEdit = mine && f.Shut == nil
	for _, c := range f.Columns {
		body.Columns = append(body.Columns, newCityColumn(v, c, body.MayEdit))
		body.Second = body.Second || c.Second && c.Shut == nil && c.Ballots == ""
	}
	for i, u := range f.Units {
		row := cityFormRow{Name: u.Name.In(v.lang())}
		for j := range f.Columns {
			row.Cells = append(row.Cells, newCityCell(v, f, i, j, body.MayEdit, typed.values, who))
			body.ask(v, f, i, j, typed.values)
		}
		body.Rows = append(body.Rows, row)
	}
	for _, p := range f.Proposals {
		body.Proposals = append(body.Proposals, s.cityProposal(v, f, p, who))
	}
	for _, o := range typed.conflicts {
		body.Conflicts = append(body.Conflicts, conflictText(v, f, o, typed.lost, who))
	}
	for _, d := range city.Departments(f.Edition) {
		body.Departments = append(body.Departments, link{
			URL: "/city/" + f.Quarter.String() + "/" + string(d.Code), Text: d.Name.In(v.lang()), Current: d.Code == f.Department.Code,
		})
	}
	return s.render(w, r, status, "cityform", page{
		Title: v.words.T("web.city.form.title", "department", f.Department.Name.In(v.lang()), "period", v.words.Period(f.Quarter.String())),
		Body:  body, Wrong: typed.fault != "", Script: "city.js",
	})
}

func newCityColumn(v *visit, c city.Column, edit bool) cityColumn {
	column := cityColumn{
		Code: string(c.Item.Code), Name: c.Item.Name.In(v.lang()), Measure: c.Item.Measure.In(v.lang()), Definition: c.Item.Definition.In(v.lang()), Due: c.Due,
		Typed: edit && c.Shut == nil && c.Ballots == "",
	}
	switch {
	case c.Ballots != "":
		column.Tag = v.words.T("web.city.tag.ballots")
	case c.Second:
		column.Tag = v.words.T("web.city.tag.second")
	}
	switch {
	case c.Shut != nil:
		column.Hint = v.words.T("web.city.hint.shut")
	case !c.Due:
		column.Hint = v.words.T("web.city.hint.later")
	case c.Period.Kind() == assess.Year:
		column.Hint = v.words.T("web.city.hint.year")
	}
	return column
}

func newCityCell(v *visit, f *city.Form, i, j int, edit bool, typed url.Values, who func(string) string) cityCell {
	c, column, unit := f.Rows[i][j], f.Columns[j], f.Units[i]
	key := cellKey(c.Unit, c.Item)
	cell := cityCell{
		Key: key, Label: unit.Name.In(v.lang()) + " " + column.Item.Name.In(v.lang()), Value: c.Text, Base: strconv.FormatInt(c.Draft.Revision, 10) + "|" + c.Text,
		Shown: figureText(v, column.Item, c.State, c.Value), Edit: edit && column.Shut == nil && column.Ballots == "" && !c.Fixed(),
		Wrong: c.Refused(), Class: string(c.Standing),
	}
	if c.Previous.State != "" {
		cell.Previous = figureText(v, column.Item, c.Previous.State, c.Previous.Value)
	}
	if _, ok := typed["v."+key]; ok && cell.Edit {
		cell.Value = typed.Get("v." + key)
	}
	switch c.Standing {
	case city.Waiting, city.Exempted:
		cell.Tag = v.words.T("web.city.standing." + string(c.Standing))
	case city.Counted, city.Carried:
		cell.Shown, cell.Tag = "", v.words.T("web.city.standing."+string(c.Standing), "n", c.Cases)
	case city.Held:
		cell.Title = v.words.T("web.city.held_by", "by", who(c.By), "at", c.At.Format("2006-01-02"))
	}
	if p := c.Proposal; p != nil && p.State == assess.ProposalRefused && c.Standing != city.Typed {
		cell.Tag = v.words.T("proposal.refused")
	}
	cell.Options = cityOptions(v, column, cell.Value)
	return cell
}

// cityOptions answers the choices of a cell that is no number: levels, or yes and no. What was typed otherwise stays among them.
func cityOptions(v *visit, c city.Column, value string) []option {
	var options []option
	switch {
	case c.Item.Type == assess.Boolean && c.Cases != "": // that there was none is all that can be said here
		options = []option{{"", "", value == ""}, {"0", v.words.T("common.no"), value == "0"}}
	case c.Item.Type == assess.Boolean:
		options = []option{{"", "", value == ""}, {"1", v.words.T("common.yes"), value == "1"}, {"0", v.words.T("common.no"), value == "0"}}
	case len(c.Item.Levels) > 0:
		options = []option{{"", "", value == ""}}
		for _, l := range c.Item.Levels {
			options = append(options, option{string(l), levelName(v, string(l)), value == string(l)})
		}
	default:
		return nil
	}
	if !slices.ContainsFunc(options, func(o option) bool { return o.Chosen }) {
		options = append(options, option{value, value, true})
	}
	return options
}

// ask lists what is said of a cell.
func (b *cityFormBody) ask(v *visit, f *city.Form, i, j int, typed url.Values) {
	c, column := f.Rows[i][j], f.Columns[j]
	if c.Standing != city.Typed || c.Fault == nil && len(c.Messages) == 0 {
		return
	}
	key := cellKey(c.Unit, c.Item)
	q := cityQuestion{Key: key, Where: f.Units[i].Name.In(v.lang()) + " · " + column.Item.Name.In(v.lang()), Note: c.Draft.Note, URL: "#v." + key, Error: c.Refused()}
	if _, ok := typed["n."+key]; ok {
		q.Note = typed.Get("n." + key)
	}
	var texts []string
	if c.Fault != nil {
		texts = append(texts, v.problem(c.Fault))
	}
	for _, m := range c.Messages {
		text := v.problem(m.Problem)
		if says := m.Says.In(v.lang()); says != "" && !strings.Contains(text, says) {
			text = v.words.T("web.city.rule", "rule", says, "claim", text)
		}
		texts = append(texts, text)
	}
	q.Text = strings.Join(texts, " ")
	b.Questions = append(b.Questions, q)
}

func (s *site) cityProposal(v *visit, f *city.Form, p assess.Proposal, who func(string) string) cityProposal {
	one := cityProposal{ID: p.ID, Unit: unitName(v, f.Edition, p.Unit), Item: string(p.Item), Value: p.Value, Reason: p.Reason, Note: p.Title, By: who(p.By), At: s.moment(p.At)}
	if item, ok := f.Edition.Item(p.Item); ok {
		one.Item, one.Value = item.Name.In(v.lang()), figureText(v, item, assess.Reported, p.Value)
	}
	one.May = slices.Contains(city.Steps(f.Edition, p, v.user), cycle.Confirm)
	return one
}

// unitName answers the name of a unit, its code where it has none.
func unitName(v *visit, e *assess.Edition, code assess.UnitCode) string {
	if u, ok := e.Roster.Unit(code); ok {
		return u.Name.In(v.lang())
	}
	return string(code)
}

// conflictText says of a cell what somebody else has typed meanwhile, and what was not saved.
func conflictText(v *visit, f *city.Form, o assess.DraftOutcome, typed url.Values, who func(string) string) string {
	name := string(o.Item)
	if item, ok := f.Edition.Item(o.Item); ok {
		name = item.Name.In(v.lang())
	}
	return v.words.T("web.city.conflict", "unit", unitName(v, f.Edition, o.Unit), "item", name, "by", who(o.By), "theirs", o.Value, "yours", typed.Get("v."+cellKey(o.Unit, o.Item)))
}
