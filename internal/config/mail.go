package config

import (
	"cmp"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Mail is the server that takes reminders by mail.
type Mail struct {
	Host                      string
	Port                      int    // 0: the usual one of the security
	Security                  string // starttls, tls or none
	CAFile                    string
	Username                  string
	PasswordFile, PasswordEnv string
	From                      string
	Language                  string        // zh or en
	Timeout                   time.Duration // 0: the usual 30 s
}

// Webhook is a group of a messenger that reminders are posted to.
type Webhook struct {
	Name            assess.Code
	Title           assess.Text
	URL             string
	KeyFile, KeyEnv string
	Body            string
	Answer          map[string]string // fields of the answer, and what they are when the message was taken
	Units           []assess.UnitCode // none: every unit
	Language        string            // zh or en
	Timeout         time.Duration     // 0: the usual 10 s
	AllowLoopback   bool
}

func (r *reader) mail(to **Mail) setter {
	return func(n ast.Node, path string) {
		m := *to
		if m == nil {
			m = &Mail{Security: "starttls", Language: "zh"}
		}
		if r.list == nil {
			*to = m
		}
		r.object(n, path, map[string]setter{
			"host":          r.text(&m.Host),
			"port":          r.port(&m.Port),
			"security":      r.text(&m.Security),
			"ca_file":       r.text(&m.CAFile),
			"username":      r.text(&m.Username),
			"password_file": r.text(&m.PasswordFile),
			"password_env":  r.text(&m.PasswordEnv),
			"from":          r.text(&m.From),
			"language":      r.text(&m.Language),
			"timeout":       r.duration(&m.Timeout),
		})
	}
}

func (r *reader) webhook(n ast.Node, path string, w *Webhook) {
	w.Language = "zh"
	r.object(n, path, map[string]setter{
		"name":           text(r, &w.Name),
		"title":          r.both(&w.Title),
		"url":            r.text(&w.URL),
		"key_file":       r.text(&w.KeyFile),
		"key_env":        r.text(&w.KeyEnv),
		"body":           r.text(&w.Body),
		"answer":         r.pairs(&w.Answer),
		"units":          texts(r, &w.Units),
		"language":       r.text(&w.Language),
		"timeout":        r.duration(&w.Timeout),
		"allow_loopback": r.truth(&w.AllowLoopback),
	})
}

// port reads the number of a port.
func (r *reader) port(to *int) setter {
	return r.leaf(func() any { return *to }, func(n ast.Node, path string) {
		written, ok := r.word(n, path)
		if !ok {
			return
		}
		number, err := strconv.ParseUint(written, 10, 16)
		if err != nil || number == 0 {
			r.fault(n, path, invalid("problem.config_port", fmt.Sprintf("%q is not a port; write a number from 1 to 65535", written), "value", written))
			return
		}
		*to = int(number)
	})
}

// pairs reads a mapping of texts whose keys are the writer's own.
func (r *reader) pairs(to *map[string]string) setter {
	return r.leaf(func() any { return *to }, func(n ast.Node, path string) {
		values, ok := r.mapping(n, path)
		if !ok {
			return
		}
		*to = map[string]string{}
		for _, pair := range values {
			(*to)[pair.Key.GetToken().Value], _ = r.word(pair.Value, path)
		}
	})
}

func (c Config) checkMail() (problems assess.Problems) {
	m := c.Mail
	if m == nil {
		return nil
	}
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At("mail."+key)))
		}
	}
	if m.Host == "" {
		add("host", lacks("mail", "host"))
	}
	if m.From == "" {
		add("from", lacks("mail", "from"))
	} else if _, err := mail.ParseAddress(m.From); err != nil {
		add("from", invalid("problem.mail_address", fmt.Sprintf("%q is not a mail address; write it as name@example.org", m.From), "value", m.From))
	}
	add("security", oneOf("security", m.Security, "starttls", "tls", "none"))
	add("language", oneOf("language", m.Language, "zh", "en"))
	add("password_env", secretOf("password", m.PasswordFile, m.PasswordEnv))
	password := cmp.Or(m.PasswordFile, m.PasswordEnv) != ""
	switch {
	case (m.Username != "") != password:
		add("username", invalid("problem.config_mail_password",
			"a username goes with a password, and a password with a username; add the other one, or leave both out"))
	case password && m.Security == "none":
		add("security", invalid("problem.config_mail_plain",
			"with security none everybody on the way could read the password; choose starttls or tls, or leave username and password out"))
	}
	return problems
}

func (c Config) checkWebhook(path string, w Webhook) (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path+"."+key)))
		}
	}
	if !w.Name.Valid() || w.Name == "mail" {
		add("name", invalid("problem.config_webhook_name",
			fmt.Sprintf("%q is not a name of a webhook; begin with a small letter, go on with small letters, digits and _; \"mail\" is taken", w.Name), "value", string(w.Name)))
	}
	if w.URL == "" {
		add("url", lacks("webhooks", "url"))
	}
	if w.Body == "" {
		add("body", lacks("webhooks", "body"))
	}
	add("key_env", secretOf("key", w.KeyFile, w.KeyEnv))
	add("language", oneOf("language", w.Language, "zh", "en"))
	for i, unit := range w.Units {
		if unit == "" || slices.Contains(w.Units[:i], unit) {
			add("units["+strconv.Itoa(i)+"]", invalid("problem.config_unit", fmt.Sprintf("unit %q is empty or there twice; name each once", unit), "unit", string(unit)))
		}
	}
	return problems
}

// checkWebhooks looks at every webhook, and that each has its own name.
func (c Config) checkWebhooks() (problems assess.Problems) {
	for i, w := range c.Webhooks {
		path := "webhooks[" + strconv.Itoa(i) + "]"
		problems = append(problems, c.checkWebhook(path, w)...)
		if slices.ContainsFunc(c.Webhooks[:i], func(other Webhook) bool { return other.Name == w.Name && w.Name != "" }) {
			problems = append(problems, invalid("problem.config_webhook_twice", fmt.Sprintf("there is another webhook %q above; give each its own name", w.Name),
				"name", string(w.Name)).At(c.At(path+".name")))
		}
	}
	return problems
}

func lacks(section, key string) *assess.Problem {
	return invalid("problem.config_lacks", fmt.Sprintf("%s needs %s; add it", section, key), "section", section, "key", key)
}

// secretOf says what is wrong with where a secret stands; nil for one place or none.
func secretOf(what, file, env string) *assess.Problem {
	switch {
	case file != "" && env != "":
		return invalid("problem.config_two_secrets", fmt.Sprintf("the secret stands in a file or in the environment; keep %s_file or %s_env", what, what), "what", what)
	case env != "" && !variableForm.MatchString(env): // it may be the secret itself, so it is not repeated
		return invalid("problem.config_token_env", "this is not the name of an environment variable; put the token into one and name that here")
	}
	return nil
}
