package config

import (
	_ "embed"
	"io"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// FileName is the name of the configuration file in a data folder.
const FileName = "unionboard.yaml"

// Config is the settings of an installation.
type Config struct {
	// Database is the address of the PostgreSQL that the data stand in (postgres://user@host:5432/database?sslmode=verify-full); "": SQLite in
	// the data folder.
	Database string
	// DatabasePasswordFile and DatabasePasswordEnv are where its password stands, for the user of the address.
	DatabasePasswordFile, DatabasePasswordEnv string
	// Addr is the address the pages are served on, host and port.
	Addr string
	// PlainHTTP lets cookies travel over plain HTTP.
	PlainHTTP bool
	// TLS is the certificate the pages are served with.
	TLS TLS
	// TrustedProxies are the addresses and networks of the proxies in front that are believed where a request came from.
	TrustedProxies []string
	// TrustedOrigins are addresses of the site that a proxy in front hides by rewriting the Host header.
	TrustedOrigins []string
	// AdminFrom are the only addresses and networks that the administration opens to; none: all.
	AdminFrom []string
	Limits    Limits
	// TimeZone is the IANA name of the zone of deadlines and schedules.
	TimeZone string
	// LogLevel is debug, info, warn or error.
	LogLevel string
	// LogFormat is text or json.
	LogFormat string
	Evidence  Evidence
	Files     Files
	// Site is the address people reach the pages at (https://board.example.org); "" leaves links out of mails and messages.
	Site     string
	Mail     *Mail // nil: no mail is sent
	Webhooks []Webhook
	// Security is the profile: standard, level2 or level3 (等保). It sets what Passwords and SecondFactor do not say, and no less.
	Security  string
	Passwords Passwords
	// SecondFactor are the roles that sign in with a code, too.
	SecondFactor []assess.Role
	Sessions     Sessions
	// API is how often programs may ask.
	API API
	// SourcesAllowed are the only places that sources may be asked at, hosts or networks with ports; nil: those that sources name.
	SourcesAllowed []string
	Sources        []Source
	// Spread is within how long after their due time sources are begun, each always equally late; 0: all at once.
	Spread time.Duration
	// MetricsAddr is the address that metrics are served on, host and port; "": none. MetricsOpen lets it be none of this machine's own.
	MetricsAddr string
	MetricsOpen bool
	// DebugAddr is the address of this machine's own that profiles of the program are served on; "": none.
	DebugAddr string
	// ExportsKeep is how long a file that was made in the background can be taken.
	ExportsKeep time.Duration
	Exports     []Export
	Audit       Audit
	Backup      Backup

	places map[string]assess.Place
}

// The profiles.
const (
	Standard = "standard"
	Level2   = "level2"
	Level3   = "level3"
)

// Passwords are the rules of passwords, and of accounts nobody uses.
type Passwords struct {
	MinLength   int  // characters
	Composition bool // three of the classes small letters, capitals, digits, other signs
	MaxAgeDays  int  // after which one must be changed; 0: never
	History     int  // earlier ones that may not come back
	UnusedDays  int  // after which an account that nobody signs in to is kept out; 0: never
}

// Sessions bound how long a person stays signed in.
type Sessions struct {
	Idle, Lifetime time.Duration // without a request, and in all
}

// API bounds the requests of each token.
type API struct {
	PerMinute int
	AtOnce    int // after a pause
}

// At answers the place of a setting in the file, such as "sources[2].schedule", so that what is wrong with it can be said there.
// A setting that is not there has the place of what it belongs to.
func (c Config) At(path string) assess.Place {
	for at := path; ; at = at[:max(strings.LastIndexAny(at, ".["), 0)] {
		if place, ok := c.places[at]; ok || at == "" {
			place.Field = path
			return place
		}
	}
}

// usual answers the settings of an installation that says nothing.
func usual() Config {
	return Config{
		Addr: "127.0.0.1:8080", TimeZone: "Asia/Shanghai", LogLevel: "info", LogFormat: "text", Limits: usualLimits(), Evidence: usualEvidence(), Security: Standard,
		Spread: 5 * time.Minute, Sessions: Sessions{Idle: 15 * time.Minute, Lifetime: 8 * time.Hour},
		API:         API{PerMinute: 600, AtOnce: 120},
		ExportsKeep: 7 * 24 * time.Hour,
		Audit:       Audit{KeepDays: 1096, Folder: "audit"},
		Backup:      usualBackup(),
	}
}

//go:embed default.yaml
var defaultFile string

//go:embed schema.json
var schemaFile string

// Default writes the commented file that an empty installation starts with. It says what is the case without it.
func Default(w io.Writer) error {
	_, err := io.WriteString(w, defaultFile)
	return err
}

// Schema answers the JSON Schema (2020-12) of the file, for editors.
func Schema() ([]byte, error) { return []byte(schemaFile), nil }
