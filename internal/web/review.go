package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/desk"
	"github.com/unionboard/unionboard/internal/i18n"
)

// Reviews are the signed reports as the departments of the city see and decide them. An empty department sees all figures and
// decides none.
type Reviews interface {
	// Status answers where the report of every district of a period stands.
	Status(ctx context.Context, p assess.Period, department assess.Code, now time.Time) ([]desk.Standing, error)
	// Review answers what one district has handed in. Of one that has handed in nothing it holds no figure and says why in Closed; a
	// unit or quarter without a form is ErrNotFound.
	Review(ctx context.Context, unit assess.UnitCode, p assess.Period, department assess.Code, now time.Time) (*desk.Review, error)
	// Decide accepts and returns figures of a department, all of them or none. What somebody else decided meanwhile is ErrConflict.
	Decide(ctx context.Context, unit assess.UnitCode, p assess.Period, verdicts []desk.Verdict, by string, department assess.Code, now time.Time) error
	// AcceptPlain accepts the waiting figures of a department that nothing is asked about and that are still as they were seen – the
	// submission of each by its item –, and answers how many they were.
	AcceptPlain(ctx context.Context, unit assess.UnitCode, p assess.Period, seen map[assess.Code]string, by string, department assess.Code, now time.Time) (int, error)
}

// largeChange is from how many percent a change is among "changed much".
const largeChange = 30

// reviewFilters are the ways to look at a report, in the order of their links.
func reviewFilters() []string { return []string{"", "asked", "change", "refilled", "returned"} }

// standingRow is a district in the list of reports.
type standingRow struct {
	URL, Name, State, Class, Submitted, Late string
	desk.Standing
	Current bool
}

func (s *site) listReviews(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	p, err := s.collecting(r)
	if err != nil {
		return err
	}
	rows, waiting, asked, err := s.standings(r, p)
	if err != nil {
		return err
	}
	body := struct {
		Sentence, Department string
		Rows                 []standingRow
		Periods              []link
	}{
		Sentence:   v.words.T("web.review.sentence", "period", v.words.Period(p.String()), "units", strconv.Itoa(waiting), "asked", strconv.Itoa(asked)),
		Department: s.departmentName(r, v, p), Rows: rows,
	}
	if waiting == 0 {
		body.Sentence = v.words.T("web.review.nothing", "period", v.words.Period(p.String()))
	}
	if body.Periods, err = s.collections(r, "/review?q=", p); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "reviews", page{Title: v.words.T("web.review.title"), Body: body})
}

// standings answers the rows of the list, how many districts have figures waiting, and how many figures something is asked about.
func (s *site) standings(r *http.Request, p assess.Period) (rows []standingRow, waiting, asked int, err error) {
	v := visitFrom(r)
	all, err := s.Reviews.Status(r.Context(), p, v.user.Department, s.Now())
	if err != nil {
		return nil, 0, 0, fmt.Errorf("standings of %s: %w", p, err)
	}
	for _, one := range all {
		row := standingRow{
			Name: one.Unit.Name.In(v.lang()), State: v.words.T("filing." + string(one.Filing.State)), Class: filingClass(one.Filing.State),
			Standing: one,
		}
		if !one.Filing.SubmittedAt.IsZero() {
			row.URL = "/review/" + url.PathEscape(string(one.Unit.Code)) + "/" + p.String()
			row.Submitted = s.moment(one.Filing.SubmittedAt)
		}
		if one.Filing.LateDays > 0 {
			row.Late = v.words.T("web.review.late", "n", strconv.Itoa(one.Filing.LateDays))
		}
		if one.Waiting > 0 {
			waiting++
		}
		asked += one.Questions
		rows = append(rows, row)
	}
	return rows, waiting, asked, nil
}

// reviewForm is what a reviewer has typed about one cell and not yet saved; Seen is the submission it is typed about.
type reviewForm struct{ Choice, Reason, Note, Seen, Fault string }

// reviewRow is a cell of the review as the page shows it.
type reviewRow struct {
	desk.ReviewCell
	Name, Measure, Definition, Shown, Before, Year, ChangeText, Compared, StateText, DecisionText string
	Typed                                                                                         reviewForm
	Waits                                                                                         bool
	Asked                                                                                         []string
	Evidence                                                                                      evidenceCell
	Assign                                                                                        string // where a returned figure is made a task
	Difference                                                                                    *link  // what a source says otherwise
}

// reviewBody is what the page of one report shows.
type reviewBody struct {
	Path, Sentence, Department, Fault, Done, Closed string
	Unit                                            assess.Unit
	UnitName                                        string
	State, StateClass, Until                        string
	Filters                                         []link
	Rows                                            []reviewRow
	Hidden                                          int // rows the filter leaves out
	Plain                                           []plainFigure
	Asking                                          *asking // whether the plain figures are to be accepted, when it was asked for
	Reasons                                         []link  // URL is the code
	Units                                           []standingRow
	MayDecide                                       bool
	Thread                                          *thread
}

func (s *site) showReview(w http.ResponseWriter, r *http.Request) error {
	return s.drawReview(w, r, http.StatusOK, reviewPage{})
}

func (s *site) reviewOf(r *http.Request) (*desk.Review, error) {
	v := visitFrom(r)
	p, err := assess.ParsePeriod(mux.Vars(r)["q"])
	if err != nil {
		return nil, errNoReport()
	}
	review, err := s.Reviews.Review(r.Context(), assess.UnitCode(mux.Vars(r)["unit"]), p, v.user.Department, s.Now())
	if errors.Is(err, assess.ErrNotFound) {
		return nil, errNoReport()
	}
	if err != nil {
		return nil, fmt.Errorf("review %s %s: %w", mux.Vars(r)["unit"], p, err)
	}
	return review, nil
}

func errNoReport() error {
	return assess.NotFound("problem.no_report", "there is no report to look at here; choose one from the list")
}

// reviewPage is what a page of review shows beside the report: what was typed and not saved, what went wrong, what was done, and what
// is asked.
type reviewPage struct {
	typed       map[assess.Code]reviewForm
	fault, done string
	asking      bool
}

func (s *site) drawReview(w http.ResponseWriter, r *http.Request, status int, shown reviewPage) error {
	v := visitFrom(r)
	review, err := s.reviewOf(r)
	if err != nil {
		return err
	}
	edition, err := s.Board.Edition(r.Context(), review.Period.CalendarYear())
	if err != nil {
		return fmt.Errorf("definitions: %w", err)
	}
	body := reviewBody{
		Path: "/review/" + url.PathEscape(string(review.Unit.Code)) + "/" + review.Period.String(), Fault: shown.fault, Done: shown.done,
		Department: s.departmentName(r, v, review.Period), Unit: review.Unit, UnitName: review.Unit.Name.In(v.lang()),
		State: v.words.T("filing." + string(review.Filing.State)), StateClass: filingClass(review.Filing.State),
		MayDecide: v.user.May(account.Review, review.Unit.Code, v.user.Department) && review.Closed == nil,
	}
	body.Plain = plainFigures(v, review, shown.typed)
	if shown.asking {
		body.Asking = askAccept(v, body.Plain, shown.typed)
	}
	if n := s.popDone(r, body.Path); n > 0 {
		body.Done = v.words.T("web.review.done", "n", n)
	}
	if review.Closed != nil {
		body.Closed = v.problem(review.Closed)
	}
	if !review.Until.IsZero() {
		body.Until = s.moment(review.Until)
	}
	for _, reason := range edition.Reasons {
		body.Reasons = append(body.Reasons, link{URL: string(reason.Code), Text: reason.Name.In(v.lang())})
	}
	s.fillReview(&body, v, review, edition, r.URL.Query().Get("show"), shown.typed)
	if err := s.proveReview(r, &body, review, edition); err != nil {
		return err
	}
	differences, err := s.differencesOf(r, review.Unit.Code, review.Period)
	if err != nil {
		return err
	}
	for i := range body.Rows {
		if l, ok := differences[body.Rows[i].Item.Code]; ok {
			body.Rows[i].Difference = &l
		}
	}
	if body.Units, _, _, err = s.standings(r, review.Period); err != nil {
		return err
	}
	if body.Thread, err = s.threadOf(r, review.Unit.Code, review.Period, ""); err != nil {
		return err
	}
	for i := range body.Units {
		body.Units[i].Current = body.Units[i].Unit.Code == review.Unit.Code
	}
	title := v.words.T("web.review.of", "unit", body.UnitName, "period", v.words.Period(review.Period.String()))
	return s.render(w, r, status, "review", page{Title: title, Body: body})
}

// fillReview lays out the cells that the filter lets through. Cells with a fault always stay.
func (s *site) fillReview(body *reviewBody, v *visit, review *desk.Review, e *assess.Edition, show string, typed map[assess.Code]reviewForm) {
	if !slices.Contains(reviewFilters(), show) {
		show = ""
	}
	counts := map[string]int{}
	waiting, returned := 0, 0
	for _, cell := range review.Cells {
		row := s.reviewRow(v, cell, e)
		row.Typed = typed[cell.Item.Code]
		if row.Waits {
			waiting++
		}
		if cell.Cell == assess.CellReturned {
			returned++
		}
		in := map[string]bool{
			"": true, "asked": row.Waits && cell.Asked(), "change": cell.Change != nil && (*cell.Change >= largeChange || *cell.Change <= -largeChange),
			"refilled": cell.Cell == assess.CellRefilled, "returned": cell.Cell == assess.CellReturned,
		}
		for name, yes := range in {
			if yes {
				counts[name]++
			}
		}
		if in[show] || row.Typed.Fault != "" {
			body.Rows = append(body.Rows, row)
		} else {
			body.Hidden++
		}
	}
	for _, name := range reviewFilters() {
		body.Filters = append(body.Filters, link{
			URL: v.with("show", name), Text: v.words.T("web.review.show."+orAll(name), "n", strconv.Itoa(counts[name])), Current: name == show,
		})
	}
	body.Sentence = v.words.T("web.review.answer", "waiting", strconv.Itoa(waiting), "asked", strconv.Itoa(counts["asked"]),
		"plain", strconv.Itoa(waiting-counts["asked"]), "returned", strconv.Itoa(returned))
}

func orAll(name string) string {
	if name == "" {
		return "all"
	}
	return name
}

func (s *site) reviewRow(v *visit, cell desk.ReviewCell, e *assess.Edition) reviewRow {
	row := reviewRow{
		ReviewCell: cell, Name: cell.Item.Name.In(v.lang()), Measure: cell.Item.Measure.In(v.lang()), Definition: cell.Item.Definition.In(v.lang()),
		Shown: figureText(v, cell.Item, cell.State, cell.Value), Before: pastText(v, cell.Item, cell.Previous), Year: pastText(v, cell.Item, cell.YearAgo), ChangeText: "—",
		StateText: v.words.T("cell." + string(cell.Cell)), Waits: cell.Cell == assess.CellFilled || cell.Cell == assess.CellRefilled,
	}
	if cell.Change != nil {
		row.ChangeText = i18n.Signed(*cell.Change, 1) + "%"
	}
	if cell.Added != "" {
		row.Compared = v.words.T("web.review.added", "now", figureText(v, cell.Item, assess.Reported, cell.Added), "was", figureText(v, cell.Item, assess.Reported, cell.AddedBefore))
	}
	for _, m := range cell.Messages {
		row.Asked = append(row.Asked, v.problem(m.Problem))
	}
	if d := cell.Decision; d != nil && !d.Accepted {
		reason := string(d.Reason)
		for _, one := range e.Reasons {
			if one.Code == d.Reason {
				reason = one.Name.In(v.lang())
			}
		}
		row.Assign = assignment(v, d.Unit, d.Period, d.Item, "return", row.Name+": "+d.Note)
		row.DecisionText = v.words.T("web.review.returned", "round", strconv.Itoa(d.Round), "reason", reason, "note", d.Note)
	}
	return row
}

func pastText(v *visit, item assess.Item, past desk.Past) string {
	return figureText(v, item, past.State, past.Value)
}

// decideReview takes the choices of a reviewer. What cannot be taken is said at its cell, with everything that was typed.
func (s *site) decideReview(w http.ResponseWriter, r *http.Request) error {
	v := visitFrom(r)
	review, err := s.reviewOf(r)
	if err != nil {
		return err
	}
	if err := only(r, reviewFields(review, judgingFields()...)...); err != nil {
		return err
	}
	verdicts, typed, wrong := s.readVerdicts(v, r.PostForm, review)
	if len(verdicts) == 0 && wrong == 0 {
		return s.drawReview(w, r, http.StatusUnprocessableEntity, reviewPage{typed: typed, fault: v.words.T("web.review.nochoice")})
	}
	if wrong > 0 {
		return s.drawReview(w, r, http.StatusUnprocessableEntity, reviewPage{typed: typed, fault: v.words.T("web.review.wrong", "n", strconv.Itoa(wrong))})
	}
	err = s.Reviews.Decide(r.Context(), review.Unit.Code, review.Period, verdicts, v.user.Name, v.user.Department, s.Now())
	var problem *assess.Problem
	if errors.As(err, &problem) && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict)) {
		status := http.StatusUnprocessableEntity
		if errors.Is(err, assess.ErrConflict) {
			status = http.StatusConflict
		}
		return s.drawReview(w, r, status, reviewPage{typed: typed, fault: v.problem(problem)})
	}
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	s.putDone(r, r.URL.Path, len(verdicts))
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	return nil
}

// reviewFields answers the fields of a form that has some for each figure.
func reviewFields(review *desk.Review, prefixes ...string) (names []string) {
	for _, cell := range review.Cells {
		for _, prefix := range prefixes {
			names = append(names, prefix+string(cell.Item.Code))
		}
	}
	return names
}

// readVerdicts reads the choices. A return without its reason or words is wrong, and so is a verdict about another figure than the
// page showed: the district has handed it in anew.
func (s *site) readVerdicts(v *visit, form url.Values, review *desk.Review) (verdicts []desk.Verdict, typed map[assess.Code]reviewForm, wrong int) {
	typed = map[assess.Code]reviewForm{}
	for _, cell := range review.Cells {
		if !v.user.May(account.Review, review.Unit.Code, cell.Item.Department) {
			continue
		}
		code := cell.Item.Code
		f := typedVerdict(form, code)
		switch {
		case f.Choice != "" && f.Seen != cell.Submission:
			f.Choice, f.Fault = "", v.words.T("web.review.moved")
			wrong++
		case f.Choice == "accept":
			verdicts = append(verdicts, desk.Verdict{Item: code, Accept: true, Submission: f.Seen})
		case f.Choice == "return" && (f.Reason == "" || f.Note == ""):
			f.Fault = v.words.T("web.review.why")
			wrong++
		case f.Choice == "return":
			verdicts = append(verdicts, desk.Verdict{Item: code, Reason: assess.Code(f.Reason), Note: f.Note, Submission: f.Seen})
		case f.Note != "":
			f.Fault = v.words.T("web.review.choose")
			wrong++
		}
		typed[code] = f
	}
	return verdicts, typed, wrong
}

// typedVerdict reads what is typed about one figure.
func typedVerdict(form url.Values, code assess.Code) reviewForm {
	at := func(field string) string { return form.Get(field + "." + string(code)) }
	return reviewForm{Choice: at("choice"), Reason: at("reason"), Note: strings.TrimSpace(at("note")), Seen: at("seen")}
}

// departmentName answers the name of the reader's department, "" for those of none.
func (s *site) departmentName(r *http.Request, v *visit, p assess.Period) string {
	e, err := s.Board.Edition(r.Context(), p.CalendarYear())
	if err != nil || v.user.Department == "" {
		return ""
	}
	return departmentName(v, e, v.user.Department)
}
