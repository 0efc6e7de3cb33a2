package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// tokenField is the field of a form that carries its token.
const tokenField = "form_token"

// only says no to a form that carries a field other than those named: what a form does not ask for – a state, a score, a unit, who
// approved – is never taken from it (security checklist, row 22). Each field may come once.
func only(r *http.Request, names ...string) error {
	for name, values := range r.PostForm {
		if name != tokenField && !slices.Contains(names, name) {
			return errField(name)
		}
		if len(values) > 1 {
			return assess.Invalid("problem.form_twice",
				fmt.Sprintf("the field %q came twice; load the page again and send it as it is", name), "field", name)
		}
	}
	return nil
}

// errField refuses a field that does not belong to the form it came with.
func errField(name string) error {
	return assess.Invalid("problem.form_field",
		fmt.Sprintf("the form has no field %q; load the page again and send it as it is", name), "field", name)
}

// putDone keeps in the session how many things were just done on a page, so that the page can say so once. An address could be made
// to say anything.
func (s *site) putDone(r *http.Request, path string, n int) {
	s.sessions.Put(r.Context(), account.DoneKey, strconv.Itoa(n)+" "+path)
}

// popDone answers how many things were just done on a page, once; 0 for none.
func (s *site) popDone(r *http.Request, path string) int {
	n, where, _ := strings.Cut(s.sessions.GetString(r.Context(), account.DoneKey), " ")
	if where != path {
		return 0
	}
	s.sessions.Remove(r.Context(), account.DoneKey)
	done, _ := strconv.Atoi(n)
	return done
}
