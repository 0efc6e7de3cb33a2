package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/unionboard/unionboard/internal/assess"
)

// Setting is one setting that is in force.
type Setting struct {
	Key   string // tls.cert_file, sources[2].schedule
	Value string // as a text that shows no secret
	// From is where it comes from: a line of the file, or the name of a variable of the environment; zero for what is usual.
	From assess.Place
}

// entries is the value of a list whose entries have keys of their own. It stands in the file alone.
type entries struct{}

// InForce answers all settings that are in force, by their keys; of lists with entries, such as sources, what is said of them.
func (c Config) InForce() (all []Setting) {
	said := c.Settings()
	c.each(func(key string, value any) {
		if value != (entries{}) {
			all = append(all, Setting{Key: key, Value: shown(value), From: c.places[key]})
			return
		}
		for _, name := range slices.Sorted(maps.Keys(said)) {
			if strings.HasPrefix(name, key+"[") {
				all = append(all, Setting{Key: name, Value: said[name], From: c.placeOf(name)})
			}
		}
	})
	return all
}

// placeOf answers where a setting of an entry stands, which is known there by its number: sources[heping].url as sources[0].url.
func (c Config) placeOf(name string) assess.Place {
	for i, s := range c.Sources {
		name = strings.Replace(name, fmt.Sprintf("sources[%s]", s.Name), fmt.Sprintf("sources[%d]", i), 1)
	}
	for i, w := range c.Webhooks {
		name = strings.Replace(name, fmt.Sprintf("webhooks[%s]", w.Name), fmt.Sprintf("webhooks[%d]", i), 1)
	}
	for i, e := range c.Exports {
		name = strings.Replace(name, fmt.Sprintf("exports[%s]", e.Name), fmt.Sprintf("exports[%d]", i), 1)
	}
	place := c.At(name)
	if place.Field = ""; place.Line == 0 {
		return assess.Place{}
	}
	return place
}

// each hands every setting that is not one of an entry to visit, with what it is.
func (c Config) each(visit func(key string, value any)) {
	r := &reader{list: visit}
	r.config(nil, &c)
}

// shown writes a value so that it can be read aloud: a secret that was put where none belongs, such as into an address, is left out.
func shown(value any) string {
	text := mask(fmt.Sprint(value))
	if list, ok := value.([]string); ok {
		words := make([]string, len(list))
		for i, word := range list {
			words[i] = mask(word)
		}
		text = "[" + strings.Join(words, ", ") + "]"
	}
	return text
}

// secretWord is a part of a command line, or of a body in JSON, that says a secret.
var secretWord = regexp.MustCompile(`(?i)((?:passw(?:or)?d|pwd|secret|token|key)(?:=|"\s*:\s*"))[^&\s,}{\]"]+`)

// VariableOf answers the name of the environment variable that a setting can come from.
func VariableOf(key string) string {
	return "UNIONBOARD_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Variables answers the names of the environment variables that settings can come from. Lists with entries have none.
func Variables() (names []string) {
	usual().each(func(key string, value any) {
		if value != (entries{}) {
			names = append(names, VariableOf(key))
		}
	})
	return names
}

// SecretVariables answers the names of the environment variables that settings say secrets stand in.
func (c Config) SecretVariables() (names []string) {
	for key, value := range c.Settings() {
		if strings.HasSuffix(key, "_env") {
			names = append(names, value)
		}
	}
	return names
}

// environment sets what the environment says, each variable like a file with one setting. An empty variable says nothing.
func (r *reader) environment(lookup func(string) (string, bool), c *Config) {
	c.each(func(key string, value any) {
		name := VariableOf(key)
		text, ok := lookup(name)
		if !ok || text == "" || value == (entries{}) {
			return
		}
		sub := &reader{file: name, variable: true, places: map[string]assess.Place{}}
		tree, err := yaml.ValueToNode(nested(key, like(value, text)))
		if err != nil { // a text is always a node
			sub.problems = append(sub.problems, invalid("problem.config_yaml", "the value cannot be read").At(assess.Place{File: name}))
		} else {
			sub.config(tree, c)
		}
		r.problems = append(r.problems, sub.problems...)
		maps.DeleteFunc(r.places, func(at string, _ assess.Place) bool { return strings.HasPrefix(at, key+"[") })
		r.places[key] = assess.Place{File: name}
	})
}

// like answers a text of the environment as the kind of value that a setting has; what is none of that kind is left as it is, and refused by
// its setter.
func like(value any, text string) any {
	switch value.(type) {
	case []string:
		return words(text)
	case bool:
		switch text {
		case "true", "1":
			return true
		case "false", "0":
			return false
		}
	case int:
		if n, ok := number(text); ok {
			return n
		}
	}
	return text
}

// nested answers a value in the mappings that its key names.
func nested(key string, value any) any {
	parts := strings.Split(key, ".")
	for _, part := range slices.Backward(parts) {
		value = map[string]any{part: value}
	}
	return value
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
