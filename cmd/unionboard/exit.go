package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// The exit codes are promised: scripts hang on them.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3 // the input was refused; standard error says where
	exitPart    = 4 // done in part: some sources or rows were refused
)

// usageError is a wrong use of the command.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func wrongUse(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errPart says that the command did what it could; what it could not do has been said already.
var errPart = errors.New("done in part")

// errRefused says that the input was refused; why has been said already.
var errRefused = errors.New("refused")

// exitCode says what went wrong on errOut and answers the code for it.
func exitCode(err error, errOut io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errPart):
		return exitPart
	case errors.Is(err, errRefused):
		return exitRefused
	case errors.Is(err, errDiffers):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintf(errOut, "unionboard: %s\n", err)
		return exitUsage
	case errors.Is(err, assess.ErrInvalid):
		fmt.Fprintln(errOut, explain(err))
		return exitRefused
	}
	fmt.Fprintln(errOut, explain(err))
	return exitFailed
}

// explain writes what a person should read: the problems where there are any, each on its line, else the error itself.
func explain(err error) string {
	var many assess.Problems
	if errors.As(err, &many) {
		return many.Error()
	}
	var one *assess.Problem
	if errors.As(err, &one) {
		return strings.TrimSpace(one.Error())
	}
	return "unionboard: " + err.Error()
}
