package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// signInBody is what the sign-in page shows.
type signInBody struct {
	Name, Next  string
	Wrong, Over bool
	Fault       string
	Kept        kept
}

func (s *site) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if v := visitFrom(r); v.signedIn() {
		http.Redirect(w, r, landing(v.user), http.StatusSeeOther)
		return nil
	}
	q := r.URL.Query()
	return s.drawSignIn(w, r, http.StatusOK, signInBody{Next: ownPath(q.Get("next")), Over: q.Get("over") == "1"})
}

func (s *site) drawSignIn(w http.ResponseWriter, r *http.Request, status int, body signInBody) error {
	return s.render(w, r, status, "signin", page{
		Title: visitFrom(r).words.T("web.signin"), Body: body, Secret: s.startForm(w, r),
	})
}

// signIn lets a person in. Whatever was wrong, the answer is the same: it must not tell who has an account here.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	name, next, keep := r.PostForm.Get("name"), ownPath(r.PostForm.Get("next")), keptOf(r.PostForm)
	if !s.tries.allow(addressOf(r), s.Now()) {
		w.Header().Set("Retry-After", "60")
		return s.drawSignIn(w, r, http.StatusTooManyRequests, signInBody{Name: name, Next: next, Kept: keep, Fault: visitFrom(r).words.T("web.signin.toooften")})
	}
	user, decision, err := s.decide(r, name, r.PostForm.Get("password"))
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if !decision.OK() {
		return s.drawSignIn(w, r, http.StatusUnauthorized, signInBody{Name: name, Next: next, Kept: keep, Wrong: true})
	}
	if err := s.enter(r, user); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if decision == account.MustChange {
		http.Redirect(w, r, "/password?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		return nil
	}
	if ok, err := s.offer(w, r, user, keep); ok || err != nil {
		return err
	}
	if next == "/" {
		next = landing(user)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// decide looks the account up, checks the password and has the attempt counted. A name nobody has takes the same way and the same
// time; what was typed as a name is not recorded, for it may be a password in the wrong field.
func (s *site) decide(r *http.Request, name, password string) (account.User, account.Decision, error) {
	ctx := r.Context()
	user, err := s.Accounts.AccountNamed(ctx, name)
	unknown := errors.Is(err, assess.ErrNotFound)
	if err != nil && !unknown {
		return user, account.WrongPassword, err
	}
	right, stale, err := s.Hasher.Check(ctx, user.PasswordHash, password)
	if err != nil {
		return user, account.WrongPassword, err
	}
	line := s.line(r, user, "sign_in", user.Name)
	if unknown {
		line.After, line.Result = "unknown_name", "refused"
		return user, account.WrongPassword, s.Audit.Record(ctx, line)
	}
	decision, err := s.Accounts.SignIn(ctx, user.ID, right, s.Now(), line)
	if err != nil || !decision.OK() || !stale {
		return user, decision, err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return user, decision, err
	}
	return user, decision, s.Accounts.Rehash(ctx, user.ID, user.PasswordHash, hash, s.line(r, user, "user.rehash", user.Name))
}

// line begins a line of the audit log about a request.
func (s *site) line(r *http.Request, u account.User, action, object string) assess.AuditLine {
	return assess.AuditLine{
		At: s.Now(), Actor: u.Name, Address: addressOf(r), Action: action, Object: object, Unit: u.Unit, Result: "ok", Request: numberOf(r),
	}
}

// landing answers where a person begins: what is to be done for districts and departments, the home page for all others who read
// scores, collection for those who read none.
func landing(u account.User) string {
	if u.Unit != "" || account.OfDepartment(u.Role) {
		return "/tasks"
	}
	switch {
	case u.May(account.ReadPublished, ""):
		return "/"
	case u.May(account.ReadRuns, ""):
		return "/collect"
	}
	return "/tasks"
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	u := visitFrom(r).user
	if err := s.Audit.Record(r.Context(), s.line(r, u, "sign_out", u.Name)); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if !s.PlainHTTP {
		w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // browsers complain about it over plain HTTP
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// passwordBody is what the page for changing the password shows.
type passwordBody struct {
	Name, Next, Fault string
	Must              bool
}

func (s *site) showPassword(w http.ResponseWriter, r *http.Request) error {
	return s.drawPassword(w, r, http.StatusOK, ownPath(r.URL.Query().Get("next")), "")
}

func (s *site) drawPassword(w http.ResponseWriter, r *http.Request, status int, next, fault string) error {
	v := visitFrom(r)
	return s.render(w, r, status, "password", page{
		Title: v.words.T("web.password"),
		Body:  passwordBody{Name: v.user.Name, Next: next, Fault: fault, Must: v.user.MustChange},
	})
}

func (s *site) changePassword(w http.ResponseWriter, r *http.Request) error {
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

// confirmPassword asks that a person is who signed in. Wrong passwords count like those of a sign-in, so that a stolen session
// cannot try them all.
func (s *site) confirmPassword(r *http.Request, u account.User, current string) error {
	ctx := r.Context()
	right, _, err := s.Hasher.Check(ctx, u.PasswordHash, current)
	if err != nil {
		return err
	}
	decision, err := s.Accounts.SignIn(ctx, u.ID, right, s.Now(), s.line(r, u, "user.confirm", u.Name))
	if err != nil {
		return err
	}
	if !decision.OK() {
		return assess.Invalid("problem.password_current", "the current password is not right; type the one you signed in with")
	}
	return nil
}

// setPassword checks the current password and sets the new one.
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
	if err := account.CheckPassword(chosen, u, s.unitNames(r)...); err != nil {
		return err
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
