package web

import (
	"errors"
	"net/http"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// confirm types last quarter's figure into the stocks that stand empty: the list of them stood above the button.
func (s *site) confirm(w http.ResponseWriter, r *http.Request) error {
	o, err := s.openForm(r, account.Fill)
	if err != nil {
		return err
	}
	if err := only(r); err != nil {
		return err
	}
	if _, err := s.Desk.Confirm(r.Context(), o.Unit.Code, o.Period, "", o.v.user.Name, s.Now()); err != nil {
		return err
	}
	http.Redirect(w, r, o.at(), http.StatusSeeOther)
	return nil
}

// forward sends a checked form to the chair.
func (s *site) forward(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	o, err := s.openForm(r, account.Forward)
	if err != nil {
		return err
	}
	err = s.Desk.Forward(r.Context(), o.Unit.Code, o.Period, o.v.user.Name, s.Now())
	if refused(err) {
		return s.drawCheck(w, r, o, faultOf(err).status, problemOf(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
	return nil
}

// sendBack gives the form back inside the district, with what is to be changed.
func (s *site) sendBack(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "reason"); err != nil {
		return err
	}
	o, err := s.openForm(r, account.SendBack)
	if err != nil {
		return err
	}
	err = s.Desk.SendBack(r.Context(), o.Unit.Code, o.Period, r.PostForm.Get("reason"), o.v.user.Name, s.Now())
	if refused(err) {
		return s.drawCheck(w, r, o, faultOf(err).status, problemOf(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, o.at("check"), http.StatusSeeOther)
	return nil
}

// sign hands the form to the city. The chair confirms it with the password: a screen left alone signs nothing.
func (s *site) sign(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "current", "digest"); err != nil {
		return err
	}
	o, err := s.openForm(r, account.Sign)
	if err != nil {
		return err
	}
	if r.PostForm.Get("digest") != o.Digest() {
		err = assess.Conflict("problem.form_changed", "the report has changed since this page was opened; look at it again, then sign")
	} else {
		err = s.confirmPassword(r, o.v.user, r.PostForm.Get("current"))
	}
	if err == nil {
		err = s.Desk.Sign(r.Context(), o.Unit.Code, o.Period, o.v.user.Name, s.Now())
	}
	if refused(err) {
		return s.drawCover(w, r, o, faultOf(err).status, problemOf(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, o.at("cover"), http.StatusSeeOther)
	return nil
}

// refused says whether an error is about what the person asked for, and is shown on the page it was asked from.
func refused(err error) bool {
	return problemOf(err) != nil && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict))
}

func problemOf(err error) *assess.Problem {
	var p *assess.Problem
	errors.As(err, &p)
	return p
}
