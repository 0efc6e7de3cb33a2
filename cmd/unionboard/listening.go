package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/backup"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/meter"
	"github.com/unionboard/unionboard/internal/serving"
	"github.com/unionboard/unionboard/internal/web"
)

// newLog writes lines of a level, as text or JSON. A line that belongs to a request has its number.
func newLog(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(web.Numbered(slog.NewJSONHandler(w, options)))
	}
	return slog.New(web.Numbered(slog.NewTextHandler(w, options)))
}

// safeToServe refuses what would let others read along or in: plain HTTP to other machines that nobody asked for, open or borrowed secrets.
// It answers the certificate, nil for none.
func (a *app) safeToServe(l net.Listener) (*serving.Keys, error) {
	if err := a.checkSecrets(); err != nil {
		return nil, err
	}
	if of := a.config.TLS; of != (config.TLS{}) {
		return serving.OpenKeys(of.CertFile, of.KeyFile, time.Now, a.log)
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if ok && !at.IP.IsLoopback() && !a.config.PlainHTTP && len(a.config.TrustedProxies) == 0 {
		addr := l.Addr().String()
		return nil, assess.Invalid("problem.serve_plain",
			fmt.Sprintf("%s can be reached from other machines, and nothing says how https comes about there; set tls (a certificate), or name the proxy that ends https under trusted_proxies, or allow http with plain_http: true", addr), "addr", addr)
	}
	return nil, nil
}

// serving is how the pages are served.
func (a *app) serving(pages http.Handler, keys *serving.Keys) serving.Config {
	l := a.config.Limits
	return serving.Config{
		Handler: pages, Keys: keys, Proxies: networksOf(a.config.TrustedProxies), Plain: a.config.PlainHTTP, Log: a.log,
		Limits: serving.Limits{
			Header: l.HeaderTime, Body: l.BodyTime, Answer: l.AnswerTime, Idle: l.IdleTime, Connections: l.Connections, PerAddress: l.PerAddress,
		},
	}
}

// networksOf reads addresses and networks that the configuration has checked.
func networksOf(texts []string) (all []netip.Prefix) {
	for _, text := range texts {
		if p, err := config.Network(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// serveBeside serves metrics and profiles where the configuration wants them, each at an address of its own.
func (a *app) serveBeside() (stop func(), err error) {
	var servers []*http.Server
	stop = func() {
		for _, s := range servers {
			s.Close()
		}
	}
	for _, beside := range []struct {
		addr, what, path string
		handler          http.Handler
	}{
		{a.config.MetricsAddr, "metrics", "/metrics", a.collecting.meter.Handler()},
		{a.config.DebugAddr, "profiles", "/debug/pprof/", profiles()},
	} {
		if beside.addr == "" {
			continue
		}
		listener, err := listen(beside.addr)
		if err != nil {
			stop()
			return func() {}, err
		}
		s := &http.Server{
			Handler: byAddress(beside.addr, beside.handler), ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
			ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		}
		servers = append(servers, s)
		go func() { _ = s.Serve(listener) }() // it ends with Close
		a.log.Info(beside.what, "at", "http://"+listener.Addr().String()+beside.path)
	}
	return stop, nil
}

// byAddress refuses requests to an address of this machine alone that name somebody else as their host: a page of another site, open in a browser of this
// machine, can let its own name lead here (DNS rebinding) and would read what nobody signs in for. What others may read anyway is not narrowed.
func byAddress(addr string, next http.Handler) http.Handler {
	own, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(own); err != nil || own != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if host != "localhost" && net.ParseIP(strings.Trim(host, "[]")) == nil {
			http.Error(w, "ask by the address, as http://127.0.0.1", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// state answers how the installation stands, for its metrics.
func (a *app) state(ctx context.Context, now time.Time, keys *serving.Keys) (s meter.State, err error) {
	if keys != nil {
		s.Certificate = keys.Ends()
	}
	newest, err := backup.Last(a.config.Backup.Folder, time.Now())
	if err != nil {
		return s, err
	}
	s.Backup, s.Leads = newest.At, a.leads(now)
	s.StoreState, err = a.store.State(ctx, now)
	return s, err
}

// profiles answers profiles of the running program. Its command line is not among them: it is nobody's business what stands there.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
	return mux
}

// checkSecrets refuses secrets that are none: open to other accounts, empty, an example, or the same in two places. One that is not there yet
// keeps its source from being asked, not the pages from being served.
func (a *app) checkSecrets() error {
	held := map[string]string{} // where a secret stands that was met already
	for _, s := range secretsOf(a.config) {
		where := cmp.Or(s.File, s.Env)
		text, err := s.text()
		if absent := errors.Is(err, assess.ErrNotFound) || s.File == "" && os.Getenv(s.Env) == ""; absent {
			a.log.Warn("a secret is not there", "at", where)
			continue
		}
		if err != nil {
			return err
		}
		if other, twice := held[text]; twice && other != where {
			return assess.Invalid("problem.secret_twice",
				fmt.Sprintf("the same secret stands in %s and %s; give each its own, or let both name one file where it is one secret", other, where), "one", other, "other", where)
		}
		held[text] = where
	}
	return a.checkKeys()
}

// checkKeys looks at the keys of personal columns, where there are some already. Without those that are gone everything else is served: what
// they seal says of itself that it does not open.
func (a *app) checkKeys() error {
	_, err := a.vault.Names()
	if p, said := errors.AsType[*assess.Problem](err); said && p.Key == "problem.keys_lost" {
		a.log.Error("the keys are gone", "error", err)
		return nil
	}
	if _, said := errors.AsType[*assess.Problem](err); said || err == nil {
		return err
	}
	return assess.Invalid("problem.secret_keys",
		fmt.Sprintf("the file of keys cannot be used (%v); put that right, or put back the file that belongs to this database", err), "reason", err.Error())
}

// secret is a secret that the configuration names; lines says that it has several, as keys have.
type secret struct {
	dial.Secret
	lines bool
}

func (s secret) text() (string, error) {
	if !s.lines {
		return s.Read()
	}
	text, err := s.Whole()
	return string(text), err
}

// secretsOf answers the secrets that a configuration names.
func secretsOf(c config.Config) (all []secret) {
	add := func(lines bool, file, env string) {
		if file != "" || env != "" {
			all = append(all, secret{dial.Secret{File: file, Env: env}, lines})
		}
	}
	add(false, c.DatabasePasswordFile, c.DatabasePasswordEnv)
	if c.Mail != nil {
		add(false, c.Mail.PasswordFile, c.Mail.PasswordEnv)
	}
	for _, w := range c.Webhooks {
		add(false, w.KeyFile, w.KeyEnv)
	}
	for _, s := range c.Sources {
		add(false, s.TokenFile, s.TokenEnv)
		add(false, s.PasswordFile, s.PasswordEnv)
		add(true, s.KeyFile, "")
	}
	add(true, c.TLS.KeyFile, "")
	if s := c.Files.S3; s != nil {
		add(false, s.SecretKeyFile, s.SecretKeyEnv)
	}
	return all
}
