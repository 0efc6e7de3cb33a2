package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// refusalStep is how long further refusals of the same person at the same route are counted before they are written: the first stands in the
// audit log at once, and a crawler writes a line a minute for each route and no more.
const refusalStep = time.Minute

// refusals are those of the last minute: none is lost, but many of one person at one route are one line with their number.
type refusals struct {
	mu   sync.Mutex
	open map[refusalKey]*repeated
}

type refusalKey struct{ actor, route string }

type repeated struct {
	since time.Time
	more  int
	last  assess.AuditLine
}

// add notes a refusal and answers the lines that are to be written now.
func (f *refusals) add(route string, line assess.AuditLine) (lines []assess.AuditLine) {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines = f.due(line.At, false)
	key := refusalKey{line.Actor, route}
	if one, ok := f.open[key]; ok {
		one.more++
		one.last = line
		return lines
	}
	if f.open == nil {
		f.open = map[refusalKey]*repeated{}
	}
	f.open[key] = &repeated{since: line.At}
	return append(lines, line)
}

// due answers the lines of those whose minute is over, or of all of them, and forgets them. A clock that was moved back ends the minute, too.
func (f *refusals) due(now time.Time, all bool) (lines []assess.AuditLine) {
	for key, one := range f.open {
		if ago := now.Sub(one.since); !all && ago >= 0 && ago < refusalStep {
			continue
		}
		delete(f.open, key)
		if one.more > 0 {
			line := one.last
			line.Object, line.After = key.route, fmt.Sprintf("%d more since %s; the last: %s", one.more, one.since.UTC().Format(time.RFC3339), one.last.Object)
			lines = append(lines, line)
		}
	}
	return lines
}

// repeatedForm is how a line says that somebody was refused again and again: as it is written and as it is read.
var repeatedForm = regexp.MustCompile(`^(\d+) more since (\S+); the last: (.*)$`)

// repeatedText answers in words of the page, and in its time, what a line says of further refusals; "" where it says something else.
func (s *site) repeatedText(v *visit, l *assess.AuditLine) string {
	found := repeatedForm.FindStringSubmatch(l.After)
	if l.Action != "refused" || found == nil {
		return ""
	}
	since, err := time.Parse(time.RFC3339, found[2])
	if err != nil {
		return ""
	}
	return v.words.T("audit.repeated", "n", found[1], "since", since.In(s.Location).Format(time.DateTime), "last", found[3])
}

// longestRefused is how much of an address a line about a refusal holds, in characters: an index of a database takes less than an address may have.
const longestRefused = 500

// noteRefusal leaves a line in the audit log of what somebody was not allowed to do.
func (s *site) noteRefusal(r *http.Request, line assess.AuditLine) {
	line.Result, line.Object = "refused", fmt.Sprintf("%.*s", longestRefused, line.Object)
	route := r.Method
	if current := mux.CurrentRoute(r); current != nil {
		route = routeText(current.GetName())
	}
	s.writeRefusals(r.Context(), s.refusals.add(route, line))
}

func (s *site) writeRefusals(ctx context.Context, lines []assess.AuditLine) {
	if len(lines) == 0 {
		return
	}
	if err := s.Audit.Record(context.WithoutCancel(ctx), lines...); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "refusal not recorded", slog.String("request", lines[0].Request), slog.Int("lines", len(lines)), slog.String("error", err.Error()))
	}
}

// Site is the handler of the whole site.
type Site struct {
	http.Handler
	site *site
}

// Settle writes down what was counted of refusals whose minute is over, or of all of them when the server ends, and forgets the requests of programs
// that could not be forgotten when nothing came of them.
func (p *Site) Settle(ctx context.Context, all bool) {
	f := &p.site.refusals
	f.mu.Lock()
	lines := f.due(p.site.Now(), all)
	f.mu.Unlock()
	p.site.writeRefusals(ctx, lines)
	if err := p.site.dropLeft(ctx, func(account.Receipt) bool { return true }); err != nil && !all {
		p.site.Log.LogAttrs(ctx, slog.LevelWarn, "requests of programs are not forgotten yet", slog.String("error", err.Error()))
	}
}

// routeText answers the name of a route without the forms of its parts: GET /d/{unit}.
func routeText(name string) string {
	var b strings.Builder
	depth, hidden := 0, false
	for _, r := range name {
		switch {
		case r == '{':
			depth++
		case r == '}':
			if depth--; depth == 0 {
				hidden = false
			}
		case r == ':' && depth == 1:
			hidden = true
		}
		if !hidden || r == '{' && depth == 1 {
			b.WriteRune(r)
		}
	}
	return b.String()
}
