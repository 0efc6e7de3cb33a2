package dial

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"github.com/unionboard/unionboard/internal/assess"
)

// Secret says where a token or a password stands: in a file that only its owner can read, or in an environment variable. The zero
// Secret is none. The secret itself is read at each use, so that it can be replaced, and is never printed.
type Secret struct{ File, Env string }

// Read answers the secret, "" for none. Errors are Problems that do not show it.
func (s Secret) Read() (string, error) {
	switch {
	case s.File != "":
		return s.fromFile()
	case s.Env != "":
		text := strings.TrimSpace(os.Getenv(s.Env))
		if text == "" {
			return "", assess.Invalid("problem.secret_env",
				fmt.Sprintf("the environment variable %s is empty; put the secret into it", s.Env), "name", s.Env)
		}
		return checked(text, s.Env)
	}
	return "", nil
}

// Whole answers a secret of several lines, such as a key in PEM form, nil for none. Errors are Problems that do not show it.
func (s Secret) Whole() ([]byte, error) {
	if s.File == "" {
		text, err := s.Read()
		return []byte(text), err
	}
	info, err := os.Stat(s.File)
	if err != nil {
		return nil, unopened(s.File, err)
	}
	if p := guarded(s.File, info); p != nil {
		return nil, p.At(assess.Place{File: s.File})
	}
	data, err := os.ReadFile(s.File)
	if err != nil {
		return nil, unopened(s.File, err)
	}
	return data, nil
}

// guarded says why a file with a secret is open to others than this account and root; nil where it is not. Files that the service manager
// hands over (systemd's LoadCredential) may be readable by their group: their folder lets nobody else in.
func guarded(path string, info fs.FileInfo) *assess.Problem {
	var open fs.FileMode = 0o077
	if folder := os.Getenv("CREDENTIALS_DIRECTORY"); folder != "" && filepath.Dir(path) == filepath.Clean(folder) {
		open = 0o037
	}
	if mode := info.Mode().Perm(); mode&open != 0 {
		return assess.Invalid("problem.secret_mode",
			fmt.Sprintf("others can read the secret (mode %04o); run chmod 600 on the file", mode), "mode", fmt.Sprintf("%04o", mode))
	}
	if owner, ok := ownerOf(info); ok && owner != 0 && owner != os.Getuid() {
		return assess.Invalid("problem.secret_owner",
			"the file with the secret belongs to another account, which can change it; let it belong to the one that the program runs as (chown)")
	}
	return nil
}

// Guarded says why a file that holds a secret is not fit to: others can read it, or it belongs to another account. The error is a Problem.
func Guarded(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return unopened(path, err)
	}
	if p := guarded(path, info); p != nil {
		return p.At(assess.Place{File: path})
	}
	return nil
}

func (s Secret) fromFile() (string, error) {
	data, err := s.Whole()
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", assess.Invalid("problem.secret_empty", "the file is empty; put the secret into it").
			At(assess.Place{File: s.File})
	}
	return checked(text, s.File)
}

// checked refuses what cannot stand in a header.
func checked(text, where string) (string, error) {
	odd := func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }
	if strings.ContainsFunc(text, odd) {
		return "", assess.Invalid("problem.secret_form",
			fmt.Sprintf("the secret in %s has spaces, line breaks or letters outside ASCII; put the bare secret there", where), "where", where)
	}
	if example(text) {
		return "", assess.Invalid("problem.secret_example",
			fmt.Sprintf("the secret in %s is an example that everybody knows; put a real one there", where), "where", where)
	}
	return text, nil
}

// examples are what manuals write where a secret belongs.
var examples = regexp.MustCompile(`(?i)^(<.*>|\$\{.*\}|change[-_ ]?(me|this|it)[0-9]*|(your|my|the|an?)[-_ ]?(secret|password|token|(api[-_ ]?)?key)([-_ ]?here)?|example([-_ ]?(secret|password|token|key))?|placeholder|todo)$`)

// example says whether a text stands for a secret and is none: a word of manuals, or one sign again and again.
func example(text string) bool {
	return examples.MatchString(text) || strings.Trim(text, text[:1]) == ""
}

func unopened(path string, err error) *assess.Problem {
	reason := err
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		reason = pathErr.Err
	}
	p := assess.Invalid("problem.file_open", fmt.Sprintf("the file cannot be read (%s); check its name and who may read it", reason),
		"reason", reason.Error())
	if errors.Is(err, fs.ErrNotExist) {
		p = assess.NotFound("problem.file_absent", "there is no such file; check its name")
	}
	return p.At(assess.Place{File: path}).Because(err)
}
