package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/api"
	"github.com/unionboard/unionboard/internal/assess"
)

// handler answers a request or says why it could not. It writes nothing before it is sure.
type handler func(w http.ResponseWriter, r *http.Request) error

// handle makes an http.Handler of a handler. It is, with recovered, the only caller of fail.
func (s *site) handle(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fault is an error as the page shows it: a status and the i18n key of its fixed sentence.
type fault struct {
	status int
	key    string
}

// faultOf sorts an error. What is not a kind of assess is internal.
func faultOf(err error) fault {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fault{http.StatusRequestEntityTooLarge, "web.error.large"}
	case errors.Is(err, errLong):
		return fault{http.StatusRequestURITooLong, "web.error.invalid"}
	case errors.Is(err, errUnauthorised):
		return fault{http.StatusUnauthorized, "web.error.unauthorised"}
	case errors.Is(err, errTooOften):
		return fault{http.StatusTooManyRequests, "web.error.toooften"}
	case errors.Is(err, errMethod):
		return fault{http.StatusMethodNotAllowed, "web.error.method"}
	case errors.Is(err, api.ErrNotAcceptable):
		return fault{http.StatusNotAcceptable, "web.error.invalid"}
	case errors.Is(err, api.ErrGone):
		return fault{http.StatusGone, "web.error.conflict"}
	case errors.Is(err, assess.ErrNotFound):
		return fault{http.StatusNotFound, "web.error.notfound"}
	case errors.Is(err, assess.ErrForbidden):
		return fault{http.StatusForbidden, "web.error.forbidden"}
	case errors.Is(err, assess.ErrInvalid):
		return fault{http.StatusBadRequest, "web.error.invalid"}
	case errors.Is(err, assess.ErrConflict):
		return fault{http.StatusConflict, "web.error.conflict"}
	case errors.Is(err, assess.ErrUnavailable):
		return fault{http.StatusServiceUnavailable, "web.error.unavailable"}
	}
	return fault{http.StatusInternalServerError, "web.error.internal"}
}

// explained answers the fault for a page that gives the reason as well: what is said in general of a refusal may not contradict it.
// A page that was only asked for would have changed nothing: of that it says nothing.
func (f fault) explained(method string) fault {
	asked := method == http.MethodGet || method == http.MethodHead
	if f.status == http.StatusForbidden && !asked || f.status == http.StatusConflict {
		f.key = "web.error.refused"
	}
	return f
}

var (
	errMethod = errors.New("method not allowed")
	errLong   = errors.New("the address is too long")
)

func errForeign() error {
	return assess.Forbidden("problem.foreign_form", "the form came from another site or is too old; load the page again and repeat")
}

// fail is the one place that turns an error into a status, a log line and a page: one fixed sentence, what the problem says of
// itself, the number of the request, and the way home. Anything internal stays in the log.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if strings.HasPrefix(r.URL.Path, apiRoot) {
		s.failAPI(w, r, err)
		return
	}
	f, gone := s.logFault(r, err)
	if gone {
		return
	}
	v := s.visitOf(r)
	if errors.Is(err, assess.ErrForbidden) && v.signedIn() { // also where the answer does not say so
		s.noteRefusal(r, s.line(r, v.user, "refused", r.Method+" "+r.URL.Path))
	}
	if nothingYet(err) && v.signedIn() {
		s.failNothing(w, r, v, err)
		return
	}
	body := struct{ Sentence, Detail, Number string }{Number: numberOf(r)}
	var problem *assess.Problem
	if errors.As(err, &problem) {
		f = f.explained(r.Method)
		body.Detail = v.problem(problem)
		if problem.Key == "problem.database_damaged" { // of what was saved nobody knows
			f.key = "web.error.damaged"
		}
	}
	body.Sentence = v.words.T(f.key)
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
	if err := s.render(w, r, f.status, "error", page{Title: v.words.T(f.key + ".title"), Body: body}); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "error page failed",
			slog.String("request", numberOf(r)), slog.String("error", err.Error()))
		http.Error(w, http.StatusText(f.status), f.status)
	}
}

// nothingYet says whether a page is empty because the city has collected nothing yet: that is no fault of the address.
func nothingYet(err error) bool {
	var p *assess.Problem
	return errors.As(err, &p) && (p.Key == "problem.nothing_to_show" || p.Key == "problem.nothing_collected")
}

// failNothing says that there are no figures yet, and leads to the next step that the reader can take.
func (s *site) failNothing(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	body := struct {
		Detail string
		Steps  []link
	}{Detail: v.problem(problemOf(err))}
	for _, step := range []struct {
		may  account.Action
		to   string
		word string
	}{
		{account.RunCycle, "/calendar", "web.nothing.open"},
		{account.ManageAccounts, "/admin/accounts", "web.nothing.accounts"},
		{account.Collect, "/collect", "web.nothing.collect"},
		{account.ReadFilings, "/calendar", "web.nothing.calendar"},
	} {
		known := slices.ContainsFunc(body.Steps, func(l link) bool { return l.URL == step.to })
		if !known && s.has(step.to) && v.user.May(step.may, v.user.Unit) {
			body.Steps = append(body.Steps, link{URL: step.to, Text: v.words.T(step.word)})
		}
	}
	if err := s.render(w, r, http.StatusOK, "nothing", page{Title: v.words.T("web.nothing"), Body: body}); err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "page failed", slog.String("request", numberOf(r)), slog.String("error", err.Error()))
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// logFault sorts an error and writes it to the log. gone says that who asked went away, so that nobody is to be told.
func (s *site) logFault(r *http.Request, err error) (f fault, gone bool) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return f, true
	}
	f = faultOf(err)
	level := slog.LevelInfo
	if f.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Log.LogAttrs(r.Context(), level, "request failed",
		slog.String("request", numberOf(r)), slog.Int("status", f.status), slog.String("error", err.Error()))
	return f, false
}
