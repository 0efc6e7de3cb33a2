package web

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/notify"
)

// noticesBody is what the page about the reader's own reminders shows.
type noticesBody struct {
	Email, Fault, Done, Sentence string
	Muted, Mail                  bool
}

func (s *site) showNotices(w http.ResponseWriter, r *http.Request) error {
	contact, err := s.Notices.Contact(r.Context(), visitFrom(r).user.ID)
	if err != nil {
		return err
	}
	return s.drawNotices(w, r, http.StatusOK, noticesBody{Email: contact.Email, Muted: contact.Muted})
}

func (s *site) drawNotices(w http.ResponseWriter, r *http.Request, status int, body noticesBody) error {
	v := visitFrom(r)
	body.Mail = s.Reminders.SendsMail()
	body.Sentence = v.words.T("web.notices.sentence")
	if !body.Mail {
		body.Sentence = v.words.T("web.notices.nomail")
	}
	if r.URL.Query().Get("saved") == "1" && body.Fault == "" {
		body.Done = v.words.T("web.notices.saved")
	}
	return s.render(w, r, status, "notices", page{Title: v.words.T("web.notices.title"), Body: body, Wrong: body.Fault != ""})
}

// setNotices keeps the reader's own address, and whether mail is wanted.
func (s *site) setNotices(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "email", "muted"); err != nil {
		return err
	}
	v := visitFrom(r)
	typed := strings.TrimSpace(r.PostForm.Get("email"))
	contact := assess.Contact{Account: v.user.ID, Muted: r.PostForm.Get("muted") == "1"}
	if typed != "" {
		address, err := notify.ParseAddress(typed)
		if problem, ok := errors.AsType[*assess.Problem](err); ok {
			return s.drawNotices(w, r, http.StatusUnprocessableEntity, noticesBody{Email: typed, Muted: contact.Muted, Fault: v.problem(problem)})
		}
		contact.Email = address.Address
	}
	line := s.line(r, v.user, "contact.set", v.user.Name)
	line.After = map[bool]string{true: "muted", false: "wanted"}[contact.Muted] // not the address: it is the person's own
	if err := s.Notices.PutContact(r.Context(), contact, line); err != nil {
		return err
	}
	http.Redirect(w, r, "/account/notices?saved=1", http.StatusSeeOther)
	return nil
}

// phonesBody is what the page about those who are called in a district shows.
type phonesBody struct {
	Unit, Name, Lines, Fault, Done string
}

// phoneUnit answers the district of the address, when its list is the reader's business. A district that does not exist and one that
// is not theirs look the same.
func (s *site) phoneUnit(r *http.Request) (assess.Unit, error) {
	v := visitFrom(r)
	code := assess.UnitCode(mux.Vars(r)["unit"])
	unknown := assess.NotFound("problem.unit_unknown", fmt.Sprintf("there is no unit %s in this period; choose one from the pages", code), "value", string(code))
	edition, err := s.edition(r, nil)
	if err != nil {
		return assess.Unit{}, err
	}
	if edition == nil {
		return assess.Unit{}, unknown
	}
	unit, ok := edition.Roster.Unit(code)
	if !ok || !v.user.May(account.Chase, code) && !v.user.May(account.Fill, code) {
		return assess.Unit{}, unknown
	}
	return unit, nil
}

func (s *site) showPhones(w http.ResponseWriter, r *http.Request) error {
	unit, err := s.phoneUnit(r)
	if err != nil {
		return err
	}
	all, err := s.Notices.Phones(r.Context())
	if err != nil {
		return err
	}
	var lines []string
	for _, p := range all[unit.Code] {
		lines = append(lines, p.Name+" "+p.Number)
	}
	return s.drawPhones(w, r, http.StatusOK, unit, strings.Join(lines, "\n"), "")
}

func (s *site) drawPhones(w http.ResponseWriter, r *http.Request, status int, unit assess.Unit, lines, fault string) error {
	v := visitFrom(r)
	body := phonesBody{Unit: string(unit.Code), Name: unit.Name.In(v.lang()), Lines: lines, Fault: fault}
	if r.URL.Query().Get("saved") == "1" && fault == "" {
		body.Done = v.words.T("web.notices.saved")
	}
	return s.render(w, r, status, "phones", page{Title: v.words.T("web.phones.title", "unit", body.Name), Body: body, Wrong: fault != ""})
}

// setPhones replaces the list of those who are called in a district.
func (s *site) setPhones(w http.ResponseWriter, r *http.Request) error {
	unit, err := s.phoneUnit(r)
	if err != nil {
		return err
	}
	if err := only(r, "phones"); err != nil {
		return err
	}
	v := visitFrom(r)
	typed := r.PostForm.Get("phones")
	phones, err := readPhones(typed)
	if problem, ok := errors.AsType[*assess.Problem](err); ok {
		return s.drawPhones(w, r, http.StatusUnprocessableEntity, unit, typed, v.problem(problem))
	}
	line := s.line(r, v.user, "phones.set", string(unit.Code))
	line.Unit, line.After = unit.Code, strconv.Itoa(len(phones)) // how many, not which: numbers are personal
	if err := s.Notices.PutPhones(r.Context(), unit.Code, phones, line); err != nil {
		return err
	}
	http.Redirect(w, r, "/phones/"+string(unit.Code)+"?saved=1", http.StatusSeeOther)
	return nil
}

const (
	mostPhones  = 10
	longestName = 40 // characters of the name of somebody who is called
)

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()#*,;-]{2,29}$`)

// readPhones reads a list with a name and a number on each line: 李娜 024-8888 6666. Errors are Problems with the line.
func readPhones(text string) ([]assess.Phone, error) {
	var phones []assess.Phone
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(plainDigits(line)), " ")
		if line == "" {
			continue
		}
		begin := strings.IndexFunc(line, func(r rune) bool { return r >= '0' && r <= '9' || r == '+' })
		if begin <= 0 || !phoneForm.MatchString(line[begin:]) || len([]rune(line[:begin])) > longestName {
			return nil, assess.Invalid("problem.phone", fmt.Sprintf("%q is no name with a number; write each on a line of its own, as 李娜 024-88886666", line), "value", line)
		}
		phones = append(phones, assess.Phone{Name: strings.TrimRight(line[:begin], " :："), Number: line[begin:]})
	}
	if len(phones) > mostPhones {
		return nil, assess.Invalid("problem.phones", fmt.Sprintf("there are more than %d numbers; keep those who are called first", mostPhones), "most", strconv.Itoa(mostPhones))
	}
	if at := slices.IndexFunc(phones, func(p assess.Phone) bool { return p.Name == "" }); at >= 0 {
		return nil, assess.Invalid("problem.phone", fmt.Sprintf("%q has no name; write it before the number", phones[at].Number), "value", phones[at].Number)
	}
	return phones, nil
}

// plainDigits makes full-width digits and signs plain.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - ('！' - '!')
		}
		return r
	}, s)
}
