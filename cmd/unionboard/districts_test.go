package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/seeds"
)

// districts plays the systems of a city's districts, which answer in small pieces, and knows what lies in their drop folder.
type districts struct {
	*httptest.Server
	period assess.Period
	items  []assess.Item
	slow   atomic.Bool
	pieces atomic.Int64 // sent since the last reset
}

// The districts and how they hand in. Only the last one's figures wait for review.
var (
	askedAsJSON   = []assess.UnitCode{"210102", "210103", "210106"}
	askedAsCSV    = []assess.UnitCode{"210104", "210105"}
	dropped       = []assess.UnitCode{"210111", "210112", "210113", "210114", "210181"}
	awaitingUnit  = assess.UnitCode("210103")
	refusedInPart = "210105" // a row of its answer must be refused
	sheetsPerUnit = 8
)

func playDistricts(t *testing.T) *districts {
	t.Helper()
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		t.Fatal(err)
	}
	d := &districts{period: oldQuarter()}
	for _, i := range edition.Items {
		if i.Origin == assess.FromDistrict && i.Frequency == assess.Quarterly && i.Type == assess.Count {
			d.items = append(d.items, i)
		}
	}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

// figure is what a district has of an item: always the same.
func (d *districts) figure(unit assess.UnitCode, item assess.Code) string {
	h := fnv.New32a()
	fmt.Fprint(h, unit, item)
	return fmt.Sprint(h.Sum32() % 5000)
}

// ServeHTTP answers /210102.json and /210104.csv in sixteen pieces.
func (d *districts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, kind, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), ".")
	body := d.csv(assess.UnitCode(name), d.items)
	if name == refusedInPart {
		body += fmt.Sprintf("%s,%s,no_such_item,1,\n", name, d.period)
	}
	w.Header().Set("Content-Type", "text/csv")
	if kind == "json" {
		body = d.json(assess.UnitCode(name))
		w.Header().Set("Content-Type", "application/json")
	}
	for piece := range slices.Chunk([]byte(body), len(body)/16+1) {
		if _, err := w.Write(piece); err != nil {
			return // the one who asked is dead
		}
		w.(http.Flusher).Flush()
		d.pieces.Add(1)
		if d.slow.Load() {
			time.Sleep(3 * time.Millisecond) // this is how slow a district's system is
		}
	}
}

func (d *districts) json(unit assess.UnitCode) string {
	type value struct {
		Code  assess.Code `json:"code"`
		Value string      `json:"value"`
	}
	page := struct {
		Schema string          `json:"schema"`
		Unit   assess.UnitCode `json:"unit"`
		Period string          `json:"period"`
		Values []value         `json:"values"`
		Next   *string         `json:"next"`
	}{Schema: "unionboard/values/1", Unit: unit, Period: d.period.String()}
	for _, i := range d.items {
		page.Values = append(page.Values, value{i.Code, d.figure(unit, i.Code)})
	}
	body, err := json.MarshalIndent(page, "", " ")
	if err != nil {
		panic(err)
	}
	return string(body)
}

func (d *districts) csv(unit assess.UnitCode, items []assess.Item) string {
	var b strings.Builder
	b.WriteString("unit,period,code,value,note\n")
	for _, i := range items {
		fmt.Fprintf(&b, "%s,%s,%s,%s,按台账\n", unit, d.period, i.Code, d.figure(unit, i.Code))
	}
	return b.String()
}

// drop puts the sheets of the dropping districts into a folder. Every other one has a row that must be refused, so that the file
// goes to refused/ and a copy of it into the archive.
func (d *districts) drop(t *testing.T, folder string) (sheets int) {
	t.Helper()
	old := time.Now().Add(-2 * time.Hour)
	for _, unit := range dropped {
		for part := range slices.Chunk(d.items, len(d.items)/sheetsPerUnit+1) {
			body := d.csv(unit, part)
			if sheets%2 == 1 {
				body += fmt.Sprintf("%s,%s,no_such_item,1,\n", unit, d.period)
			}
			path := filepath.Join(folder, fmt.Sprintf("%s-%02d.csv", unit, sheets))
			write(t, path, strings.TrimSuffix(body, "\n"), "")
			at := old.Add(time.Duration(sheets) * time.Second)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
			sheets++
		}
	}
	return sheets
}

// settings are the lines of a configuration that names all of them as sources, due at every full hour.
func (d *districts) settings() []string {
	lines := []string{"sources:"}
	ask := func(unit assess.UnitCode, format string) {
		authority := "accept"
		if unit == awaitingUnit {
			authority = "submit"
		}
		lines = append(lines,
			fmt.Sprintf("  - {name: district_%s, kind: http, url: '%s/%s.%s', format: %s,", unit, d.URL, unit, format, format),
			fmt.Sprintf("     units: ['%s'], allow_loopback: true, authority: %s, schedule: '0 * * * *'}", unit, authority))
	}
	for _, u := range askedAsJSON {
		ask(u, "json")
	}
	for _, u := range askedAsCSV {
		ask(u, "csv")
	}
	return append(lines, "  - {name: sheets, kind: drop, folder: drop, authority: accept, schedule: '0 * * * *'}")
}

// deadAddress answers an address at which nobody listens, nor will while the test lasts.
func deadAddress(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
}

// servePlain answers every request with a status and a page, and answers its address.
func servePlain(t *testing.T, status int, page string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
