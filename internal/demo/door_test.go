package demo

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// ask asks a district's system at a time.
func ask(c *City, u assess.UnitCode, query, token string, now time.Time) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/districts/"+string(u)+"/values?"+query, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	c.Handler(func() time.Time { return now }).ServeHTTP(w, r)
	return w
}

func TestASystemAnswersOnlyWhatWasHandedIn(t *testing.T) {
	c := cityOf(t, Seed, 8)
	p := quarter("2026Q1")
	_, handed, _ := c.handIn(heping, p)
	tests := []struct {
		name, query, token string
		now                time.Time
		unit               assess.UnitCode
		want               int
	}{
		{"before", "period=2026Q1", c.Token(heping), handed.Add(-time.Second), heping, http.StatusNotFound},
		{"at once", "period=2026Q1", c.Token(heping), handed, heping, http.StatusOK},
		{"without a token", "period=2026Q1", "", handed, heping, http.StatusUnauthorized},
		{"with another's token", "period=2026Q1", c.Token(shenhe), handed, heping, http.StatusUnauthorized},
		{"a bad period", "period=spring", c.Token(heping), handed, heping, http.StatusBadRequest},
		{"no such district", "period=2026Q1", c.Token(heping), handed, "999999", http.StatusNotFound},
		{"a district that drops sheets", "period=2026Q1", c.Token(faku), c.End(), faku, http.StatusNotFound},
		{"a dead system", "period=2026Q3", c.Token(liaozhong), c.End(), liaozhong, http.StatusServiceUnavailable},
		{"the dead system in better days", "period=2026Q1", c.Token(liaozhong), c.calendar.at(p, 12, 17, 0), liaozhong, http.StatusOK},
	}
	for _, tt := range tests {
		if got := ask(c, tt.unit, tt.query, tt.token, tt.now).Code; got != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestJSONComesInPages(t *testing.T) {
	c := cityOf(t, Seed, 8)
	p := quarter("2026Q1")
	var codes []assess.Code
	query, pages := "period=2026Q1", 0
	for query != "" {
		w := ask(c, shenbei, query, c.Token(shenbei), c.End())
		var body page
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		if body.Schema != "unionboard/values/1" || body.Unit != shenbei || body.Period != p {
			t.Fatalf("page %d says %s, %s, %s", pages+1, body.Schema, body.Unit, body.Period)
		}
		if pages == 0 && !strings.Contains(body.Values[0].Note, label) {
			t.Errorf("the first note is %q, without the label", body.Values[0].Note)
		}
		for _, v := range body.Values {
			codes = append(codes, v.Code)
		}
		query = ""
		if pages++; body.Next != nil {
			_, query, _ = strings.Cut(*body.Next, "?")
		}
	}
	rows, _ := c.rows(folder{districtSource(shenbei), p}, c.End())
	if pages < 2 || len(codes) != len(rows) || len(slices.Compact(slices.Sorted(slices.Values(codes)))) != len(codes) {
		t.Errorf("%d pages brought %d codes, want several with %d different ones", pages, len(codes), len(rows))
	}
}

func TestCSVHasTheTidyColumns(t *testing.T) {
	c := cityOf(t, Seed, 8)
	w := ask(c, dadong, "period=2026Q1", c.Token(dadong), c.End())
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"unit", "period", "code", "value", "state", "note", "part", "ref"}, rows[0]); diff != "" {
		t.Error(diff)
	}
	if len(rows) < 60 || rows[1][0] != "210104" || rows[1][1] != "2026Q1" || !strings.Contains(rows[1][5], label) {
		t.Errorf("%d rows, the first is %v", len(rows), rows[1])
	}
}

// A returned cell says one thing before the review and another after it.
func TestAReturnedCellIsFilledInAgain(t *testing.T) {
	c := cityOf(t, Seed, 8)
	r := report{shenbei, quarter("2026Q1")}
	value := func(now time.Time) string {
		rows, _ := c.rows(folder{districtSource(r.unit), r.period}, now)
		for _, row := range rows {
			if row.Item == "warmth_fund_ytd" {
				return row.value
			}
		}
		return ""
	}
	_, handed, _ := c.handIn(r.unit, r.period)
	before, after := value(handed), value(c.againAt(r))
	// In ten-thousand yuan first, then in yuan: 46.5 became 465000.
	if before == "" || len(before) >= len(after) || !strings.HasPrefix(after, strings.ReplaceAll(before, ".", "")[:2]) {
		t.Errorf("the fund was first %q, then %q", before, after)
	}
}

func TestSheetsAreDroppedWhenTheirTimeHasCome(t *testing.T) {
	c := cityOf(t, Seed, 8)
	whole, parts := t.TempDir(), t.TempDir()
	all, err := c.WriteDrop(whole, time.Time{}, c.End())
	if err != nil {
		t.Fatal(err)
	}
	var some []string
	after := time.Time{}
	for _, e := range c.Events() {
		files, err := c.WriteDrop(parts, after, e.At)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			info, err := os.Stat(f)
			if err != nil || info.ModTime().After(e.At) || !info.ModTime().After(after) && !after.IsZero() {
				t.Errorf("%s lies there at %s: %v", filepath.Base(f), e.At, err)
			}
		}
		some, after = append(some, files...), e.At
	}
	if diff := cmp.Diff(names(whole, all), names(parts, some)); diff != "" {
		t.Errorf("at once and step by step (-once +steps):\n%s", diff)
	}
	for _, f := range all {
		if base := filepath.Base(f); !strings.HasPrefix(base, "demo-") {
			t.Errorf("the file %s is not labelled", base)
		}
		body, err := os.ReadFile(f)
		if err != nil || !strings.Contains(string(body), label) {
			t.Errorf("%s has no label: %v", f, err)
		}
	}
}

func names(dir string, files []string) []string {
	var short []string
	for _, f := range files {
		rel, _ := filepath.Rel(dir, f)
		short = append(short, rel)
	}
	return short
}

func TestSourcesShareTheFiguresWithoutOverlap(t *testing.T) {
	c := cityOf(t, Seed, 8)
	plans := c.Sources("http://127.0.0.1:9", "drop")
	kinds := map[string]int{}
	by := map[assess.CellKey]assess.Code{}
	for _, p := range plans {
		kinds[p.Kind+" "+p.Format]++
		if (p.Kind == "http") != (p.URL != "" && p.Token != "") || (p.Kind == "drop") != (p.Folder != "") {
			t.Errorf("%s is of kind %s with address %q and folder %q", p.Name, p.Kind, p.URL, p.Folder)
		}
		for _, at := range c.folders.order {
			for _, f := range c.folders.figures[at] {
				if f.source != p.Name {
					continue
				}
				if other, ok := by[f.CellKey]; ok && other != p.Name {
					t.Errorf("%v comes from %s and %s", f.CellKey, other, p.Name)
				}
				by[f.CellKey] = p.Name
				item, known := c.model.edition.Item(f.Item)
				exempt := f.versions[0].state == assess.Exempt && slices.Contains(p.Supplies, assess.FromCity)
				if known && !exempt && !slices.Contains(p.Supplies, item.Origin) || !slices.Contains(p.Units, f.Unit) {
					t.Errorf("%s supplies %v, which it may not", p.Name, f.CellKey)
				}
			}
		}
	}
	if kinds["http json"] < 3 || kinds["http csv"] < 3 || kinds["drop csv"] < 10 {
		t.Errorf("kinds of source: %v", kinds)
	}
}
