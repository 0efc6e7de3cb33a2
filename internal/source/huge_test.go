package source_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/source"
)

// zeros are bytes for ever.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// Row 45: what a source sends beyond the limit is not read. All that is allocated for a body of a gigabyte, said beforehand or not,
// packed or not, or for one without an end, is less than 64 MB; so at no moment can more be held.
func TestAGigabyteCostsLittle(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.CopyN(z, zeros{}, 16<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Repeat(packed.Bytes(), 64) // what is packed may be packed one behind the other
	buffer := make([]byte, 64<<10)
	send := func(w io.Writer, n int64) {
		for sent := int64(0); sent < n; sent += int64(len(buffer)) {
			if _, err := w.Write(buffer); err != nil {
				return
			}
		}
	}
	for name, tt := range map[string]struct {
		serve http.HandlerFunc
		key   string
	}{
		"said": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(1<<30))
			send(w, 1<<30)
		}, "problem.too_large"},
		"not said": {func(w http.ResponseWriter, r *http.Request) { send(w, 1<<30) }, "problem.too_large"},
		"bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		}, "problem.too_large"},
		"head without an end": {func(w http.ResponseWriter, r *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
			for err == nil {
				_, err = c.Write(bytes.Repeat([]byte("x"), 4096))
			}
		}, "problem.source_unreachable"},
	} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			tt.serve(w, r)
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		parcels, err := ask(t, server, nil)
		runtime.ReadMemStats(&after)
		if err != nil || len(parcels) != 1 || parcels[0].Damage == nil || parcels[0].Damage.Key != tt.key || len(parcels[0].Pieces) > 0 {
			t.Errorf("%s: %+v, %v; want %s", name, parcels, err, tt.key)
		}
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown >= 64 {
			t.Errorf("%s: %d MiB were allocated", name, grown)
		}
	}
}

// An answer that comes a byte at a time ends with the time for the whole of it.
func TestASlowDripEnds(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, b := range []byte(pageOf("210102", "2026Q1", "5", "null")) {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
			if _, err := w.Write([]byte{b}); err != nil {
				return
			}
			if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return
			}
		}
	})
	parcels, err := ask(t, server, func(c *source.HTTPConfig) { c.Whole, c.Tries = 100*time.Millisecond, 1 })
	if err != nil || parcels[0].Damage == nil || parcels[0].Damage.Key != "problem.source_slow" || len(parcels[0].Entries)+len(parcels[0].Pieces) > 0 {
		t.Errorf("%+v, %v", parcels, err)
	}
}
