package config

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Export is a set of files that is made on schedule. Which tables and formats there are is not known here.
type Export struct {
	Name    assess.Code
	At      string // cron spec
	Tables  []string
	Formats []string
	Period  string // last, current, or a period
	Unit    assess.UnitCode
	Lang    string // zh or en
	Edition string // working or published
	Folder  string // relative to the data folder; "" for none
	Mail    []string
}

func (r *reader) export(n ast.Node, path string, e *Export) {
	e.Period, e.Lang, e.Edition = "last", "zh", "working"
	r.object(n, path, map[string]setter{
		"name":    text(r, &e.Name),
		"at":      r.text(&e.At),
		"tables":  texts(r, &e.Tables),
		"formats": texts(r, &e.Formats),
		"period":  r.text(&e.Period),
		"unit":    text(r, &e.Unit),
		"lang":    r.text(&e.Lang),
		"edition": r.text(&e.Edition),
		"to": func(n ast.Node, path string) {
			r.object(n, path, map[string]setter{"folder": r.text(&e.Folder), "mail": texts(r, &e.Mail)})
		},
	})
}

// checkExports looks at every scheduled export, and that each has its own name.
func (c Config) checkExports() (problems assess.Problems) {
	for i, e := range c.Exports {
		path := "exports[" + strconv.Itoa(i) + "]"
		problems = append(problems, c.checkExport(path, e)...)
		if slices.ContainsFunc(c.Exports[:i], func(other Export) bool { return other.Name == e.Name && e.Name != "" }) {
			problems = append(problems, invalid("problem.config_export_twice", fmt.Sprintf("there is another export %q above; give each its own name", e.Name),
				"name", string(e.Name)).At(c.At(path+".name")))
		}
	}
	return problems
}

func (c Config) checkExport(path string, e Export) (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path+"."+key)))
		}
	}
	if !e.Name.Valid() {
		add("name", invalid("problem.config_export_name",
			fmt.Sprintf("%q is not a name of an export; begin with a small letter, go on with small letters, digits and _", e.Name), "value", string(e.Name)))
	}
	for _, needed := range []struct {
		key   string
		lacks bool
	}{{"at", e.At == ""}, {"tables", len(e.Tables) == 0}, {"formats", len(e.Formats) == 0}} {
		if needed.lacks {
			add(needed.key, lacks("exports", needed.key))
		}
	}
	add("lang", oneOf("lang", e.Lang, "zh", "en"))
	add("edition", oneOf("edition", e.Edition, "working", "published"))
	if e.Folder == "" && len(e.Mail) == 0 {
		add("to", invalid("problem.config_export_nowhere", "the files go nowhere; name a folder, or addresses under mail"))
	}
	if len(e.Mail) > 0 && c.Mail == nil {
		add("to.mail", invalid("problem.config_export_mail", "files can be sent only through a mail server; add mail to the file, or name a folder"))
	}
	for i, address := range e.Mail {
		if _, err := mail.ParseAddress(address); err != nil {
			add("to.mail["+strconv.Itoa(i)+"]", invalid("problem.mail_address", fmt.Sprintf("%q is not a mail address; write it as name@example.org", address), "value", address))
		}
	}
	return problems
}
