package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/city"
	"github.com/unionboard/unionboard/internal/i18n"
)

// ratingsBody are the rated indicators of a year.
type ratingsBody struct {
	Sentence, Done string
	Ways, Years    []link
	Ratings        []ratingView
}

// ratingView is a rated indicator as one person sees it.
type ratingView struct {
	Path, Name, Definition, State, Class, Department, Form, Fault, Progress string
	Groups                                                                  []raterView
	MayOpen, MayClose, Asked, Open, Names                                   bool
	Rows                                                                    []ballotRow
	Heads                                                                   []string
	Counted                                                                 []countedRow
	Levels                                                                  bool
}

// raterView is a group with how far its raters are.
type raterView struct {
	Name, Weight, Progress string
	Strangers              string // who has never signed in, for those who remind them
	Raters                 []raterRow
}

// raterRow is a rater: how many ballots there are and how many are missing, never what they say.
type raterRow struct {
	Name          string
	Cast, Missing int
}

// ballotRow is a unit of the own ballot.
type ballotRow struct {
	Code, Name, Value string
	Options           []option
}

// countedRow are the ballots of a unit after the round was closed.
type countedRow struct {
	Name  string
	Cells []string
}

func (s *site) showRatings(w http.ResponseWriter, r *http.Request) error {
	return s.drawRatings(w, r, http.StatusOK, "", "", nil)
}

// drawRatings draws the page; fault and typed belong to one indicator.
func (s *site) drawRatings(w http.ResponseWriter, r *http.Request, status int, of assess.Code, fault string, typed url.Values) error {
	v := visitFrom(r)
	sheet, err := s.City.Ratings(r.Context(), yearOf(r), v.user)
	if err != nil {
		return err
	}
	body := ratingsBody{Ways: s.cityWays(r, assess.NewQuarter(sheet.Year, 4), "ratings"), Years: s.cityYears(r, sheet.Year, "/ratings")}
	if r.URL.Query().Get("done") == "cast" {
		body.Done = v.words.T("web.ratings.cast")
	}
	open, asked, who := 0, 0, s.names(r.Context())
	for i := range sheet.Ratings {
		one := s.ratingView(v, sheet, &sheet.Ratings[i], who)
		if sheet.Ratings[i].Node.Code == of {
			one.Fault = fault
			for k := range one.Rows {
				one.Rows[k].put(typed.Get("ballot." + one.Rows[k].Code))
			}
		}
		if one.Open {
			open++
			if one.Asked {
				asked++
			}
		}
		body.Ratings = append(body.Ratings, one)
	}
	body.Sentence = v.words.T("web.ratings.sentence", "n", len(sheet.Ratings), "open", open, "asked", asked)
	return s.render(w, r, status, "ratings", page{Title: v.words.T("web.ratings.title", "year", sheet.Year), Body: body, Wrong: fault != ""})
}

// put lets a ballot show what was typed.
func (b *ballotRow) put(typed string) {
	b.Value = typed
	for i := range b.Options {
		b.Options[i].Chosen = b.Options[i].Value == typed
	}
}

func (s *site) ratingView(v *visit, sheet *city.RatingSheet, r *city.Rating, who func(string) string) ratingView {
	one := ratingView{
		Path: "/city/" + strconv.Itoa(sheet.Year) + "/ratings/" + string(r.Node.Code), Name: r.Node.Name.In(v.lang()), Definition: r.Node.Indicator.Definition.In(v.lang()),
		Department: departmentName(v, sheet.Edition, r.Item.Department), Asked: r.Asked(), Levels: len(r.Item.Levels) > 0, Class: "open",
	}
	analyst := v.user.May(account.RunCycle, "")
	switch {
	case len(r.Groups) == 0:
		one.State, one.Class = v.words.T("web.ratings.state.graded"), ""
		one.Form = "/city/" + assess.NewQuarter(sheet.Year, 4).String() + "/" + string(r.Item.Department)
	case r.Round == nil:
		one.State, one.MayOpen = v.words.T("web.ratings.state.none"), analyst
	case r.Round.ClosedAt.IsZero():
		one.State, one.Open, one.MayClose = v.words.T("web.ratings.state.open"), true, analyst
	default:
		one.State, one.Class = v.words.T("web.ratings.state.closed", "by", who(r.Round.ClosedBy), "at", s.moment(r.Round.ClosedAt)), "done"
	}
	for _, g := range r.Groups {
		one.Groups = append(one.Groups, newRaterView(v, sheet, g, analyst || v.user.May(account.ReadAudit, ""), who))
	}
	if one.Open && one.Asked {
		for _, u := range sheet.Units {
			one.Rows = append(one.Rows, newBallot(v, r, u))
		}
	}
	if r.Counted != nil {
		one.count(v, sheet, r)
	}
	return one
}

// newRaterView says how far a group is; who of it has not voted is for those who remind them.
func newRaterView(v *visit, sheet *city.RatingSheet, g city.RaterGroup, names bool, who func(string) string) raterView {
	view := raterView{Name: roleName(v, sheet.Edition, assess.Role(g.Code)), Weight: i18n.Percent(100 * g.Weight)}
	cast, all := 0, len(g.Raters)*len(sheet.Units)
	for _, r := range g.Raters {
		cast += r.Cast
		if names {
			view.Raters = append(view.Raters, raterRow{who(r.Account), r.Cast, len(sheet.Units) - r.Cast})
		}
	}
	if names && len(g.Strangers) > 0 {
		all := make([]string, len(g.Strangers))
		for i, one := range g.Strangers {
			all[i] = who(one)
		}
		view.Strangers = v.words.T("web.ratings.strangers", "names", strings.Join(all, v.words.T("fill.list")))
	}
	if len(g.Raters) > 0 {
		view.Progress = v.words.T("web.ratings.progress", "raters", len(g.Raters), "cast", cast, "all", all)
	}
	return view
}

func newBallot(v *visit, r *city.Rating, u assess.Unit) ballotRow {
	row := ballotRow{Code: string(u.Code), Name: u.Name.In(v.lang()), Value: r.Own[u.Code].Value}
	if len(r.Item.Levels) == 0 {
		return row
	}
	row.Options = []option{{Text: "—", Chosen: row.Value == ""}}
	for _, l := range r.Item.Levels {
		row.Options = append(row.Options, option{string(l), levelName(v, string(l)), row.Value == string(l)})
	}
	row.Options = append(row.Options, option{assess.Abstention, v.words.T("web.ratings.abstain"), row.Value == assess.Abstention})
	return row
}

// count sets the ballots of a closed round out, by rater number.
func (o *ratingView) count(v *visit, sheet *city.RatingSheet, r *city.Rating) {
	var numbers []int
	for _, g := range r.Groups {
		for _, n := range g.Numbers {
			numbers = append(numbers, n)
			head := v.words.T("web.ratings.rater", "group", roleName(v, sheet.Edition, assess.Role(g.Code)), "n", n)
			if n == r.Number {
				head = v.words.T("web.ratings.own", "head", head)
			}
			o.Heads = append(o.Heads, head)
		}
	}
	for _, u := range sheet.Units {
		row := countedRow{Name: u.Name.In(v.lang())}
		for _, n := range numbers {
			text := v.words.T("web.ratings.missing")
			switch value := r.Counted[u.Code][n]; value {
			case "":
			case assess.Abstention:
				text = v.words.T("web.ratings.abstain")
			default:
				text = figureText(v, r.Item, assess.Reported, value)
			}
			row.Cells = append(row.Cells, text)
		}
		o.Counted = append(o.Counted, row)
	}
}

// callBallots opens the round of an indicator.
func (s *site) callBallots(w http.ResponseWriter, r *http.Request) error {
	return s.rate(w, r, "", func(code assess.Code) error { return s.City.CallBallots(r.Context(), yearOf(r), code, s.act(r)) })
}

// closeBallots ends the round of an indicator.
func (s *site) closeBallots(w http.ResponseWriter, r *http.Request) error {
	return s.rate(w, r, "", func(code assess.Code) error { return s.City.CloseBallots(r.Context(), yearOf(r), code, s.act(r)) })
}

// castBallots keeps the ballots of the person who sends them.
func (s *site) castBallots(w http.ResponseWriter, r *http.Request) error {
	ballots := map[assess.UnitCode]string{}
	sheet, err := s.City.Ratings(r.Context(), yearOf(r), visitFrom(r).user)
	if err != nil {
		return err
	}
	var fields []string
	for _, u := range sheet.Units {
		fields = append(fields, "ballot."+string(u.Code))
		ballots[u.Code] = strings.TrimSpace(r.PostForm.Get("ballot." + string(u.Code)))
	}
	return s.rate(w, r, "?done=cast", func(code assess.Code) error {
		return s.City.Cast(r.Context(), yearOf(r), code, ballots, s.act(r))
	}, fields...)
}

func (s *site) rate(w http.ResponseWriter, r *http.Request, done string, do func(code assess.Code) error, fields ...string) error {
	if err := only(r, fields...); err != nil {
		return err
	}
	code := assess.Code(mux.Vars(r)["indicator"])
	err := do(code)
	if p, status, ok := refusal(err); ok {
		return s.drawRatings(w, r, status, code, visitFrom(r).problem(p), r.PostForm)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/city/"+strconv.Itoa(yearOf(r))+"/ratings"+done, http.StatusSeeOther)
	return nil
}
