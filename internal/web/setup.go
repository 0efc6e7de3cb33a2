package web

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// setupBody is what the page that makes the first account shows.
type setupBody struct {
	Fault, Name, Shown string
	Min                int
	Composed           bool
}

// setupOpen says whether the installation waits for its first account. Where it does not, the page does not exist.
func (s *site) setupOpen(r *http.Request) error {
	if s.Setup.Code == "" || !s.Now().Before(s.Setup.Until) {
		return errNoPage()
	}
	any, err := s.Accounts.AnyAccount(r.Context())
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	if any {
		return errNoPage()
	}
	return nil
}

func (s *site) showSetup(w http.ResponseWriter, r *http.Request) error {
	if err := s.setupOpen(r); err != nil {
		return err
	}
	return s.drawSetup(w, r, http.StatusOK, setupBody{})
}

func (s *site) drawSetup(w http.ResponseWriter, r *http.Request, status int, body setupBody) error {
	body.Min, body.Composed = s.Rules.MinPassword, s.Rules.Composed
	return s.render(w, r, status, "setup", page{Title: visitFrom(r).words.T("web.setup"), Body: body, Secret: s.startForm(w, r)})
}

// makeFirst makes the first account with the code that was printed at the start, and signs its owner in.
func (s *site) makeFirst(w http.ResponseWriter, r *http.Request) error {
	if err := s.setupOpen(r); err != nil {
		return err
	}
	if err := s.checkForm(r, everybody()); err != nil {
		return err
	}
	if err := only(r, "code", "name", "shown", "chosen", "again"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	body := setupBody{Name: form.Get("name"), Shown: form.Get("shown")}
	if ok, err := s.mayTry(w, r); err != nil {
		return err
	} else if !ok {
		body.Fault = v.words.T("web.signin.toooften")
		return s.drawSetup(w, r, http.StatusTooManyRequests, body)
	}
	u, err := s.firstAccount(r)
	var problem *assess.Problem
	switch {
	case errors.Is(err, assess.ErrConflict):
		return errNoPage() // somebody was faster
	case errors.As(err, &problem) && errors.Is(err, assess.ErrInvalid):
		body.Fault = v.problem(problem)
		return s.drawSetup(w, r, http.StatusUnprocessableEntity, body)
	case err != nil:
		return fmt.Errorf("set up: %w", err)
	}
	return s.admitted(w, r, u.Under(s.Rules), account.SignedIn, "/", kept{})
}

func (s *site) firstAccount(r *http.Request) (account.User, error) {
	form := r.PostForm
	typed := strings.ToLower(strings.TrimSpace(form.Get("code")))
	if subtle.ConstantTimeCompare([]byte(account.SecretHash(typed)), []byte(account.SecretHash(s.Setup.Code))) != 1 {
		return account.User{}, assess.Invalid("problem.setup_code", "this is not the code that was printed when the program started; type it as it stands there")
	}
	if form.Get("chosen") != form.Get("again") {
		return account.User{}, assess.Invalid("problem.password_differs", "the new password was not typed the same twice; type it again")
	}
	u, err := account.New(form.Get("name"), form.Get("shown"), account.Post{Role: s.Rules.Keeper()}, s.Now())
	if err != nil {
		return u, err
	}
	if err := s.Rules.CheckPassword(form.Get("chosen"), u, s.unitNames(r)...); err != nil {
		return u, err
	}
	if u.PasswordHash, err = s.Hasher.Hash(r.Context(), form.Get("chosen")); err != nil {
		return u, err
	}
	line := s.line(r, u, "user.add", u.Name)
	line.After = string(u.Role)
	return u, s.Accounts.AddFirstAccount(r.Context(), u, line)
}
