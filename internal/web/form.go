package web

import (
	"fmt"
	"net/http"
	"slices"

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
