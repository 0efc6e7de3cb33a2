package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/export"
)

const (
	auditRows = 50     // lines on a page
	auditFile = 50_000 // lines in a file; more are taken by the command
)

// auditBody is the page of the audit log.
type auditBody struct {
	Sentence, Fault          string
	Topics, Units, Results   []option
	Who, Object, From, To    string
	Rows                     []auditRow
	Older, Newest, File      string // addresses; "" where there is none
	Head, HeadHash, HeadTime string
	Since, Cleared           string
	Verified                 string
	Broken, Covered          bool
}

// auditRow is a line of the log as people read it.
type auditRow struct {
	Seq                                   int64
	At, Who, WhoURL, What, Object, URL    string
	Unit, Before, After, Address, Request string
	Result, Class, Action                 string
	Detail                                bool
}

// auditTopics are those that a reader sees: who may not read figures and registers sees no line about them either, for it could say something of
// what stands there.
func auditTopics(u account.User) (topics []audit.Topic, covered bool) {
	all := audit.Topics()
	if u.May(account.ReadFigures, "") && u.May(account.ReadRegisters, "") {
		return all, false
	}
	return slices.DeleteFunc(all, func(t audit.Topic) bool {
		return !slices.Contains([]string{"door", "accounts", "collecting", "rules", "exports", "notices", "system"}, t.Name)
	}), true
}

// auditAsked is what the address asks for, narrowed to what the reader may see.
type auditAsked struct {
	query   audit.Query
	topic   string
	covered bool
	topics  []audit.Topic
}

func (s *site) auditAsked(r *http.Request) (a auditAsked, err error) {
	q := r.URL.Query()
	a.topics, a.covered = auditTopics(visitFrom(r).user)
	a.topic = q.Get("topic")
	for _, t := range a.topics {
		if a.topic == t.Name || a.topic == "" && a.covered {
			a.query.Actions = append(a.query.Actions, t.Actions...)
		}
	}
	a.query.Actor, a.query.Object = strings.TrimSpace(q.Get("who")), strings.TrimSpace(q.Get("object"))
	a.query.Unit, a.query.Result = assess.UnitCode(q.Get("unit")), q.Get("result")
	if a.topic != "" && len(a.query.Actions) == 0 {
		return a, assess.Invalid("problem.audit_topic", "there is no such group of actions; choose one of the list")
	}
	if text := q.Get("before"); text != "" {
		if a.query.Before, err = strconv.ParseInt(text, 10, 64); err != nil || a.query.Before < 1 {
			return a, assess.Invalid("problem.audit_before", "this is no number of a line; begin at the newest")
		}
	}
	if a.query.From, err = s.auditDay(q.Get("from")); err != nil {
		return a, err
	}
	if a.query.To, err = s.auditDay(q.Get("to")); err == nil && !a.query.To.IsZero() {
		a.query.To = a.query.To.AddDate(0, 0, 1)
	}
	return a, err
}

func (s *site) auditDay(text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, s.Location)
	if err != nil {
		return day, assess.Invalid("problem.audit_day", fmt.Sprintf("%q is no day; write it as 2026-03-31", text), "value", text)
	}
	return day, nil
}

// showAudit shows the audit log, newest first.
func (s *site) showAudit(w http.ResponseWriter, r *http.Request) error {
	asked, err := s.auditAsked(r)
	v := visitFrom(r)
	status, body := http.StatusOK, auditBody{}
	if p, ok := spoken(err); ok {
		status, body.Fault, asked.query = http.StatusBadRequest, v.problem(p), audit.Query{Before: 1}
	} else if err != nil {
		return err
	}
	lines, err := s.Audit.FindAudit(r.Context(), asked.query, auditRows+1)
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	if len(lines) > auditRows {
		lines = lines[:auditRows]
		body.Older = v.with("before", strconv.FormatInt(lines[auditRows-1].Seq, 10))
	}
	if asked.query.Before > 0 {
		body.Newest = v.with("before", "")
	}
	if err := s.fillAudit(r, &body, asked, lines); err != nil {
		return err
	}
	return s.render(w, r, status, "audit", page{Title: v.words.T("web.audit"), Body: body, Wrong: body.Fault != ""})
}

func (s *site) fillAudit(r *http.Request, body *auditBody, asked auditAsked, lines []assess.AuditLine) error {
	v, e, q := visitFrom(r), s.editionFor(r, nil), r.URL.Query()
	known, err := s.auditPeople(r)
	if err != nil {
		return err
	}
	for i := range lines {
		body.Rows = append(body.Rows, s.auditRow(v, e, known, &lines[i]))
	}
	body.Who, body.Object, body.From, body.To, body.Covered = q.Get("who"), q.Get("object"), q.Get("from"), q.Get("to"), asked.covered
	for _, t := range asked.topics {
		body.Topics = append(body.Topics, option{t.Name, v.words.T("audit.topic." + t.Name), t.Name == asked.topic})
	}
	for _, result := range []string{"ok", "refused", "failed"} {
		body.Results = append(body.Results, option{result, v.words.T("audit.result." + result), result == q.Get("result")})
	}
	if e != nil {
		for _, u := range e.Roster.Units {
			body.Units = append(body.Units, option{string(u.Code), v.called(e, "unit", string(u.Code)), string(u.Code) == q.Get("unit")})
		}
	}
	file := url.URL{Path: "/audit.csv", RawQuery: r.URL.RawQuery}
	body.File = file.String()
	return s.fillChain(r, body)
}

// fillChain says how the chain of the log stands.
func (s *site) fillChain(r *http.Request, body *auditBody) error {
	v := visitFrom(r)
	span, err := s.Audit.AuditSpan(r.Context())
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	// Asked for by itself: among others about the log, such as those of its exports, it would be lost sight of.
	checks, err := s.Audit.FindAudit(r.Context(), audit.Query{Actor: "system", Actions: []string{"audit.verify"}}, 1)
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	body.Head, body.HeadHash, body.HeadTime = strconv.FormatInt(span.Head.Seq, 10), inEights(span.Head.Hash), s.moment(s.Now())
	body.Verified = v.words.T("web.audit.never")
	if len(checks) > 0 {
		body.Broken, body.Verified = checks[0].Result != "ok", s.auditCheck(v, checks[0])
	}
	if span.Start.Seq > 0 {
		body.Cleared = v.words.T("web.audit.cleared", "n", strconv.FormatInt(span.Start.Seq, 10))
	}
	if !span.Since.IsZero() {
		body.Since = s.moment(span.Since)
	}
	body.Sentence = v.words.T("web.audit.sentence", "lines", span.Head.Seq-span.Start.Seq, "since", cmp.Or(body.Since, "—"))
	return nil
}

// brokenLine is where a log that does not hold names the line, in the sentence that the line of its verification keeps.
var brokenLine = regexp.MustCompile(`broken at line (\d+)`)

// auditCheck words what a verification of the log has found.
func (s *site) auditCheck(v *visit, check assess.AuditLine) string {
	at := s.moment(check.At)
	if check.Result == "ok" {
		return v.words.T("web.audit.verified", "at", at, "n", strings.TrimSuffix(check.After, " lines"))
	}
	what := check.After
	if m := brokenLine.FindStringSubmatch(what); m != nil {
		what = v.words.T("problem.audit_broken", "seq", m[1])
	}
	return v.words.T("web.audit.broken", "at", at, "what", what)
}

// inEights writes a hash so that it can be compared by eye.
func inEights(hash string) string {
	var parts []string
	for part := range slices.Chunk([]byte(hash), 8) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

// auditPeople answers the accounts by their sign-in names.
func (s *site) auditPeople(r *http.Request) (map[string]account.User, error) {
	all, err := s.Accounts.Accounts(r.Context())
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	known := make(map[string]account.User, len(all))
	for _, u := range all {
		known[u.Name] = u
	}
	return known, nil
}

func (s *site) auditRow(v *visit, e *assess.Edition, known map[string]account.User, l *assess.AuditLine) auditRow {
	row := auditRow{
		Seq: l.Seq, At: l.At.In(s.Location).Format(time.DateTime), Who: cmp.Or(l.Actor, v.words.T("web.audit.nobody")), What: l.Action, Object: l.Object,
		Before: auditText(v, l, l.Before), After: cmp.Or(s.repeatedText(v, l), auditText(v, l, l.After)), Address: l.Address, Request: l.Request, Result: l.Result, Class: "done", Action: l.Action,
	}
	if key := "audit." + l.Action; v.words.Has(key) {
		row.What = v.words.T(key)
	}
	if key := "audit.result." + l.Result; v.words.Has(key) {
		row.Result = v.words.T(key)
	}
	if l.Result != "ok" {
		row.Class = "open"
	}
	if u, ok := known[l.Actor]; ok {
		row.Who = u.DisplayName + " (" + u.Name + ")"
		if v.user.May(account.ReadAccounts, "") {
			row.WhoURL = "/admin/accounts/" + u.ID
		}
	} else if l.Actor == "system" {
		row.Who = v.words.T("web.audit.system")
	}
	if l.Unit != "" {
		row.Unit = string(l.Unit)
		if e != nil {
			row.Unit = v.called(e, "unit", string(l.Unit))
		}
	}
	row.URL = s.auditLink(known, l)
	return row
}

// auditText words what stood before and after, where it is a word of ours.
func auditText(v *visit, l *assess.AuditLine, text string) string {
	topic, _, _ := strings.Cut(l.Action, ".")
	for _, key := range []string{"audit.after." + text, topic + "." + text} {
		if text != "" && v.words.Has(key) {
			return v.words.T(key)
		}
	}
	return text
}

// auditLink answers the page of what a line is about, "" where there is none.
func (s *site) auditLink(known map[string]account.User, l *assess.AuditLine) string {
	topic, _, _ := strings.Cut(l.Action, ".")
	first, _, _ := strings.Cut(l.Object, " ")
	var to string
	switch topic {
	case "user", "sign_in", "sign_out", "contact":
		if u, ok := known[l.Object]; ok {
			to = "/admin/accounts/" + u.ID
		}
	case "correction", "appeal":
		to = "/" + topic + "s/" + l.Object
	case "task":
		to = "/actions/" + l.Object
	case "evidence":
		to = "/evidence/" + l.Object
	case "filing", "report", "review":
		if l.Unit != "" {
			to = "/review/" + string(l.Unit) + "/" + first
		}
	case "publication":
		of, _, _ := strings.Cut(first, "/")
		to = "/scoring/" + of
	case "cycle", "calendar":
		to = "/calendar"
	case "collect":
		to = "/collect/" + first
	case "record":
		of, _, _ := strings.Cut(l.Object, "/")
		to = "/registers/" + of
	case "targets", "token":
		to = map[string]string{"token": "/admin/tokens"}[topic]
	}
	if to == "" || !s.leads(to) {
		return ""
	}
	return to
}

// leads says whether a route of the site answers an address.
func (s *site) leads(path string) bool {
	if path != (&url.URL{Path: path}).EscapedPath() {
		return false
	}
	var match mux.RouteMatch
	r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}}
	return s.addresses.Match(r, &match) && match.MatchErr == nil
}

// sendAudit sends what is asked for as a file.
func (s *site) sendAudit(w http.ResponseWriter, r *http.Request) error {
	asked, err := s.auditAsked(r)
	if err != nil {
		return err
	}
	v, e := visitFrom(r), s.editionFor(r, nil)
	lines, err := s.Audit.FindAudit(r.Context(), asked.query, auditFile)
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	known, err := s.auditPeople(r)
	if err != nil {
		return err
	}
	var head []string
	for _, key := range []string{"line", "time", "who", "what", "action", "object", "unit", "before", "after", "result", "address", "request", "hash"} {
		head = append(head, v.words.T("web.audit."+key))
	}
	rows := make([][]string, len(lines))
	for i := range lines {
		l := &lines[i]
		row := s.auditRow(v, e, known, l)
		rows[i] = []string{
			strconv.FormatInt(l.Seq, 10), l.At.In(s.Location).Format(time.RFC3339), l.Actor, row.What, l.Action, l.Object, row.Unit, l.Before, l.After,
			row.Result, l.Address, l.Request, l.Hash,
		}
	}
	var buf bytes.Buffer
	if err := export.List(&buf, head, rows); err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		line := s.line(r, v.user, "audit.export", "audit log")
		line.After = fmt.Sprintf("%d lines as csv", len(rows))
		if err := s.Audit.Record(r.Context(), line); err != nil {
			return fmt.Errorf("export the audit log: %w", err)
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	return nil
}
