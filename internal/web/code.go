package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// codeBody is what the page that asks for the second factor shows.
type codeBody struct {
	Next  string
	Kept  kept
	Wrong bool
	Fault string
}

func (s *site) showCode(w http.ResponseWriter, r *http.Request) error {
	if s.awaited(r) == "" {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return nil
	}
	return s.drawCode(w, r, http.StatusOK, codeBody{Next: ownPath(r.URL.Query().Get("next"))})
}

func (s *site) drawCode(w http.ResponseWriter, r *http.Request, status int, body codeBody) error {
	return s.render(w, r, status, "code", page{Title: visitFrom(r).words.T("web.code"), Body: body, Secret: s.startForm(w, r)})
}

// enterCode lets a person in whose password was right a moment ago. Five wrong codes or passwords lock the account.
func (s *site) enterCode(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "code", "next", "kept_path", "kept_form", "kept_for"); err != nil {
		return err
	}
	body := codeBody{Next: ownPath(r.PostForm.Get("next")), Kept: keptOf(r.PostForm)}
	code := strings.TrimSpace(r.PostForm.Get("code"))
	id := s.awaited(r)
	if id == "" {
		http.Redirect(w, r, "/sign-in?over=1", http.StatusSeeOther)
		return nil
	}
	if ok, err := s.mayTry(w, r); err != nil {
		return err
	} else if !ok {
		body.Fault = visitFrom(r).words.T("web.signin.toooften")
		return s.drawCode(w, r, http.StatusTooManyRequests, body)
	}
	if code == "" {
		body.Wrong = true
		return s.drawCode(w, r, http.StatusUnprocessableEntity, body)
	}
	user, decision, err := s.decideCode(r, id, code)
	switch {
	case err == nil && decision == account.CodeShut:
		body.Fault = visitFrom(r).words.T("web.code.shut")
		return s.drawCode(w, r, http.StatusServiceUnavailable, body)
	case errors.Is(err, assess.ErrNotFound) || err == nil && !decision.OK() && decision != account.WrongCode:
		if err := s.leave(r.Context()); err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		return s.drawSignIn(w, r, http.StatusUnauthorized, signInBody{Next: body.Next, Kept: body.Kept, Wrong: true})
	case err != nil:
		return fmt.Errorf("sign in: %w", err)
	case decision == account.WrongCode:
		body.Wrong = true
		return s.drawCode(w, r, http.StatusUnauthorized, body)
	}
	return s.admitted(w, r, user, decision, body.Next, body.Kept)
}

func (s *site) decideCode(r *http.Request, id, code string) (account.User, account.Decision, error) {
	user, err := s.Accounts.Account(r.Context(), id)
	if err != nil {
		return user, account.WrongCode, err
	}
	user = user.Under(s.Rules)
	attempt := s.attempt(r, user, true)
	attempt.Code = code
	decision, err := s.Accounts.SignIn(r.Context(), id, attempt, s.line(r, user, "sign_in", user.Name))
	return user, decision, err
}
