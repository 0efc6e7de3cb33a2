package web

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/api"
	"github.com/unionboard/unionboard/internal/assess"
)

// usedWithin is how exactly it is known when a token was last used.
const usedWithin = time.Minute

// fileTime is how long it may take to make a file and to send it.
const fileTime = 5 * time.Minute

// apiRoot is where all addresses for programs begin.
const apiRoot = "/api/"

// apiRoutes are the addresses for programs, those that package api answers among them.
func (s *site) apiRoutes() []route {
	routes := []route{
		{"GET", "/api", whoMay(account.ReadDefinitions), s.showAPI},
		{"GET", "/api/v1/openapi.json", bare(), s.sendDescription},
		{"POST", "/api/v1/submissions", program(account.SubmitFigures), s.takeSubmission},
		{"POST", "/api/v1/dataValueSets", program(account.SubmitFigures), s.takeValueSet},
	}
	for _, o := range s.programs.Operations() {
		routes = append(routes, route{"GET", formed(o.Path), program(o.Scope), s.tell(o)})
	}
	return routes
}

var partName = regexp.MustCompile(`\{[a-z]+\}`)

// formed gives the variable parts of a path their forms.
func formed(path string) string {
	forms := map[string]string{"unit": unitPart, "framework": codePart, "node": codePart, "table": codePart, "period": periodPart, "edition": editionPart}
	return partName.ReplaceAllStringFunc(path, func(part string) string {
		return strings.TrimSuffix(part, "}") + forms[strings.Trim(part, "{}")] + "}"
	})
}

// sendDescription sends the description of the API.
func (s *site) sendDescription(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", api.JSON)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(s.description) // a program that went away asks again
	return nil
}

// tell answers what a program asks for, unless it has it already.
func (s *site) tell(o api.Operation) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		call, err := s.callOf(r)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Vary", "Accept, Authorization")
		tag := s.tag(call)
		if o.Scope == account.ExportFiles {
			tag = "" // what is taken out is logged each time
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(fileTime))
		}
		if tag != "" && strings.Contains(strings.Join(r.Header.Values("If-None-Match"), ","), tag) {
			h.Set("Cache-Control", "private, no-cache")
			h.Set("ETag", tag)
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
		answer, err := o.Answer(r.Context(), call)
		if err != nil {
			return err
		}
		if err := s.noteUse(r); err != nil {
			return err
		}
		if answer.Line != nil && r.Method == http.MethodGet {
			line := s.tokenLine(r, tokenFrom(r), answer.Line.Action, answer.Line.Object)
			line.Unit, line.After = cmp.Or(answer.Line.Unit, line.Unit), answer.Line.After
			if err := s.Audit.Record(r.Context(), line); err != nil {
				return fmt.Errorf("record what a program took: %w", err)
			}
		}
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Content-Type", answer.Kind)
		if tag != "" {
			h.Set("ETag", tag)
		}
		if answer.Next != "" {
			h.Set("Link", "<"+answer.Next+`>; rel="next"`)
		}
		if answer.File != "" {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": answer.File}))
		}
		_, _ = w.Write(answer.Body) // a program that went away asks again
		return nil
	}
}

// callOf reads a request of a program.
func (s *site) callOf(r *http.Request) (c api.Call, err error) {
	c = api.Call{Vars: mux.Vars(r), Accept: strings.Join(r.Header.Values("Accept"), ","), Here: s.addressed(r), Now: s.Now().In(s.Location)}
	if c.Query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return c, assess.Invalid("problem.api_query", "what stands behind the question mark cannot be read; write name=value with & between, other signs as %20")
	}
	if s.DataVersion != nil {
		if c.Version, err = s.DataVersion(r.Context()); err != nil {
			return c, fmt.Errorf("version of the data: %w", err)
		}
	}
	city := assess.UnitCode("")
	e, err := s.Board.Edition(r.Context(), c.Now.Year())
	switch {
	case err == nil:
		city = e.Roster.City.Code
	case !errors.Is(err, assess.ErrNotFound): // where nothing is defined nobody speaks for the city
		return c, err
	}
	c.User = tokenFrom(r).Reader(city)
	return c, nil
}

// addressed answers the whole address of a request, as the site is reached from outside.
func (s *site) addressed(r *http.Request) url.URL {
	here := url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	if !secure(r) {
		here.Scheme = "http"
	}
	if outside, err := url.Parse(s.Address); err == nil && outside.Host != "" {
		here.Scheme, here.Host = outside.Scheme, outside.Host
	}
	return here
}

// tag answers what changes with the answer to a call: the data, the program, who asks and for what. "" where the version of the data is
// not known.
func (s *site) tag(c api.Call) string {
	if s.DataVersion == nil {
		return ""
	}
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%s %q %q %q", s.Version, c.User.Post(), c.Here.String(), c.Accept)
	return fmt.Sprintf(`W/"%d-%x"`, c.Version, sum.Sum64())
}

// noteUse keeps when a token was used, to the minute.
func (s *site) noteUse(r *http.Request) error {
	t, now := tokenFrom(r), s.Now()
	if now.Sub(t.UsedAt) < usedWithin {
		return nil
	}
	return s.Keys.NoteToken(r.Context(), t.ID, now)
}
