package demo

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// pageSize is how many values a system writes at once; the rest is on the next page.
const pageSize = 40

// Handler plays the districts' systems: GET /districts/{unit}/values?period=2026Q1 answers what a system says at the time of
// clock, as JSON "unionboard/values/1" (with next pages) or as CSV with the tidy columns. It asks for the bearer token of the
// district. What was not handed in yet is not found; a system that is dead answers 503.
func (c *City) Handler(clock func() time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /districts/{unit}/values", func(w http.ResponseWriter, r *http.Request) { c.showValues(w, r, clock()) })
	return mux
}

func (c *City) showValues(w http.ResponseWriter, r *http.Request, now time.Time) {
	plan, ok := c.system(assess.UnitCode(r.PathValue("unit")))
	if !ok {
		refuse(w, http.StatusNotFound, "no such district in the demonstration")
		return
	}
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+plan.Token)) != 1 {
		w.Header().Set("WWW-Authenticate", `Bearer realm="demonstration"`)
		refuse(w, http.StatusUnauthorized, "send the district's token as bearer token")
		return
	}
	if c.deadAt(plan.Units[0], now) {
		refuse(w, http.StatusServiceUnavailable, "this system of the demonstration does not answer any more")
		return
	}
	p, err := assess.ParsePeriod(r.URL.Query().Get("period"))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	at := folder{plan.Name, p}
	rows, changed := c.rows(at, now)
	if len(rows) == 0 {
		refuse(w, http.StatusNotFound, fmt.Sprintf("nothing was handed in for %s yet", p))
		return
	}
	if plan.Format == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_ = writeRows(w, rows) // a reader that went away is told by its own broken connection
		return
	}
	showPage(w, r, at, rows, changed)
}

// system answers the plan of a district that is asked over HTTP.
func (c *City) system(u assess.UnitCode) (SourcePlan, bool) {
	for _, p := range c.sources {
		if p.Kind == "http" && p.Units[0] == u {
			return p, true
		}
	}
	return SourcePlan{}, false
}

// deadAt says whether a district's system has stopped answering.
func (c *City) deadAt(u assess.UnitCode, now time.Time) bool {
	s := c.model.story
	return u == s.dead && c.covers(s.deadSince) && now.After(s.deadSince.LastDay().In(zone()))
}

// page is a body of the form unionboard/values/1.
type page struct {
	Schema      string          `json:"schema"`
	Unit        assess.UnitCode `json:"unit"`
	Period      assess.Period   `json:"period"`
	GeneratedAt time.Time       `json:"generated_at"`
	Values      []value         `json:"values"`
	Next        *string         `json:"next"`
}

type value struct {
	Code  assess.Code  `json:"code"`
	Value string       `json:"value,omitempty"`
	State assess.State `json:"state,omitempty"`
	Note  string       `json:"note,omitempty"`
	Part  string       `json:"part,omitempty"`
	Ref   string       `json:"ref,omitempty"`
}

func showPage(w http.ResponseWriter, r *http.Request, at folder, rows []row, changed time.Time) {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	first := min((n-1)*pageSize, len(rows))
	last := min(first+pageSize, len(rows))
	body := page{Schema: "unionboard/values/1", Unit: rows[0].Unit, Period: at.period, GeneratedAt: changed, Values: []value{}}
	for _, each := range rows[first:last] {
		body.Values = append(body.Values, value{each.Item, each.value, each.state, each.note, each.Part, each.Ref})
	}
	if last < len(rows) {
		next := fmt.Sprintf("http://%s%s?period=%s&page=%d", r.Host, r.URL.Path, at.period, n+1)
		body.Next = &next
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers in one sentence why there is nothing.
func refuse(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"demonstration": sentence})
}
