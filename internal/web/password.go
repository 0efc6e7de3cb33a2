package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// passwordBody is what the page for changing the password shows.
type passwordBody struct {
	Name, Next, Fault string
	Must              bool
	Min               int  // characters
	Composed          bool // of three classes
}

func (s *site) showPassword(w http.ResponseWriter, r *http.Request) error {
	return s.drawPassword(w, r, http.StatusOK, ownPath(r.URL.Query().Get("next")), "")
}

func (s *site) drawPassword(w http.ResponseWriter, r *http.Request, status int, next, fault string) error {
	v := visitFrom(r)
	return s.render(w, r, status, "password", page{
		Title: v.words.T("web.password"),
		Body: passwordBody{
			Name: v.user.Name, Next: next, Fault: fault, Must: v.user.MustChange, Min: s.Rules.MinPassword, Composed: s.Rules.Composed,
		},
	})
}

func (s *site) changePassword(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "current", "chosen", "again", "username", "next"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	next := ownPath(form.Get("next"))
	err := s.setPassword(r, v.user, form.Get("current"), form.Get("chosen"), form.Get("again"))
	var problem *assess.Problem
	if errors.As(err, &problem) && errors.Is(err, assess.ErrInvalid) {
		return s.drawPassword(w, r, http.StatusUnprocessableEntity, next, v.problem(problem))
	}
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	if err := s.enter(r, v.user); err != nil { // the old token died with the old password
		return fmt.Errorf("change password: %w", err)
	}
	if next == "/" {
		changed := v.user
		changed.MustChange = false
		next = landing(changed)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// setPassword asks for the current password and sets the new one.
func (s *site) setPassword(r *http.Request, u account.User, current, chosen, again string) error {
	ctx := r.Context()
	if chosen != again {
		return assess.Invalid("problem.password_differs", "the new password was not typed the same twice; type it again")
	}
	if err := s.confirmPassword(r, u, current); err != nil {
		return err
	}
	if chosen == current {
		return assess.Invalid("problem.password_same", "the new password is the current one; choose another")
	}
	if err := s.Rules.CheckPassword(chosen, u, s.unitNames(r)...); err != nil {
		return err
	}
	reused, err := s.Hasher.Reused(ctx, chosen, u, s.Rules.History)
	if err != nil {
		return err
	}
	if reused {
		n := strconv.Itoa(s.Rules.History)
		return assess.Invalid("problem.password_reused", "the new password is one of the last "+n+" ones; choose one you have not had", "n", n)
	}
	hash, err := s.Hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	return s.Accounts.SetPassword(ctx, u.ID, hash, false, time.Time{}, s.line(r, u, "user.password", u.Name))
}

// unitNames answers the names of the units, which are no passwords.
func (s *site) unitNames(r *http.Request) []string {
	e := s.editionFor(r, nil)
	if e == nil {
		return nil
	}
	var names []string
	for _, u := range append([]assess.Unit{e.Roster.City}, e.Roster.Units...) {
		names = append(names, u.Name.ZH, u.Name.EN, u.Short.ZH, u.Short.EN, u.Union.ZH)
	}
	return names
}
