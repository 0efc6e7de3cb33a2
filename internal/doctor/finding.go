package doctor

import (
	"context"
	"errors"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/i18n"
)

// State says how a thing stands.
type State string

// The states, best first.
const (
	Good    State = "good"
	Look    State = "look"    // it works, and somebody should look at it
	Wrong   State = "wrong"   // it does not work, or will not for long
	Skipped State = "skipped" // it could not be looked at
)

// Finding is how one thing of an installation stands.
type Finding struct {
	State State
	// Key names the sentence in the catalogue, below "doctor."; the same key with ".do" says what to do, where there is something.
	Key  string
	Args map[string]string
	// Cause is what the program said of it, where it said something.
	Cause error
}

// Says answers the finding in words.
func (f Finding) Says(words i18n.Words) string {
	args := make(map[string]string, len(f.Args)+1)
	for k, v := range f.Args {
		args[k] = v
	}
	if f.Cause != nil {
		args["cause"] = sentence(words, f.Cause)
	}
	return words.Say("doctor."+f.Key, args)
}

// Remedy answers what to do in words; "" where there is nothing.
func (f Finding) Remedy(words i18n.Words) string {
	key := "doctor." + f.Key + ".do"
	if !words.Has(key) {
		return ""
	}
	return words.Say(key, f.Args)
}

// sentence answers what an error says to people: a problem in their language, with its place.
func sentence(words i18n.Words, err error) string {
	var many assess.Problems
	if errors.As(err, &many) && len(many) > 0 {
		err = many[0]
	}
	var p *assess.Problem
	if !errors.As(err, &p) || !words.Has(p.Key) {
		return err.Error()
	}
	text := words.Say(p.Key, p.Args)
	if at := p.Place.String(); at != "" {
		text = at + ": " + text
	}
	return text
}

// Book is what is asked of a database.
type Book interface {
	Steps(ctx context.Context) (has, knows int64, err error)
	QuickCheck(ctx context.Context) error
	Accounts(ctx context.Context) ([]account.User, error)
	AuditLines(ctx context.Context, from int64, limit int) ([]assess.AuditLine, error)
	Head(ctx context.Context) (assess.Head, error)
	HoldsSealed(ctx context.Context) (bool, error)
	// Beneath answers the settings of the server by which a power cut loses what was acknowledged, and by how much its clock is ahead.
	Beneath(ctx context.Context) (weak []string, ahead time.Duration, err error)
}

// Installation is what is examined.
type Installation struct {
	Dir     string // the data folder
	Version string
	Demo    bool // a demonstration
	Config  config.Config
	// ConfigErr says why the configuration could not be read, BookErr why the database could not be opened.
	ConfigErr, BookErr error
	Book               Book // nil with BookErr
	Rules              account.Rules
	// Holder answers the process that holds the folder; Network the kind of network file system it lies on, "" for none.
	Holder  func() (process string, held bool, err error)
	Network func() (string, error)
	// Ready asks a served installation whether it is ready; nil where that cannot be asked.
	Ready func(ctx context.Context) error
	// Edition answers the definitions of a year, Days what the calendar says of one.
	Edition func(ctx context.Context, year int) (*assess.Edition, error)
	Days    func(ctx context.Context, year int) (y assess.CalendarYear, ok bool, err error)
	// Backup answers the newest backup; the zero Backup where there is none.
	Backup func(ctx context.Context) (Backup, error)
	// Files looks whether files can be kept where the configuration says; nil where they lie in the data folder.
	Files func(ctx context.Context) error
	// Thorough is what takes longer; empty where it is not wanted.
	Thorough []Examination
	Zone     *time.Location
}

// Backup is the newest backup of an installation.
type Backup struct {
	At   time.Time // zero: there is none
	Name string
	// Failed says when the last one by the clock has failed since, and why; "": it has not.
	Failed string
	Apart  bool // it lies, or a second one lies, outside of the data folder
	// Every is how often one is made by the clock, 0: never.
	Every time.Duration
}

// Examination is something that takes longer: what it answers is its finding.
type Examination func(ctx context.Context) Finding

// Examine looks at everything and answers a finding for each thing, in the order in which they are mended: the folder, the configuration,
// the database, then what it holds.
func Examine(ctx context.Context, in Installation, now time.Time) []Finding {
	all := []Finding{{State: Good, Key: "version", Args: map[string]string{"version": in.Version, "folder": in.Dir}}}
	if in.Demo {
		all = append(all, Finding{State: Look, Key: "demo"})
	}
	all = append(all, in.folder()...)
	all = append(all, in.settings(now)...)
	all = append(all, in.served(ctx)...)
	all = append(all, in.database(ctx, now)...)
	if in.Files != nil {
		all = append(all, in.filesApart(ctx))
	}
	all = append(all, in.backup(ctx, now))
	for _, look := range in.Thorough {
		all = append(all, look(ctx))
	}
	return all
}

// filesApart looks at the place of files outside of the data folder.
func (in Installation) filesApart(ctx context.Context) Finding {
	args := map[string]string{"at": in.Config.Files.Folder}
	if s := in.Config.Files.S3; s != nil {
		args["at"] = s.Endpoint + " " + s.Bucket
	}
	if err := in.Files(ctx); err != nil {
		return Finding{State: Wrong, Key: "files.bad", Args: args, Cause: err}
	}
	return Finding{State: Good, Key: "files.good", Args: args}
}

// Worst answers the worst state of some findings; what was skipped is worse than what should be looked at and better than what is wrong.
func Worst(all []Finding) State {
	worst, place := Good, map[State]int{Good: 0, Look: 1, Skipped: 2, Wrong: 3}
	for _, f := range all {
		if place[f.State] > place[worst] {
			worst = f.State
		}
	}
	return worst
}
