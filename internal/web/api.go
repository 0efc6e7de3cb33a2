package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/api"
	"github.com/unionboard/unionboard/internal/assess"
)

// The API is for programs: each request carries the token of one unit, never a cookie, and every answer is JSON; what went wrong is
// application/problem+json (RFC 9457).

// program opens a route of the API to tokens of a scope.
func program(scope account.TokenScope) access { return access{scope: scope} }

// Submission is what a program handed in, as the API answers it.
type Submission struct {
	ID       string          `json:"id"`
	Unit     assess.UnitCode `json:"unit"`
	New      int             `json:"new"`
	Changed  int             `json:"changed"`
	Same     int             `json:"unchanged"`
	Missing  int             `json:"missing"` // rows without a figure
	Waiting  bool            `json:"waiting_for_review"`
	Refused  int             `json:"refused"`
	Problems []apiProblem    `json:"problems,omitempty"`
	// Differs are the unchanged figures of which a person has signed, or a department accepted, another value: it holds.
	Differs []assess.Code `json:"differs,omitempty"`
	// Rejected are the rows that were refused, for the caller to word.
	Rejected []assess.Rejection `json:"-"`
}

// apiProblem is what is wrong, as RFC 9457 and as a row of it.
type apiProblem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Request string `json:"request,omitempty"`
	// Parameter is what is wrong of an address.
	Parameter string `json:"parameter,omitempty"`
	Place     string `json:"place,omitempty"`
	Unit      string `json:"unit,omitempty"`
	// Code is the word for the problem; of a row that of the item.
	Code  string `json:"code,omitempty"`
	Value string `json:"value,omitempty"`
}

var errUnauthorised = errors.New("no token, or one that is not known")

// errBearer refuses a page to a request that comes with a program's token.
func errBearer(w http.ResponseWriter) error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="unionboard API"`)
	return errUnauthorised
}

// tokenFrom answers the token that opened a route of the API.
func tokenFrom(r *http.Request) account.Token {
	t, _ := r.Context().Value(tokenKey).(account.Token)
	return t
}

// api lets a request of a program through to its handler. Cookies are not looked at.
func (s *site) api(a access, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteRoute(r)
		s.bound(a, w, r)
		t, err := s.bearer(w, r, a.scope)
		if err == nil {
			if err = h(w, r.WithContext(context.WithValue(r.Context(), tokenKey, t))); errors.Is(err, assess.ErrForbidden) {
				s.noteTokenRefusal(r, t, err)
			}
		}
		if err != nil {
			s.failAPI(w, r, err)
		}
	})
}

// bearer answers the token of a request, if it opens the scope. Requests without a good one are counted by their address.
func (s *site) bearer(w http.ResponseWriter, r *http.Request, scope account.TokenScope) (account.Token, error) {
	kind, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(kind, "Bearer") || !strings.HasPrefix(secret, account.TokenMark) {
		return account.Token{}, errBearer(w)
	}
	t, err := s.Keys.TokenOf(r.Context(), secret)
	if errors.Is(err, assess.ErrNotFound) {
		if ok, err := s.mayTryAs(w, r, "token "); err != nil {
			return t, err
		} else if !ok {
			return t, errTooOften
		}
		return t, errBearer(w)
	}
	if err != nil {
		return t, fmt.Errorf("token of the request: %w", err)
	}
	if err := s.rated(w, r, t); err != nil {
		return t, err
	}
	if err := t.Allow(scope, addressOf(r), s.Now()); err != nil {
		s.noteTokenRefusal(r, t, err)
		return t, err
	}
	return t, nil
}

var errTooOften = errors.New("too many attempts")

func (s *site) noteTokenRefusal(r *http.Request, t account.Token, why error) {
	line := s.tokenLine(r, t, "refused", r.Method+" "+r.URL.Path)
	var p *assess.Problem
	if errors.As(why, &p) {
		line.After = p.Key
	}
	s.noteRefusal(r, line)
}

// tokenLine begins a line of the audit log about a request of a program.
func (s *site) tokenLine(r *http.Request, t account.Token, action, object string) assess.AuditLine {
	return assess.AuditLine{
		At: s.Now(), Actor: TokenActor(t), Address: addressOf(r), Action: action, Object: object, Unit: t.Unit, Result: "ok", Request: numberOf(r),
	}
}

// TokenActor answers how a token is called where something tells who did it.
func TokenActor(t account.Token) string { return "token:" + t.ID }

// mostKey is how long a program's name for a request may be, in bytes.
const mostKey = 100

// takeSubmission takes figures of the token's unit; they wait for review like those that a person hands in. A request that comes
// again under its name is answered as before and counts once.
func (s *site) takeSubmission(w http.ResponseWriter, r *http.Request) error {
	if err := api.Plain(r.URL.Query()); err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return assess.Invalid("problem.api_json", "the body is JSON; send it with Content-Type: application/json")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return s.once(w, r, account.SecretHash(string(body)), func(attempt string) (int, []byte, error) { return s.submit(r, tokenFrom(r), body, attempt) })
}

// once does what a request asks for, unless it came before under its name and with the same digest: then it is answered as before. do is told
// the name of this attempt, which goes with the answer: where the server stood still and another one has taken the request over, nothing comes of it.
func (s *site) once(w http.ResponseWriter, r *http.Request, digest string, do func(attempt string) (int, []byte, error)) error {
	t, ctx := tokenFrom(r), r.Context()
	key := r.Header.Get("Idempotency-Key")
	odd := func(c rune) bool { return c < ' ' || c > '~' }
	if key == "" || len(key) > mostKey || strings.ContainsFunc(key, odd) {
		return assess.Invalid("problem.api_key",
			fmt.Sprintf("the header Idempotency-Key names the request; send one of 1 to %d letters, digits and signs of ASCII, new for each request and the same when it is sent again", mostKey), "most", fmt.Sprint(mostKey))
	}
	same := func(r account.Receipt) bool { return r.Token == t.ID && r.Request == key }
	if err := s.dropLeft(ctx, same); err != nil {
		return err
	}
	receipt := account.Receipt{Token: t.ID, Request: key, Digest: digest, Attempt: uuid.NewString(), At: s.Now()}
	before, fresh, err := s.Keys.BeginReceipt(ctx, receipt)
	switch {
	case errors.Is(err, assess.ErrUnavailable): // it may be there nonetheless, where the answer was lost
		s.undropped.add(receipt)
		return err
	case err != nil:
		return err
	case !fresh && before.Status == 0:
		return assess.Conflict("problem.api_under_way", "this request is still under way; ask again in a moment")
	case !fresh:
		w.Header().Set("Idempotent-Replayed", "true")
		return s.sendJSON(w, before.Status, []byte(before.Body))
	}
	status, answer, err := do(receipt.Attempt)
	if err != nil { // nothing came of it, so the same name may be tried again
		return errors.Join(err, s.drop(ctx, receipt))
	}
	receipt.Status, receipt.Body = status, string(answer)
	if err := s.Keys.FinishReceipt(context.WithoutCancel(ctx), receipt); err != nil {
		return err
	}
	return s.sendJSON(w, status, answer)
}

// submit hands the figures in and words the answer.
func (s *site) submit(r *http.Request, t account.Token, body []byte, attempt string) (int, []byte, error) {
	got, err := s.Submit(r.Context(), t, body, func(got Submission) *assess.Answered { return answered(r, got, attempt, s.wordSubmission) }, s.Now())
	if err != nil {
		return 0, nil, err
	}
	if err := s.Keys.NoteToken(r.Context(), t.ID, s.Now()); err != nil {
		return 0, nil, err
	}
	return s.wordSubmission(r, got)
}

// answered makes the answer that is kept with what a program hands in, nil where it cannot be worded.
func answered[T any](r *http.Request, got T, attempt string, word func(*http.Request, T) (int, []byte, error)) *assess.Answered {
	status, body, err := word(r, got)
	if err != nil {
		return nil
	}
	return &assess.Answered{Token: tokenFrom(r).ID, Request: r.Header.Get("Idempotency-Key"), Attempt: attempt, Status: status, Body: string(body)}
}

// wordSubmission words the answer to what was handed in.
func (s *site) wordSubmission(r *http.Request, got Submission) (int, []byte, error) {
	v := s.visitOf(r)
	for _, x := range got.Rejected {
		row := apiProblem{Place: x.Place.String(), Unit: string(x.Unit), Code: string(x.Code), Value: x.Value}
		if x.Problem != nil {
			row.Type, row.Title = problemType(x.Problem.Key), v.problem(x.Problem)
		}
		got.Problems = append(got.Problems, row)
	}
	answer, err := json.Marshal(got)
	if err != nil {
		return 0, nil, fmt.Errorf("answer a submission: %w", err)
	}
	return http.StatusCreated, append(answer, '\n'), nil
}

func (s *site) sendJSON(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a program that went away asks again
	return nil
}

// problemType names a problem by a URI that leads nowhere and never changes.
func problemType(key string) string { return "urn:unionboard:" + strings.ReplaceAll(key, "_", "-") }

// plainCode is the word for a problem of which nothing but the status is known: too_many_requests.
func plainCode(status int) string {
	return strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
}

// failAPI is fail for programs.
func (s *site) failAPI(w http.ResponseWriter, r *http.Request, err error) {
	f, gone := s.logFault(r, err)
	if gone {
		return
	}
	v := s.visitOf(r)
	p := apiProblem{Type: "about:blank", Title: v.words.T(f.key), Status: f.status, Request: numberOf(r), Code: plainCode(f.status)}
	var problem *assess.Problem
	if errors.As(err, &problem) {
		p.Type, p.Detail, p.Place = problemType(problem.Key), v.problem(problem), strings.TrimSpace(problem.Place.String())
		p.Code, p.Parameter = strings.TrimPrefix(problem.Key, "problem."), problem.Args["parameter"]
		if at := problem.Place; at.Field != "" && at == (assess.Place{Field: at.Field}) { // of an address and no body
			p.Place, p.Parameter = "", cmp.Or(p.Parameter, at.Field)
		}
	}
	if f.status == http.StatusServiceUnavailable { // whatever is away, a program asks again
		p.Code = plainCode(f.status)
	}
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, http.StatusText(f.status), f.status)
		return
	}
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(f.status)
	_, _ = w.Write(append(body, '\n'))
}
