package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// Scanner is a virus scanner as a command line. It is given the path of the file as its last argument and answers with its exit
// code, as clamscan and its relatives do: 0 is clean, 1 is infected, everything else is a fault of the scanner.
type Scanner struct {
	Command []string
	Timeout time.Duration // for one file; 0: 60 s
}

// scan asks about the file at a path. With an error nothing is known of it.
func (s *Scanner) scan(ctx context.Context, path string) (assess.Scan, error) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Command[0], append(s.Command[1:len(s.Command):len(s.Command)], path)...)
	cmd.WaitDelay = time.Second // for children that keep the pipe open
	var said bytes.Buffer
	cmd.Stderr = &limited{to: &said}
	err := cmd.Run()
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return assess.Clean, nil
	case exited && exit.ExitCode() == 1 && ctx.Err() == nil:
		return assess.Infected, nil
	}
	return assess.Unscanned, fmt.Errorf("virus scanner: %w: %s", errors.Join(err, ctx.Err()), bytes.TrimSpace(said.Bytes()))
}

// limited keeps the beginning of what a scanner says; the rest goes nowhere.
type limited struct{ to *bytes.Buffer }

// Write takes everything and keeps some.
func (w *limited) Write(p []byte) (int, error) {
	const enough = 2 << 10
	w.to.Write(p[:min(len(p), max(enough-w.to.Len(), 0))])
	return len(p), nil
}
