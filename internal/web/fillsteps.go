package web

import (
	"cmp"
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
	if _, err := s.Desk.Confirm(r.Context(), o.Unit.Code, o.Period, o.v.user.Name, s.Now()); err != nil {
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
	return s.takeStep(w, r, account.Forward, "check", s.drawCheck, func(o *opened) error {
		return s.Desk.Forward(r.Context(), o.Unit.Code, o.Period, o.v.user.Name, s.Now())
	})
}

// sendBack gives the form back inside the district, with what is to be changed.
func (s *site) sendBack(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "reason"); err != nil {
		return err
	}
	return s.takeStep(w, r, account.SendBack, "check", s.drawCheck, func(o *opened) error {
		return s.Desk.SendBack(r.Context(), o.Unit.Code, o.Period, r.PostForm.Get("reason"), o.v.user.Name, s.Now())
	})
}

// sign hands the form to the city. The chair confirms it with the password: a screen left alone signs nothing.
func (s *site) sign(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "current", "digest"); err != nil {
		return err
	}
	return s.takeStep(w, r, account.Sign, "cover", s.drawCover, func(o *opened) error {
		if err := s.confirmPassword(r, o.v.user, r.PostForm.Get("current")); err != nil {
			return err
		}
		// A page without a digest has shown nothing that could be signed.
		err := s.Desk.Sign(r.Context(), o.Unit.Code, o.Period, cmp.Or(r.PostForm.Get("digest"), "nothing"), o.v.user.Name, s.Now())
		if !errors.Is(err, assess.ErrConflict) {
			return err
		}
		if o, again := s.openForm(r, account.Sign); again == nil && o.signedAs(r.PostForm.Get("digest")) {
			return nil
		}
		return err
	})
}

// signedAs says whether the reader has signed just this report: a button that was pressed twice has done what it says.
func (o *opened) signedAs(digest string) bool {
	if len(o.Steps) == 0 || o.Filing.State != assess.Submitted {
		return false
	}
	last := o.Steps[len(o.Steps)-1]
	return last.To == assess.Submitted && last.By == o.v.user.Name && o.Digest() == digest
}

// takeStep takes a form a step further and leads to its page to; what is refused is said on the page it was asked from, which draw draws.
func (s *site) takeStep(w http.ResponseWriter, r *http.Request, a account.Action, to string,
	draw func(http.ResponseWriter, *http.Request, *opened, int, *assess.Problem) error, take func(*opened) error,
) error {
	o, err := s.openForm(r, a)
	if err != nil {
		return err
	}
	err = take(o)
	if refused(err) {
		return draw(w, r, o, faultOf(err).status, problemOf(err))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, o.at(to), http.StatusSeeOther)
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
