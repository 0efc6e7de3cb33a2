package api

import (
	"context"
	"net/url"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/internal/takeout"
)

// Options is what answers are made of. Everything is needed.
type Options struct {
	Board results.Board
	// Opens says whether somebody may see what units score in a period whose collection stands so.
	Opens func(u account.User, c assess.Cycle) bool
	Log   Log
	Runs  Runs
	Seals Seals
	// Sealed answers the board of what a seal holds.
	Sealed func(ctx context.Context, s assess.Seal) (results.Board, error)
	// Takeout answers where files are made.
	Takeout func() (takeout.Room, error)
}

// API answers programs.
type API struct {
	Options
	kept  kept
	heavy chan struct{} // one for each piece of heavy work
}

// New answers the API of an installation.
func New(o Options) *API { return &API{Options: o, heavy: make(chan struct{}, heavyAtOnce)} }

// Call is a request of a program.
type Call struct {
	// User is with whose eyes the program reads.
	User account.User
	// Vars are the variable parts of the path by their names, Query is what stands behind the question mark.
	Vars  map[string]string
	Query url.Values
	// Accept is the header of that name.
	Accept string
	// Here is the whole address of the request, by which the next page is named.
	Here url.URL
	// Version is that of the data.
	Version int64
	Now     time.Time
}

// Answer is what a program gets.
type Answer struct {
	Kind string // media type
	Body []byte
	Next string // whole address of the next page, "" on the last one
	File string // name to keep it under, "" for none
	// Line is what stands in the audit log of a file that is taken out; nil for all else. Who took it is the caller's to say.
	Line *assess.AuditLine
}

// Operation is something a program can ask for.
type Operation struct {
	// Path has its variable parts in braces, as in the description: /api/v1/units/{unit}.
	Path  string
	Scope account.TokenScope
	// Answer makes the answer. What is wrong with the call is a Problem.
	Answer func(ctx context.Context, c Call) (*Answer, error)
}

// Operations are everything that programs can ask for; all are reading.
func (a *API) Operations() []Operation {
	return []Operation{
		{"/api/v1/units", account.ReadAll, a.units},
		{"/api/v1/units/{unit}", account.ReadAll, a.unit},
		{"/api/v1/frameworks", account.ReadAll, a.frameworks},
		{"/api/v1/frameworks/{framework}", account.ReadAll, a.framework},
		{"/api/v1/items", account.ReadAll, a.items},
		{"/api/v1/observations", account.ReadAll, a.observations},
		{"/api/v1/scores", account.ReadAll, a.scores},
		{"/api/v1/scores/{unit}/{node}/explanation", account.ReadAll, a.explanation},
		{"/api/v1/robustness", account.ReadAll, a.robustness},
		{"/api/v1/runs", account.ReadAll, a.runs},
		{"/api/v1/seals", account.ReadAll, a.seals},
		{"/api/v1/seals/{period}/{edition}", account.ReadAll, a.seal},
		{"/api/v1/seals/{period}/{edition}/text", account.ExportFiles, a.sealText},
		{"/api/v1/exports", account.ExportFiles, a.exports},
		{"/api/v1/exports/{table}", account.ExportFiles, a.export},
	}
}
