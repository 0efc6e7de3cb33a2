package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// runsShown is how many runs of a source its page lists.
const runsShown = 20

// rejectionRow is a refused row: where it stood, what it said, why not, and what can be done about it.
type rejectionRow struct {
	Place, Unit, Code, Value, Reason string
	Source, SourceURL                string // of the list of all sources
	Piece, Mapping                   string // addresses of the piece it stands in and of the mapping by it, "" where none waits
	More                             string // how many more were refused, after this one; "" for none
	whole                            bool   // it is of the whole source, not of a row of it
}

// sourceBody is what the page of a source shows.
type sourceBody struct {
	Sentence, State, Class, Problem string
	Source                          string // its code
	Runs                            []runRow
	Chosen                          *runRow // whose refused rows are shown; nil where there is none yet
	Rejected                        []rejectionRow
	Unlisted                        string // how many of them are not kept, in words
	Pages                           []link
	Mapping                         string // address of how it is read, "" for those who may not change it
	Ask                             string // address that asks it now
	Differs                         string // how many of its figures differ from what was signed; "" for none
	Pieces                          []pieceRow
}

// showSource shows where a source stands, its newest runs, and what one of them refused: the one in the address, else the newest.
func (s *site) showSource(w http.ResponseWriter, r *http.Request) error {
	return s.drawSource(w, r, nil)
}

// drawSource is showSource with a piece that was just tried; nil for none.
func (s *site) drawSource(w http.ResponseWriter, r *http.Request, tried *pieceRow) error {
	v, source := visitFrom(r), assess.Code(mux.Vars(r)["source"])
	unknown := assess.NotFound("problem.no_runs", fmt.Sprintf("there is no run of a source %q; choose one from the list", source), "source", string(source))
	runs, err := s.Runs.Runs(r.Context(), source, runsShown)
	if err != nil {
		return fmt.Errorf("runs of %s: %w", source, err)
	}
	body := sourceBody{Source: string(source)}
	stands, err := s.sourceStands(r, v, source, &body)
	if err != nil {
		return err
	}
	if len(runs) == 0 && !stands {
		return unknown
	}
	if chosen := cmp.Or(r.URL.Query().Get("run"), newest(runs)); chosen != "" {
		run, err := s.Runs.Run(r.Context(), chosen)
		if err != nil {
			return err
		}
		if run.Source != source {
			return unknown
		}
		if err := s.showRefused(r, v, &run, &body); err != nil {
			return err
		}
	}
	if err := s.showRuns(r, v, runs, &body); err != nil {
		return err
	}
	if body.Differs, err = s.differsFrom(r, source); err != nil {
		return err
	}
	if _, known := s.SourceTitles[source]; known && v.user.May(account.Collect, "") {
		body.Mapping = "/collect/" + string(source) + "/mapping"
		if body.Pieces, err = s.pieceRows(r, v, source); err != nil {
			return err
		}
		for i := range body.Pieces {
			if tried != nil && body.Pieces[i].ID == tried.ID {
				row := &body.Pieces[i]
				row.Tried, row.Outcome, row.Ready, row.Newer = tried.Tried, tried.Outcome, tried.Ready, tried.Newer
			}
		}
	}
	return s.render(w, r, http.StatusOK, "source", page{Title: v.words.T("web.collect.source", "name", s.sourceName(v, source)), Body: body, Style: "work.css"})
}

func newest(runs []assess.Run) string {
	if len(runs) == 0 {
		return ""
	}
	return runs[0].ID
}

// sourceStands says where a source stands; false for one that is nowhere known.
func (s *site) sourceStands(r *http.Request, v *visit, source assess.Code, body *sourceBody) (bool, error) {
	now := s.Now()
	all, err := s.Collecting.Standings(r.Context(), now)
	if err != nil {
		return false, fmt.Errorf("where the sources stand: %w", err)
	}
	at := slices.IndexFunc(all, func(one assess.Standing) bool { return one.Source == source })
	if at < 0 {
		return false, nil
	}
	one := &all[at]
	row := s.sourceRow(v, one, 0, now)
	body.State, body.Class, body.Ask = row.State, row.Class, row.Ask
	said := []string{v.words.T("web.source.never")}
	if row.Good != "" {
		said[0] = v.words.T("web.source.good", "at", row.Good)
	}
	if row.Fresh != "" {
		said = append(said, v.words.T("web.source.fresh", "age", row.Fresh))
	}
	switch {
	case row.Next != "":
		said = append(said, v.words.T("web.source.next", "at", row.Next))
	case one.Declared:
		said = append(said, v.words.T("web.source.by_hand"))
	case one.Last.Door != assess.DoorPush && one.Last.Door != assess.DoorImport: // those come by themselves
		said = append(said, v.words.T("web.source.gone"))
	}
	body.Sentence = strings.Join(said, v.words.T("common.space"))
	return true, nil
}

// showRefused shows what a run refused.
func (s *site) showRefused(r *http.Request, v *visit, run *assess.Run, body *sourceBody) error {
	row := s.runRow(v, run)
	body.Chosen = &row
	rows, err := s.refusedRows(r, v, run)
	if err != nil {
		return err
	}
	if more := run.Refused - len(rows); more > 0 {
		body.Unlisted = v.words.T("web.collect.unlisted", "n", more)
	}
	body.Rejected, body.Pages = paged(v, rows, r.URL.Query().Get("page"))
	return nil
}

// showRuns lists runs. The reason why one failed is kept in English; in the reader's words it stands with what it refused.
func (s *site) showRuns(r *http.Request, v *visit, runs []assess.Run, body *sourceBody) error {
	for i := range runs {
		if runs[i].State == assess.RunFailed && runs[i].Refused > 0 {
			run, err := s.Runs.Run(r.Context(), runs[i].ID)
			if err != nil {
				return fmt.Errorf("run %s: %w", runs[i].ID, err)
			}
			runs[i].Rejected = run.Rejected
		}
		row := s.runRow(v, &runs[i])
		row.Current = body.Chosen != nil && runs[i].ID == body.Chosen.id
		row.URL += "?" + url.Values{"run": {runs[i].ID}}.Encode() + "#refused"
		body.Runs = append(body.Runs, row)
	}
	return nil
}

// refusedRows words what a run refused, with the ways to mend it for those who may.
func (s *site) refusedRows(r *http.Request, v *visit, run *assess.Run) ([]rejectionRow, error) {
	var held []assess.HeldPiece
	if v.user.May(account.Collect, "") && len(run.Rejected) > 0 {
		var err error
		if held, err = s.Quarantine.Book.HeldPieces(r.Context(), run.Source); err != nil {
			return nil, fmt.Errorf("pieces of %s: %w", run.Source, err)
		}
	}
	edition := s.editionFor(r, nil)
	var rows []rejectionRow
	for _, x := range run.Rejected {
		row := rejectionRow{
			Place: x.Place.String(), Unit: string(x.Unit), Code: string(x.Code), Value: x.Value,
			whole: x.Place.Line == 0 && x.Value == "" && x.Code == "",
		}
		if x.Problem != nil {
			row.Reason = v.problem(x.Problem)
		}
		if edition != nil {
			if u, ok := edition.Roster.Unit(x.Unit); ok {
				row.Unit = u.Name.In(v.lang())
			}
		}
		for i := range held {
			if p := &held[i]; p.Run == run.ID && p.State == assess.PieceWaiting && p.Name == fileOf(x.Place) {
				row.Piece, row.Mapping = "/collect/"+string(run.Source)+"#"+pieceMark(p.ID), mappingBy(p)
				break
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fileOf answers the file or address a place is in, without the sheet.
func fileOf(at assess.Place) string {
	if name, _, ok := strings.Cut(strings.TrimPrefix(at.File, "["), "]"); ok && strings.HasPrefix(at.File, "[") {
		return name
	}
	return at.File
}
