package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// personBody is the page of somebody's account.
type personBody struct {
	accountRow
	Done, Fault              string
	Made, PasswordSet        string
	Manage, Own, Shut        bool
	Form                     postForm
	Typed                    map[string]string // what stood in a form that was refused
	Secret                   string            // a password that was just made, to hand over
	Hours                    int
	Record                   []recordRow
	RoleText, PlaceText, May string
}

// why is the field that asks for the reason of one of several forms.
type why struct{ ID, Value string }

// Why answers the field of a form, with what was typed there where it was refused.
func (b personBody) Why(form string) why {
	if b.Typed["deed"] != form {
		return why{ID: form}
	}
	return why{form, b.Typed["reason"]}
}

// recordRow is a line of the record of changes.
type recordRow struct{ At, Who, What, Detail, Result string }

// recordShown is how many lines the page of an account shows of its record.
const recordShown = 50

func (s *site) showPerson(w http.ResponseWriter, r *http.Request) error {
	u, err := s.personOf(r)
	if err != nil {
		return err
	}
	return s.drawPerson(w, r, http.StatusOK, u, personBody{Done: deed(r)})
}

func (s *site) personOf(r *http.Request) (account.User, error) {
	return s.Accounts.Account(r.Context(), mux.Vars(r)["account"])
}

func (s *site) drawPerson(w http.ResponseWriter, r *http.Request, status int, u account.User, body personBody) error {
	v, e := visitFrom(r), s.editionFor(r, nil)
	body.accountRow = s.accountRow(v, e, u)
	body.Made, body.PasswordSet = s.moment(u.CreatedAt), s.moment(u.PasswordSet)
	body.Own, body.Manage = u.ID == v.user.ID, v.user.May(account.ManageAccounts, "")
	body.Shut, body.Hours = body.KeptOut, int(account.InitialLife.Hours())
	body.Form = s.postForm(v, e, u.Post())
	if body.Typed["deed"] == "role" {
		body.Form = s.postForm(v, e, account.Post{
			Role: assess.Role(body.Typed["role"]), Unit: assess.UnitCode(body.Typed["unit"]), Department: assess.Code(body.Typed["department"]),
		})
	}
	lines, err := s.Audit.AuditAbout(r.Context(), u.Name, recordShown)
	if err != nil {
		return fmt.Errorf("record of an account: %w", err)
	}
	for _, l := range lines {
		if !strings.HasPrefix(l.Action, "user.") && l.Action != "sign_in" && l.Action != "sign_out" {
			continue // about something else of the same name
		}
		body.Record = append(body.Record, s.recordRow(v, l))
	}
	return s.render(w, r, status, "person", page{Title: v.words.T("web.person", "name", u.DisplayName), Body: body})
}

func (s *site) recordRow(v *visit, l assess.AuditLine) recordRow {
	row := recordRow{At: s.moment(l.At), Who: l.Actor, What: l.Action, Detail: l.After}
	if key := "audit." + l.Action; v.words.Has(key) {
		row.What = v.words.T(key)
	}
	if l.Before != "" {
		row.Detail = l.Before + " → " + l.After
	}
	if key := "audit.after." + l.After; v.words.Has(key) {
		row.Detail = v.words.T(key)
	}
	return row
}

// deedOn is a change to somebody's account that a form asks for.
type deedOn struct {
	name    string   // as in deeds
	action  string   // of the audit line
	fields  []string // of the form, beside the reason
	confirm bool     // asks for the password of who does it
	do      func(r *http.Request, u account.User, line assess.AuditLine) error
}

// change answers the handler of a change to somebody's account. Nobody changes their own: what is theirs stands on their own page,
// and the rest is another's to decide.
func (s *site) change(d deedOn) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := only(r, append(slices.Clone(d.fields), "reason", "current", "username")...); err != nil {
			return err
		}
		u, err := s.personOf(r)
		if err != nil {
			return err
		}
		v := visitFrom(r)
		err = s.carryOut(r, v.user, u, d)
		if p, ok := spoken(err); ok {
			return s.drawPerson(w, r, http.StatusUnprocessableEntity, u, personBody{Fault: v.problem(p), Typed: typed(r, d.name)})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.action, err)
		}
		http.Redirect(w, r, accountAddress(u.ID, d.name), http.StatusSeeOther)
		return nil
	}
}

// typed answers what stands in a form, passwords apart, and which form it is.
func typed(r *http.Request, form string) map[string]string {
	fields := map[string]string{"deed": form}
	for name, values := range r.PostForm {
		if name != "current" && name != tokenField && len(values) > 0 {
			fields[name] = values[0]
		}
	}
	return fields
}

func (s *site) carryOut(r *http.Request, by, u account.User, d deedOn) error {
	if by.ID == u.ID {
		return assess.Invalid("problem.account_own", "this is your own account; another administrator changes it, and your password stands on the page of your account")
	}
	line, err := s.adminLine(r, by, d.action, u)
	if err != nil {
		return err
	}
	if d.confirm {
		if err := s.confirmPassword(r, by, r.PostForm.Get("current")); err != nil {
			return err
		}
	}
	line.After = because(r, "")
	return d.do(r, u, line)
}

func (s *site) renamePerson() handler {
	return s.change(deedOn{name: "name", action: "user.name", fields: []string{"shown"}, do: func(r *http.Request, u account.User, line assess.AuditLine) error {
		shown := strings.TrimSpace(r.PostForm.Get("shown"))
		if n := len([]rune(shown)); n == 0 || n > 64 {
			return assess.Invalid("problem.account_shown", "a name has 1 to 64 characters; write the one that others know the person by")
		}
		line.Before, line.After = u.DisplayName, because(r, shown)
		return s.Accounts.SetDisplayName(r.Context(), u.ID, shown, line)
	}})
}

func (s *site) movePerson() handler {
	fields := []string{"role", "unit", "department"}
	return s.change(deedOn{name: "role", action: "user.role", fields: fields, confirm: true, do: func(r *http.Request, u account.User, line assess.AuditLine) error {
		post, err := s.postOf(r)
		if err != nil {
			return err
		}
		line.Before, line.After = describe(u.Post()), because(r, describe(post))
		return s.Accounts.SetPost(r.Context(), u.ID, post, line)
	}})
}

func (s *site) lockPerson() handler {
	return s.change(deedOn{name: "lock", action: "user.lock", do: func(r *http.Request, u account.User, line assess.AuditLine) error {
		return s.Accounts.LockAccount(r.Context(), u.ID, s.Now(), line)
	}})
}

func (s *site) unlockPerson() handler {
	return s.change(deedOn{name: "unlock", action: "user.unlock", do: func(r *http.Request, u account.User, line assess.AuditLine) error {
		return s.Accounts.UnlockAccount(r.Context(), u.ID, line)
	}})
}

func (s *site) resetFactor() handler {
	return s.change(deedOn{name: "second_factor", action: "user.second_factor", confirm: true, do: func(r *http.Request, u account.User, line assess.AuditLine) error {
		line.After = because(r, "reset")
		return s.Accounts.SetCodes(r.Context(), u.ID, "", 0, line)
	}})
}

// resetPassword gives an account a random password, which is shown this once.
func (s *site) resetPassword(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "reason", "current", "username"); err != nil {
		return err
	}
	u, err := s.personOf(r)
	if err != nil {
		return err
	}
	v := visitFrom(r)
	var secret string
	err = s.carryOut(r, v.user, u, deedOn{action: "user.reset_password", confirm: true, do: func(r *http.Request, u account.User, line assess.AuditLine) error {
		if secret, err = account.RandomPassword(); err != nil {
			return err
		}
		hash, err := s.Hasher.Hash(r.Context(), secret)
		if err != nil {
			return err
		}
		return s.Accounts.SetPassword(r.Context(), u.ID, hash, true, s.Now().Add(account.InitialLife), line)
	}})
	if p, ok := spoken(err); ok {
		return s.drawPerson(w, r, http.StatusUnprocessableEntity, u, personBody{Fault: v.problem(p), Typed: typed(r, "password")})
	}
	if err != nil {
		return fmt.Errorf("reset a password: %w", err)
	}
	if u, err = s.personOf(r); err != nil {
		return err
	}
	return s.drawPerson(w, r, http.StatusOK, u, personBody{Secret: secret})
}
