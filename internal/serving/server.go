package serving

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

// mostHeader is how large the head of a request may be, in bytes.
const mostHeader = 16 << 10

// slack is what net/http reads of a head beyond its limit before it refuses it, in bytes.
const slack = 4 << 10

// What one HTTP/2 connection may have under way: as many requests as a page has files, and no more.
const (
	mostStreams = 100
	mostFrame   = 1 << 20 // bytes
)

// Limits bound what those who ask may take.
type Limits struct {
	// How long the head of a request, all of it and its answer may take, and a connection be idle.
	Header, Body, Answer, Idle time.Duration
	// Connections is how many there may be at once, PerAddress how many of one address.
	Connections, PerAddress int
}

// Config is how a server serves.
type Config struct {
	Handler http.Handler
	Limits  Limits
	// Keys is the certificate that is shown; nil: the server speaks plain HTTP.
	Keys *Keys
	// Proxies are believed whom a request comes from.
	Proxies []netip.Prefix
	// Near are the addresses of this machine itself; nil: loopback ones. Their connections are counted in all alone.
	Near []netip.Prefix
	// Plain lets everybody speak plain HTTP. Without it, and without Keys, that is for proxies and this machine.
	Plain bool
	Log   *slog.Logger
}

// Server answers requests at one listener.
type Server struct {
	http     *http.Server
	listener *limited
	secure   bool
}

// New makes a server that answers at a listener.
func New(c Config, l net.Listener) *Server {
	proxies, near := networks(c.Proxies), networks(c.Near)
	if near == nil {
		near = networks{loopback4, loopback6}
	}
	near = slices.Concat(near, proxies)
	door := &limited{Listener: l, most: c.Limits.Connections, each: c.Limits.PerAddress, shared: near}
	handler := door.sparing(c.Handler)
	if c.Keys == nil && !c.Plain {
		handler = near.only(handler)
	}
	s := &http.Server{
		Handler:           proxies.believed(handler),
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: c.Limits.Header, ReadTimeout: c.Limits.Body, WriteTimeout: c.Limits.Answer, IdleTimeout: c.Limits.Idle,
		MaxHeaderBytes: mostHeader - slack,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: mostStreams, MaxReadFrameSize: mostFrame},
	}
	if c.Keys != nil {
		s.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.Keys.certificate}
	}
	return &Server{http: s, listener: door, secure: c.Keys != nil}
}

// Serve answers until Shutdown; then it answers nil.
func (s *Server) Serve() error {
	var err error
	if s.secure {
		err = s.http.ServeTLS(s.listener, "", "")
	} else {
		err = s.http.Serve(s.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// Shutdown takes no new requests and lets those under way end, as long as the context lasts.
func (s *Server) Shutdown(ctx context.Context) error {
	s.listener.last(ctx)
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("end serving: %w", err), s.http.Close())
	}
	return nil
}

// Address answers where the server is reached, with its scheme.
func (s *Server) Address() string {
	scheme := "http://"
	if s.secure {
		scheme = "https://"
	}
	return scheme + s.listener.Addr().String()
}
