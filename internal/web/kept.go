package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
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
		Path, Back   string
		Pairs, Shown []pair // every field, and what of them a person reads
	}{Path: path, Back: landing(u)}
	edition := s.editionFor(r, nil)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			body.Pairs = append(body.Pairs, pair{name, value})
			if shown, ok := readable(v, edition, name, value); ok {
				body.Shown = append(body.Shown, shown)
			}
		}
	}
	return true, s.render(w, r, http.StatusOK, "kept", page{Title: v.words.T("web.kept"), Body: body})
}

// machinery are the fields, and the beginnings of fields, that a page sets for itself: nobody typed them.
func machinery() []string {
	return []string{
		"b.", "o.", "seen.", "plain.", "pin.", "request", "then", "digest", "base", "back", "username", "version", "q", "chosen", "sure", "to",
	}
}

// readable answers a field as a person knows it: by the name of its figure or of the field, with the value in words. ok is false for
// what is empty and for what nobody typed.
func readable(v *visit, e *assess.Edition, name, value string) (shown pair, ok bool) {
	kind, code, ofFigure := strings.Cut(name, ".")
	known := name
	if ofFigure {
		known = kind + "."
	}
	if strings.TrimSpace(value) == "" || slices.Contains(machinery(), known) {
		return pair{}, false
	}
	label, word := "web.kept.other", ""
	if v.words.Has("web.kept.field." + kind) {
		label = "web.kept.field." + kind
	}
	shown = pair{v.words.T(label), brief(value)}
	if ofFigure {
		shown.Name = v.words.T("web.kept.of", "name", codeName(v, e, code), "field", shown.Name)
	}
	switch kind {
	case "choice":
		word = v.words.T(map[bool]string{true: "web.review.accept", false: "web.review.return"}[value == "accept"])
	case "m":
		word = v.words.T("fill.lack")
	case "audience":
		word = v.words.T("web.audience." + value)
	case "role", "department":
		word = v.called(e, kind, value)
	case "unit", "district", "code", "item", "indicator":
		word = codeName(v, e, value)
	case "period":
		word = v.words.Period(value)
	case "reason":
		word = reasonName(v, e, value)
	case "v", "value":
		if e == nil {
			break
		}
		if item, there := e.Item(assess.Code(code)); there && (item.Type == assess.Boolean || len(item.Levels) > 0) {
			word = figureText(v, item, assess.Reported, value)
		}
	}
	shown.Value = cmp.Or(word, shown.Value)
	return shown, true
}

// codeName answers the name of an item, a part of a framework or a unit; the code itself for none.
func codeName(v *visit, e *assess.Edition, code string) string {
	if name := v.called(e, "node", code); name != code {
		return name
	}
	return v.called(e, "unit", code)
}

// reasonName answers the words of a reason for a return; "" for what is none.
func reasonName(v *visit, e *assess.Edition, code string) string {
	if e == nil {
		return ""
	}
	for _, reason := range e.Reasons {
		if string(reason.Code) == code {
			return reason.Name.In(v.lang())
		}
	}
	return ""
}
