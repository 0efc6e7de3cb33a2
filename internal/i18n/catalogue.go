package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// The languages of the interface. Whatever is not English is Chinese.
const (
	Chinese = "zh"
	English = "en"
)

//go:embed zh-CN.json en.json
var files embed.FS

// Catalogue holds the sentences of every language by key. It never changes and may be shared.
type Catalogue struct {
	texts map[string]map[string]string // language, key
}

// New answers the catalogues that are part of the program: one for all, as nobody changes it, read when it is first asked for. Both name the
// same keys with the same placeholders; a test holds them to it.
func New() (*Catalogue, error) { return shipped() }

var shipped = sync.OnceValues(read)

func read() (*Catalogue, error) {
	c := &Catalogue{texts: map[string]map[string]string{}}
	for lang, name := range map[string]string{Chinese: "zh-CN.json", English: "en.json"} {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		var texts map[string]string
		if err := json.Unmarshal(text, &texts); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		c.texts[lang] = texts
	}
	return c, nil
}

// T answers the sentence of a key with its {name} placeholders filled in. The arguments are pairs of name and value. A key that
// nobody wrote a sentence for is answered itself, so that it is seen.
func (c *Catalogue) T(lang, key string, args ...any) string {
	return fill(c.pattern(lang, key), func(name string) (string, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return fmt.Sprint(args[i+1]), true
			}
		}
		return "", false
	})
}

// Say is T for arguments that come as a map, as those of a problem do. An argument that is itself a key, of a state say, is said in
// its words.
func (c *Catalogue) Say(lang, key string, args map[string]string) string {
	return fill(c.pattern(lang, key), func(name string) (string, bool) {
		value, ok := args[name]
		if ok {
			value = c.pattern(lang, value)
		}
		return value, ok
	})
}

// Has says whether a language has a sentence for a key.
func (c *Catalogue) Has(lang, key string) bool {
	_, ok := c.texts[language(lang)][key]
	return ok
}

// In answers the words of one language.
func (c *Catalogue) In(lang string) Words { return Words{catalogue: c, lang: language(lang)} }

func (c *Catalogue) pattern(lang, key string) string {
	if text, ok := c.texts[language(lang)][key]; ok {
		return text
	}
	return key
}

func language(lang string) string {
	if lang == English {
		return English
	}
	return Chinese
}

// fill puts values into a pattern; a placeholder without a value stays as it is, and one of two forms is then the one for many.
func fill(pattern string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for _, p := range parts(pattern) {
		v, ok := value(p.Name)
		switch {
		case p.Name == "":
			b.WriteString(p.Text)
		case p.Many != "":
			b.WriteString(p.Form(v))
		case ok:
			b.WriteString(v)
		default:
			b.WriteString("{" + p.Name + "}")
		}
	}
	return b.String()
}

// Part is a piece of a sentence: plain Text, or a placeholder when Name is set. One that is written {n|day|days} stands for one of
// two forms, by whether what is called n is 1.
type Part struct{ Text, Name, One, Many string }

// Form answers the form that goes with a count.
func (p Part) Form(count string) string {
	if count == "1" {
		return p.One
	}
	return p.Many
}

// Parts answers a sentence in pieces, for those who fill the placeholders with more than text.
func (w Words) Parts(key string) []Part { return parts(w.catalogue.pattern(w.lang, key)) }

func parts(pattern string) []Part {
	var pieces []Part
	for pattern != "" {
		open := strings.IndexByte(pattern, '{')
		end := -1
		if open >= 0 {
			end = strings.IndexByte(pattern[open:], '}')
		}
		if end < 0 {
			return append(pieces, Part{Text: pattern})
		}
		if open > 0 {
			pieces = append(pieces, Part{Text: pattern[:open]})
		}
		name, forms, _ := strings.Cut(pattern[open+1:open+end], "|")
		one, many, _ := strings.Cut(forms, "|")
		pieces = append(pieces, Part{Name: name, One: one, Many: many})
		pattern = pattern[open+end+1:]
	}
	return pieces
}
