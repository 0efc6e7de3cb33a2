package source

import (
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/unionboard/unionboard/internal/assess"
)

// Secret says where a bearer token stands: in a file that only its owner can read, or in an environment variable. The zero
// Secret is none. The token itself is read at each use, so that it can be replaced, and is never printed.
type Secret struct{ File, Env string }

// Read answers the token, "" for no secret. Errors are Problems that do not show it.
func (s Secret) Read() (string, error) {
	switch {
	case s.File != "":
		return s.fromFile()
	case s.Env != "":
		token := strings.TrimSpace(os.Getenv(s.Env))
		if token == "" {
			return "", assess.Invalid("problem.token_env",
				fmt.Sprintf("the environment variable %s is empty; put the token of the source into it", s.Env), "name", s.Env)
		}
		return checked(token, s.Env)
	}
	return "", nil
}

func (s Secret) fromFile() (string, error) {
	info, err := os.Stat(s.File)
	if err != nil {
		return "", unopened(s.File, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", assess.Invalid("problem.token_mode",
			fmt.Sprintf("others can read the token (mode %04o); run chmod 600 on the file", mode), "mode", fmt.Sprintf("%04o", mode)).
			At(assess.Place{File: s.File})
	}
	data, err := os.ReadFile(s.File)
	if err != nil {
		return "", unopened(s.File, err)
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", assess.Invalid("problem.token_empty", "the file is empty; put the token of the source into it").
			At(assess.Place{File: s.File})
	}
	return checked(token, s.File)
}

// checked refuses what cannot stand in a header.
func checked(token, where string) (string, error) {
	odd := func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }
	if strings.ContainsFunc(token, odd) {
		return "", assess.Invalid("problem.token_form",
			fmt.Sprintf("the token in %s has spaces, line breaks or letters outside ASCII; put the bare token there", where), "where", where)
	}
	return token, nil
}
