package assess

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of error. Test with errors.Is; a Problem carries one.
var (
	ErrInvalid     = errors.New("invalid")
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrForbidden   = errors.New("forbidden")
	ErrUnavailable = errors.New("unavailable")
)

// Problem is an error that a person should read: a kind, a message key of package i18n ("problem.unknown_item") with its
// arguments, and the same sentence in English for the command line and the log. What is not a Problem is internal.
type Problem struct {
	Kind error
	Key  string
	Args map[string]string
	// Message says in English what is wrong and what would be right.
	Message string
	// Place says where: file, line and column, or row and column of a table; zero where there is none.
	Place Place
	// Cause is the error underneath, for the log.
	Cause error
}

// Place is a spot in something that was handed in or defined. Lines, rows and columns count from 1; 0 means unknown.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"` // line of a text file, or row of a table
	Column int    `json:"column,omitempty"`
	Field  string `json:"field,omitempty"` // column head, JSON key or YAML path
}

// String writes file:line:column, leaving out what is unknown.
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if p.Field != "" && p.Line == 0 {
		fmt.Fprintf(&b, " (%s)", p.Field)
	}
	return strings.TrimPrefix(b.String(), ":")
}

// Error writes "file:row:column: what, and what would be right".
func (p *Problem) Error() string {
	if at := p.Place.String(); at != "" {
		return at + ": " + p.Message
	}
	return p.Message
}

// Unwrap makes both the kind and the cause visible to errors.Is.
func (p *Problem) Unwrap() []error {
	if p.Cause == nil {
		return []error{p.Kind}
	}
	return []error{p.Kind, p.Cause}
}

// Invalid makes a Problem of kind ErrInvalid. The arguments are pairs of name and value, used by the translation of key.
func Invalid(key, message string, args ...string) *Problem {
	return newProblem(ErrInvalid, key, message, args)
}

// NotFound makes a Problem of kind ErrNotFound.
func NotFound(key, message string, args ...string) *Problem {
	return newProblem(ErrNotFound, key, message, args)
}

// Conflict makes a Problem of kind ErrConflict.
func Conflict(key, message string, args ...string) *Problem {
	return newProblem(ErrConflict, key, message, args)
}

// Forbidden makes a Problem of kind ErrForbidden.
func Forbidden(key, message string, args ...string) *Problem {
	return newProblem(ErrForbidden, key, message, args)
}

// Unavailable makes a Problem of kind ErrUnavailable.
func Unavailable(key, message string, args ...string) *Problem {
	return newProblem(ErrUnavailable, key, message, args)
}

func newProblem(kind error, key, message string, args []string) *Problem {
	p := &Problem{Kind: kind, Key: key, Message: message}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = make(map[string]string, len(args)/2)
		}
		p.Args[args[i]] = args[i+1]
	}
	return p
}

// At answers p with its place set.
func (p *Problem) At(place Place) *Problem {
	p.Place = place
	return p
}

// Because answers p with the error underneath set.
func (p *Problem) Because(cause error) *Problem {
	p.Cause = cause
	return p
}

// Problems is a list of what is wrong, in the order of the file. Its error text has one line each.
type Problems []*Problem

// Error writes one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes every problem visible to errors.Is and errors.As.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// Err answers nil for an empty list, so that a nil error stays nil.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
