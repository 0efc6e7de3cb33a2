package web

import (
	"io"
	"log/slog"
	"net/http"
)

// showHealth says that the process answers.
func (s *site) showHealth(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, http.StatusOK, "ok\n")
}

// showReady says whether the server can serve; why it cannot stands in the log only. One that can be read from and not saved to is ready:
// taken out of service it would be of no use to anybody.
func (s *site) showReady(w http.ResponseWriter, r *http.Request) error {
	if err := s.Ready(r.Context()); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "not ready", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
		return plain(w, http.StatusServiceUnavailable, "not ready\n")
	}
	if p := s.Trouble(); p != nil && p.Key != "problem.disk_reserve" {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "ready for reading only", slog.String("request", numberOf(r)), slog.String("error", p.Error()))
		return plain(w, http.StatusOK, "ready for reading only\n")
	}
	return plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // a reader who went away is no fault
	return nil
}
