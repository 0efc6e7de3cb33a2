package meter

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/unionboard/unionboard/internal/assess"
)

// State is how an installation stands.
type State struct {
	assess.StoreState
	// Backup is when the newest backup was made, Certificate when that of the pages ends; zero where there is none.
	Backup, Certificate time.Time
	// Leads: of the servers on a database this one asks the sources and keeps the calendar.
	Leads bool
}

// Watch asks for the state of the installation at each scrape.
func (m *Meter) Watch(state func(ctx context.Context, now time.Time) (State, error)) {
	m.registry.MustRegister(watch{state})
}

// Say names the build of the program.
func (m *Meter) Say(version, revision string) {
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "unionboard_build_info", Help: "1; the labels say which program runs."}, []string{"version", "revision", "go"})
	info.WithLabelValues(version, revision, runtime.Version()).Set(1)
	m.registry.MustRegister(info)
}

// Job counts a run of a job of the clock that has ended.
func (m *Meter) Job(name string, ended time.Time, good bool) {
	if good {
		m.jobs.WithLabelValues(name).Set(float64(ended.Unix()))
		return
	}
	m.panics.WithLabelValues(name).Inc()
}

// watch makes gauges of the state.
type watch struct {
	ask func(ctx context.Context, now time.Time) (State, error)
}

// reading is one of the gauges; ok is false where there is nothing to say.
type reading struct {
	desc    *prometheus.Desc
	counter bool
	of      func(s State, now time.Time) (value float64, ok bool)
}

func always(of func(s State) float64) func(State, time.Time) (float64, bool) {
	return func(s State, _ time.Time) (float64, bool) { return of(s), true }
}

func readings() []reading {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return []reading{
		{desc("unionboard_store_bytes", "Size of the database."), false, always(func(s State) float64 { return float64(s.Database) })},
		{desc("unionboard_store_log_bytes", "Size of the write-ahead log."), false, always(func(s State) float64 { return float64(s.Log) })},
		{desc("unionboard_store_free_bytes", "Room on the disk of the data folder."), false, always(func(s State) float64 { return float64(s.Free) })},
		{desc("unionboard_store_reserve", "1 while the reserve for a full disk is kept."), false, always(func(s State) float64 { return truth(s.Reserve) })},
		{desc("unionboard_store_queue", "Changes that wait to be written."), false, always(func(s State) float64 { return float64(s.Waiting) })},
		{desc("unionboard_store_transactions_total", "Transactions that were written."), true, always(func(s State) float64 { return float64(s.Transactions) })},
		{desc("unionboard_store_transaction_seconds_total", "How long they took together."), true, always(func(s State) float64 { return s.Writing.Seconds() })},
		{desc("unionboard_leads", "1 on the server that asks the sources and keeps the calendar, 0 on those beside it."), false, always(func(s State) float64 { return truth(s.Leads) })},
		{desc("unionboard_sessions", "Sessions of people who are signed in."), false, always(func(s State) float64 { return float64(s.Sessions) })},
		{desc("unionboard_messages_waiting", "Mails and messages that wait to be sent."), false, always(func(s State) float64 { return float64(s.Messages) })},
		{desc("unionboard_backup_age_seconds", "Time since the newest backup; absent where there is none."), false, func(s State, now time.Time) (float64, bool) {
			return now.Sub(s.Backup).Seconds(), !s.Backup.IsZero()
		}},
		{desc("unionboard_certificate_ends_seconds", "Time until the certificate of the pages ends; absent where they have none."), false, func(s State, now time.Time) (float64, bool) {
			return s.Certificate.Sub(now).Seconds(), !s.Certificate.IsZero()
		}},
	}
}

// Describe implements prometheus.Collector.
func (w watch) Describe(to chan<- *prometheus.Desc) {
	for _, r := range readings() {
		to <- r.desc
	}
}

// Collect implements prometheus.Collector.
func (w watch) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askedTime)
	defer cancel()
	now, all := time.Now(), readings()
	s, err := w.ask(ctx, now)
	if err != nil {
		to <- prometheus.NewInvalidMetric(all[0].desc, err)
		return
	}
	for _, r := range all {
		kind := prometheus.GaugeValue
		if r.counter {
			kind = prometheus.CounterValue
		}
		if value, ok := r.of(s, now); ok {
			to <- prometheus.MustNewConstMetric(r.desc, kind, value)
		}
	}
}
