package web

import (
	"context"
	"crypto/rand"
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
	"github.com/unionboard/unionboard/internal/source"
)

// Mappings are how what the sources send is read.
type Mappings interface {
	// SourceMapping answers the newest revision, Number 0 for a source that is read by the promised forms; SourceMappings all of them, oldest first.
	SourceMapping(ctx context.Context, name assess.Code) (assess.MappingRevision, error)
	SourceMappings(ctx context.Context, name assess.Code) ([]assess.MappingRevision, error)
	// PutSourceMapping keeps a new revision; one that does not follow the last is assess.ErrConflict.
	PutSourceMapping(ctx context.Context, m assess.MappingRevision, line assess.AuditLine) error
}

// Trier answers what would become of a piece of a source read by a mapping; a source that there is not is assess.ErrNotFound.
type Trier func(ctx context.Context, name assess.Code, p source.Piece, m *source.Mapping, now time.Time) (collect.Trial, error)

// mapped is the mapping of a source as somebody looks at it.
type mapped struct {
	v        *visit
	name     assess.Code
	revision assess.MappingRevision
	words    *source.Vocabulary // nil where nothing is defined yet
	edition  *assess.Edition
	sample   *assess.Upload    // nil for none
	held     *assess.HeldPiece // the piece that waits and is the sample; nil for an uploaded one
	mapping  *source.Mapping
	typed    url.Values // what was sent, nil for a page that was only looked at
	fault    *assess.Problem
	proposed bool // the mapping is a proposal
}

// openMapping answers the mapping of the source in the address, with the sample, or the piece that waits, which the address or the form names.
func (s *site) openMapping(r *http.Request, sample, piece string) (*mapped, error) {
	m := &mapped{v: visitFrom(r), name: assess.Code(mux.Vars(r)["source"])}
	if _, known := s.SourceTitles[m.name]; !known || m.name == source.ByHand {
		return nil, assess.NotFound("problem.no_source", fmt.Sprintf("there is no source %q; choose one from the list", m.name), "source", string(m.name))
	}
	var err error
	if m.revision, err = s.Mappings.SourceMapping(r.Context(), m.name); err != nil {
		return nil, err
	}
	m.mapping = &source.Mapping{}
	if m.revision.Text != "" {
		if m.mapping, err = source.ParseMapping(string(m.name), []byte(m.revision.Text)); err != nil {
			return nil, fmt.Errorf("mapping of %s: %w", m.name, err)
		}
	}
	if m.edition = s.editionFor(r, nil); m.edition != nil {
		m.words = source.VocabularyOf(m.edition)
	}
	if piece != "" {
		held, err := s.pieceOf(r, piece)
		if err != nil {
			return nil, err
		}
		data, err := s.Quarantine.Bytes(held)
		if err != nil {
			return nil, err
		}
		m.held, m.sample = &held, &assess.Upload{Name: held.Name, Content: data}
		return m, nil
	}
	if sample == "" {
		return m, nil
	}
	u, err := s.Uploads.Upload(r.Context(), sample, m.v.user.ID, s.Now())
	if err != nil {
		return nil, err
	}
	if u.Mark != sampleMark(m.name) || u.Content == nil {
		return nil, assess.NotFound("problem.no_upload", "the uploaded file is not there any more: it was replaced by another, or waited too long; upload it again")
	}
	m.sample = &u
	return m, nil
}

// sampleMark marks an upload as a sample of a source.
func sampleMark(name assess.Code) string { return "source " + string(name) }

func (m *mapped) piece() source.Piece {
	if m.held != nil {
		return source.Piece{Name: m.held.Name, Data: m.sample.Content, Form: source.Format(m.held.Form), Unit: m.held.Unit, Period: m.held.Period}
	}
	return source.Piece{Name: m.sample.Name, Data: m.sample.Content}
}

// address answers that of the page, with its sample.
func (m *mapped) address() string {
	at := "/collect/" + string(m.name) + "/mapping"
	if m.held != nil {
		return at + "?" + url.Values{"piece": {m.held.ID}}.Encode()
	}
	if m.sample != nil {
		at += "?" + url.Values{"sample": {m.sample.ID}}.Encode()
	}
	return at
}

// showMapping draws how a source is read. A sample of a source that has no mapping is shown as it would be proposed.
func (s *site) showMapping(w http.ResponseWriter, r *http.Request) error {
	m, err := s.openMapping(r, r.URL.Query().Get("sample"), r.URL.Query().Get("piece"))
	if err != nil {
		return err
	}
	if m.sample != nil && m.revision.Number == 0 {
		if err := s.proposeMapping(r, m); err != nil {
			return err
		}
	}
	return s.drawMapping(w, r, m, http.StatusOK)
}

func (s *site) proposeMapping(r *http.Request, m *mapped) error {
	if m.edition == nil || m.sample == nil {
		return nil
	}
	done, err := s.oneBook(r.Context())
	if err != nil {
		return err
	}
	defer done()
	proposal, err := source.Propose(m.piece(), m.edition)
	if fault := ofFile(err); fault != nil {
		m.fault = fault
		return nil
	}
	if err == nil {
		m.mapping, m.proposed = proposal, proposal.Columns != nil
	}
	return err
}

// takeSample keeps a file by which a mapping is looked at. Nothing of it is collected.
func (s *site) takeSample(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	m, err := s.openMapping(r, "", "")
	if err != nil {
		return err
	}
	now := s.Now()
	u := assess.Upload{ID: rand.Text(), Account: m.v.user.ID, Mark: sampleMark(m.name), AddedAt: now, ExpiresAt: now.Add(uploadWaits)}
	if err := receiveOne(r, &u); err != nil {
		fault := ofFile(err)
		if fault == nil {
			return err
		}
		m.fault = fault
		return s.drawMapping(w, r, m, http.StatusUnprocessableEntity)
	}
	if err := s.Uploads.KeepUpload(r.Context(), u); err != nil {
		return fmt.Errorf("sample of %s: %w", m.name, err)
	}
	m.sample = &u
	http.Redirect(w, r, m.address()+"#read", http.StatusSeeOther)
	return nil
}

// changeMapping looks at what was typed, proposes a mapping anew, or keeps it as a new revision with its reason.
func (s *site) changeMapping(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, mappingFields()...); err != nil {
		return err
	}
	form := r.PostForm
	m, err := s.openMapping(r, form.Get("sample"), form.Get("piece"))
	if err != nil {
		return err
	}
	m.typed = form
	typed, err := m.chosen()
	if err == nil {
		m.mapping = typed
		switch form.Get("do") {
		case "propose":
			m.typed = nil
			if err := s.proposeMapping(r, m); err != nil {
				return err
			}
		case "save":
			return s.saveMapping(w, r, m)
		}
		return s.drawMapping(w, r, m, http.StatusOK)
	}
	fault, status, ok := refusal(err)
	if !ok {
		return err
	}
	m.fault = fault
	return s.drawMapping(w, r, m, status)
}

func (s *site) saveMapping(w http.ResponseWriter, r *http.Request, m *mapped) error {
	reason := strings.TrimSpace(m.typed.Get("reason"))
	base, err := strconv.Atoi(m.typed.Get("base"))
	switch {
	case err != nil:
		return errField("base")
	case reason == "":
		err = assess.Invalid("problem.mapping_reason", "a change of the mapping needs its reason; say why it is changed")
	case utf8.RuneCountInString(reason) > longestReason:
		err = assess.Invalid("problem.text_long", fmt.Sprintf("reason has more than %d characters; shorten it", longestReason), "field", "reason", "limit", strconv.Itoa(longestReason))
	default:
		line := s.line(r, m.v.user, "source.mapping", string(m.name))
		line.After = fmt.Sprintf("revision %d: %s", base+1, reason)
		revision := assess.MappingRevision{Source: m.name, Number: base + 1, Reason: reason, By: m.v.user.Name, At: s.Now()}
		if revision.Text = m.mapping.Text(); revision.Text == (&source.Mapping{}).Text() {
			revision.Text = "" // the promised forms
		}
		err = s.Mappings.PutSourceMapping(r.Context(), revision, line)
	}
	if err == nil {
		http.Redirect(w, r, m.address()+"#kept", http.StatusSeeOther)
		return nil
	}
	fault, status, ok := refusal(err)
	if !ok {
		return err
	}
	m.fault = fault
	return s.drawMapping(w, r, m, status)
}

// longestReason is what a reason may have, in characters.
const longestReason = 1000

// mappingRoutes are how the sources are read.
func (s *site) mappingRoutes() []route {
	const at = "/collect/{source" + codePart + "}/mapping"
	return []route{
		{"GET", at, whoMay(account.Collect), s.showMapping},
		{"POST", at, whoMay(account.Collect), s.changeMapping},
		{"POST", at + "/sample", whoMay(account.Collect).upTo(bookForm), s.takeSample},
	}
}
