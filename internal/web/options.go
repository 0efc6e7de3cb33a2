package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/api"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/audit"
	"github.com/unionboard/unionboard/internal/collect"
	"github.com/unionboard/unionboard/internal/dashboard"
	"github.com/unionboard/unionboard/internal/doctor"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/ledger"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/takeout"
)

// Pages resolves pages to their data.
type Pages interface {
	// Resolve answers a page with its panels. A framework, unit or indicator that does not exist, or a period without figures, is
	// assess.ErrNotFound.
	Resolve(ctx context.Context, page dashboard.Definition, r dashboard.Request) (*dashboard.Page, error)
	// Why answers how the score of r.Unit and r.Code came about.
	Why(ctx context.Context, r dashboard.Request) (*dashboard.Explanation, error)
}

// Accounts are the people who may sign in, as the store keeps them. Every change leaves its line in the audit log.
type Accounts interface {
	// Account and AccountNamed answer an account by its ID or by the name that was typed; assess.ErrNotFound where there is none.
	Account(ctx context.Context, id string) (account.User, error)
	AccountNamed(ctx context.Context, typed string) (account.User, error)
	// Accounts answers all of them by name; AnyAccount says whether there is one.
	Accounts(ctx context.Context) ([]account.User, error)
	AnyAccount(ctx context.Context) (bool, error)
	// TakeAttempt counts an attempt from a network address and says whether it is within the limit.
	TakeAttempt(ctx context.Context, limit account.Limit, network string, now time.Time) (bool, error)
	// SignIn decides about an attempt, counts it and records it.
	SignIn(ctx context.Context, id string, a account.Attempt, line assess.AuditLine) (account.Decision, error)
	// SetPassword sets a new hash and ends the account's sessions.
	SetPassword(ctx context.Context, id, hash string, mustChange bool, expires time.Time, line assess.AuditLine) error
	// Rehash replaces a hash by a dearer one of the same password.
	Rehash(ctx context.Context, id, from, to string, line assess.AuditLine) error
	// SetCodes gives an account a second factor, or with an empty secret takes it away, and ends its sessions.
	SetCodes(ctx context.Context, id, secret string, step int64, line assess.AuditLine) error
	// AddAccount adds an account; a name that is taken is assess.ErrConflict. AddFirstAccount is for an installation without any:
	// where there is one it is assess.ErrConflict.
	AddAccount(ctx context.Context, u account.User, line assess.AuditLine) error
	AddFirstAccount(ctx context.Context, u account.User, line assess.AuditLine) error
	SetDisplayName(ctx context.Context, id, name string, line assess.AuditLine) error
	// SetPost, LockAccount end the account's sessions, links and tokens. The last administrator stays one: assess.ErrConflict.
	SetPost(ctx context.Context, id string, post account.Post, line assess.AuditLine) error
	LockAccount(ctx context.Context, id string, at time.Time, line assess.AuditLine) error
	UnlockAccount(ctx context.Context, id string, line assess.AuditLine) error
	// SessionsOf answers where an account is signed in, EndSessions ends it everywhere.
	SessionsOf(ctx context.Context, id string, now time.Time) ([]account.Session, error)
	EndSessions(ctx context.Context, id string, line assess.AuditLine) error
}

// Keys are what opens one thing without a session: links and tokens.
type Keys interface {
	// Links answers those of an account, newest first; RevokeLink closes one of them, another's is assess.ErrNotFound.
	Links(ctx context.Context, owner string) ([]account.Link, error)
	AddLink(ctx context.Context, l account.Link, line assess.AuditLine) error
	RevokeLink(ctx context.Context, owner, id string, at time.Time, line assess.AuditLine) error
	// Tokens answers all of them, newest first; TokenOf the one of a secret, whatever became of it.
	Tokens(ctx context.Context) ([]account.Token, error)
	TokenOf(ctx context.Context, secret string) (account.Token, error)
	AddToken(ctx context.Context, t account.Token, line assess.AuditLine) error
	RevokeToken(ctx context.Context, id string, at time.Time, line assess.AuditLine) error
	NoteToken(ctx context.Context, id string, at time.Time) error
	// BeginReceipt notes a request under the name its program gave it, and answers what became of the one before under that name;
	// one with another content is assess.ErrInvalid. FinishReceipt keeps its answer, DropReceipt forgets it.
	BeginReceipt(ctx context.Context, r account.Receipt) (before account.Receipt, fresh bool, err error)
	FinishReceipt(ctx context.Context, r account.Receipt) error
	DropReceipt(ctx context.Context, r account.Receipt) error
}

// Audit keeps what changed nothing but must be known – sign-outs, refusals, exports – and tells what was done to an object.
type Audit interface {
	Record(ctx context.Context, lines ...assess.AuditLine) error
	// AuditAbout answers the newest lines about an object, newest first.
	AuditAbout(ctx context.Context, object string, limit int) ([]assess.AuditLine, error)
	// FindAudit answers the newest lines that are asked for, newest first; AuditSpan how far the log reaches.
	FindAudit(ctx context.Context, q audit.Query, limit int) ([]assess.AuditLine, error)
	AuditSpan(ctx context.Context) (audit.Span, error)
}

// Runs are the records of collection.
type Runs interface {
	// Runs answers the newest runs of one source, newest first, at most limit, without what they refused.
	Runs(ctx context.Context, source assess.Code, limit int) ([]assess.Run, error)
	// Run answers one run with what it refused; assess.ErrNotFound where there is none.
	Run(ctx context.Context, id string) (assess.Run, error)
}

// Takeaway is where people order files; see takeout.Desk.
type Takeaway interface {
	Estimate(ctx context.Context, o takeout.Order) (cells int64, large bool, err error)
	File(ctx context.Context, u account.User, o takeout.Order) (*takeout.File, error)
	Preview(ctx context.Context, u account.User, o takeout.Order, most int) (takeout.Preview, error)
	Issue(ctx context.Context, p assess.Period) (int, error)
	Ask(ctx context.Context, u account.User, o takeout.Order, line assess.AuditLine) (assess.ExportJob, error)
	Jobs(ctx context.Context, u account.User) ([]assess.ExportJob, error)
	Planned(ctx context.Context, u account.User) ([]assess.ExportJob, error)
	Cancel(ctx context.Context, u account.User, id string, line assess.AuditLine) error
	Retry(ctx context.Context, u account.User, id string, line assess.AuditLine) error
	Drop(ctx context.Context, u account.User, id string, line assess.AuditLine) error
	Open(ctx context.Context, u account.User, id string, line assess.AuditLine) (*os.File, assess.ExportJob, error)
}

// Setup is the code that was printed at the start of an installation without accounts. Until a time it opens, once, the page that
// makes the first account; empty opens nothing.
type Setup struct {
	Code  string
	Until time.Time
}

// Options is what the pages are made of. Everything is needed unless it says otherwise.
type Options struct {
	Board    results.Board
	Pages    Pages
	Shelf    *dashboard.Shelf
	Accounts Accounts
	Keys     Keys
	Hasher   *account.Hasher
	Audit    Audit
	Runs     Runs
	// Collecting is the sources at work.
	Collecting Collecting
	City       City
	Desk       Desk
	Evidence   Evidence
	Uploads    Uploads
	Reviews    Reviews
	// Reminders know who owes what, Notices keep what was told to whom.
	Reminders Reminders
	Notices   Notices
	// DataVersion answers the version of the data: what was counted of one is good until there is another. nil: nothing is kept.
	DataVersion func(ctx context.Context) (int64, error)
	// Matters are corrections, appeals and tasks, and what people say to each other.
	Matters *matter.Book
	// Refunds are where refunds of dues are decided and booked.
	Refunds *ledger.Ledger
	// Registers are where registers are kept.
	Registers *register.Book
	// Releases are the files of them that take a second person.
	Releases register.Releases
	// Mappings say how what the sources send is read, Try what would become of it.
	Mappings Mappings
	Try      Trier
	// Timetable is the calendar of the collections.
	Timetable Timetable
	// Publishing is where results are proposed to be published, and published.
	Publishing Publishing
	// Sealed answers the board of what a seal holds, Figures is what was accepted: both for programs.
	Sealed  func(ctx context.Context, s assess.Seal) (results.Board, error)
	Figures api.Log
	// Takeout answers where files are made.
	Takeout func() (takeout.Room, error)
	// OpenLink answers the link that a secret in an address opens, and its owner; assess.ErrNotFound where it opens nothing.
	OpenLink func(ctx context.Context, kind account.LinkKind, secret string, now time.Time) (account.Link, account.User, error)
	// CalendarText answers the file of a year of the calendar as it was last written, "" where there is none.
	CalendarText func(ctx context.Context, year int) (string, error)
	// Rules are the settings about accounts; the zero value means account.UsualRules.
	Rules account.Rules
	// Setup is how an installation without accounts gets its first one.
	Setup    Setup
	Takeaway Takeaway
	// Explain writes how a score of a board came about as JSON, everything needed to compute it again. What does not exist is
	// assess.ErrNotFound.
	Explain func(ctx context.Context, w io.Writer, board results.Board, p assess.Period, unit assess.UnitCode, node assess.Code) error
	// Submit takes figures that a program of a unit hands in, the body being a source's JSON. What is wrong with the whole is a
	// Problem; rows that are refused stand in the answer.
	Submit func(ctx context.Context, t account.Token, body []byte, answer func(Submission) *assess.Answered, now time.Time) (Submission, error)
	// ImportSet takes a dataValueSet of DHIS2 in the same way.
	ImportSet func(ctx context.Context, t account.Token, set ValueSet, now time.Time) (collect.Report, error)
	// Differing is where the sources say something else than people have signed.
	Differing Differing
	// Quarantine is what the sources sent and was refused.
	Quarantine Quarantine
	// SourceTitles are the sources with their names; one whose name is empty is shown by its code.
	SourceTitles map[assess.Code]assess.Text
	// Rate is how often each program may ask; zero means UsualRate.
	Rate Rate
	// Sessions keeps the sessions; it sees only hashes of their tokens. The data are written by account.SessionCodec and hold the
	// account's ID under account.SessionKey.
	Sessions scs.Store
	Words    *i18n.Catalogue
	Log      *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Location is where the city's clocks stand; nil means UTC+8.
	Location *time.Location
	// Ready says why the server cannot serve now; nil means it always can.
	Ready func(context.Context) error
	// Trouble answers what keeps the server from saving, or that its data are damaged, which every page says; nil where all is well.
	Trouble func() *assess.Problem
	// BackupFailed answers that the last backup by the clock failed, which administrators are told on every page; nil means that none is made by the clock.
	BackupFailed func() (Failure, bool)
	// People is how often one person may search, export and upload; zero means UsualPeopleRates.
	People PeopleRates
	// UploadTime and AnswerTime are how long files may take to come, and the answer to leave then; zero means two minutes and one.
	UploadTime, AnswerTime time.Duration
	// AdminFrom are the only networks that the administration is opened to; none means all.
	AdminFrom []netip.Prefix
	// Meter is told of every request; nil means nobody is.
	Meter Meter
	// Checkup answers how the installation stands, for the administration; nil: it is not looked at.
	Checkup func(context.Context) []doctor.Finding
	// Address is where the site is reached from outside (https://board.example.org); "" means where a request says it was sent.
	Address string
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

// Meter counts requests.
type Meter interface {
	// Begin is told that a request has begun; what it answers, that it has ended: the name of its route ("" where there is none), its status,
	// and how long it took.
	Begin() (ended func(route string, status int, took time.Duration))
}

type unmeasured struct{}

// Begin implements Meter.
func (unmeasured) Begin() func(string, int, time.Duration) {
	return func(string, int, time.Duration) {}
}

func (o Options) withDefaults() (Options, error) {
	for _, part := range []struct {
		name    string
		missing bool
	}{
		{"Board", o.Board == nil},
		{"Pages", o.Pages == nil || o.Shelf == nil},
		{"Accounts", o.Accounts == nil},
		{"Keys", o.Keys == nil},
		{"Submit", o.Submit == nil},
		{"ImportSet", o.ImportSet == nil},
		{"Quarantine", o.Quarantine.Book == nil || o.Quarantine.Bytes == nil || o.Quarantine.Replay == nil},
		{"Hasher", o.Hasher == nil},
		{"Audit", o.Audit == nil},
		{"Runs", o.Runs == nil},
		{"Collecting", o.Collecting == nil},
		{"City", o.City == nil},
		{"Desk", o.Desk == nil},
		{"Evidence", o.Evidence.Files == nil || o.Evidence.Book == nil},
		{"Mappings", o.Mappings == nil || o.Try == nil},
		{"Timetable", o.Timetable == nil},
		{"OpenLink", o.OpenLink == nil},
		{"Publishing", o.Publishing == nil || o.Sealed == nil},
		{"Figures", o.Figures == nil},
		{"Takeout", o.Takeout == nil},
		{"CalendarText", o.CalendarText == nil},
		{"Uploads", o.Uploads == nil},
		{"Reviews", o.Reviews == nil},
		{"Matters", o.Matters == nil},
		{"Refunds", o.Refunds == nil},
		{"Registers", o.Registers == nil},
		{"Releases", o.Releases == nil},
		{"Differing", o.Differing.Book == nil || o.Differing.Gate == nil},
		{"Reminders", o.Reminders == nil},
		{"Notices", o.Notices == nil},
		{"Sessions", o.Sessions == nil},
		{"Explain", o.Explain == nil},
		{"Takeaway", o.Takeaway == nil},
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
	if o.Trouble == nil {
		o.Trouble = func() *assess.Problem { return nil }
	}
	if o.Rules.MinPassword == 0 {
		o.Rules = account.UsualRules()
	}
	if o.Rate == (Rate{}) {
		o.Rate = UsualRate()
	}
	if o.People == (PeopleRates{}) {
		o.People = UsualPeopleRates()
	}
	if o.UploadTime == 0 {
		o.UploadTime = 2 * time.Minute
	}
	if o.AnswerTime == 0 {
		o.AnswerTime = time.Minute
	}
	if o.Meter == nil {
		o.Meter = unmeasured{}
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 15 * time.Minute
	}
	if o.Lifetime == 0 {
		o.Lifetime = 8 * time.Hour
	}
	return o, nil
}
