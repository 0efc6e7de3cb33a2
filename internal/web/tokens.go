package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// tokensBody is the list of tokens, with the form of a new one.
type tokensBody struct {
	Sentence, Fault, Done string
	Rows                  []tokenRow
	Manage                bool
	Units, People         []option
	Scopes                []scopeBox
	Name, Addresses, Days string
	Reason                string
	Secret                string // of a token that was just made, shown once
}

// scopeBox is what a new token can be for.
type scopeBox struct {
	Scope, Text string
	Checked     bool
}

type tokenRow struct {
	ID, Name, Unit, Person, Scopes, Addresses, Made, By, Ends, Used, State string
	Lives                                                                  bool
}

func (s *site) showTokens(w http.ResponseWriter, r *http.Request) error {
	body := tokensBody{Days: strconv.Itoa(account.UsualTokenDays)}
	if r.URL.Query().Get("done") == "revoke" {
		body.Done = "revoke"
	}
	return s.drawTokens(w, r, http.StatusOK, body, usualOrder())
}

// usualOrder is what a token is for where nobody says so.
func usualOrder() account.TokenOrder {
	return account.TokenOrder{Scopes: []account.TokenScope{account.SubmitFigures}}
}

func (s *site) drawTokens(w http.ResponseWriter, r *http.Request, status int, body tokensBody, chosen account.TokenOrder) error {
	v, e, ctx := visitFrom(r), s.editionFor(r, nil), r.Context()
	tokens, err := s.Keys.Tokens(ctx)
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	people, err := s.Accounts.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	names := map[string]string{}
	for _, u := range people {
		names[u.ID] = u.DisplayName
		if (u.Unit != "" || u.May(account.Export, "")) && u.DisabledAt.IsZero() {
			body.People = append(body.People, option{u.ID, u.DisplayName + " · " + placeName(v, e, u.Post()), u.ID == chosen.Account})
		}
	}
	living := 0
	for _, t := range tokens {
		row := s.tokenRow(v, e, t)
		row.Person = names[t.Account]
		if row.Lives {
			living++
		}
		body.Rows = append(body.Rows, row)
	}
	for _, scope := range account.TokenScopes() {
		body.Scopes = append(body.Scopes, scopeBox{string(scope), v.words.T("web.scope." + string(scope)), slices.Contains(chosen.Scopes, scope)})
	}
	if e != nil {
		if city := e.Roster.City; city.Code != "" {
			body.Units = append(body.Units, option{string(city.Code), city.Name.In(v.lang()), city.Code == chosen.Unit})
		}
		for _, u := range e.Roster.Units {
			body.Units = append(body.Units, option{string(u.Code), u.Name.In(v.lang()), u.Code == chosen.Unit})
		}
	}
	body.Manage = v.user.May(account.ManageTokens, "")
	body.Sentence = v.words.T("web.tokens.sentence", "n", len(tokens), "living", living)
	return s.render(w, r, status, "tokens", page{Title: v.words.T("web.tokens"), Body: body})
}

func (s *site) tokenRow(v *visit, e *assess.Edition, t account.Token) tokenRow {
	row := tokenRow{
		ID: t.ID, Name: t.Name, Unit: placeName(v, e, account.Post{Unit: t.Unit}), Addresses: joined(t.Addresses), By: t.CreatedBy,
		Made: s.day(t.CreatedAt), Ends: s.day(t.ExpiresAt), Lives: t.Lives(s.Now()), State: v.words.T("web.key.open"),
	}
	scopes := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		scopes[i] = v.words.T("web.scope." + string(scope))
	}
	row.Scopes = v.words.List(scopes)
	if !t.UsedAt.IsZero() {
		row.Used = s.moment(t.UsedAt)
	}
	switch {
	case !t.RevokedAt.IsZero():
		row.State = v.words.T("web.key.revoked")
	case !row.Lives:
		row.State = v.words.T("web.key.expired")
	}
	return row
}

// joined writes networks with spaces between them, single addresses without their length.
func joined(prefixes []netip.Prefix) string {
	texts := make([]string, len(prefixes))
	for i, p := range prefixes {
		texts[i] = p.String()
		if p.IsSingleIP() {
			texts[i] = p.Addr().String()
		}
	}
	return strings.Join(texts, " ")
}

// addToken makes a token for a program of a unit and shows it, this once.
func (s *site) addToken(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "name", "unit", "person", "submit", "read", "export", "addresses", "days", "reason", "current", "username"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	days, _ := strconv.Atoi(form.Get("days")) // what is no number is none that a token can live
	order := account.TokenOrder{
		Name: form.Get("name"), Unit: assess.UnitCode(form.Get("unit")), Account: form.Get("person"),
		Addresses: form.Get("addresses"), Days: days, By: v.user.Name,
	}
	for _, scope := range account.TokenScopes() {
		if form.Get(string(scope)) == "1" {
			order.Scopes = append(order.Scopes, scope)
		}
	}
	secret, err := s.makeToken(r, v.user, order)
	if p, ok := spoken(err); ok {
		return s.drawTokens(w, r, http.StatusUnprocessableEntity, tokensBody{
			Fault: v.problem(p), Name: order.Name, Addresses: order.Addresses, Days: form.Get("days"), Reason: form.Get("reason"),
		}, order)
	}
	if err != nil {
		return fmt.Errorf("add a token: %w", err)
	}
	return s.drawTokens(w, r, http.StatusOK, tokensBody{Secret: secret, Days: strconv.Itoa(account.UsualTokenDays)}, usualOrder())
}

func (s *site) makeToken(r *http.Request, by account.User, order account.TokenOrder) (string, error) {
	if err := s.checkOrder(r, order); err != nil {
		return "", err
	}
	t, secret, err := account.NewToken(order, s.Now())
	if err != nil {
		return "", err
	}
	line, err := s.adminLine(r, by, "token.add", account.User{Name: t.ID, Unit: t.Unit})
	if err != nil {
		return "", err
	}
	if err := s.confirmPassword(r, by, r.PostForm.Get("current")); err != nil {
		return "", err
	}
	line.After = because(r, t.Name)
	return secret, s.Keys.AddToken(r.Context(), t, line)
}

// checkOrder says whether the unit exists, and the person who answers for the token belongs to it.
func (s *site) checkOrder(r *http.Request, order account.TokenOrder) error {
	city := assess.UnitCode("")
	e, err := s.edition(r, nil)
	if err != nil {
		return err
	}
	if e != nil {
		if err := order.CheckIn(e); err != nil {
			return err
		}
		city = e.Roster.City.Code
	}
	if order.Account == "" {
		return nil
	}
	u, err := s.Accounts.Account(r.Context(), order.Account)
	if err != nil && !errors.Is(err, assess.ErrNotFound) {
		return fmt.Errorf("person of a token: %w", err)
	}
	if err != nil || !order.Belongs(u, city) {
		return assess.Invalid("problem.token_person", "who answers for a token is a person of its unit; choose one of them, or nobody")
	}
	return nil
}

func (s *site) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "reason", "current", "username"); err != nil {
		return err
	}
	v, id := visitFrom(r), mux.Vars(r)["token"]
	line, err := s.adminLine(r, v.user, "token.revoke", account.User{Name: id})
	if err == nil {
		err = s.confirmPassword(r, v.user, r.PostForm.Get("current"))
	}
	if err == nil {
		line.After = because(r, "")
		err = s.Keys.RevokeToken(r.Context(), id, s.Now(), line)
	}
	if p, ok := spoken(err); ok {
		return s.drawTokens(w, r, http.StatusUnprocessableEntity, tokensBody{Fault: v.problem(p), Reason: r.PostForm.Get("reason")}, usualOrder())
	}
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	http.Redirect(w, r, "/admin/tokens?done=revoke", http.StatusSeeOther)
	return nil
}
