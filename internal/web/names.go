package web

import (
	"net/http"
	"sync"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// newestNaming answers how things are called now. The edition is read when the first name is asked for, once in a request.
func (s *site) newestNaming(r *http.Request, lang string) i18n.Naming {
	edition := sync.OnceValue(func() *assess.Edition { return s.editionFor(r, nil) })
	return func(kind, code string) string { return edition().Naming(lang)(kind, code) }
}

// called answers what people call what a code stands for in an edition: the name there, else the word of the program, else the code.
func (v *visit) called(e *assess.Edition, kind, code string) string {
	return v.words.Named(e.Naming(v.lang())).Name(kind, code)
}

func departmentName(v *visit, e *assess.Edition, code assess.Code) string {
	return v.called(e, "department", string(code))
}

func roleName(v *visit, e *assess.Edition, role assess.Role) string {
	return v.called(e, "role", string(role))
}
