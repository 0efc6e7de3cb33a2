package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Releases keep who asked for readable personal columns as a file, and who allowed it.
type Releases interface {
	AskRelease(ctx context.Context, r assess.Release, line assess.AuditLine) error
	MoveRelease(ctx context.Context, r assess.Release, from assess.ReleaseState, line assess.AuditLine) error
	Release(ctx context.Context, id string) (assess.Release, error)
	Releases(ctx context.Context, table assess.Code) ([]assess.Release, error)
	WaitingReleases(ctx context.Context) ([]assess.Release, error)
}

// Counter is where registers are handed out as files: covered to those who read them, readable to those who handle them.
type Counter struct {
	*Book
	Releases Releases
}

// MostReadable is how many records with readable personal columns one person takes alone; more take a second one.
const MostReadable = 100

// releaseLife is how long a release that was allowed can be taken.
const releaseLife = 3 * 24 * time.Hour

// MayUncover says whether somebody handles records of a table, and so may read personal columns of them.
func (t *Table) MayUncover(u account.User) bool {
	return u.May(account.Uncover, u.Unit, t.Keeper())
}

// Copy answers the records of a register for a file: those that the reader may see. With readable personal columns it is for those who handle
// them, for a reason; above MostReadable records by a release that somebody else has allowed, which is taken by it. line says who; the line of
// the file itself is the caller's. Problems: who may not, no reason, no release.
func (c *Counter) Copy(ctx context.Context, want assess.RegisterTaking, u account.User, line assess.AuditLine) (*assess.RegisterCopy, error) {
	t, all, err := c.wanted(ctx, want, u, line.At)
	if err != nil {
		return nil, err
	}
	copied := &assess.RegisterCopy{Register: t.Register, Records: all, Covered: map[string]bool{}, By: signed(u), At: line.At}
	if want.Readable {
		if err := c.mayRead(ctx, t, want, len(all), u, line); err != nil {
			return nil, err
		}
		copied.Watermark = copied.By + " " + line.At.In(c.Zone).Format("2006-01-02 15:04")
	}
	for i := range all {
		if err := c.fill(t, &all[i], want.Readable, copied.Covered); err != nil {
			return nil, err
		}
	}
	return copied, nil
}

// wanted answers the records that a file is to hold, sealed.
func (c *Counter) wanted(ctx context.Context, want assess.RegisterTaking, u account.User, now time.Time) (*Table, []assess.Record, error) {
	t, _, err := c.Table(ctx, want.Table, now)
	if err != nil {
		return nil, nil, err
	}
	q := assess.RecordQuery{Table: want.Table, Closed: want.Closed}
	if !u.May(account.ReadRegisters, "") {
		if !u.May(account.ReadRegisters, u.Unit) {
			return nil, nil, notYours()
		}
		q.Units = []assess.UnitCode{u.Unit}
	}
	all, _, err := c.Store.Records(ctx, q)
	return t, all, err
}

// mayRead says whether somebody may have n records readable.
func (c *Counter) mayRead(ctx context.Context, t *Table, want assess.RegisterTaking, n int, u account.User, line assess.AuditLine) error {
	switch {
	case !t.MayUncover(u):
		return notYours()
	case strings.TrimSpace(want.Reason) == "" && want.Release == "":
		return assess.Invalid("problem.uncover_reason", "say why this is to be seen; it is logged").At(assess.Place{Field: "reason"})
	case n <= MostReadable:
		return nil
	case want.Release == "":
		return assess.Forbidden("problem.release_needed", fmt.Sprintf("%d records with readable personal columns are more than %d and take a second person; ask for them, and somebody else who handles them allows it", n, MostReadable), "n", fmt.Sprint(n), "most", fmt.Sprint(MostReadable))
	}
	r, err := c.Releases.Release(ctx, want.Release)
	if err != nil {
		return err
	}
	if r.Table != t.Code || r.AskedBy != u.Name || r.Unit != u.Unit || r.State != assess.ReleaseAllowed || r.Closed != want.Closed || line.At.Sub(r.DecidedAt) > releaseLife || n > r.Records {
		return assess.Forbidden("problem.release_not", "nobody has allowed this file, or what was allowed is over; ask for it anew")
	}
	r.State = assess.ReleaseTaken
	line.Action, line.Object, line.Unit, line.After = "release.take", string(t.Code)+" "+r.ID, r.Unit, fmt.Sprintf("%d records; allowed by %s", n, r.DecidedBy)
	return c.Releases.MoveRelease(ctx, r, assess.ReleaseAllowed, line)
}

// signed names somebody as the watermark does.
func signed(u account.User) string {
	if u.DisplayName == "" || u.DisplayName == u.Name {
		return u.Name
	}
	return u.DisplayName + " (" + u.Name + ")"
}

// fill puts the personal columns of a record among its values, readable or covered. Covered, what names a person in another text is covered
// too: many a studio is called by its leader's name.
func (c *Counter) fill(t *Table, r *assess.Record, readable bool, covered map[string]bool) error {
	personal, err := c.open(r)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, f := range t.Fields {
		value := r.Values[f.Name]
		switch {
		case f.Personal && readable:
			value = personal[f.Name]
		case f.Personal:
			value = t.Masked(f.Name, personal[f.Name])
			covered[f.Name] = true
		case !readable && (f.Type == "string" || f.Type == "text") && !slices.Contains(t.Key, f.Name):
			for name, whole := range personal {
				if utf8.RuneCountInString(whole) > 1 && strings.Contains(value, whole) {
					value = strings.ReplaceAll(value, whole, t.Masked(name, whole))
					covered[f.Name] = true
				}
			}
		}
		if value != "" {
			values[f.Name] = value
		}
	}
	r.Values, r.Sealed = values, ""
	return nil
}

// Ask asks a second person to allow readable personal columns as a file. line says who.
func (c *Counter) Ask(ctx context.Context, want assess.RegisterTaking, u account.User, line assess.AuditLine) (assess.Release, error) {
	t, all, err := c.wanted(ctx, want, u, line.At)
	if err != nil {
		return assess.Release{}, err
	}
	if !t.MayUncover(u) {
		return assess.Release{}, notYours()
	}
	if want.Reason = strings.TrimSpace(want.Reason); want.Reason == "" {
		return assess.Release{}, assess.Invalid("problem.uncover_reason", "say why this is to be seen; it is logged").At(assess.Place{Field: "reason"})
	}
	r := assess.Release{Table: t.Code, Unit: u.Unit, Closed: want.Closed, Records: len(all), Reason: want.Reason, State: assess.ReleaseWaiting, AskedBy: u.Name, AskedAt: line.At}
	if r.ID, err = newID(); err != nil {
		return r, err
	}
	line.Action, line.Object, line.Unit, line.After = "release.ask", string(t.Code)+" "+r.ID, r.Unit, fmt.Sprintf("%d records; %s", r.Records, r.Reason)
	return r, c.Releases.AskRelease(ctx, r, line)
}

// Decide allows or refuses a release: somebody else who handles the same records.
func (c *Counter) Decide(ctx context.Context, id string, allow bool, u account.User, line assess.AuditLine) error {
	r, err := c.Releases.Release(ctx, id)
	if err != nil {
		return err
	}
	t, _, err := c.Table(ctx, r.Table, line.At)
	if err != nil {
		return err
	}
	if !t.sees(u, r) {
		return assess.NotFound("problem.release_none", "nobody asked for such a file; choose one of the list")
	}
	if r.AskedBy == u.Name {
		return assess.Forbidden("problem.release_own", "who asked for the file does not allow it; a second person does")
	}
	r.State, r.DecidedBy, r.DecidedAt = assess.ReleaseRefused, u.Name, line.At
	if allow {
		r.State = assess.ReleaseAllowed
	}
	line.Action, line.Object, line.Unit, line.After = "release."+string(r.State), string(t.Code)+" "+r.ID, r.Unit, fmt.Sprintf("%d records; asked by %s", r.Records, r.AskedBy)
	return c.Releases.MoveRelease(ctx, r, assess.ReleaseWaiting, line)
}

// sees says whether somebody handles the records that a release is about.
func (t *Table) sees(u account.User, r assess.Release) bool {
	return u.May(account.Uncover, r.Unit, t.Keeper()) && (u.Unit == "" || u.Unit == r.Unit)
}

// Asked answers the releases of a register that somebody may decide about or asked for, newest first.
func (c *Counter) Asked(ctx context.Context, table assess.Code, u account.User, now time.Time) ([]assess.Release, error) {
	t, _, err := c.Table(ctx, table, now)
	if err != nil {
		return nil, err
	}
	all, err := c.Releases.Releases(ctx, table)
	return slices.DeleteFunc(all, func(r assess.Release) bool { return !t.sees(u, r) }), err
}

// Waiting answers the releases that wait for somebody, who did not ask for them, oldest first.
func (c *Counter) Waiting(ctx context.Context, u account.User, now time.Time) (mine []assess.Release, err error) {
	if !u.MaySome(account.Uncover) {
		return nil, nil
	}
	all, err := c.Releases.WaitingReleases(ctx)
	for _, r := range all {
		t, _, err := c.Table(ctx, r.Table, now)
		if err != nil {
			return nil, err
		}
		if r.AskedBy != u.Name && t.sees(u, r) {
			mine = append(mine, r)
		}
	}
	return mine, err
}
