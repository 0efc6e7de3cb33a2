package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// knock asks for a path without a session, exactly as it is spelt. ok is false for what no request can carry.
func knock(t *testing.T, h http.Handler, path string) (status int, to string, ok bool) {
	t.Helper()
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return 0, "", false
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL, r.RequestURI = u, path
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	to, _, _ = strings.Cut(w.Header().Get("Location"), "?")
	return w.Code, to, true
}
