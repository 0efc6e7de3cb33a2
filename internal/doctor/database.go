package doctor

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// KeysFile is where the keys of sealed texts lie, from the data folder.
const KeysFile = "secrets/register.keys"

// clockGap is by how much the newest line of the audit log may lie ahead of the clock.
const clockGap = time.Minute

// database looks at the database and what it holds. Where its tables are at another step, nothing in them is read.
func (in Installation) database(ctx context.Context, now time.Time) (found []Finding) {
	if in.BookErr != nil {
		return []Finding{{State: Wrong, Key: "database.closed", Cause: in.BookErr}}
	}
	has, knows, err := in.Book.Steps(ctx)
	args := map[string]string{"has": strconv.FormatInt(has, 10), "knows": strconv.FormatInt(knows, 10)}
	switch {
	case err != nil:
		return []Finding{{State: Wrong, Key: "database.damaged", Cause: err}}
	case has > knows:
		return []Finding{{State: Wrong, Key: "steps.newer", Args: args}}
	case has < knows:
		return []Finding{{State: Skipped, Key: "steps.older", Args: args}}
	}
	if err := in.Book.QuickCheck(ctx); err != nil {
		return []Finding{{State: Wrong, Key: "database.damaged", Cause: err}}
	}
	found = append(found, Finding{State: Good, Key: "database.good", Args: args})
	for _, look := range []func(context.Context, time.Time) ([]Finding, error){in.beneath, in.clock, in.keys, in.accounts, in.definitions, in.calendar} {
		more, err := look(ctx, now)
		if err != nil {
			more = []Finding{{State: Skipped, Key: "database.unread", Cause: err}}
		}
		found = append(found, more...)
	}
	return found
}

// clocksApart is by how much the clocks of this machine and of the database may differ: a lease, by which servers tell who leads, is fifteen
// seconds long.
const clocksApart = 5 * time.Second

// beneath looks at the server of the database, where there is one.
func (in Installation) beneath(ctx context.Context, _ time.Time) (found []Finding, err error) {
	weak, ahead, err := in.Book.Beneath(ctx)
	if err != nil {
		return nil, err
	}
	if len(weak) > 0 {
		found = append(found, Finding{State: Look, Key: "database.weak", Args: map[string]string{"settings": strings.Join(weak, ", ")}})
	}
	if ahead.Abs() > clocksApart {
		found = append(found, Finding{State: Look, Key: "clock.apart", Args: map[string]string{"seconds": strconv.Itoa(int(ahead.Abs().Seconds()))}})
	}
	return found, nil
}

// clock compares the machine's clock with what was written last.
func (in Installation) clock(ctx context.Context, now time.Time) ([]Finding, error) {
	head, err := in.Book.Head(ctx)
	if err != nil || head.Audit == 0 {
		return nil, err
	}
	lines, err := in.Book.AuditLines(ctx, head.Audit, 1)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	f := Finding{State: Good, Key: "clock.good", Args: map[string]string{"now": in.moment(now), "newest": in.moment(lines[0].At)}}
	if lines[0].At.Sub(now) > clockGap {
		f.State, f.Key = Wrong, "clock.behind"
	}
	return []Finding{f}, nil
}

func (in Installation) moment(t time.Time) string {
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04:05 -07:00")
}

// keys looks whether the keys are there that sealed texts open under.
func (in Installation) keys(ctx context.Context, _ time.Time) ([]Finding, error) {
	sealed, err := in.Book.HoldsSealed(ctx)
	if err != nil || !sealed {
		return nil, err
	}
	_, err = os.Stat(filepath.Join(in.Dir, filepath.FromSlash(KeysFile)))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return []Finding{{State: Wrong, Key: "keys.lost", Args: map[string]string{"file": KeysFile}}}, nil
	case err != nil:
		return nil, err
	}
	return []Finding{{State: Good, Key: "keys.there", Args: map[string]string{"file": KeysFile}}}, nil
}

// accounts counts who keeps the accounts, and what waits or sleeps.
func (in Installation) accounts(ctx context.Context, now time.Time) (found []Finding, err error) {
	all, err := in.Book.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	keepers, names := 0, map[account.Standing][]string{}
	for _, u := range all {
		standing := u.Standing(in.Rules, nil, now)
		names[standing] = append(names[standing], u.Name)
		if u.Role == in.Rules.Keeper() && !standing.KeptOut() {
			keepers++
		}
	}
	if len(all) == 0 {
		return []Finding{{State: Look, Key: "accounts.none", Args: map[string]string{"folder": in.Dir, "option": "--role " + string(in.Rules.Keeper())}}}, nil
	}
	count := map[string]string{"n": strconv.Itoa(len(all)), "keepers": strconv.Itoa(keepers), "option": "--role " + string(in.Rules.Keeper())}
	switch keepers {
	case 0:
		found = append(found, Finding{State: Wrong, Key: "accounts.nobody", Args: count})
	case 1:
		found = append(found, Finding{State: Look, Key: "accounts.single", Args: count})
	default:
		found = append(found, Finding{State: Good, Key: "accounts.good", Args: count})
	}
	for standing, key := range map[account.Standing]string{account.NewPerson: "accounts.waiting", account.Lapsed: "accounts.lapsed", account.Sleeping: "accounts.unused"} {
		if who := names[standing]; len(who) > 0 {
			found = append(found, Finding{State: Look, Key: key, Args: map[string]string{"n": strconv.Itoa(len(who)), "names": named(who)}})
		}
	}
	slices.SortStableFunc(found[1:], func(a, b Finding) int { return cmp.Compare(a.Key, b.Key) })
	return found, nil
}

// definitions looks at the edition of the year: that there is one that loads, whose weights then add up, and which items serve no indicator.
func (in Installation) definitions(ctx context.Context, now time.Time) ([]Finding, error) {
	if in.Edition == nil {
		return nil, nil
	}
	year := in.yearOf(now)
	e, err := in.Edition(ctx, year)
	args := map[string]string{"year": strconv.Itoa(year)}
	switch {
	case errors.Is(err, assess.ErrNotFound):
		return []Finding{{State: Wrong, Key: "definitions.none", Args: args}}, nil
	case err != nil:
		return []Finding{{State: Wrong, Key: "definitions.bad", Args: args, Cause: err}}, nil
	}
	indicators := 0
	for _, f := range e.Frameworks {
		indicators += len(f.Root.Leaves())
	}
	args["frameworks"], args["indicators"], args["edition"] = strconv.Itoa(len(e.Frameworks)), strconv.Itoa(indicators), strconv.Itoa(e.Number)
	found := []Finding{{State: Good, Key: "definitions.good", Args: args}}
	if unused := unusedItems(e); len(unused) > 0 {
		found = append(found, Finding{State: Look, Key: "definitions.unused", Args: map[string]string{"n": strconv.Itoa(len(unused)), "items": named(unused)}})
	}
	return found, nil
}

// unusedItems answers the items that are asked for to be scored and serve no indicator of the edition.
func unusedItems(e *assess.Edition) (codes []string) {
	for _, item := range e.Items {
		serves := slices.ContainsFunc(item.UsedBy, func(code assess.Code) bool { _, _, ok := e.Indicator(code); return ok })
		if item.Purpose == "scored" && !serves {
			codes = append(codes, string(item.Code))
		}
	}
	return codes
}

func (in Installation) yearOf(now time.Time) int {
	if in.Zone == nil {
		return now.Year()
	}
	return now.In(in.Zone).Year()
}

// lateInYear is the month from which the days of the next year should be known: the State Council announces them in November.
const lateInYear = time.November

// calendar looks whether the days off of this year, and late in it of the next, are entered.
func (in Installation) calendar(ctx context.Context, now time.Time) (found []Finding, err error) {
	if in.Days == nil {
		return nil, nil
	}
	years := []int{in.yearOf(now)}
	if now.Month() >= lateInYear {
		years = append(years, years[0]+1)
	}
	for _, year := range years {
		y, ok, err := in.Days(ctx, year)
		if err != nil {
			return nil, err
		}
		f := Finding{State: Good, Key: "calendar.good", Args: map[string]string{"year": strconv.Itoa(year)}}
		switch {
		case !ok || len(y.Holidays) == 0:
			f.State, f.Key = Wrong, "calendar.none"
			if year > years[0] {
				f.State = Look
			}
		case !y.Official:
			f.State, f.Key = Look, "calendar.guessed"
		}
		found = append(found, f)
	}
	return found, nil
}

// The ages of a backup: after stale somebody should look, after old what is lost at a fault is too much.
const (
	stale = 48 * time.Hour
	old   = 8 * 24 * time.Hour
)

// backup looks at the newest backup.
func (in Installation) backup(ctx context.Context, now time.Time) Finding {
	if in.Backup == nil {
		return Finding{State: Skipped, Key: "backup.unknown"}
	}
	b, err := in.Backup(ctx)
	if err != nil {
		return Finding{State: Skipped, Key: "backup.unread", Cause: err}
	}
	f := Finding{State: Good, Key: "backup.good", Args: map[string]string{"name": b.Name, "at": in.moment(b.At)}}
	switch age := now.Sub(b.At); {
	case b.At.IsZero():
		f.State, f.Key = Look, "backup.none"
	case age > max(old, 2*b.Every):
		f.State, f.Key = Wrong, "backup.old"
	case age > max(stale, 2*b.Every):
		f.State, f.Key = Look, "backup.stale"
	case b.Failed != "":
		f.State, f.Key = Look, "backup.failed"
		f.Args["why"] = b.Failed
	case !b.Apart:
		f.State, f.Key = Look, "backup.beside"
	}
	return f
}
