package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// accountRow is an account in a list.
type accountRow struct {
	ID, Name, Shown, Role, Place, Standing, Class, LastSignIn string
	KeptOut, Factor                                           bool
}

// accountsBody is the list of accounts, with the form of a new one.
type accountsBody struct {
	Sentence, Fault        string
	Wrong                  map[string]string // what is wrong with the form of a new one, by field
	Find                   string
	Standings              []option
	RoleFilter             []option
	Rows                   []accountRow
	Pages                  []link // where there are too many for one
	Manage                 bool
	Form                   postForm
	NewName, Shown, Reason string
	Name, Secret           string // of an account that was just made, with the password to hand over
	Hours                  int    // it holds
}

// postForm are the choices of a place to hold.
type postForm struct {
	Roles, Units, Departments []option
	Wrong                     map[string]string // what is wrong, by field
}

func (s *site) showAccounts(w http.ResponseWriter, r *http.Request) error {
	return s.drawAccounts(w, r, http.StatusOK, accountsBody{}, account.Post{})
}

func (s *site) drawAccounts(w http.ResponseWriter, r *http.Request, status int, body accountsBody, chosen account.Post) error {
	all, err := s.Accounts.Accounts(r.Context())
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	v, e := visitFrom(r), s.editionFor(r, nil)
	q := r.URL.Query()
	role, standing := q.Get("role"), q.Get("standing")
	body.Find, body.Manage, body.Hours = strings.TrimSpace(q.Get("find")), v.user.May(account.ManageAccounts, ""), int(account.InitialLife.Hours())
	for _, u := range all {
		row, where := s.accountRow(v, e, u), u.Standing(s.Rules, e, s.Now())
		found := strings.Contains(strings.ToLower(row.Name+" "+row.Shown+" "+row.Place), strings.ToLower(body.Find))
		if (role == "" || role == string(u.Role)) && (standing == "" || standing == string(where) || standing == "out" && where.KeptOut()) && found {
			body.Rows = append(body.Rows, row)
		}
	}
	body.Sentence = v.words.T("web.accounts.sentence", "n", len(body.Rows), "all", len(all))
	body.Rows, body.Pages = paged(v, body.Rows, q.Get("page"))
	body.RoleFilter = s.roleOptions(v, e, account.Roles(), assess.Role(role))
	body.Standings = []option{{"out", v.words.T("web.standing.out"), standing == "out"}}
	for _, one := range []account.Standing{
		account.InUse, account.NewPerson, account.OldWord, account.LockedNow, account.ShutOut, account.Sleeping, account.Lapsed, account.WithoutUse,
	} {
		body.Standings = append(body.Standings, option{string(one), v.words.T("web.standing." + string(one)), standing == string(one)})
	}
	body.Form = s.postForm(v, e, chosen)
	body.Form.Wrong = body.Wrong
	return s.render(w, r, status, "accounts", page{Title: v.words.T("web.accounts"), Body: body, Wrong: body.Fault != ""})
}

// A list of more than longList rows is shown in pages of pageRows.
const (
	longList = 100
	pageRows = 50
)

// paged answers the rows of a page, counted from 1, and the links to all pages; "all" is the whole list, for paper.
func paged[T any](v *visit, rows []T, page string) ([]T, []link) {
	if len(rows) <= longList {
		return rows, nil
	}
	pages := slices.Collect(slices.Chunk(rows, pageRows))
	at, err := strconv.Atoi(page)
	if err != nil || at < 1 || at > len(pages) {
		at = 1
	}
	var links []link
	for i := range pages {
		n := strconv.Itoa(i + 1)
		links = append(links, link{URL: v.with("page", n), Text: n, Current: page != "all" && i+1 == at})
	}
	links = append(links, link{URL: v.with("page", "all"), Text: v.words.T("web.all"), Current: page == "all"})
	if page == "all" {
		return rows, links
	}
	return pages[at-1], links
}

func (s *site) accountRow(v *visit, e *assess.Edition, u account.User) accountRow {
	standing := u.Standing(s.Rules, e, s.Now())
	row := accountRow{
		ID: u.ID, Name: u.Name, Shown: u.DisplayName, Role: roleName(v, e, u.Role), Place: placeName(v, e, u.Post()),
		Standing: v.words.T("web.standing." + string(standing)), Class: "done", KeptOut: standing.KeptOut(), Factor: u.CodeSecret != "",
	}
	if standing != account.InUse {
		row.Class = "open"
	}
	if !u.LastSignIn.IsZero() {
		row.LastSignIn = s.moment(u.LastSignIn)
	}
	return row
}

// placeName answers the unit or the department of a post, "" for the city as a whole.
func placeName(v *visit, e *assess.Edition, p account.Post) string {
	if p.Unit != "" {
		return v.called(e, "unit", string(p.Unit))
	}
	return departmentName(v, e, p.Department)
}

func (s *site) roleOptions(v *visit, e *assess.Edition, roles []assess.Role, chosen assess.Role) (options []option) {
	for _, role := range roles {
		options = append(options, option{string(role), roleName(v, e, role), role == chosen})
	}
	return options
}

func (s *site) postForm(v *visit, e *assess.Edition, chosen account.Post) postForm {
	f := postForm{Roles: s.roleOptions(v, e, s.Rules.Assignable(), chosen.Role)}
	if e == nil {
		return f
	}
	for _, u := range e.Roster.Units {
		f.Units = append(f.Units, option{string(u.Code), u.Name.In(v.lang()), u.Code == chosen.Unit})
	}
	for _, d := range e.Departments {
		f.Departments = append(f.Departments, option{string(d.Code), d.Name.In(v.lang()), d.Code == chosen.Department})
	}
	return f
}

// postOf reads the place that a form asks for. What does not go with the chosen role is left out: the lists stand in the form
// whatever the role is.
func (s *site) postOf(r *http.Request) (account.Post, error) {
	p := account.Post{Role: assess.Role(r.PostForm.Get("role"))}
	if account.OfDistrict(p.Role) {
		p.Unit = assess.UnitCode(r.PostForm.Get("unit"))
	}
	if account.OfDepartment(p.Role) {
		p.Department = assess.Code(r.PostForm.Get("department"))
	}
	if err := s.Rules.CheckRole(p.Role); err != nil {
		return p, err
	}
	e, err := s.edition(r, nil)
	if err != nil {
		return p, err
	}
	if e != nil {
		return p, p.CheckIn(e)
	}
	return p, p.Check()
}

// addAccount makes an account with a random password, which is shown this once.
func (s *site) addAccount(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "name", "shown", "role", "unit", "department", "reason", "current", "username"); err != nil {
		return err
	}
	v, form := visitFrom(r), r.PostForm
	body := accountsBody{NewName: form.Get("name"), Shown: form.Get("shown"), Reason: form.Get("reason")}
	post, err := s.postOf(r)
	if body.Wrong = wrongFields(v, form, err); len(body.Wrong) == 0 && err == nil {
		body.Name, body.Secret, err = s.makeAccount(r, v.user, post)
	}
	if p, ok := spoken(err); ok {
		if field := fieldOf(p.Key); field != "" {
			body.Wrong[field] = v.problem(p)
		} else {
			body.Fault = v.problem(p)
		}
	}
	if len(body.Wrong) > 0 {
		body.Fault = cmp.Or(body.Fault, v.words.T("web.accounts.wrong", "n", len(body.Wrong)))
	}
	if body.Fault != "" {
		return s.drawAccounts(w, r, http.StatusUnprocessableEntity, body, post)
	}
	if err != nil {
		return fmt.Errorf("add an account: %w", err)
	}
	return s.drawAccounts(w, r, http.StatusOK, accountsBody{Name: body.Name, Secret: body.Secret}, account.Post{})
}

// wrongFields answers what is wrong with the fields of a new account, all at once; err is what was wrong with its post.
func wrongFields(v *visit, form url.Values, err error) map[string]string {
	wrong := map[string]string{}
	name := account.CheckName(account.SignInName(form.Get("name")))
	for _, fault := range []error{err, name} {
		if p, ok := spoken(fault); ok && fieldOf(p.Key) != "" {
			wrong[fieldOf(p.Key)] = v.problem(p)
		}
	}
	if strings.TrimSpace(form.Get("name")) == "" {
		wrong["name"] = v.words.T("web.accounts.wants.name")
	}
	if strings.TrimSpace(form.Get("reason")) == "" {
		wrong["reason"] = v.words.T("problem.reason")
	}
	if form.Get("current") == "" {
		wrong["current"] = v.words.T("web.accounts.wants.current")
	}
	return wrong
}

// fieldOf answers the field of an account's form that a problem is about, "" where it is about none.
func fieldOf(key string) string {
	switch key {
	case "problem.account_name", "problem.account_taken":
		return "name"
	case "problem.account_role", "problem.account_level":
		return "role"
	case "problem.account_needs_unit", "problem.account_unit_unknown":
		return "unit"
	case "problem.account_needs_department", "problem.account_department_unknown":
		return "department"
	case "problem.reason":
		return "reason"
	case "problem.password_current":
		return "current"
	}
	return ""
}

func (s *site) makeAccount(r *http.Request, by account.User, post account.Post) (name, password string, err error) {
	form := r.PostForm
	u, err := account.New(form.Get("name"), form.Get("shown"), post, s.Now())
	if err != nil {
		return "", "", err
	}
	line, err := s.adminLine(r, by, "user.add", u)
	if err != nil {
		return "", "", err
	}
	if err := s.confirmPassword(r, by, form.Get("current")); err != nil {
		return "", "", err
	}
	if password, err = account.RandomPassword(); err != nil {
		return "", "", err
	}
	if u.PasswordHash, err = s.Hasher.Hash(r.Context(), password); err != nil {
		return "", "", err
	}
	u.MustChange, u.PasswordExpires = true, s.Now().Add(account.InitialLife)
	line.After = because(r, describe(u.Post()))
	return u.Name, password, s.Accounts.AddAccount(r.Context(), u, line)
}

// adminLine begins the audit line of a change to somebody's account. Every such change has a reason.
func (s *site) adminLine(r *http.Request, by account.User, action string, of account.User) (assess.AuditLine, error) {
	if strings.TrimSpace(r.PostForm.Get("reason")) == "" {
		return assess.AuditLine{}, assess.Invalid("problem.reason", "say why, in a few words; the reason stands in the record of changes")
	}
	line := s.line(r, by, action, of.Name)
	line.Unit = of.Unit
	return line, nil
}

// because writes what became of something and the reason given in the form, as the record of changes shows it.
func because(r *http.Request, what string) string {
	return strings.TrimPrefix(what+"; "+brief(strings.Join(strings.Fields(r.PostForm.Get("reason")), " ")), "; ")
}

// describe writes a post for the audit log: the codes.
func describe(p account.Post) string {
	return strings.TrimSpace(string(p.Role) + " " + string(p.Unit) + string(p.Department))
}

// brief cuts a text to what the record of changes keeps of a reason.
func brief(s string) string {
	const most = 200 // characters
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// accountAddress answers the page of an account, after something was done.
func accountAddress(id, done string) string {
	return "/admin/accounts/" + id + "?" + url.Values{"done": {done}}.Encode()
}

// deeds are what can have been done to an account when its page is shown again.
func deeds() []string { return []string{"name", "role", "lock", "unlock", "second_factor"} }

func deed(r *http.Request) string {
	if done := r.URL.Query().Get("done"); slices.Contains(deeds(), done) {
		return done
	}
	return ""
}
