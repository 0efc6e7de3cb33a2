package web_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
)

// Row 53 of the security checklist is held in every test of this package, with UNIONBOARD_TEST_AUDIT=whole: whatever a form or a program changes of what pages show leaves a line
// in the audit log that says who it was, from where, of what, and under which number of the request.

// audited hands requests on and fails the test for a change without its line.
func audited(t testing.TB, lines func(ctx context.Context, from int64, limit int) ([]assess.AuditLine, error), head func(ctx context.Context) (assess.Head, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		ctx := context.WithoutCancel(r.Context())
		before, err := head(ctx)
		seen := &statusOnly{ResponseWriter: w}
		method, path := r.Method, r.URL.Path
		next.ServeHTTP(seen, r)
		if err != nil || seen.code >= 400 || strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
			return
		}
		after, err := head(ctx)
		if err != nil || after.Version == before.Version && after.Seq == before.Seq {
			return // nothing that a page shows was changed
		}
		all, err := lines(ctx, before.Audit+1, 1000)
		if err != nil {
			return
		}
		number := w.Header().Get("X-Request-Id")
		i := slices.IndexFunc(all, func(l assess.AuditLine) bool { return l.Request == number })
		switch {
		case i < 0:
			t.Errorf("%s %s changed something and left no line of its own", method, path)
		case all[i].Actor == "" || all[i].Address == "" || all[i].Object == "" || all[i].Action == "":
			t.Errorf("%s %s left a line that does not say who, from where and of what: %+v", method, path, all[i])
		}
	})
}

// statusOnly remembers the status of an answer.
type statusOnly struct {
	http.ResponseWriter
	code int
}

func (s *statusOnly) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap serves http.ResponseController.
func (s *statusOnly) Unwrap() http.ResponseWriter { return s.ResponseWriter }
