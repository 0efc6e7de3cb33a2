package web

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"net/http"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// factorBody is what the page of the second factor shows.
type factorBody struct {
	Fault    string
	Set      bool // there is one
	Demanded bool // the role must have one
	First    bool // nothing else is open before it is set up
	Secret   string
}

// showFactor shows a second factor that is being set up: its picture, its secret to be typed, and the field that proves it.
func (s *site) showFactor(w http.ResponseWriter, r *http.Request) error {
	return s.drawFactor(w, r, http.StatusOK, "")
}

func (s *site) drawFactor(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	v := visitFrom(r)
	body := factorBody{Fault: fault, Set: v.user.CodeSecret != "", Demanded: s.Rules.Demands(v.user.Role), First: v.user.MustEnrol}
	if !body.Set {
		address, err := s.enrolling(r, v)
		if err != nil {
			return err
		}
		body.Secret = inFours(account.CodeSecret(address))
	}
	return s.render(w, r, status, "factor", page{Title: v.words.T("web.factor"), Body: body})
}

// enrolling answers the second factor that is being set up in this session, a new one where there is none.
func (s *site) enrolling(r *http.Request, v *visit) (address string, err error) {
	ctx := r.Context()
	if address = s.enrolled(r, v.user); address != "" {
		return address, nil
	}
	issuer := v.words.T("web.product")
	if e := s.editionFor(r, nil); e != nil && e.Roster.City.Union.In(v.lang()) != "" {
		issuer = e.Roster.City.Union.In(v.lang())
	}
	if address, err = account.NewCodes(issuer, v.user); err != nil {
		return "", err
	}
	sealed, err := s.Registers.Vault.Seal(address, account.EnrolPlace(v.user.ID))
	if err != nil {
		return "", err
	}
	s.sessions.Put(ctx, account.EnrolKey, sealed)
	return address, nil
}

// enrolled answers the second factor that is being set up in this session, "" where none is: one that somebody else began in the same
// browser does not open.
func (s *site) enrolled(r *http.Request, u account.User) (address string) {
	address, err := s.Registers.Vault.Open(s.sessions.GetString(r.Context(), account.EnrolKey), account.EnrolPlace(u.ID))
	if err != nil {
		return ""
	}
	return address
}

// pictureSide is how large the picture is that a telephone reads, in pixels.
const pictureSide = 240

// drawFactorPicture draws what is being set up as a QR code.
func (s *site) drawFactorPicture(w http.ResponseWriter, r *http.Request) error {
	address := s.enrolled(r, visitFrom(r).user)
	if address == "" {
		return errNoPage()
	}
	picture, err := account.CodePicture(address, pictureSide)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return fmt.Errorf("picture of a second factor: %w", err)
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(b.Bytes()) // a reader who went away is no fault
	return nil
}

// setFactor takes the second factor into use, when the person has shown the password and a code of it.
func (s *site) setFactor(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "current", "code", "username"); err != nil {
		return err
	}
	v := visitFrom(r)
	if v.user.CodeSecret != "" {
		http.Redirect(w, r, "/account/second-factor", http.StatusSeeOther)
		return nil
	}
	address, err := s.enrolling(r, v)
	if err != nil {
		return err
	}
	err = s.proveFactor(r, v.user, account.CodeSecret(address))
	if p, ok := spoken(err); ok {
		return s.drawFactor(w, r, http.StatusUnprocessableEntity, v.problem(p))
	}
	if err != nil {
		return fmt.Errorf("set up a second factor: %w", err)
	}
	s.sessions.Remove(r.Context(), account.EnrolKey)
	if err := s.enter(r, v.user); err != nil { // the rights of the session rose, so its token is new
		return fmt.Errorf("set up a second factor: %w", err)
	}
	http.Redirect(w, r, "/account?done=factor", http.StatusSeeOther)
	return nil
}

func (s *site) proveFactor(r *http.Request, u account.User, secret string) error {
	if err := s.confirmPassword(r, u, r.PostForm.Get("current")); err != nil {
		return err
	}
	step, ok := account.CheckCode(secret, r.PostForm.Get("code"), 0, s.Now())
	if !ok {
		return assess.Invalid("problem.code_wrong", "the code is not the one of this moment; type the newest that your program shows, and look at the clock of your telephone")
	}
	sealed, err := s.Registers.Vault.Seal(secret, account.CodePlace(u.ID))
	if err != nil {
		return err
	}
	line := s.line(r, u, "user.second_factor", u.Name)
	line.After = "set"
	return s.Accounts.SetCodes(r.Context(), u.ID, sealed, step, line)
}

// dropFactor takes the second factor away, where the role need not have one.
func (s *site) dropFactor(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "current", "username"); err != nil {
		return err
	}
	v := visitFrom(r)
	if s.Rules.Demands(v.user.Role) {
		return assess.Forbidden("problem.code_demanded", "your role signs in with a second factor; an administrator can reset it so that you set up a new one")
	}
	err := s.confirmPassword(r, v.user, r.PostForm.Get("current"))
	if p, ok := spoken(err); ok {
		return s.drawFactor(w, r, http.StatusUnprocessableEntity, v.problem(p))
	}
	line := s.line(r, v.user, "user.second_factor", v.user.Name)
	line.After = "removed"
	if err == nil {
		err = s.Accounts.SetCodes(r.Context(), v.user.ID, "", 0, line)
	}
	if err == nil {
		err = s.enter(r, v.user)
	}
	if err != nil {
		return fmt.Errorf("remove a second factor: %w", err)
	}
	http.Redirect(w, r, "/account?done=nofactor", http.StatusSeeOther)
	return nil
}

// spoken answers the problem that a form shows to whoever sent it: what was typed is wrong, or no longer fits.
func spoken(err error) (*assess.Problem, bool) {
	var p *assess.Problem
	if errors.As(err, &p) && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict)) {
		return p, true
	}
	return nil, false
}
