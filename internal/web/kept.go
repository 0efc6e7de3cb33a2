package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/unionboard/unionboard/internal/account"
)

// kept is a form that somebody sent whose session had ended meanwhile. It travels with the sign-in page and is offered again to the
// same person, so that nothing typed is lost without a script either. Nothing of it is kept here.
type kept struct {
	Path    string // where the form was sent
	Form    string // what was in it, encoded, without its token
	Account string // whose it is
}

// lapsed is the session of a request whose time was up.
type lapsed struct{ account, secret string }

// keepable answers what a person without a session has sent, if it came from a form of their last one. Passwords are never kept, and
// neither is what a script sends: that keeps it by itself.
func (s *site) keepable(r *http.Request, a access) (kept, bool) {
	old := visitFrom(r).lapsed
	if r.Method != http.MethodPost || old.account == "" || a.script || a.limit > 0 || r.ParseForm() != nil {
		return kept{}, false
	}
	if !formHolds(old.secret, r.PostForm.Get(tokenField)) || r.PostForm.Has("current") {
		return kept{}, false
	}
	form := url.Values{}
	for name, values := range r.PostForm {
		if name != tokenField {
			form[name] = values
		}
	}
	return kept{Path: r.URL.RequestURI(), Form: form.Encode(), Account: old.account}, true
}

// keptOf reads what the sign-in page has carried along.
func keptOf(form url.Values) kept {
	return kept{Path: form.Get("kept_path"), Form: form.Get("kept_form"), Account: form.Get("kept_for")}
}

// pair is a field of a form with what is in it.
type pair struct{ Name, Value string }

// offer shows a person who is back what was typed, to be sent again with the token of the new session. ok is false where there is
// nothing of this person's.
func (s *site) offer(w http.ResponseWriter, r *http.Request, u account.User, k kept) (ok bool, err error) {
	form, err := url.ParseQuery(k.Form)
	path := ownPath(k.Path)
	if err != nil || len(form) == 0 || path == "/" || k.Account != u.ID {
		return false, nil
	}
	v := visitFrom(r)
	v.user = u
	body := struct {
		Path, Back string
		Pairs      []pair
	}{Path: path, Back: landing(u)}
	for name, values := range form {
		for _, value := range values {
			body.Pairs = append(body.Pairs, pair{name, value})
		}
	}
	slices.SortFunc(body.Pairs, func(a, b pair) int { return cmp.Compare(a.Name, b.Name) })
	return true, s.render(w, r, http.StatusOK, "kept", page{Title: v.words.T("web.kept"), Body: body})
}
