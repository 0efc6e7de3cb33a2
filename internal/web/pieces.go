package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/evidence"
)

// Pieces are what the sources sent and was refused.
type Pieces interface {
	// HeldPieces answers those of a source, newest first; HeldPiece one of them, assess.ErrNotFound where there is none.
	HeldPieces(ctx context.Context, source assess.Code) ([]assess.HeldPiece, error)
	HeldPiece(ctx context.Context, id string) (assess.HeldPiece, error)
	// WaitingPieces counts those that wait, by their source.
	WaitingPieces(ctx context.Context) (map[assess.Code]int, error)
	// ClosePiece ends the waiting of one; one that waits no more is assess.ErrConflict.
	ClosePiece(ctx context.Context, p assess.HeldPiece, line assess.AuditLine) error
}

// Quarantine reads refused pieces again.
type Quarantine struct {
	Book Pieces
	// Bytes answers what was sent; gone or changed bytes are assess.ErrUnavailable.
	Bytes func(held assess.HeldPiece) ([]byte, error)
	// Replay reads a piece again by the newest mapping of its source.
	Replay func(ctx context.Context, held assess.HeldPiece, again collect.Again, now time.Time) (collect.Report, error)
}

// pieceRow is a piece as the page of its source lists it.
type pieceRow struct {
	ID, Mark, Name, At, Size, State, Class, Done, URL, Mapping string
	Waiting                                                    bool
	Run                                                        string // address of the run that read it again
	// Tried says what would become of it, when that was just asked, and Outcome the same for the form; Ready that it could be taken.
	Tried, Outcome string
	Ready, Newer   bool
}

// pieceRows lists the pieces of a source.
func (s *site) pieceRows(r *http.Request, v *visit, name assess.Code) ([]pieceRow, error) {
	all, err := s.Quarantine.Book.HeldPieces(r.Context(), name)
	if err != nil {
		return nil, fmt.Errorf("pieces of %s: %w", name, err)
	}
	var rows []pieceRow
	for _, p := range all {
		row := pieceRow{
			ID: p.ID, Name: p.Name, At: s.moment(p.At), Size: strconv.FormatInt((p.Size+1023)>>10, 10), State: v.words.T("web.piece." + string(p.State)), Class: "done",
			URL: "/collect/" + string(name) + "/pieces/" + p.ID, Mark: pieceMark(p.ID), Waiting: p.State == assess.PieceWaiting,
			Mapping: mappingBy(&p),
		}
		if row.Waiting {
			row.Class = "open"
		} else {
			row.Done = v.words.T("web.piece.done", "by", p.By, "at", s.moment(p.ClosedAt), "note", p.Note)
			if p.State == assess.PieceReplayed { // then the note names the run
				row.Done = v.words.T("web.piece.ended", "by", p.By, "at", s.moment(p.ClosedAt))
				row.Run = "/collect/" + string(name) + "?" + url.Values{"run": {p.Note}}.Encode()
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// pieceMark is where a piece stands on the page of its source.
func pieceMark(id string) string { return "piece-" + id }

// mappingBy answers the address of the mapping of a source with a piece as its sample.
func mappingBy(p *assess.HeldPiece) string {
	return "/collect/" + string(p.Source) + "/mapping?" + url.Values{"piece": {p.ID}}.Encode()
}

// pieceOf answers the piece in the address, if it is its source's.
func (s *site) pieceOf(r *http.Request, id string) (assess.HeldPiece, error) {
	name := assess.Code(mux.Vars(r)["source"])
	p, err := s.Quarantine.Book.HeldPiece(r.Context(), id)
	if err == nil && p.Source != name {
		err = assess.NotFound("problem.no_piece", "there is no such piece; it was kept too long, or never was: choose one from the list")
	}
	return p, err
}

// sendPiece hands a piece out as it came: to be saved, never to be opened as a page. Who took it stands in the audit log.
func (s *site) sendPiece(w http.ResponseWriter, r *http.Request) error {
	p, err := s.pieceOf(r, mux.Vars(r)["piece"])
	if err != nil {
		return err
	}
	data, err := s.Quarantine.Bytes(p)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		line := s.line(r, visitFrom(r).user, "piece.read", p.ID)
		line.Unit = p.Unit
		if err := s.Audit.Record(r.Context(), line); err != nil {
			return fmt.Errorf("piece %s: %w", p.ID, err)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", evidence.Disposition(p.Name[strings.LastIndexAny(p.Name, "/\\")+1:]))
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data) // who went away asks again
	return nil
}

// dealPiece tries a piece again, takes it, or drops it with a reason.
func (s *site) dealPiece(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "do", "reason", "newer", "tried"); err != nil {
		return err
	}
	p, err := s.pieceOf(r, mux.Vars(r)["piece"])
	if err != nil {
		return err
	}
	switch r.PostForm.Get("do") {
	case "try":
		return s.tryPiece(w, r, p)
	case "take":
		return s.takePiece(w, r, p)
	case "drop":
		return s.dropPiece(w, r, p)
	}
	return errField("do")
}

// again is how the form wants a piece read.
func again(r *http.Request, dryRun bool) collect.Again {
	return collect.Again{By: visitFrom(r).user.Name, DryRun: dryRun, Newer: r.PostForm.Get("newer") != ""}
}

// outcomeOf writes what would become of a piece, so that who takes it takes what was shown: also the same number of figures, read a
// thousandfold by a mapping that somebody has changed meanwhile, is something else.
func outcomeOf(r collect.Report) string {
	sum := sha256.New()
	for _, d := range r.Decisions {
		fmt.Fprintf(sum, "%v %s %s %q\n", d.CellKey, d.Outcome, d.State, d.Value)
	}
	return fmt.Sprintf("%d.%d.%d.%d.%x", r.New, r.Changed, r.Same, r.Refused, sum.Sum(nil)[:8])
}

// tryPiece says what would become of a piece.
func (s *site) tryPiece(w http.ResponseWriter, r *http.Request, p assess.HeldPiece) error {
	v, how := visitFrom(r), again(r, true)
	report, err := s.Quarantine.Replay(r.Context(), p, how, s.Now())
	if err != nil {
		return err
	}
	tried := &pieceRow{ID: p.ID, Newer: how.Newer, Outcome: outcomeOf(report), Ready: report.New+report.Changed+report.Same > 0}
	tried.Tried = v.words.T("web.piece.tried", "new", report.New, "changed", report.Changed, "same", report.Same, "refused", report.Refused)
	if len(report.Rejected) > 0 {
		tried.Tried += " " + report.Rejected[0].Place.String() + ": " + v.problem(report.Rejected[0].Problem)
	}
	return s.drawSource(w, r, tried)
}

// takePiece takes a piece that was tried, if what would become of it is still what was shown then.
func (s *site) takePiece(w http.ResponseWriter, r *http.Request, p assess.HeldPiece) error {
	now := s.Now()
	report, err := s.Quarantine.Replay(r.Context(), p, again(r, true), now)
	if err != nil {
		return err
	}
	if r.PostForm.Get("tried") != outcomeOf(report) {
		return assess.Conflict("problem.piece_untried", "a piece is tried before it is taken, and what would become of this one was not shown or has changed since; try it again")
	}
	if report, err = s.Quarantine.Replay(r.Context(), p, again(r, false), now); err != nil {
		return err
	}
	http.Redirect(w, r, "/collect/"+string(p.Source)+"?"+url.Values{"run": {report.ID}}.Encode(), http.StatusSeeOther)
	return nil
}

func (s *site) dropPiece(w http.ResponseWriter, r *http.Request, p assess.HeldPiece) error {
	reason := strings.TrimSpace(r.PostForm.Get("reason"))
	switch {
	case reason == "":
		return assess.Invalid("problem.piece_reason", "a piece is dropped with a reason; say why it is not wanted")
	case utf8.RuneCountInString(reason) > longestReason:
		return assess.Invalid("problem.text_long", fmt.Sprintf("reason has more than %d characters; shorten it", longestReason), "field", "reason", "limit", strconv.Itoa(longestReason))
	}
	v := visitFrom(r)
	p.State, p.By, p.ClosedAt, p.Note = assess.PieceDropped, v.user.Name, s.Now(), reason
	line := s.line(r, v.user, "piece.drop", p.ID)
	line.Unit, line.After = p.Unit, reason
	if err := s.Quarantine.Book.ClosePiece(r.Context(), p, line); err != nil {
		return err
	}
	http.Redirect(w, r, "/collect/"+string(p.Source)+"#pieces", http.StatusSeeOther)
	return nil
}

// pieceRoutes are what the sources sent and was refused.
func (s *site) pieceRoutes() []route {
	const at = "/collect/{source" + codePart + "}/pieces/{piece" + idPart + "}"
	return []route{
		{"GET", at, whoMay(account.Collect), s.sendPiece},
		{"POST", at, whoMay(account.Collect), s.dealPiece},
	}
}
