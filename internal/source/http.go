package source

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// Bounds of what one source may bring in one answer of several pages.
const (
	mostPages     = 100
	mostRedirects = 3
	mostTogether  = 8 * MostPulled
)

// Format is the form of what comes.
type Format string

// The formats.
const (
	JSON     Format = "json"  // unionboard/values/1, with pages
	CSV      Format = "csv"   // tidy columns
	Workbook Format = "xlsx"  // a workbook
	DHIS2    Format = "dhis2" // a dataValueSet in JSON, XML or CSV
)

// HTTPConfig says what an HTTP source asks, and how long it waits. Zero times and numbers mean the usual ones.
type HTTPConfig struct {
	Name assess.Code
	// URL is the address, with {unit} and {period} where they belong. Without {unit} one answer speaks for every unit.
	URL    string
	Format Format
	Token  dial.Secret // for a bearer of it
	// Username and Password are for basic credentials, instead of a token.
	Username string
	Password dial.Secret
	// Trust is whom an https source is believed to be, and what it is shown.
	Trust dial.Trust
	// Wall is where sources may be asked.
	Wall dial.Wall
	// Units are asked for one after the other where the address has {unit}.
	Units         []assess.UnitCode
	AllowLoopback bool

	Connect time.Duration // until the connection stands: 5 s
	Headers time.Duration // until the answer begins: 10 s
	Whole   time.Duration // until the answer is whole: 60 s
	Delay   time.Duration // before the second try, growing and jittered: 1 s
	Tries   uint          // in all: 3
	Limit   int64         // bytes of an answer after decompression: 8 MiB
}

func (c HTTPConfig) complete() HTTPConfig {
	orElse(&c.Connect, 5*time.Second)
	orElse(&c.Headers, 10*time.Second)
	orElse(&c.Whole, 60*time.Second)
	orElse(&c.Delay, usualDelay)
	orElse(&c.Tries, usualTries)
	orElse(&c.Limit, MostPulled)
	return c
}

func orElse[T comparable](value *T, usual T) {
	var zero T
	if *value == zero {
		*value = usual
	}
}

// HTTP is a source that is asked over HTTP. It speaks to the configured scheme, host and port only, and asks for what has changed
// since it was taken.
type HTTP struct {
	config  HTTPConfig
	address address
	way     *dial.Way
	taken   versions
}

// NewHTTP makes an HTTP source. A bad configuration is a Problem.
func NewHTTP(config HTTPConfig) (*HTTP, error) {
	a, err := parseAddress(config.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case config.accept() == "":
		return nil, assess.Invalid("problem.source_format", fmt.Sprintf("%s is not a format; there are json, csv, xlsx and dhis2", quoted(string(config.Format))),
			"format", Excerpt(string(config.Format))).At(assess.Place{Field: "format"})
	case a.perUnit && len(config.Units) == 0:
		return nil, assess.Invalid("problem.source_units", "the address has {unit}, so the source must name its units").
			At(assess.Place{Field: "units"})
	}
	h := &HTTP{config: config.complete(), address: a}
	if h.way, err = config.Wall.To(a.host, a.port, config.AllowLoopback, h.config.Connect); err != nil {
		return nil, inField(err, "url")
	}
	return h, nil
}

// client makes what asks, for one fetch: certificates may have been renewed since the last.
func (h *HTTP) client() (*http.Client, error) {
	protection, err := h.config.Trust.Config(h.address.host)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		CheckRedirect: h.follow,
		Transport: &http.Transport{ // its Proxy is nil: proxy variables are ignored
			DialContext: h.way.DialContext, TLSClientConfig: protection, TLSHandshakeTimeout: h.config.Connect,
			ResponseHeaderTimeout: h.config.Headers, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, DisableKeepAlives: true,
		},
	}, nil
}

// credentials answers what the source is shown of us in the header Authorization, "" for nothing.
func (h *HTTP) credentials() (string, error) {
	if h.config.Username != "" {
		password, err := h.config.Password.Read()
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(h.config.Username+":"+password)), err
	}
	token, err := h.config.Token.Read()
	if token == "" || err != nil {
		return "", err
	}
	return "Bearer " + token, nil
}

// follow lets a redirect pass that stays where it was, at most three times.
func (h *HTTP) follow(r *http.Request, via []*http.Request) error {
	switch {
	case origin(r.URL) != h.address.origin:
		return assess.Forbidden("problem.source_redirect",
			"the source sends on to another place, which is not followed; give the address of that place as url", "host", r.URL.Host)
	case len(via) > mostRedirects:
		return assess.Unavailable("problem.source_redirects", "the source sends on more than three times; correct the address or the source")
	}
	return nil
}

// Fetch asks for every unit and period, one after the other, and answers a parcel for each. One that fails is a damaged parcel, and
// so are those for which no time was left: what the others have sent is taken. An error means that nothing could be asked, or that
// the run was ended from outside.
func (h *HTTP) Fetch(ctx context.Context, r Request) ([]Parcel, error) {
	credentials, err := h.credentials()
	if err != nil {
		return nil, err
	}
	client, err := h.client()
	if err != nil {
		return nil, err
	}
	units, periods := []assess.UnitCode{""}, []assess.Period{{}}
	if h.address.perUnit {
		units = h.config.Units
	}
	if h.address.perPeriod {
		periods = r.Periods
	}
	var parcels []Parcel
	for _, unit := range units {
		for _, period := range periods {
			q := question{
				source: h, client: client, credentials: credentials, mapping: r.Mapping, afresh: r.Afresh, now: r.Now, unit: unit, period: period,
				sum: sha256.New(),
			}
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				parcels = append(parcels, q.unasked())
				continue
			}
			parcels = append(parcels, q.ask(ctx))
			if err := ctx.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return nil, fmt.Errorf("ask source %s: %w", h.config.Name, err)
			}
		}
	}
	return parcels, nil
}

// inField places a Problem of a configuration in a field of the source.
func inField(err error, field string) error {
	if p, ok := errors.AsType[*assess.Problem](err); ok {
		return p.At(assess.Place{Field: field})
	}
	return err
}
