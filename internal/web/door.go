package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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

// signIn lets a person in, or asks for the code of the second factor. Whatever was wrong, the answer is the same: it must not tell
// who has an account here.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "name", "password", "next", "kept_path", "kept_form", "kept_for"); err != nil {
		return err
	}
	name, next, keep := r.PostForm.Get("name"), ownPath(r.PostForm.Get("next")), keptOf(r.PostForm)
	if ok, err := s.mayTry(w, r); err != nil {
		return err
	} else if !ok {
		return s.drawSignIn(w, r, http.StatusTooManyRequests,
			signInBody{Name: name, Next: next, Kept: keep, Fault: visitFrom(r).words.T("web.signin.toooften")})
	}
	user, decision, err := s.decide(r, name, r.PostForm.Get("password"))
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	switch {
	case decision == account.NeedsCode:
		if err := s.await(r, user); err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		if keep.Form != "" {
			return s.drawCode(w, r, http.StatusOK, codeBody{Next: next, Kept: keep})
		}
		http.Redirect(w, r, "/sign-in/code?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		return nil
	case !decision.OK():
		return s.drawSignIn(w, r, http.StatusUnauthorized, signInBody{Name: name, Next: next, Kept: keep, Wrong: true})
	}
	return s.admitted(w, r, user, decision, next, keep)
}

// admitted begins the session of a person who is in, and leads on.
func (s *site) admitted(w http.ResponseWriter, r *http.Request, u account.User, d account.Decision, next string, keep kept) error {
	if err := s.enter(r, u); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if d == account.MustChange {
		http.Redirect(w, r, "/password?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		return nil
	}
	if ok, err := s.offer(w, r, u, keep); ok || err != nil {
		return err
	}
	if next == "/" {
		next = landing(u)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// mayTry counts an attempt to sign in from the address of a request and says whether it is within the limit.
func (s *site) mayTry(w http.ResponseWriter, r *http.Request) (bool, error) {
	return s.mayTryAs(w, r, "")
}

// mayTryAs counts an attempt of some kind, beside those of other kinds: a program whose token is mistyped shuts nobody out who signs in.
func (s *site) mayTryAs(w http.ResponseWriter, r *http.Request, kind string) (bool, error) {
	limit := account.SignInLimit()
	ok, err := s.Accounts.TakeAttempt(r.Context(), limit, kind+network(addressOf(r)), s.Now())
	if err != nil {
		return false, fmt.Errorf("count an attempt: %w", err)
	}
	if !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(limit.Window.Seconds())))
	}
	return ok, nil
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
	user = user.Under(s.Rules)
	decision, err := s.Accounts.SignIn(ctx, user.ID, s.attempt(r, user, right), line)
	if err != nil || !decision.OK() || !stale {
		return user, decision, err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return user, decision, err
	}
	return user, decision, s.Accounts.Rehash(ctx, user.ID, user.PasswordHash, hash, s.line(r, user, "user.rehash", user.Name))
}

// attempt is what is known of somebody who wants to sign in.
func (s *site) attempt(r *http.Request, u account.User, right bool) account.Attempt {
	return account.Attempt{
		At: s.Now(), PasswordOK: right, Surplus: u.Surplus(s.editionFor(r, nil)), Rules: s.Rules,
		Open: func(kept string) (string, error) { return s.openCode(r, u, kept) },
	}
}

// openCode answers the secret of a second factor. One that was set up before they were sealed stands as it is until the care of the next
// start or night.
func (s *site) openCode(r *http.Request, u account.User, kept string) (string, error) {
	if !strings.Contains(kept, ":") {
		return kept, nil
	}
	secret, err := s.Registers.Vault.Open(kept, account.CodePlace(u.ID))
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "a second factor does not open", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
	}
	return secret, err
}

// confirmPassword asks a person who is signed in for the password once more, before something that a stolen session must not do. Wrong ones
// count like those of a sign-in, so that a session cannot try them all. The error is a Problem of kind ErrInvalid.
func (s *site) confirmPassword(r *http.Request, u account.User, current string) error {
	ctx := r.Context()
	right, _, err := s.Hasher.Check(ctx, u.PasswordHash, current)
	if err != nil {
		return err
	}
	attempt := account.Attempt{At: s.Now(), PasswordOK: right, Again: true}
	decision, err := s.Accounts.SignIn(ctx, u.ID, attempt, s.line(r, u, "user.confirm", u.Name))
	if err != nil {
		return err
	}
	if !decision.OK() {
		return assess.Invalid("problem.password_current", "the current password is not right; type the one you signed in with")
	}
	return nil
}

// line begins a line of the audit log about a request.
func (s *site) line(r *http.Request, u account.User, action, object string) assess.AuditLine {
	return assess.AuditLine{
		At: s.Now(), Actor: u.Name, Address: addressOf(r), Action: action, Object: object, Unit: u.Unit, Result: "ok", Request: numberOf(r),
	}
}

// landing answers where a person begins: what is to be done for districts and departments, the home page for all others who read
// scores, the administration for those who keep accounts.
func landing(u account.User) string {
	if u.Unit != "" || account.OfDepartment(u.Role) {
		return "/tasks"
	}
	switch {
	case u.May(account.ReadPublished, ""):
		return "/"
	case u.May(account.ReadAccounts, ""):
		return "/admin"
	}
	return "/tasks"
}

func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	u := visitFrom(r).user
	if err := s.Audit.Record(r.Context(), s.line(r, u, "sign_out", u.Name)); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if err := s.leave(r.Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if !s.PlainHTTP {
		w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // browsers complain about it over plain HTTP
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}
