package meter

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/unionboard/unionboard/internal/assess"
)

// askedTime is how long a scrape may wait for the database.
const askedTime = 5 * time.Second

// Standings answers where the sources stand at a time.
type Standings func(ctx context.Context, now time.Time) ([]assess.Standing, error)

// Meter counts the runs of this process, and at each scrape asks where the sources stand: that is in the rows and outlives it. No figure
// of a unit is in a metric, only how many there were.
type Meter struct {
	registry *prometheus.Registry
	runs     *prometheus.CounterVec
	rows     *prometheus.CounterVec
	duration *prometheus.HistogramVec
	requests requests
	jobs     *prometheus.GaugeVec
	panics   *prometheus.CounterVec
}

// New makes a Meter. queued answers how many sources wait for their turn.
func New(standings Standings, queued func() int) *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "unionboard_runs_total", Help: "Collection runs by source and how they ended.",
		}, []string{"source", "state"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "unionboard_rows_total", Help: "Collected rows by source and what became of them.",
		}, []string{"source", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "unionboard_run_duration_seconds", Help: "How long collection runs took.", Buckets: []float64{.1, .5, 1, 5, 10, 30, 60, 120, 300, 600},
		}, []string{"source"}),
	}
	m.jobs = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "unionboard_job_last_end_timestamp_seconds", Help: "When a job of the clock last came to its end, in seconds since 1970.",
	}, []string{"job"})
	m.panics = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "unionboard_job_panics_total", Help: "Runs of a job of the clock that broke off by a fault of the program.",
	}, []string{"job"})
	m.requests = newRequests(m.registry)
	m.registry.MustRegister(m.runs, m.rows, m.duration, m.jobs, m.panics, standing{standings}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "unionboard_queue", Help: "Sources that wait for their turn."},
			func() float64 { return float64(queued()) }))
	return m
}

// Observe counts a run that has ended.
func (m *Meter) Observe(r assess.Run) {
	source := string(r.Source)
	m.runs.WithLabelValues(source, string(r.State)).Inc()
	for outcome, n := range map[string]int{"new": r.New, "changed": r.Changed, "same": r.Same, "refused": r.Refused} {
		m.rows.WithLabelValues(source, outcome).Add(float64(n))
	}
	if !r.Finished.IsZero() {
		m.duration.WithLabelValues(source).Observe(r.Finished.Sub(r.Started).Seconds())
	}
}

// Handler answers the metrics at /metrics.
func (m *Meter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 2 * askedTime}))
	return mux
}

// standing makes gauges of where the sources stand.
type standing struct{ ask Standings }

var (
	goodDesc    = gauge("unionboard_source_last_success_age_seconds", "Time since the last good run of a source; absent where there was none.")
	figuresDesc = gauge("unionboard_source_figures_age_seconds", "Time since figures last came from a source, new or known.")
	sickDesc    = gauge("unionboard_source_sick", "1 for a source that fails again and again.")
	staleDesc   = gauge("unionboard_source_stale", "1 for a source that should have been heard of.")
	failedDesc  = gauge("unionboard_source_failures", "Failed runs of a source in a row.")
)

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"source"}, nil)
}

// Describe implements prometheus.Collector.
func (s standing) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{goodDesc, figuresDesc, sickDesc, staleDesc, failedDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s standing) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askedTime)
	defer cancel()
	now := time.Now()
	all, err := s.ask(ctx, now)
	if err != nil {
		to <- prometheus.NewInvalidMetric(goodDesc, err)
		return
	}
	for _, one := range all {
		put := func(d *prometheus.Desc, value float64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, string(one.Source))
		}
		if !one.Good.IsZero() {
			put(goodDesc, now.Sub(one.Good).Seconds())
		}
		if !one.Figures.IsZero() {
			put(figuresDesc, now.Sub(one.Figures).Seconds())
		}
		put(sickDesc, truth(one.Sick))
		put(staleDesc, truth(one.Stale))
		put(failedDesc, float64(one.Failures))
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
