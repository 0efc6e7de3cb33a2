package source_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/source"
)

// newsServer answers a value under a version, and 304 to who has it already.
type newsServer struct {
	value, tag, modified string
	ignores              bool // conditions are not looked at
	asked                []string
}

func (s *newsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.Header.Get("If-None-Match")+"|"+r.Header.Get("If-Modified-Since"))
	if s.tag != "" {
		w.Header().Set("ETag", s.tag)
	}
	if s.modified != "" {
		w.Header().Set("Last-Modified", s.modified)
	}
	if !s.ignores && (s.tag != "" && r.Header.Get("If-None-Match") == s.tag || s.tag == "" && s.modified != "" && r.Header.Get("If-Modified-Since") == s.modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	sendJSON(w, pageOf("210102", "2026Q1", s.value, "null"))
}

// news is a source over a newsServer that is asked again and again.
type news struct {
	*newsServer
	t      *testing.T
	source *source.HTTP
	now    time.Time
}

func newNews(t *testing.T, s *newsServer) *news {
	server := serve(t, s.ServeHTTP)
	h, err := source.NewHTTP(source.HTTPConfig{Name: "a", URL: server.URL, Format: source.JSON, AllowLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	return &news{newsServer: s, t: t, source: h, now: time.Date(2026, 4, 2, 6, 30, 0, 0, time.UTC)}
}

// look asks once and answers what came, as value or "unchanged N", without telling that it was taken.
func (n *news) look(r source.Request) (string, source.Parcel) {
	n.t.Helper()
	r.Now = n.now
	parcels, err := n.source.Fetch(n.t.Context(), r)
	if err != nil || len(parcels) != 1 || parcels[0].Damage != nil {
		n.t.Fatalf("%+v, %v", parcels, err)
	}
	p := parcels[0]
	if len(p.Entries) == 0 {
		return fmt.Sprintf("unchanged %d", p.Unchanged), p
	}
	return p.Entries[0].Value, p
}

func (n *news) take(p source.Parcel, refused ...assess.Rejection) {
	n.t.Helper()
	if p.Settle == nil {
		return
	}
	if err := p.Settle(n.t.Context(), source.Receipt{Taken: 1, Refused: refused}); err != nil {
		n.t.Fatal(err)
	}
}

// What was taken is asked for only when it has changed; what was not taken, or not all of it, comes again.
func TestOnlyNewsIsAskedForOnceItWasTaken(t *testing.T) {
	for name, s := range map[string]*newsServer{
		"tag": {value: "5", tag: `"v1"`}, "time": {value: "5", modified: "Thu, 02 Apr 2026 07:30:00 GMT"}, // its clock is an hour ahead
		"both": {value: "5", tag: `W/"v1"`, modified: "Thu, 02 Apr 2026 05:30:00 GMT"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNews(t, s)
			want := func(what, want string, r source.Request) source.Parcel {
				t.Helper()
				got, p := n.look(r)
				if got != want {
					t.Errorf("%s: %s, want %s", what, got, want)
				}
				return p
			}
			first := want("first", "5", source.Request{})
			p := want("not committed", "5", source.Request{})
			n.take(p, assess.Rejection{})
			p = want("refused in part", "5", source.Request{})
			n.take(p)
			if p := want("taken", "unchanged 1", source.Request{}); p.Settle != nil || p.Digest != first.Digest {
				t.Errorf("unchanged: %+v", p)
			}
			want("asked for afresh", "5", source.Request{Afresh: true})
			n.now = n.now.Add(25 * time.Hour)
			want("after a day", "5", source.Request{})
			n.now = n.now.Add(-25 * time.Hour)
			n.value, n.tag, n.modified = "6", strings.Replace(n.tag, "v1", "v2", 1), strings.Replace(n.modified, ":30:", ":31:", 1)
			n.take(want("changed", "6", source.Request{}))
			want("taken again", "unchanged 1", source.Request{})
		})
	}
}

// A server that sends other figures under one version is believed for its figures and not for its versions.
func TestOtherBytesUnderOneTagAreTaken(t *testing.T) {
	n := newNews(t, &newsServer{value: "5", tag: `"v1"`, ignores: true})
	for i, value := range []string{"5", "6", "7", "7"} {
		n.value = value
		got, p := n.look(source.Request{})
		if got != value {
			t.Errorf("look %d: %s, want %s", i, got, value)
		}
		n.take(p)
	}
	if last := n.asked[len(n.asked)-1]; last != "|" {
		t.Errorf("a version that lied was asked for again: %s", last)
	}
}

// Of an answer of several pages the first speaks for itself alone, so all are asked for.
func TestPagesAreAlwaysAskedFor(t *testing.T) {
	asked := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		next := map[string]string{"": "?page=2", "2": "null"}[r.URL.Query().Get("page")]
		sendJSON(w, pageOf("210102", "2026Q1", "5", next))
	})
	h, err := source.NewHTTP(source.HTTPConfig{Name: "a", URL: server.URL, Format: source.JSON, AllowLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		parcels, err := h.Fetch(t.Context(), source.Request{})
		if err != nil || len(parcels[0].Entries) != 2 {
			t.Fatalf("%+v, %v", parcels, err)
		}
		if err := parcels[0].Settle(t.Context(), source.Receipt{Taken: 2}); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times, want 4", asked)
	}
}

// An answer tells when it was made, one of several pages when the first of them was: the gate must know what was overtaken on its way.
func TestAnAnswerTellsWhenItWasMade(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at, next := "2026-04-02T10:00:00+08:00", "?page=2"
		if r.URL.Query().Get("page") == "2" {
			at, next = "2026-04-02T09:00:00+08:00", "null"
		}
		sendJSON(w, strings.Replace(pageOf("210102", "2026Q1", "5", next), `"values"`, `"generated_at":"`+at+`","values"`, 1))
	})
	parcels, err := ask(t, server, nil)
	if want := time.Date(2026, 4, 2, 1, 0, 0, 0, time.UTC); err != nil || !parcels[0].Made.Equal(want) {
		t.Errorf("%+v, %v; want it made at %s", parcels, err, want)
	}
}

// Of an answer whose second page cannot be read both pages are kept, and nothing is taken; of one whose second page does not come, nothing is.
func TestPagesOfAnUnreadableAnswerAreKept(t *testing.T) {
	for name, tt := range map[string]struct {
		second http.HandlerFunc
		pieces int
	}{
		"unreadable": {func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `{"schema":`) }, 2},
		"not there":  {func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, 0},
	} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("page") == "2" {
				tt.second(w, r)
				return
			}
			sendJSON(w, pageOf("210102", "2026Q1", "5", "?page=2"))
		})
		parcels, err := ask(t, server, nil)
		if err != nil || parcels[0].Damage == nil || len(parcels[0].Entries) > 0 || len(parcels[0].Pieces) != tt.pieces {
			t.Errorf("%s: %+v, %v; want %d pieces", name, parcels, err, tt.pieces)
		}
	}
}

// What came whole and cannot be read is kept beside its fault; of what broke off nothing is.
func TestAnUnreadableAnswerIsKept(t *testing.T) {
	for name, tt := range map[string]struct {
		format source.Format
		kind   string
		body   string
		length string
		pieces int
	}{
		"a workbook":  {source.Workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK\x03\x04", "", 1},
		"broken JSON": {source.JSON, "application/json", `{"schema":`, "", 1},
		"cut":         {source.CSV, "text/csv", "unit,period", "1000", 0},
	} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", tt.kind)
			if tt.length != "" {
				w.Header().Set("Content-Length", tt.length)
			}
			_, _ = io.WriteString(w, tt.body)
		})
		parcels, err := ask(t, server, func(c *source.HTTPConfig) { c.Format = tt.format })
		if err != nil || parcels[0].Damage == nil || len(parcels[0].Pieces) != tt.pieces {
			t.Fatalf("%s: %+v, %v", name, parcels, err)
		}
		if tt.pieces == 1 && string(parcels[0].Pieces[0].Data) != tt.body {
			t.Errorf("%s: kept %q", name, parcels[0].Pieces[0].Data)
		}
	}
}
