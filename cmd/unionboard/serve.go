package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/meter"
	"github.com/unionboard/unionboard/internal/schedule"
	"github.com/unionboard/unionboard/internal/serving"
	"github.com/unionboard/unionboard/internal/store"
)

const (
	defaultAddress = "127.0.0.1:8080"
	// demoSchedule is when the demonstration's sources are asked while it is served.
	demoSchedule = "17 * * * *"
	// calendarSchedule is when the collections of the periods move on by their calendar.
	calendarSchedule = "*/10 * * * *"
	// shutdownTime is how long requests and runs under way may take to end.
	shutdownTime = 20 * time.Second
)

func newServe(io streams) *cobra.Command {
	var dir, addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the pages and collect on schedule",
		Long: "Serve the pages and collect on schedule, until it is ended by Ctrl-C or a signal. At 127.0.0.1 only this machine reaches it. Another address\n" +
			"is served over https, by a certificate or a proxy that the configuration names, or with plain_http: true on a network that is trusted. While it\n" +
			"runs the data folder is its own: other commands on it but backup, doctor and check are refused. See docs/server.md.",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := openPatiently(cmd.Context(), dir, io)
			if err != nil {
				return err
			}
			defer a.close()
			if cmd.Flags().Changed("addr") {
				a.config.Addr = addr
			}
			listener, err := listen(a.config.Addr)
			if err != nil {
				return err
			}
			defer listener.Close()
			return a.serve(cmd.Context(), io, listener)
		},
	}
	dataFlag(cmd, &dir)
	cmd.Flags().StringVar(&addr, "addr", defaultAddress, "address to serve at; wins over the configuration file")
	return cmd
}

// How long a server that is started waits for its database, and how often it asks. After a power cut that of another machine may come minutes later;
// whoever started this one – systemd gives up after five failures – need not be asked again.
const (
	databaseComes = 5 * time.Minute
	databaseAsked = 2 * time.Second
)

// openPatiently opens an installation to be served, whose PostgreSQL may still be starting.
func openPatiently(ctx context.Context, dir string, io streams) (*app, error) {
	before, said := stepOf(ctx, dir), false
	for begun := time.Now(); ; {
		a, err := openApp(ctx, dir, io.err)
		if err == nil {
			sayUpgrade(ctx, io, dir, before)
			return a, nil
		}
		if !store.IsAway(err) || time.Since(begun) > databaseComes {
			return nil, err
		}
		if !said {
			fmt.Fprintf(io.err, "waiting         %s\n", explain(err))
			said = true
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(databaseAsked):
		}
	}
}

// stepOf answers the step that the tables in a data folder are at; 0 where they stand elsewhere or cannot be read, of which opening says more.
func stepOf(ctx context.Context, dir string) (step int64) {
	if c, err := config.Read(dir); err != nil || c.Database != "" {
		return 0
	}
	s, err := store.Look(ctx, dir)
	if err != nil {
		return 0
	}
	defer func() { _ = s.Leave() }() // nothing was written
	if step, _, err = s.Steps(ctx); err != nil {
		return 0
	}
	return step
}

// sayUpgrade says that the tables, which were at a step, were brought up to date, and where their copy of before lies.
func sayUpgrade(ctx context.Context, io streams, dir string, before int64) {
	if now := stepOf(ctx, dir); 0 < before && before < now {
		fmt.Fprintf(io.err, "upgraded        the tables, from step %d to %d; as they were before they lie in %s\n", before, now, filepath.Join(dir, store.BackupsFolder, store.OlderName(before)))
	}
}

// listen takes the address, so that a busy port is said at once and in words.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, assess.Unavailable("problem.port_busy",
			fmt.Sprintf("another program listens at %s already; end it, or choose another address with --addr, for example --addr 127.0.0.1:0 for any free port", addr), "addr", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, assess.Unavailable("problem.port_denied",
			fmt.Sprintf("this account may not listen at %s; choose a port above 1023 with --addr", addr), "addr", addr)
	case err != nil:
		return nil, wrongUse("--addr %s: %s; write host and port, as 127.0.0.1:8080", addr, err)
	}
	return l, nil
}

// serve answers requests and collects on schedule until the context ends; then it lets what is under way end.
func (a *app) serve(ctx context.Context, io streams, listener net.Listener) error {
	limitMemory()
	city, err := a.demoCity()
	if err != nil {
		return err
	}
	a.served = listener.Addr().String()
	a.config.PlainHTTP = (a.config.PlainHTTP || city != nil) && a.config.TLS == (config.TLS{})
	keys, err := a.safeToServe(listener)
	if err != nil {
		return err
	}
	setup, err := a.setup(ctx, io, listener.Addr().String())
	if err != nil {
		return err
	}
	leave, err := a.arrive(ctx, time.Now())
	if err != nil {
		return err
	}
	defer leave()
	jobs, err := a.takeOver(ctx, city != nil)
	if err != nil {
		return err
	}
	stopDemo, err := a.addJobs(jobs, city)
	if err != nil {
		return err
	}
	defer stopDemo()
	a.prepared = make(chan struct{})
	pages, err := a.handler(city, setup)
	if err != nil {
		return err
	}
	a.collecting.meter.Say(version, thisBuild().Revision)
	a.collecting.meter.Watch(func(ctx context.Context, now time.Time) (meter.State, error) { return a.state(ctx, now, keys) })
	stopBeside, err := a.serveBeside()
	if err != nil {
		return err
	}
	defer stopBeside()
	server := serving.New(a.serving(pages, keys), listener)
	endAudit, err := a.beginAudit(ctx, time.Now(), pages)
	if err != nil {
		return err
	}
	defer endAudit()
	jobs.Start()
	go a.tend(ctx)
	failed := make(chan error, 1)
	go a.begin(ctx, city == nil)
	stopFiles := a.makeFiles(ctx)
	defer stopFiles()
	go func() { failed <- server.Serve() }()
	fmt.Fprintf(io.out, "serving at %s\n", server.Address())
	if keys == nil && !a.config.PlainHTTP && len(a.config.TrustedProxies) == 0 {
		fmt.Fprintln(io.err, "sign-in from other machines needs https: set tls, or trusted_proxies for a proxy in front of this address; plain_http: true allows it without")
	}
	select {
	case err := <-failed:
		jobs.Stop(ctx)
		return err
	case <-ctx.Done():
	}
	a.log.Info("ending: letting requests and collections under way end")
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = server.Shutdown(ending)
	jobs.Stop(ending)
	a.collecting.stop(ending)
	return err
}

// takeOver puts in order what an earlier process has left behind, and schedules the care of what is kept.
func (a *app) takeOver(ctx context.Context, demonstration bool) (*schedule.Scheduler, error) {
	// A database in the folder is ours alone: whoever collected in it before is gone. On a PostgreSQL others may be at work: leases end by their time.
	if !a.shared() {
		if err := a.store.EndLeases(ctx); err != nil {
			return nil, err
		}
	}
	if err := a.store.DropOpenReceipts(ctx, time.Now()); err != nil {
		return nil, err
	}
	a.sealAgain(ctx, time.Now(), a.care().Reseal)
	a.lead = a.lease()
	jobs := schedule.New(schedule.Config{Lease: a.lead, Log: a.log, Ended: a.collecting.meter.Job})
	if err := a.careForFiles(ctx, jobs); err != nil {
		return nil, err
	}
	return jobs, errors.Join(a.sweep(jobs), a.careForPersons(jobs), a.careForAudit(jobs), a.planBackups(jobs, demonstration))
}

// addJobs schedules the sources, and the calendar that moves the periods on. A demonstration has a city, whose story has ended: its
// sources are asked and have nothing new.
func (a *app) addJobs(jobs *schedule.Scheduler, city *demo.City) (stop func(), err error) {
	stop = func() {}
	all, err := a.sources()
	if err != nil {
		return stop, err
	}
	if city != nil {
		var sources map[assess.Code]collect.Source
		if stop, sources, err = a.districts(city, time.Now); err != nil {
			return func() {}, err
		}
		for _, name := range slices.Sorted(maps.Keys(sources)) {
			all = append(all, planned{Source: sources[name], schedule: demoSchedule})
		}
		if err := a.plan(all); err != nil {
			return stop, err
		}
		a.collecting.begun = time.Now() // a demonstration is not sorry for what it missed while it was off
	}
	a.collecting.sources = all
	if err := a.collecting.schedule(jobs); err != nil {
		return stop, err
	}
	reminding, err := a.remindJob()
	if err != nil {
		return stop, err
	}
	if err := errors.Join(jobs.Add(reminding), a.planExports(jobs)); err != nil || city != nil {
		return stop, err
	}
	spec, err := schedule.Parse(calendarSchedule, a.zone)
	if err != nil {
		return stop, err
	}
	return stop, jobs.Add(schedule.Job{Name: "calendar", Spec: spec, Run: a.moveOn})
}

// moveOn lets the collections of the periods reach the state their calendar gives them, after the registers were taken whose day has come:
// a closed collection takes none. That changes their sheets, which are computed here and not by whoever looks next.
// Of several servers one moves them on, and all compute.
func (a *app) moveOn(ctx context.Context, slot time.Time) {
	if !a.leads(time.Now()) {
		a.prepare(ctx)
		return
	}
	if err := a.snapshots().TakeDue(ctx, slot); err != nil {
		a.log.Error("registers", "error", err)
	}
	if err := a.gate.MoveOn(ctx, slot); err != nil {
		a.log.Error("calendar", "error", err)
	}
	a.prepare(ctx)
}

// begin does what is to be done before the server is ready: the collections, where there are any to move, stand where the calendar has
// them by now, and what is looked at first is computed of that. The server is ready when it is done, or cannot be.
func (a *app) begin(ctx context.Context, moving bool) {
	defer close(a.prepared)
	if moving {
		a.moveOn(ctx, time.Now())
		return
	}
	a.prepare(ctx)
}

// tendEvery is how often is looked whether a disk that was full has room again.
const tendEvery = 30 * time.Second

// tend lets what a full disk took be made anew when there is room, and writes down how collections ended while that could not be. It goes by no
// schedule: a schedule is led by a lease, which a full disk cannot keep.
func (a *app) tend(ctx context.Context) {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			a.store.Tend(ctx)
			a.gate.WriteDown(ctx)
		}
	}
}

// secretFile writes a token where only its owner can read it.
func secretFile(dir, name, token string) (string, error) {
	folder := filepath.Join(dir, "secrets")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("keep a token: %w", err)
	}
	path := filepath.Join(folder, name+".token")
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep a token: %w", err)
	}
	return path, nil
}
