package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/matter"
)

// Differences are where sources say something else than people have signed.
type Differences interface {
	// Differences answers those that q chooses, said last first; Difference one of them, assess.ErrNotFound where there is none.
	Differences(ctx context.Context, q assess.DifferenceQuery) ([]assess.Difference, error)
	Difference(ctx context.Context, id string) (assess.Difference, error)
}

// Deciding decides about differences. What is over is assess.ErrConflict.
type Deciding interface {
	// Keep lets the person's figure stay, Answer keeps what its district says; both want a reason.
	Keep(ctx context.Context, id, reason, by string, now time.Time) error
	Answer(ctx context.Context, id, reason, by string, now time.Time) error
	// Remedy answers how the source's figure can become the figure; where it cannot now, the error is ErrConflict and says why.
	Remedy(ctx context.Context, d *assess.Difference, now time.Time) (collect.Remedy, error)
	// Take returns the figure to its district. Taken answers what goes with a request to correct it.
	Take(ctx context.Context, id string, reason assess.Code, note string, by collect.Reviewer, now time.Time) error
	Taken(ctx context.Context, id, note, by string, now time.Time) (assess.DifferenceChange, error)
}

// Differing is where the differences are, and who decides about them.
type Differing struct {
	Book Differences
	Gate Deciding
}

// differencesShown is how many differences the page lists.
const differencesShown = 200

// differenceCard is a difference as the page shows it.
type differenceCard struct {
	ID, URL, Title, Period, State, Class string
	Seen                                 string // the two figures that are decided about
	Held, HeldBy, HeldAt, HeldAs         string
	Source, Said, SaidAt, Place, Run     string
	Measure                              string // of the figure, "" where it has none
	Gap, Share                           string
	Said2                                string // how often and since when
	Way                                  []string
	// MayKeep, MayReturn, MayCorrect and MayAnswer are the decisions open to the reader; Hindrance says why there is no way to take the
	// source's figure now, Others who takes the decisions that are not open.
	MayKeep, MayReturn, MayCorrect, MayAnswer bool
	Hindrance, Others                         string
	Fault, Note                               string
}

// differencesBody is what the page of differences shows.
type differencesBody struct {
	Sentence string
	Fault    string // about a difference that is not among the cards any more
	Filters  []link
	Cards    []differenceCard
	Reasons  []option
}

// visible says whether a reader may know of a difference: those about drafts are in their forms alone.
func visible(u account.User, d *assess.Difference) bool {
	return d.Held.Revision == 0 && u.May(account.ReadReports, d.Unit)
}

// itemOf answers what a figure is in the definitions of its year.
func (s *site) itemOf(r *http.Request, d *assess.Difference) (*assess.Edition, assess.Item, error) {
	e, err := s.Board.Edition(r.Context(), d.Period.CalendarYear())
	if err != nil {
		return nil, assess.Item{}, fmt.Errorf("definitions: %w", err)
	}
	item, ok := e.Item(d.Item)
	if !ok {
		item = assess.Item{Code: d.Item, Name: assess.Text{ZH: string(d.Item), EN: string(d.Item)}}
	}
	return e, item, nil
}

func (s *site) showDifferences(w http.ResponseWriter, r *http.Request) error {
	return s.drawDifferences(w, r, http.StatusOK, differenceCard{})
}

// drawDifferences lists the differences that the reader may know of; typed is the card in whose form something was wrong.
func (s *site) drawDifferences(w http.ResponseWriter, r *http.Request, status int, typed differenceCard) error {
	v := visitFrom(r)
	q := assess.DifferenceQuery{Signed: true, Steps: true, Limit: differencesShown, States: []assess.DifferenceState{assess.DifferenceOpen, assess.DifferenceTaken}}
	over := r.URL.Query().Get("show") == "over"
	if over {
		q.States = []assess.DifferenceState{assess.DifferenceKept, assess.DifferenceSettled}
	}
	if v.user.Unit != "" {
		q.Units = []assess.UnitCode{v.user.Unit}
	}
	all, err := s.Differing.Book.Differences(r.Context(), q)
	if err != nil {
		return fmt.Errorf("differences: %w", err)
	}
	body := differencesBody{Fault: typed.Fault, Filters: []link{
		{URL: "/differences", Text: v.words.T("web.difference.show.open"), Current: !over},
		{URL: "/differences?show=over", Text: v.words.T("web.difference.show.over"), Current: over},
	}}
	open := 0
	for i := range all {
		d := &all[i]
		if !visible(v.user, d) {
			continue
		}
		edition, item, err := s.itemOf(r, d)
		if err != nil {
			return err
		}
		if d.State == assess.DifferenceOpen {
			open++
		}
		card, err := s.differenceCard(r, d, edition, item)
		if err != nil {
			return err
		}
		if card.ID == typed.ID {
			card.Fault, card.Note, body.Fault = typed.Fault, typed.Note, ""
		}
		if len(body.Reasons) == 0 {
			for _, reason := range edition.Reasons {
				body.Reasons = append(body.Reasons, option{Value: string(reason.Code), Text: reason.Name.In(v.lang())})
			}
		}
		body.Cards = append(body.Cards, card)
	}
	body.Sentence = v.words.T("web.difference.sentence", "n", strconv.Itoa(open))
	if open == 0 {
		body.Sentence = v.words.T("web.difference.none")
	}
	return s.render(w, r, status, "differences", page{Title: v.words.T("web.difference.title"), Body: body})
}

// differenceCard puts a difference into words, with what the reader may do about it.
func (s *site) differenceCard(r *http.Request, d *assess.Difference, e *assess.Edition, item assess.Item) (differenceCard, error) {
	v := visitFrom(r)
	who := s.calls(r)
	unit, _ := e.Roster.Unit(d.Unit)
	card := differenceCard{
		ID: d.ID, Seen: figuresOf(d), URL: "/differences/" + d.ID, Title: unit.Name.In(v.lang()) + " · " + item.Name.In(v.lang()), Period: v.words.Period(d.Period.String()),
		State: v.words.T("web.difference." + string(d.State)), Class: "done",
		Held: figureText(v, item, d.Held.State, d.Held.Value), HeldBy: who(d.Held.By), HeldAs: v.words.T("web.difference.signed"),
		Source: s.sourceName(v, d.Source), Said: figureText(v, item, d.SaidState, d.SaidValue), SaidAt: s.moment(d.Last), Place: d.Place.String(),
		Measure: item.Measure.In(v.lang()),
		Said2:   v.words.T("web.difference.times", "n", strconv.Itoa(d.Times), "at", s.moment(d.First)),
	}
	if d.Held.Seq > 0 {
		card.HeldAs = v.words.T("web.difference.accepted")
	}
	if !d.Held.At.IsZero() {
		card.HeldAt = s.moment(d.Held.At)
	}
	if v.user.May(account.ReadRuns, "") {
		card.Run = "/collect/" + string(d.Source) + "?" + url.Values{"run": {d.Run}}.Encode()
	}
	card.Gap, card.Share = gap(d)
	for _, step := range d.Steps {
		if step.Action != assess.RaiseDifference {
			card.Way = append(card.Way, v.words.T("web.difference.step."+string(step.Action), "who", who(step.By), "at", s.moment(step.At), "held", step.Held, "said", step.Said, "note", step.Note))
		}
	}
	if !d.State.Going() {
		return card, nil
	}
	card.Class = "open"
	card.MayKeep, card.MayAnswer = v.user.May(account.DecideDifference, d.Unit, item.Department), v.user.May(account.Fill, d.Unit)
	mayReturn, mayCorrect := v.user.May(account.Review, d.Unit, item.Department), v.user.May(account.RequestCorrection, d.Unit, item.Department)
	whose := departmentName(v, e, item.Department)
	switch {
	case !card.MayKeep:
		card.Others = v.words.T("web.difference.others", "department", whose)
	case !mayReturn:
		card.Others = v.words.T("web.difference.others.take", "department", whose)
	}
	if !mayReturn && !mayCorrect {
		return card, nil
	}
	way, err := s.Differing.Gate.Remedy(r.Context(), d, s.Now())
	problem := problemOf(err)
	switch {
	case problem != nil && errors.Is(err, assess.ErrConflict):
		card.Hindrance = v.problem(problem)
	case err != nil:
		return card, fmt.Errorf("difference %s: %w", d.ID, err)
	}
	card.MayReturn, card.MayCorrect = mayReturn && way == collect.Return, mayCorrect && way == collect.Correct
	return card, nil
}

// figuresOf writes the two figures of a difference, so that a decision is about those that were seen and about no others.
func figuresOf(d *assess.Difference) string {
	return fmt.Sprintf("%s %s/%s %s", d.Held.State, d.Held.Value, d.SaidState, d.SaidValue)
}

// gap answers by how much the source says more than the person, as it is and in percent; "—" where neither can be said.
func gap(d *assess.Difference) (absolute, share string) {
	held, err := decimal.NewFromString(d.Held.Value)
	said, wrong := decimal.NewFromString(d.SaidValue)
	if err != nil || wrong != nil {
		return "—", "—"
	}
	by := said.Sub(held)
	absolute, share = signed(by.String()), "—"
	if !held.IsZero() {
		share = i18n.Signed(by.Div(held.Abs()).InexactFloat64()*100, 1) + "%"
	}
	return absolute, share
}

// calls answers what the pages call an account or a source.
func (s *site) calls(r *http.Request) func(string) string {
	v, people := visitFrom(r), s.names(r.Context())
	return func(name string) string {
		if source, ok := strings.CutPrefix(name, "source:"); ok {
			return s.sourceName(v, assess.Code(source))
		}
		return people(name)
	}
}

// formDifferences answers what sources say otherwise of the figures of a form, by their items, those about drafts among them.
func (s *site) formDifferences(r *http.Request, unit assess.UnitCode, p assess.Period) (map[assess.Code]assess.Difference, error) {
	q := assess.DifferenceQuery{Units: []assess.UnitCode{unit}, Periods: []assess.Period{p}, States: []assess.DifferenceState{assess.DifferenceOpen, assess.DifferenceTaken}}
	if p.Part() == 4 {
		q.Periods = append(q.Periods, p.Year())
	}
	all, err := s.Differing.Book.Differences(r.Context(), q)
	if err != nil {
		return nil, fmt.Errorf("differences: %w", err)
	}
	of := map[assess.Code]assess.Difference{}
	for _, d := range all {
		of[d.Item] = d
	}
	return of, nil
}

// decideDifference takes what somebody decides or says about a difference. What is wrong is said at it, with what was typed.
func (s *site) decideDifference(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "do", "note", "reason", "seen"); err != nil {
		return err
	}
	v := visitFrom(r)
	d, err := s.Differing.Book.Difference(r.Context(), mux.Vars(r)["difference"])
	if err == nil && !visible(v.user, &d) {
		err = assess.NotFound("problem.no_difference", "there is no such difference; choose one from the list")
	}
	if err != nil {
		return err
	}
	_, item, err := s.itemOf(r, &d)
	if err != nil {
		return err
	}
	may := map[string]bool{
		"keep": v.user.May(account.DecideDifference, d.Unit, item.Department), "answer": v.user.May(account.Fill, d.Unit),
		"return": v.user.May(account.Review, d.Unit, item.Department), "correct": v.user.May(account.RequestCorrection, d.Unit, item.Department),
	}
	do, to, note := r.PostForm.Get("do"), "/differences", strings.TrimSpace(r.PostForm.Get("note"))
	allowed, known := may[do]
	switch {
	case !known:
		return errField("do")
	case !allowed:
		return errNoPermission()
	case do == "answer":
		err = s.Differing.Gate.Answer(r.Context(), d.ID, note, v.user.Name, s.Now())
	case d.State.Going() && r.PostForm.Get("seen") != figuresOf(&d):
		err = assess.Conflict("problem.difference_moved", "the difference has moved on: somebody has dealt with it, or one of the two figures has changed; look at the list anew")
	case do == "keep":
		err = s.Differing.Gate.Keep(r.Context(), d.ID, note, v.user.Name, s.Now())
	case do == "return":
		by := collect.Reviewer{By: v.user.Name, Department: v.user.Department}
		err = s.Differing.Gate.Take(r.Context(), d.ID, assess.Code(r.PostForm.Get("reason")), s.claim(v, &d, item, note), by, s.Now())
	default:
		to, err = s.correctDifference(r, &d, s.claim(v, &d, item, note))
	}
	if problem := problemOf(err); problem != nil && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict)) {
		status := http.StatusUnprocessableEntity
		if errors.Is(err, assess.ErrConflict) {
			status = http.StatusConflict
		}
		return s.drawDifferences(w, r, status, differenceCard{ID: d.ID, Fault: v.problem(problem), Note: note})
	}
	if err != nil {
		return fmt.Errorf("difference %s: %w", d.ID, err)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// claim says in the words of a return what the source says, with what the reviewer adds.
func (s *site) claim(v *visit, d *assess.Difference, item assess.Item, note string) string {
	return strings.TrimSpace(v.words.T("web.difference.claim", "source", s.sourceName(v, d.Source), "said", figureText(v, item, d.SaidState, d.SaidValue),
		"held", figureText(v, item, d.Held.State, d.Held.Value)) + " " + note)
}

// correctDifference asks for the figure of a closed period to be corrected to what the source says, and answers where the request is.
func (s *site) correctDifference(r *http.Request, d *assess.Difference, note string) (string, error) {
	v := visitFrom(r)
	change, err := s.Differing.Gate.Taken(r.Context(), d.ID, note, v.user.Name, s.Now())
	if err != nil {
		return "", err
	}
	f := matter.Figure{Unit: d.Unit, Period: d.Period, Item: d.Item, Value: d.SaidValue, Reason: note, Difference: &change}
	m, err := s.Matters.Request(r.Context(), f, v.user, s.line(r, v.user, "", ""))
	return "/corrections/" + url.PathEscape(m.ID), err
}

// differenceTodos asks reporters and those who decide to look at open differences.
func (s *site) differenceTodos(r *http.Request, v *visit) ([]todo, error) {
	decides, answers := v.user.MaySome(account.DecideDifference), v.user.MaySome(account.Fill)
	if !decides && !answers {
		return nil, nil
	}
	q := assess.DifferenceQuery{Signed: true, Steps: answers, States: []assess.DifferenceState{assess.DifferenceOpen}, Limit: differencesShown}
	if v.user.Unit != "" {
		q.Units = []assess.UnitCode{v.user.Unit}
	}
	all, err := s.Differing.Book.Differences(r.Context(), q)
	if err != nil {
		return nil, fmt.Errorf("differences: %w", err)
	}
	n := 0
	for i := range all {
		d := &all[i]
		_, item, err := s.itemOf(r, d)
		if err != nil {
			return nil, err
		}
		said := len(d.Steps) > 0 && d.Steps[len(d.Steps)-1].Action == assess.AnswerDifference
		if v.user.May(account.DecideDifference, d.Unit, item.Department) || v.user.May(account.Fill, d.Unit) && !said {
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []todo{{URL: "/differences", What: v.words.T("web.todo.difference", "n", strconv.Itoa(n)), Do: v.words.T("web.todo.difference.do")}}, nil
}

// differsFrom says how many figures of a source differ from what was signed, "" for none or for who may not know.
func (s *site) differsFrom(r *http.Request, source assess.Code) (string, error) {
	v := visitFrom(r)
	if !v.user.May(account.ReadReports, "") {
		return "", nil
	}
	all, err := s.Differing.Book.Differences(r.Context(), assess.DifferenceQuery{Signed: true, Source: source, States: []assess.DifferenceState{assess.DifferenceOpen}})
	if err != nil || len(all) == 0 {
		return "", err
	}
	return v.words.T("web.difference.wait", "n", strconv.Itoa(len(all))), nil
}

// differencesOf answers in a line what sources say otherwise of the figures of a report, by their items.
func (s *site) differencesOf(r *http.Request, unit assess.UnitCode, p assess.Period) (map[assess.Code]link, error) {
	v := visitFrom(r)
	q := assess.DifferenceQuery{Signed: true, Units: []assess.UnitCode{unit}, Periods: []assess.Period{p, p.Year()}, States: []assess.DifferenceState{assess.DifferenceOpen, assess.DifferenceTaken}}
	all, err := s.Differing.Book.Differences(r.Context(), q)
	if err != nil {
		return nil, fmt.Errorf("differences: %w", err)
	}
	lines := map[assess.Code]link{}
	for i := range all {
		d := &all[i]
		if !visible(v.user, d) {
			continue
		}
		_, item, err := s.itemOf(r, d)
		if err != nil {
			return nil, err
		}
		absolute, share := gap(d)
		lines[d.Item] = link{
			URL:  "/differences#d-" + d.ID,
			Text: v.words.T("web.difference.line", "source", s.sourceName(v, d.Source), "said", figureText(v, item, d.SaidState, d.SaidValue), "gap", absolute, "share", share),
		}
	}
	return lines, nil
}

// differenceRoutes are where sources say something else than people.
func (s *site) differenceRoutes() []route {
	return []route{
		{"GET", "/differences", whoMaySome(account.ReadReports), s.showDifferences},
		{"POST", "/differences/{difference" + idPart + "}", whoMaySome(account.ReadReports), s.decideDifference},
	}
}
