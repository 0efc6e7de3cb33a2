package meter_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/meter"
)

func TestMetrics(t *testing.T) {
	var broken error
	standings := func(_ context.Context, now time.Time) ([]assess.Standing, error) {
		return []assess.Standing{
			{Source: "heping", Good: now.Add(-time.Hour), Figures: now.Add(-48 * time.Hour), Stale: true},
			{Source: "shenhe", Health: assess.Health{Failures: 6, Sick: true}},
		}, broken
	}
	m := meter.New(standings, func() int { return 3 })
	begun := time.Date(2026, 4, 3, 6, 30, 0, 0, time.UTC)
	m.Observe(assess.Run{Source: "heping", State: assess.RunPartial, Started: begun, Finished: begun.Add(4 * time.Second), New: 2, Changed: 1, Same: 5, Refused: 1})
	m.Observe(assess.Run{Source: "heping", State: assess.RunDone, Started: begun, Finished: begun.Add(20 * time.Second), Same: 8})
	scrape := func(path string) (int, string) {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	code, text := scrape("/metrics")
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, text)
	}
	for _, line := range []string{
		`unionboard_runs_total{source="heping",state="partial"} 1`, `unionboard_runs_total{source="heping",state="done"} 1`,
		`unionboard_rows_total{outcome="same",source="heping"} 13`, `unionboard_rows_total{outcome="refused",source="heping"} 1`,
		`unionboard_run_duration_seconds_sum{source="heping"} 24`, `unionboard_run_duration_seconds_bucket{source="heping",le="5"} 1`,
		`unionboard_source_last_success_age_seconds{source="heping"} 3600`, `unionboard_source_figures_age_seconds{source="heping"} 172800`,
		`unionboard_source_stale{source="heping"} 1`, `unionboard_source_sick{source="heping"} 0`, `unionboard_source_sick{source="shenhe"} 1`,
		`unionboard_source_failures{source="shenhe"} 6`, `unionboard_queue 3`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if strings.Contains(text, `unionboard_source_last_success_age_seconds{source="shenhe"}`) {
		t.Error("a source without a good run has an age of its last success")
	}
	if code, _ := scrape("/"); code != http.StatusNotFound {
		t.Errorf("/ answers %d", code)
	}
	broken = errors.New("the database is gone")
	if code, _ := scrape("/metrics"); code != http.StatusInternalServerError {
		t.Errorf("without the database: status %d, want 500, so that the scrape counts as failed", code)
	}
}

func TestRequestsAndState(t *testing.T) {
	m := meter.New(func(context.Context, time.Time) ([]assess.Standing, error) { return nil, nil }, func() int { return 0 })
	leads := true
	var broken error
	m.Watch(func(_ context.Context, now time.Time) (meter.State, error) {
		return meter.State{
			StoreState: assess.StoreState{Database: 4096, Log: 32, Free: 1 << 30, Reserve: true, Waiting: 3, Transactions: 7, Writing: 2 * time.Second, Sessions: 5, Messages: 6},
			Backup:     now.Add(-time.Hour), Leads: leads,
		}, broken
	})
	m.Say("1.2.3", "abc")
	m.Job("calendar", time.Unix(1775000000, 0), true)
	m.Job("sweep", time.Unix(1775000000, 0), false)
	for _, one := range []struct {
		route  string
		status int
	}{{"GET /d/{unit}", 200}, {"GET /d/{unit}", 404}, {"POST /fill/{q}/cell", 303}, {"GET /export/{table}.{format}", 200}, {"GET /api/v1/units", 401}, {"", 404}, {"GET /healthz", 200}} {
		m.Begin()(one.route, one.status, 20*time.Millisecond)
	}
	m.Begin()
	scrape := func() (int, string) {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Code, w.Body.String()
	}
	_, text := scrape()
	for _, line := range []string{
		`unionboard_http_requests_total{class="2xx",route="GET /d/{unit}"} 1`, `unionboard_http_requests_total{class="4xx",route="GET /d/{unit}"} 1`,
		`unionboard_http_requests_total{class="4xx",route="none"} 1`, `unionboard_http_duration_seconds_count{kind="page"} 3`,
		`unionboard_http_duration_seconds_count{kind="change"} 1`, `unionboard_http_duration_seconds_count{kind="file"} 1`, `unionboard_http_duration_seconds_count{kind="api"} 1`,
		`unionboard_http_duration_seconds_count{kind="asset"} 1`, `unionboard_http_in_flight 1`, `unionboard_store_bytes 4096`, `unionboard_store_log_bytes 32`,
		`unionboard_store_reserve 1`, `unionboard_store_queue 3`, `unionboard_store_transactions_total 7`, `unionboard_store_transaction_seconds_total 2`,
		`unionboard_leads 1`, `unionboard_sessions 5`, `unionboard_messages_waiting 6`, `unionboard_backup_age_seconds 3600`, `unionboard_job_panics_total{job="sweep"} 1`,
		`unionboard_job_last_end_timestamp_seconds{job="calendar"} 1.775e+09`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if strings.Contains(text, "unionboard_certificate_ends_seconds") || strings.Contains(text, `unionboard_job_last_end_timestamp_seconds{job="sweep"}`) {
		t.Error("what there is not has a figure")
	}
	leads = false
	if _, text := scrape(); !strings.Contains(text, "\nunionboard_leads 0\n") {
		t.Error("a server beside the one that leads does not say so")
	}
	broken = errors.New("the database is gone")
	if code, _ := scrape(); code != http.StatusInternalServerError {
		t.Errorf("without the database: status %d, want 500", code)
	}
}
