package meter

import (
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requests counts what is asked of the server. A route is its name as the program declares it, never the address that was asked for: that
// may hold a unit, and there is no end to them.
type requests struct {
	all      *prometheus.CounterVec
	duration *prometheus.HistogramVec
	open     prometheus.Gauge
}

func newRequests(to *prometheus.Registry) requests {
	r := requests{
		all: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "unionboard_http_requests_total", Help: "Requests by route and class of the answer's status.",
		}, []string{"route", "class"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "unionboard_http_duration_seconds", Help: "How long requests took, by kind of route: page, change, file, api or asset.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"kind"}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "unionboard_http_in_flight", Help: "Requests under way."}),
	}
	to.MustRegister(r.all, r.duration, r.open)
	return r
}

// Begin counts a request that has begun; what it answers counts its end.
func (m *Meter) Begin() func(route string, status int, took time.Duration) {
	m.requests.open.Inc()
	return func(route string, status int, took time.Duration) {
		m.requests.open.Dec()
		if route == "" {
			route = "none"
		}
		m.requests.all.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
		m.requests.duration.WithLabelValues(kindOf(route)).Observe(took.Seconds())
	}
}

// kindOf answers the kind of a route by its name, METHOD /path.
func kindOf(route string) string {
	method, path, _ := strings.Cut(route, " ")
	switch {
	case strings.HasPrefix(path, "/api/"):
		return "api"
	case strings.HasPrefix(path, "/assets/") || path == "/healthz" || path == "/readyz":
		return "asset"
	case method == "POST":
		return "change"
	case strings.Contains(path[strings.LastIndexByte(path, '/')+1:], "}."), strings.HasSuffix(path, ".xlsx"), strings.HasSuffix(path, ".csv"):
		return "file"
	}
	return "page"
}
