package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/results"
)

// Pages resolves pages to their data.
type Pages interface {
	// Resolve answers a page (home, lags, framework, indicators, unit, indicator) with its panels. A framework, unit or indicator that
	// does not exist, or a period without figures, is assess.ErrNotFound.
	Resolve(ctx context.Context, page assess.Code, r dashboard.Request) (*dashboard.Page, error)
	// Why answers how the score of r.Unit and r.Code came about.
	Why(ctx context.Context, r dashboard.Request) (*dashboard.Explanation, error)
}

// Accounts are the people who may sign in, as the store keeps them.
type Accounts interface {
	// Account and AccountNamed answer an account by its ID or by the name that was typed; assess.ErrNotFound where there is none.
	Account(ctx context.Context, id string) (account.User, error)
	AccountNamed(ctx context.Context, typed string) (account.User, error)
	// SignIn decides about an attempt, counts it and records it.
	SignIn(ctx context.Context, id string, passwordOK bool, now time.Time, line assess.AuditLine) (account.Decision, error)
	// SetPassword sets a new hash and ends the account's sessions.
	SetPassword(ctx context.Context, id, hash string, mustChange bool, expires time.Time, line assess.AuditLine) error
	// Rehash replaces a hash by a dearer one of the same password.
	Rehash(ctx context.Context, id, from, to string, line assess.AuditLine) error
}

// Audit keeps what changed nothing but must be known: sign-outs, refusals, exports.
type Audit interface {
	Record(ctx context.Context, lines ...assess.AuditLine) error
}

// Runs are the records of collection.
type Runs interface {
	// LastRuns answers the newest run of every source, without what it refused.
	LastRuns(ctx context.Context) ([]assess.Run, error)
	// Runs answers the newest runs of one source, newest first, at most limit, without what they refused.
	Runs(ctx context.Context, source assess.Code, limit int) ([]assess.Run, error)
	// Run answers one run with what it refused; assess.ErrNotFound where there is none.
	Run(ctx context.Context, id string) (assess.Run, error)
}

// Export is a table that can be taken out as a file.
type Export struct {
	// Code names the table in the address and the file: scores, observations. Its words are i18n keys web.export.<code> and
	// web.export.<code>.what.
	Code string
	// Write writes the table of a period as CSV: UTF-8 with a byte-order mark, as spreadsheets want it. An empty list of units
	// means all of them.
	Write func(ctx context.Context, w io.Writer, p assess.Period, units []assess.UnitCode) error
}

// Options is what the pages are made of. Everything is needed unless it says otherwise.
type Options struct {
	Board    results.Board
	Pages    Pages
	Accounts Accounts
	Hasher   *account.Hasher
	Audit    Audit
	Runs     Runs
	City     City
	Desk     Desk
	Evidence Evidence
	Uploads  Uploads
	Reviews  Reviews
	// Reminders know who owes what, Notices keep what was told to whom.
	Reminders Reminders
	Notices   Notices
	// Matters are corrections, appeals and tasks, and what people say to each other.
	Matters *matter.Book
	// Timetable is the calendar of the collections.
	Timetable Timetable
	// OpenLink answers the link that a secret in an address opens, and its owner; assess.ErrNotFound where it opens nothing.
	OpenLink func(ctx context.Context, kind account.LinkKind, secret string, now time.Time) (account.Link, account.User, error)
	// CalendarText answers the file of a year of the calendar as it was last written, "" where there is none.
	CalendarText func(ctx context.Context, year int) (string, error)
	Exports      []Export
	// Explain writes how a score came about as JSON, everything needed to compute it again. What does not exist is
	// assess.ErrNotFound.
	Explain func(ctx context.Context, w io.Writer, p assess.Period, unit assess.UnitCode, node assess.Code) error
	// SourceTitles are the names of sources; a source without one is shown by its code.
	SourceTitles map[assess.Code]assess.Text
	// Sessions keeps the sessions; it sees only hashes of their tokens. The data are gob-encoded and hold the account's ID under
	// account.SessionKey.
	Sessions scs.Store
	Words    *i18n.Catalogue
	Log      *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Location is where the city's clocks stand; nil means UTC+8.
	Location *time.Location
	// Ready says why the server cannot serve now; nil means it always can.
	Ready func(context.Context) error
	// Version is shown at the foot of every page.
	Version string
	// Demo marks every page as a demonstration.
	Demo bool
	// PlainHTTP allows cookies over plain HTTP; without it they are Secure and carry the __Host- prefix.
	PlainHTTP bool
	// TrustedOrigins are addresses of the site (https://board.example) that a proxy in front hides by rewriting the Host header.
	TrustedOrigins []string
	// IdleTimeout and Lifetime bound a session; zero means 15 minutes without a request, and 8 hours in all.
	IdleTimeout, Lifetime time.Duration
}

func (o Options) withDefaults() (Options, error) {
	for _, part := range []struct {
		name    string
		missing bool
	}{
		{"Board", o.Board == nil},
		{"Pages", o.Pages == nil},
		{"Accounts", o.Accounts == nil},
		{"Hasher", o.Hasher == nil},
		{"Audit", o.Audit == nil},
		{"Runs", o.Runs == nil},
		{"City", o.City == nil},
		{"Desk", o.Desk == nil},
		{"Evidence", o.Evidence.Files == nil || o.Evidence.Book == nil},
		{"Timetable", o.Timetable == nil},
		{"OpenLink", o.OpenLink == nil},
		{"CalendarText", o.CalendarText == nil},
		{"Uploads", o.Uploads == nil},
		{"Reviews", o.Reviews == nil},
		{"Matters", o.Matters == nil},
		{"Reminders", o.Reminders == nil},
		{"Notices", o.Notices == nil},
		{"Sessions", o.Sessions == nil},
		{"Explain", o.Explain == nil},
		{"Words", o.Words == nil},
		{"Log", o.Log == nil},
	} {
		if part.missing {
			return o, errors.New("web: the option " + part.name + " must be given")
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.FixedZone("UTC+8", 8*60*60)
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 15 * time.Minute
	}
	if o.Lifetime == 0 {
		o.Lifetime = 8 * time.Hour
	}
	return o, nil
}
