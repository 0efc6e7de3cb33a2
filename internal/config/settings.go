package config

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// masked stands for what nobody is to read of a setting.
const masked = "***"

// Settings answers what is in force, one text for each setting by the name the file has for it, so that two starts can be compared and
// told. Secrets stand in files and in the environment; what of an address could be one is masked. What is empty is left out.
func (c Config) Settings() map[string]string {
	all := map[string]string{}
	flatten(all, "", reflect.ValueOf(c))
	return all
}

func flatten(all map[string]string, name string, v reflect.Value) {
	switch of := v.Interface().(type) {
	case time.Duration:
		if of != 0 {
			all[name] = of.String()
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			flatten(all, name, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				flatten(all, strings.TrimPrefix(name+"."+keyOf(field.Name), "."), v.Field(i))
			}
		}
	case reflect.Slice:
		flattenList(all, name, v)
	case reflect.Map:
		for _, key := range v.MapKeys() {
			flatten(all, name+"."+fmt.Sprint(key.Interface()), v.MapIndex(key))
		}
	case reflect.String:
		if v.String() != "" {
			all[name] = mask(v.String())
		}
	default:
		all[name] = fmt.Sprint(v.Interface())
	}
}

// flattenList names the parts of a list by their own names where they have one, so that one that is put in between changes no other.
func flattenList(all map[string]string, name string, v reflect.Value) {
	if v.Type().Elem().Kind() != reflect.Struct {
		words := make([]string, v.Len())
		for i := range words {
			words[i] = mask(fmt.Sprint(v.Index(i).Interface()))
		}
		if len(words) > 0 {
			all[name] = strings.Join(words, ", ")
		}
		return
	}
	for i := range v.Len() {
		at := strconv.Itoa(i)
		if own := v.Index(i).FieldByName("Name"); own.IsValid() && own.String() != "" {
			at = own.String()
		}
		flatten(all, name+"["+at+"]", v.Index(i))
	}
}

// keyOf answers how the file writes the name of a field: MinLength is min_length, CAFile ca_file.
func keyOf(field string) string {
	var b strings.Builder
	letters := []rune(field)
	for i, r := range letters {
		begins := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if begins {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// longWord is a part of a path that is long enough to be the secret of a webhook.
var longWord = regexp.MustCompile(`[0-9A-Za-z_-]{20,}`)

// maskMixed hides a word of digits and letters together; what people call a path has seldom both.
func maskMixed(word string) string {
	if strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter) {
		return masked
	}
	return word
}

// mask hides what of a text says a secret.
func mask(text string) string {
	return secretWord.ReplaceAllString(maskAddress(text), "$1"+masked)
}

// maskAddress hides the password and the parameters of an address, and long words of its path as messengers give them out for keys, unless a parameter is one that the program fills in.
func maskAddress(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return masked
	}
	if _, secret := u.User.Password(); secret {
		text = strings.Replace(text, u.User.String()+"@", u.User.Username()+":"+masked+"@", 1)
	}
	text = strings.Replace(text, u.EscapedPath(), longWord.ReplaceAllStringFunc(u.EscapedPath(), maskMixed), 1)
	before, query, ok := strings.Cut(text, "?")
	if !ok {
		return text
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		if key, value, ok := strings.Cut(pair, "="); ok && !(strings.HasPrefix(value, "{") && strings.HasSuffix(value, "}")) {
			pairs[i] = key + "=" + masked
		}
	}
	return before + "?" + strings.Join(pairs, "&")
}
