package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/unionboard/unionboard/internal/assess"
)

// reader takes a YAML document apart, remembers where each setting stands, and gathers what is wrong.
type reader struct {
	file     string // or the name of a variable of the environment
	variable bool   // which has no lines
	places   map[string]assess.Place
	problems assess.Problems
	// list, where set, is told every setting with what it is; nothing is read then.
	list func(path string, value any)
}

// setter reads the value of a key; path is where it stands in the document.
type setter func(n ast.Node, path string)

func (r *reader) document(data []byte, c *Config) {
	parsed, err := parseYAML(data)
	if err != nil {
		r.syntax(err)
		return
	}
	for i, doc := range parsed.Docs {
		switch doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
			continue
		}
		if i > 0 {
			r.fault(doc.Body, "", invalid("problem.config_documents", "the file holds a second document after ---; keep one"))
			return
		}
		r.config(doc.Body, c)
	}
}

// parseYAML lets a file that the library stumbles over be a bad file.
func parseYAML(data []byte) (tree *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML reader gave up: %v", p)
		}
	}()
	return parser.ParseBytes(data, 0)
}

func (r *reader) config(n ast.Node, c *Config) {
	r.object(n, "", map[string]setter{
		"database":               r.text(&c.Database),
		"database_password_file": r.text(&c.DatabasePasswordFile),
		"database_password_env":  r.text(&c.DatabasePasswordEnv),
		"addr":                   r.text(&c.Addr),
		"plain_http":             r.truth(&c.PlainHTTP),
		"tls":                    r.tls(&c.TLS),
		"trusted_proxies":        texts(r, &c.TrustedProxies),
		"trusted_origins":        texts(r, &c.TrustedOrigins),
		"admin_from":             texts(r, &c.AdminFrom),
		"limits":                 r.limits(&c.Limits),
		"time_zone":              r.text(&c.TimeZone),
		"log_level":              r.text(&c.LogLevel),
		"log_format":             r.text(&c.LogFormat),
		"evidence":               r.evidence(&c.Evidence),
		"files":                  r.files(&c.Files),
		"site":                   r.text(&c.Site),
		"mail":                   r.mail(&c.Mail),
		"webhooks": r.each(func(n ast.Node, path string) {
			var w Webhook
			r.webhook(n, path, &w)
			c.Webhooks = append(c.Webhooks, w)
		}),
		"security": r.text(&c.Security),
		"passwords": func(n ast.Node, path string) {
			r.object(n, path, map[string]setter{
				"min_length": r.whole(&c.Passwords.MinLength), "composition": r.truth(&c.Passwords.Composition),
				"max_age_days": r.whole(&c.Passwords.MaxAgeDays), "history": r.whole(&c.Passwords.History),
				"unused_days": r.whole(&c.Passwords.UnusedDays),
			})
		},
		"second_factor": texts(r, &c.SecondFactor),
		"sessions": func(n ast.Node, path string) {
			r.object(n, path, map[string]setter{"idle": r.duration(&c.Sessions.Idle), "lifetime": r.duration(&c.Sessions.Lifetime)})
		},
		"api": func(n ast.Node, path string) {
			r.object(n, path, map[string]setter{"per_minute": r.whole(&c.API.PerMinute), "at_once": r.whole(&c.API.AtOnce)})
		},
		"sources_allowed": func(n ast.Node, path string) {
			if r.list == nil {
				c.SourcesAllowed = []string{} // a list of none allows nothing
			}
			texts(r, &c.SourcesAllowed)(n, path)
		},
		"spread":       r.span(&c.Spread, 0),
		"metrics_addr": r.text(&c.MetricsAddr),
		"metrics_open": r.truth(&c.MetricsOpen),
		"debug_addr":   r.text(&c.DebugAddr),
		"exports_keep": r.duration(&c.ExportsKeep),
		"audit":        r.audit(&c.Audit),
		"exports": r.each(func(n ast.Node, path string) {
			var e Export
			r.export(n, path, &e)
			c.Exports = append(c.Exports, e)
		}),
		"backup": r.backup(&c.Backup),
		"sources": r.each(func(n ast.Node, path string) {
			var s Source
			r.source(n, path, &s)
			c.Sources = append(c.Sources, s)
		}),
	})
}

// both reads a text in the two languages.
func (r *reader) both(to *assess.Text) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{"zh": r.text(&to.ZH), "en": r.text(&to.EN)})
	}
}

// object hands the values of a mapping to the setters of their keys. A key that has none is refused, with the one that was
// probably meant.
func (r *reader) object(n ast.Node, path string, setters map[string]setter) {
	if r.list != nil {
		for _, key := range slices.Sorted(maps.Keys(setters)) {
			setters[key](nil, under(path, key))
		}
		return
	}
	pairs, ok := r.mapping(n, path)
	if !ok {
		return
	}
	r.places[path] = r.place(n, path)
	for _, pair := range pairs {
		key := pair.Key.GetToken().Value
		at := under(path, key)
		set, ok := setters[key]
		if !ok {
			r.unknown(pair.Key, at, key, setters)
			continue
		}
		r.places[at] = r.place(pair.Value, at)
		if _, null := pair.Value.(*ast.NullNode); !null { // a key without a value says nothing
			set(pair.Value, at)
		}
	}
}

// under answers the path of a key.
func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// leaf makes the setter of a single setting: read takes its value in, value answers what it is.
func (r *reader) leaf(value func() any, read setter) setter {
	return func(n ast.Node, path string) {
		if r.list != nil {
			r.list(path, value())
			return
		}
		read(n, path)
	}
}

// mapping answers the keys and values of a mapping; ok is false, and said, where there is none. One with a single key is a node of its
// own kind.
func (r *reader) mapping(n ast.Node, path string) (pairs []*ast.MappingValueNode, ok bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	r.wrong(n, path, "keys", "keys with values")
	return nil, false
}

// unknown never repeats the value of a key: it may be a secret that was put into the wrong place.
func (r *reader) unknown(n ast.Node, path, key string, setters map[string]setter) {
	known := slices.Sorted(maps.Keys(setters))
	if slices.Contains([]string{"token", "password", "secret", "key"}, strings.ToLower(key)) {
		r.fault(n, path, invalid("problem.config_secret",
			fmt.Sprintf("secrets do not stand in this file; name the file that holds it (%s_file) or an environment variable (%s_env)", key, key), "key", key))
		return
	}
	if guess := assess.Closest(key, known); guess != "" {
		r.fault(n, path, invalid("problem.config_misspelt", fmt.Sprintf("unknown key %q; did you mean %q?", key, guess), "key", key, "guess", guess))
		return
	}
	all := strings.Join(known, ", ")
	r.fault(n, path, invalid("problem.config_unknown", fmt.Sprintf("unknown key %q; the keys here are %s", key, all), "key", key, "known", all))
}

// each hands the elements of a list to read.
func (r *reader) each(read setter) setter {
	return func(n ast.Node, path string) {
		if r.list != nil {
			r.list(path, entries{})
			return
		}
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			r.wrong(n, path, "list", "a list")
			return
		}
		for i, element := range list.Values {
			at := path + "[" + strconv.Itoa(i) + "]"
			r.places[at] = r.place(element, at)
			read(element, at)
		}
	}
}

func (r *reader) text(to *string) setter { return text(r, to) }

// text reads a text. A number counts as it is written, so that a unit's code needs no quotes and keeps its zeros.
func text[T ~string](r *reader, to *T) setter {
	return r.leaf(func() any { return string(*to) }, func(n ast.Node, path string) {
		if word, ok := r.word(n, path); ok {
			*to = T(word)
		}
	})
}

// word answers a text as it is written; ok is false, and said, where there is none.
func (r *reader) word(n ast.Node, path string) (word string, ok bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode: // several lines, after | or >
		return v.Value.Value, true
	case *ast.IntegerNode:
		return v.GetToken().Value, true
	}
	r.wrong(n, path, "text", "a text")
	return "", false
}

// texts reads a list of texts, in place of what the list held before.
func texts[T ~string](r *reader, to *[]T) setter {
	value := func() any {
		words := make([]string, len(*to))
		for i, word := range *to {
			words[i] = string(word)
		}
		return words
	}
	return r.leaf(value, func(n ast.Node, path string) {
		*to = (*to)[:0]
		r.each(func(n ast.Node, path string) {
			word, _ := r.word(n, path)
			*to = append(*to, T(word))
		})(n, path)
	})
}

func (r *reader) truth(to *bool) setter {
	return r.leaf(func() any { return *to }, func(n ast.Node, path string) {
		v, ok := n.(*ast.BoolNode)
		if !ok {
			r.wrong(n, path, "truth", "true or false")
			return
		}
		*to = v.Value
	})
}

// whole reads a whole number.
func (r *reader) whole(to *int) setter {
	return r.leaf(func() any { return *to }, func(n ast.Node, path string) {
		v, ok := n.(*ast.IntegerNode)
		if !ok {
			r.wrong(n, path, "whole", "a whole number")
			return
		}
		i, ok := number(v.GetToken().Value)
		if !ok {
			r.wrong(n, path, "whole", "a whole number")
			return
		}
		*to = i
	})
}

func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func (r *reader) duration(to *time.Duration) setter { return r.span(to, 1) }

// span reads a span of time of at least so much.
func (r *reader) span(to *time.Duration, least time.Duration) setter {
	return r.leaf(func() any { return *to }, func(n ast.Node, path string) {
		written, ok := r.word(n, path)
		if !ok {
			return
		}
		d, err := time.ParseDuration(written)
		if err != nil || d < least {
			r.fault(n, path, invalid("problem.config_duration", fmt.Sprintf("%q is not a span of time; write it as 30s, 5m or 1h", written), "value", written))
			return
		}
		*to = d
	})
}

func (r *reader) wrong(n ast.Node, path, kind, want string) {
	what := path
	if what == "" {
		what = FileName
	}
	r.fault(n, path, invalid("problem.config_wants_"+kind, fmt.Sprintf("%s wants %s", what, want), "key", what))
}

func (r *reader) fault(n ast.Node, path string, p *assess.Problem) {
	r.problems = append(r.problems, p.At(r.place(n, path)))
}

// place answers where a node begins; a mapping or list begins with its first element.
func (r *reader) place(n ast.Node, path string) assess.Place {
	switch v := n.(type) {
	case *ast.MappingNode:
		if len(v.Values) > 0 && !v.IsFlowStyle {
			n = v.Values[0].Key
		}
	case *ast.MappingValueNode:
		n = v.Key
	}
	return r.at(n.GetToken(), path)
}

func (r *reader) at(t *token.Token, path string) assess.Place {
	place := assess.Place{File: r.file, Field: path}
	if r.variable {
		return assess.Place{File: r.file}
	}
	if t != nil && t.Position != nil {
		place.Line, place.Column = t.Position.Line, t.Position.Column
	}
	return place
}

// syntax says what is wrong with the YAML itself, without the lines around it: they may hold what nobody should read.
func (r *reader) syntax(err error) {
	p := invalid("problem.config_yaml", "the file is not YAML; look at the indentation and the quotes near here")
	if at, ok := errors.AsType[yaml.Error](err); ok {
		reason := at.GetMessage()
		p = invalid("problem.config_yaml", fmt.Sprintf("the file is not YAML (%s); look at the indentation and the quotes near here", reason), "reason", reason).
			At(r.at(at.GetToken(), ""))
	}
	if p.Place == (assess.Place{}) {
		p.Place.File = r.file
	}
	r.problems = append(r.problems, p)
}
