package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/audit"
)

// policy is what a browser may do with any answer (ux.md section 6): nothing that does not come from this server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

// Limits on what a request may carry. The header limit is the server's (http.Server.MaxHeaderBytes).
const (
	bodyLimit = 1 << 20 // bytes of a body, where the route names no limit of its own
	pathLimit = 4 << 10 // bytes of path and query
)

type contextKey int

const (
	numberKey contextKey = iota
	visitKey
	routeKey
	tokenKey
)

// headed sets the headers that every answer carries, errors and files included.
func (s *site) headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		next.ServeHTTP(w, r)
	})
}

// secure says whether the reader's browser speaks https: to this program, or to a proxy that is believed, in which case the scheme of the
// address says so.
func secure(r *http.Request) bool { return r.TLS != nil || r.URL.Scheme == "https" }

// numbered gives every request its number, which is shown with errors and stands in the log, and writes the access log. The log
// names the route, never the person, and leaves out the query. It is for debugging: what failed is logged at its own level by fail.
func (s *site) numbered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now() // how long it took is the machine's own affair, whatever the clock of the site says
		number, route := newNumber(), new(string)
		ctx := context.WithValue(r.Context(), numberKey, number)
		ctx = context.WithValue(ctx, routeKey, route)
		ctx = audit.From(ctx, audit.Origin{Address: addressOf(r), Request: number})
		w.Header().Set("X-Request-Id", number)
		seen := &answer{ResponseWriter: w}
		ended := s.Meter.Begin()
		defer func() { ended(*route, seen.status(), time.Since(started)) }() // also of an answer that was broken off
		next.ServeHTTP(seen, r.WithContext(ctx))
		s.Log.LogAttrs(ctx, slog.LevelDebug, "request",
			slog.String("request", number), slog.String("method", r.Method), slog.String("route", *route),
			slog.Int("status", seen.status()), slog.Int64("bytes", seen.bytes),
			slog.Float64("ms", float64(time.Since(started).Microseconds())/1000))
	})
}

// newNumber answers eight signs that can be read out over the telephone: 40 random bits.
func newNumber() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	text := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(b[:])
	return text[:4] + "-" + text[4:]
}

func numberOf(r *http.Request) string { return requestIn(r.Context()) }

func requestIn(ctx context.Context) string {
	number, _ := ctx.Value(numberKey).(string)
	return number
}

// Numbered lets every line of a log that belongs to a request carry its number, whoever writes it.
func Numbered(to slog.Handler) slog.Handler { return numberedLog{to} }

type numberedLog struct{ slog.Handler }

// Handle implements slog.Handler.
func (l numberedLog) Handle(ctx context.Context, line slog.Record) error {
	number, has := requestIn(ctx), false
	line.Attrs(func(a slog.Attr) bool { has = has || a.Key == "request"; return !has })
	if number != "" && !has {
		line = line.Clone()
		line.AddAttrs(slog.String("request", number))
	}
	return l.Handler.Handle(ctx, line)
}

// WithAttrs implements slog.Handler.
func (l numberedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return numberedLog{l.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (l numberedLog) WithGroup(name string) slog.Handler {
	return numberedLog{l.Handler.WithGroup(name)}
}

// addressOf answers the network address a request came from, without its port.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// answer remembers what was answered, for the log.
type answer struct {
	http.ResponseWriter
	code  int
	bytes int64
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(code int) {
	if a.code == 0 {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

// Write counts the bytes as they leave, compressed.
func (a *answer) Write(b []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap serves http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) status() int {
	if a.code == 0 {
		return http.StatusOK
	}
	return a.code
}

// recovered turns a panic into an error like any other. The page was rendered into a buffer, so nothing was sent before.
func (s *site) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				s.fail(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// limited bounds the path of a request; its body is bounded by the route (guard).
func (s *site) limited(next http.Handler) http.Handler {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		if len(r.RequestURI) > pathLimit {
			return errLong
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// noteRoute tells the access log which route answers.
func noteRoute(r *http.Request) {
	if route, ok := r.Context().Value(routeKey).(*string); ok {
		if current := mux.CurrentRoute(r); current != nil {
			*route = current.GetName()
		}
	}
}
