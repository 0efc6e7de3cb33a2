package source_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/source"
)

// pageOf is a page of the JSON format with one figure.
func pageOf(unit, period, value, next string) string {
	if next != "null" {
		next = `"` + next + `"`
	}
	return fmt.Sprintf(`{"schema":"unionboard/values/1","unit":%q,"period":%q,"values":[{"code":"union_members","value":%q}],"next":%s}`,
		unit, period, value, next)
}

func sendJSON(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	io.WriteString(w, body)
}

// A table whose sender does not say how long it is, is whole when its last row has an end: 12 may be the beginning of 12345.
func TestATableWithoutAnEnd(t *testing.T) {
	for _, tt := range []struct {
		head, body, key string
	}{
		{"", "unit,period,code,value\n210102,2026Q1,union_members,12", "problem.source_unended"},
		{"", "unit,period,code,value\n210102,2026Q1,union_members,12\n", ""},
		{"", "unit,period,code,value\r\n210102,2026Q1,union_members,12\r\n", ""},
		{"Content-Length: 53\r\n", "unit,period,code,value\n210102,2026Q1,union_members,12", ""},
		{"Transfer-Encoding: chunked\r\n", "35\r\nunit,period,code,value\n210102,2026Q1,union_members,12\r\n0\r\n\r\n", ""},
	} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"+tt.head+"\r\n"+tt.body)
				c.Close()
			}
		})
		parcels, err := ask(t, server, func(c *source.HTTPConfig) { c.Format = source.CSV })
		if err != nil || len(parcels) != 1 {
			t.Fatal(parcels, err)
		}
		if p := parcels[0]; tt.key == "" && (p.Damage != nil || len(p.Entries) != 1) || tt.key != "" && (p.Damage == nil || p.Damage.Key != tt.key) {
			t.Errorf("%s%q: %v, %d rows", tt.head, tt.body, p.Damage, len(p.Entries))
		}
	}
}

// ask makes a source of a server and fetches once.
func ask(t *testing.T, server *httptest.Server, change func(*source.HTTPConfig)) ([]source.Parcel, error) {
	t.Helper()
	config := source.HTTPConfig{
		Name: "heping", URL: server.URL + "/values?period={period}", Format: source.JSON, AllowLoopback: true, Delay: time.Millisecond,
	}
	if change != nil {
		change(&config)
	}
	h, err := source.NewHTTP(config)
	if err != nil {
		t.Fatal(err)
	}
	return h.Fetch(t.Context(), source.Request{Periods: []assess.Period{assess.MustPeriod("2026Q1")}})
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func TestFetchAsksForEveryUnitAndPeriodWithItsToken(t *testing.T) {
	t.Setenv("HEPING_TOKEN", "s3cret")
	var asked []string
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		asked = append(asked, r.URL.String())
		sendJSON(w, pageOf(strings.TrimPrefix(r.URL.Path, "/u/"), r.URL.Query().Get("p"), "5", "null"))
	})
	h, err := source.NewHTTP(source.HTTPConfig{
		Name: "all", URL: server.URL + "/u/{unit}?p={period}", Format: source.JSON, AllowLoopback: true,
		Token: dial.Secret{Env: "HEPING_TOKEN"}, Units: []assess.UnitCode{"210102", "210103"},
	})
	if err != nil {
		t.Fatal(err)
	}
	parcels, err := h.Fetch(t.Context(), source.Request{Periods: []assess.Period{assess.NewQuarter(2025, 4), assess.NewYear(2025)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/u/210102?p=2025Q4", "/u/210102?p=2025", "/u/210103?p=2025Q4", "/u/210103?p=2025"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	for i, p := range parcels {
		if p.Damage != nil || len(p.Entries) != 1 || len(p.Digest) != 64 || p.Entries[0].Place.File != server.URL+strings.Split(want[i], "?")[0] {
			t.Errorf("parcel %d: %+v", i, p)
		}
	}
}

func TestPagesAreJoined(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"": "?page=2", "2": "/values?page=3", "3": "null"}[r.URL.Query().Get("page")]
		sendJSON(w, pageOf("210102", "2026Q1", "1"+r.URL.Query().Get("page"), next))
	})
	parcels, err := ask(t, server, nil)
	if err != nil || len(parcels) != 1 || parcels[0].Damage != nil {
		t.Fatal(parcels, err)
	}
	var values []string
	for _, e := range parcels[0].Entries {
		values = append(values, e.Value)
	}
	if diff := cmp.Diff([]string{"1", "12", "13"}, values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestCSVOverHTTPPacked(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, tidy)
		z.Close()
	})
	parcels, err := ask(t, server, func(c *source.HTTPConfig) { c.Format = source.CSV })
	if err != nil || len(parcels) != 1 || parcels[0].Damage != nil || len(parcels[0].Entries) != 2 {
		t.Errorf("%+v, %v", parcels, err)
	}
}

// An answer that speaks of another unit or period than was asked for is refused row by row.
func TestForeignAnswersAreRefused(t *testing.T) {
	for url, key := range map[string]string{"/{unit}": "problem.source_unit", "/{period}": "problem.source_period"} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) { sendJSON(w, pageOf("210103", "2026Q2", "5", "null")) })
		parcels, err := ask(t, server, func(c *source.HTTPConfig) {
			c.URL, c.Units = server.URL+url, []assess.UnitCode{"210102"}
		})
		if err != nil || len(parcels) != 1 || len(parcels[0].Entries) != 0 || len(parcels[0].Refused) != 1 {
			t.Fatalf("%+v, %v", parcels, err)
		}
		if got := parcels[0].Refused[0]; got.Problem.Key != key || got.Unit != "210103" || got.Value != "5" {
			t.Errorf("refused %+v, want %s", got, key)
		}
	}
}

// TestFaultyServer goes through the ways a source can fail: what is said, how often it is asked, and that nothing is taken.
func TestFaultyServer(t *testing.T) {
	hijack := func(w http.ResponseWriter, text string) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			io.WriteString(c, text)
			c.Close()
		}
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Error(w, "password of the source: hunter2", code) }
	}
	tests := []struct {
		name  string
		serve http.HandlerFunc
		key   string
		tries int32
	}{
		{"500", status(500), "problem.source_status", 3},
		{"503", status(503), "problem.source_status", 3},
		{"429", status(429), "problem.source_status", 3},
		{"busy for an hour", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, "problem.source_status", 3},
		{"404", status(404), "problem.source_not_found", 1},
		{"401", status(401), "problem.source_denied", 1},
		{"403", status(403), "problem.source_denied", 1},
		{"204", status(204), "problem.source_odd_status", 1},
		{"304", status(304), "problem.source_odd_status", 1},
		{"hangs before the head", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "problem.source_slow", 3},
		{"drips for ever", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
			}
		}, "problem.source_slow", 3},
		{"connection reset", func(w http.ResponseWriter, r *http.Request) { hijack(w, "") }, "problem.source_unreachable", 3},
		{"no HTTP", func(w http.ResponseWriter, r *http.Request) { hijack(w, "SSH-2.0-OpenSSH_9.2\r\n") }, "problem.source_unreachable", 3},
		{"cut body", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			sendJSON(w, pageOf("210102", "2026Q1", "5", "null"))
		}, "problem.source_cut", 3},
		{"cut chunks", func(w http.ResponseWriter, r *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sch")
		}, "problem.source_cut", 3},
		{"cut gzip", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			sendJSON(w, "\x1f\x8b\x08\x00\x00\x00\x00\x00")
		}, "problem.source_cut", 3},
		{"not gzip after all", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			sendJSON(w, pageOf("210102", "2026Q1", "5", "null"))
		}, "problem.source_cut", 3},
		{"unknown packing", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			sendJSON(w, "x")
		}, "problem.source_packed", 1},
		{"cut JSON of right length", func(w http.ResponseWriter, r *http.Request) {
			sendJSON(w, pageOf("210102", "2026Q1", "5", "null")[:60])
		}, "problem.json_syntax", 1},
		{"a sign-in page", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<form>")
		}, "problem.source_kind", 1},
		{"nonsense as kind", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "///")
			io.WriteString(w, "{}")
		}, "problem.source_kind", 1},
		{"huge", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for range 64 {
				w.Write(make([]byte, 1<<20))
			}
		}, "problem.too_large", 1},
		{"a bomb", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				z.Write(make([]byte, 1<<20))
			}
			z.Close()
		}, "problem.too_large", 1},
		{"redirects to itself", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusFound)
		}, "problem.source_redirects", 4},
		{"page loop", func(w http.ResponseWriter, r *http.Request) {
			next := "/values?n=1"
			if r.URL.Query().Get("n") == "1" {
				next = "/values?n=2"
			}
			sendJSON(w, pageOf("210102", "2026Q1", "5", next))
		}, "problem.source_loop", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var tries atomic.Int32
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				tries.Add(1)
				tt.serve(w, r)
			})
			parcels, err := ask(t, server, func(c *source.HTTPConfig) {
				c.Limit = 4 << 20
				if tt.key == "problem.source_slow" {
					c.Headers, c.Whole = 40*time.Millisecond, 80*time.Millisecond
				}
			})
			if err != nil || len(parcels) != 1 {
				t.Fatalf("%+v, %v", parcels, err)
			}
			p := parcels[0]
			if p.Damage == nil || p.Damage.Key != tt.key || len(p.Entries) > 0 {
				t.Fatalf("damage %+v, entries %v; want %s and nothing taken", p.Damage, p.Entries, tt.key)
			}
			if tries.Load() != tt.tries {
				t.Errorf("asked %d times, want %d", tries.Load(), tt.tries)
			}
			if text := p.Damage.Error(); !strings.HasPrefix(text, server.URL) || strings.Contains(text, "hunter2") || strings.Contains(text, "?") {
				t.Errorf("%q does not say where, or says too much", text)
			}
			if cause := p.Damage.Cause; cause != nil && strings.Contains(cause.Error(), "period=") { // for the log: no query, it may hold a key
				t.Errorf("the cause %q shows the query", cause)
			}
		})
	}
}

func TestAFailureThatPassesIsOvercome(t *testing.T) {
	var tries atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) < 3 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		sendJSON(w, pageOf("210102", "2026Q1", "5", "null"))
	})
	parcels, err := ask(t, server, nil)
	if err != nil || parcels[0].Damage != nil || len(parcels[0].Entries) != 1 {
		t.Errorf("%+v, %v", parcels, err)
	}
}

// Neither a redirect nor a next page leads to another host: the canary is never asked.
func TestNothingLeadsElsewhere(t *testing.T) {
	var hits atomic.Int32
	canary := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	for name, tt := range map[string]struct {
		key   string
		serve http.HandlerFunc
	}{
		"redirect": {"problem.source_redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, canary.URL, http.StatusFound) }},
		"next":     {"problem.source_next", func(w http.ResponseWriter, r *http.Request) { sendJSON(w, pageOf("1", "2026Q1", "5", canary.URL)) }},
		"other scheme": {"problem.source_next", func(w http.ResponseWriter, r *http.Request) {
			sendJSON(w, pageOf("1", "2026Q1", "5", "https://"+r.Host+"/"))
		}},
	} {
		parcels, err := ask(t, serve(t, tt.serve), nil)
		if err != nil || parcels[0].Damage == nil || parcels[0].Damage.Key != tt.key || len(parcels[0].Entries) > 0 {
			t.Errorf("%s: %+v, %v", name, parcels, err)
		}
	}
	t.Setenv("HTTP_PROXY", canary.URL) // proxy variables are ignored
	if _, err := ask(t, serve(t, func(w http.ResponseWriter, r *http.Request) {}), nil); err != nil {
		t.Error(err)
	}
	if hits.Load() > 0 {
		t.Errorf("the canary was asked %d times", hits.Load())
	}
}

func TestARedirectOnTheSameHostIsFollowed(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/values" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
			return
		}
		sendJSON(w, pageOf("210102", "2026Q1", "5", "null"))
	})
	if parcels, err := ask(t, server, nil); err != nil || parcels[0].Damage != nil {
		t.Errorf("%+v, %v", parcels, err)
	}
}

// Without allow_loopback this machine is not asked, also not under a name that resolves to it.
func TestLoopbackNeedsPermission(t *testing.T) {
	var hits atomic.Int32
	server := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	for _, host := range []string{"127.0.0.1", "localhost"} {
		parcels, err := ask(t, server, func(c *source.HTTPConfig) {
			c.AllowLoopback, c.URL = false, strings.Replace(c.URL, "127.0.0.1", host, 1)
		})
		if err != nil || parcels[0].Damage == nil || parcels[0].Damage.Key != "problem.address_loopback" {
			t.Errorf("%s: %+v, %v", host, parcels, err)
		}
	}
	if hits.Load() > 0 {
		t.Error("this machine was asked")
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	h, err := source.NewHTTP(source.HTTPConfig{Name: "a", URL: server.URL, Format: source.JSON, AllowLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if parcels, err := h.Fetch(ctx, source.Request{}); !errors.Is(err, context.Canceled) || parcels != nil {
		t.Errorf("%+v, %v; want the context's end", parcels, err)
	}
}

// When the time of the whole source is over, what has come is kept, and every unit that was not asked says so.
func TestWhatCameBeforeTheTimeWasOverIsKept(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("unit") == "210102" {
			w.Header().Set("Content-Type", "text/csv")
			io.WriteString(w, "unit,period,code,value\n210102,2026Q1,members,5\n")
			return
		}
		<-r.Context().Done()
	})
	h, err := source.NewHTTP(source.HTTPConfig{
		Name: "a", URL: server.URL + "/?unit={unit}", Format: source.CSV, Units: []assess.UnitCode{"210102", "210103", "210104"}, AllowLoopback: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	parcels, err := h.Fetch(ctx, source.Request{})
	if err != nil || len(parcels) != 3 || len(parcels[0].Entries) != 1 {
		t.Fatalf("%+v, %v; want one good answer of three", parcels, err)
	}
	for _, p := range parcels[1:] {
		if p.Damage == nil || p.Damage.Key != "problem.source_time" {
			t.Errorf("%+v, want that no time was left", p)
		}
	}
}

// Many small pages are bounded in rows, and so is one page.
func TestAnAnswerHasAtMostTenThousandRows(t *testing.T) {
	value := `{"code":"a","value":"1"}`
	page := func(rows int, next string) string {
		return `{"schema":"unionboard/values/1","unit":"210102","period":"2026Q1","values":[` + strings.Repeat(value+",", rows-1) + value + `],"next":` + next + `}`
	}
	for name, tt := range map[string]struct {
		rows int
		key  string
	}{"as many as there may be": {source.MostRows / 2, ""}, "one more on each page": {source.MostRows/2 + 1, "problem.too_many_rows"}, "too many at once": {source.MostRows + 1, "problem.too_many_rows"}} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			next := `"/?page=2"`
			if r.URL.Query().Get("page") == "2" {
				next = "null"
			}
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, page(tt.rows, next))
		})
		h, err := source.NewHTTP(source.HTTPConfig{Name: "a", URL: server.URL, Format: source.JSON, AllowLoopback: true})
		if err != nil {
			t.Fatal(err)
		}
		parcels, err := h.Fetch(t.Context(), source.Request{})
		if err != nil || len(parcels) != 1 {
			t.Fatalf("%s: %v, %v", name, parcels, err)
		}
		if p := parcels[0]; tt.key == "" && (p.Damage != nil || len(p.Entries) != source.MostRows) ||
			tt.key != "" && (p.Damage == nil || p.Damage.Key != tt.key || len(p.Entries) != 0) {
			t.Errorf("%s: %d rows, %v; want %q", name, len(p.Entries), p.Damage, tt.key)
		}
	}
}
