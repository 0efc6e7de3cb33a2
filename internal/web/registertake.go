package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/takeout"
)

// takeBody is the page on which a register is taken as a file.
type takeBody struct {
	Up                link
	Path, Sentence    string
	Done, Fault       string
	Formats           []option
	MayRead, Readable bool // personal columns
	Closed            bool
	Reason, Rule      string
	Asked             []askedRelease
}

// askedRelease is a file that somebody asked for, as those who handle the records see it.
type askedRelease struct {
	Path, By, At, Reason, Records, State, Decided string
	ID                                            string
	Closed, Open                                  bool
	MayDecide, MayTake                            bool
}

// The deeds that the page says once.
const (
	releaseAsked = iota + 1
	releaseAllowed
	releaseRefused
)

// counter is where registers are handed out.
func (s *site) counter() *register.Counter {
	return &register.Counter{Book: s.Registers, Releases: s.Releases}
}

func (s *site) showTake(w http.ResponseWriter, r *http.Request) error {
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	body := takeBody{}
	if done := s.popDone(r, r.URL.Path); done > 0 {
		body.Done = l.say(fmt.Sprintf("take.done.%d", done))
	}
	return s.drawTake(w, r, http.StatusOK, l, body)
}

func (s *site) drawTake(w http.ResponseWriter, r *http.Request, status int, l *registerView, body takeBody) error {
	user := l.v.user
	_, n, err := s.Registers.List(r.Context(), assess.RecordQuery{Table: l.Code, Limit: 1}, user, s.Now())
	if err != nil {
		return err
	}
	body.Up, body.Path, body.MayRead = link{URL: l.path(), Text: l.name()}, l.path()+"/take", l.MayUncover(user)
	body.Sentence, body.Rule = l.say("take.sentence", "n", many(n)), l.say("take.rule", "most", register.MostReadable)
	for _, f := range takeout.RegisterFormats() {
		body.Formats = append(body.Formats, option{string(f), strings.ToUpper(string(f)), r.PostForm.Get("format") == string(f)})
	}
	if body.MayRead {
		if body.Asked, err = s.askedReleases(r, l); err != nil {
			return err
		}
	}
	return s.render(w, r, status, "registertake", page{Title: l.say("take.title", "register", l.name()), Body: body, Style: "work.css", Wrong: body.Fault != ""})
}

func (s *site) askedReleases(r *http.Request, l *registerView) (all []askedRelease, err error) {
	releases, err := s.counter().Asked(r.Context(), l.Code, l.v.user, s.Now())
	if err != nil {
		return nil, err
	}
	for _, one := range releases {
		mine := one.AskedBy == l.v.user.Name
		a := askedRelease{
			Path: l.path() + "/take/" + one.ID, ID: one.ID, By: one.AskedBy, At: s.stamp(l.v, one.AskedAt), Reason: one.Reason, Records: many(one.Records), Closed: one.Closed,
			State: l.say("take.state." + string(one.State)), Open: one.State == assess.ReleaseWaiting,
			MayDecide: one.State == assess.ReleaseWaiting && !mine, MayTake: one.State == assess.ReleaseAllowed && mine,
		}
		if one.DecidedBy != "" {
			a.Decided = l.say("take.decided", "by", one.DecidedBy, "at", s.stamp(l.v, one.DecidedAt))
		}
		all = append(all, a)
	}
	return all, nil
}

// takeRegister sends a register as a file; where readable personal columns take a second person it asks for one.
func (s *site) takeRegister(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "format", "closed", "readable", "reason", "release"); err != nil {
		return err
	}
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	form := r.PostForm
	o := takeout.RegisterOrder{Format: takeout.Format(form.Get("format")), Lang: l.v.lang()}
	o.Table, o.Closed, o.Readable, o.Reason, o.Release = l.Code, form.Get("closed") != "", form.Get("readable") != "", strings.TrimSpace(form.Get("reason")), form.Get("release")
	line := s.line(r, l.v.user, "", "")
	done, err := s.oneTable(r.Context())
	if err != nil {
		return err
	}
	defer done()
	room, err := s.Takeout()
	if err != nil {
		return err
	}
	file, err := room.Register(r.Context(), s.counter(), l.v.user, o, line)
	if p, ok := errors.AsType[*assess.Problem](err); ok && p.Key == "problem.release_needed" {
		if _, err := s.counter().Ask(r.Context(), o.RegisterTaking, l.v.user, line); err != nil {
			return err
		}
		return s.leadToRecord(w, r, l.path()+"/take", releaseAsked)
	}
	if p, ok := errors.AsType[*assess.Problem](err); ok && (errors.Is(err, assess.ErrInvalid) || errors.Is(err, assess.ErrConflict) || p.Key == "problem.release_not") {
		return s.drawTake(w, r, http.StatusUnprocessableEntity, l, takeBody{Fault: l.v.problem(p), Readable: o.Readable, Closed: o.Closed, Reason: o.Reason})
	}
	if err != nil {
		return err
	}
	return s.sendRegister(w, r, file, line)
}

// sendRegister sends a file of records. It is made whole, and its line written, before the first byte leaves.
func (s *site) sendRegister(w http.ResponseWriter, r *http.Request, file *takeout.RegisterFile, line assess.AuditLine) error {
	var buf bytes.Buffer
	if err := file.Write(r.Context(), &buf); err != nil {
		return err
	}
	if err := s.Audit.Record(r.Context(), file.Line(line)); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", file.Media)
	h.Set("Content-Disposition", evidence.Disposition(file.Name))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(buf.Bytes()) // a reader who went away is no fault
	return nil
}

// decideRelease allows or refuses a file that somebody else asked for.
func (s *site) decideRelease(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "answer"); err != nil {
		return err
	}
	l, err := s.openRegister(r)
	if err != nil {
		return err
	}
	done, known := map[string]int{"allow": releaseAllowed, "refuse": releaseRefused}[r.PostForm.Get("answer")]
	if !known {
		return errField("answer")
	}
	err = s.counter().Decide(r.Context(), mux.Vars(r)["release"], done == releaseAllowed, l.v.user, s.line(r, l.v.user, "", ""))
	if p, ok := errors.AsType[*assess.Problem](err); ok && (errors.Is(err, assess.ErrConflict) || p.Key == "problem.release_own") {
		return s.drawTake(w, r, http.StatusUnprocessableEntity, l, takeBody{Fault: l.v.problem(p)})
	}
	if err != nil {
		return err
	}
	return s.leadToRecord(w, r, l.path()+"/take", done)
}

// releaseTodos answers the files of registers that wait for the reader to allow or refuse them.
func (s *site) releaseTodos(r *http.Request, v *visit) (list []todo, err error) {
	waiting, err := s.counter().Waiting(r.Context(), v.user, s.Now())
	for _, one := range waiting {
		list = append(list, todo{
			URL: "/registers/" + string(one.Table) + "/take", Do: v.words.T("web.todo.release.do"),
			What: v.words.T("web.todo.release", "by", one.AskedBy, "n", many(one.Records)),
		})
	}
	return list, err
}
