package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// outward answers a problem of the machine as everybody may read it: without its folders and what its engine says. Others stay as they are.
func outward(p *assess.Problem) *assess.Problem {
	said := map[string][2]string{
		"problem.disk_full":              {"web.trouble.full", "the disk of the server is full: it can be read from, but nothing can be saved; tell the administrator"},
		"problem.disk_reserve":           {"web.trouble.reserve", "the disk of the server was full and works on its reserve; the administrator makes room on it"},
		"problem.data_folder_read_only":  {"web.trouble.readonly", "the disk of the server can only be read from: nothing can be saved; tell the administrator"},
		"problem.disk_faulty":            {"web.trouble.faulty", "the disk of the server reports a fault, and nothing was saved; tell the administrator"},
		"problem.database_busy":          {"web.trouble.busy", "the data are held by another program, and nothing was saved; try again in a minute"},
		"problem.too_many_files":         {"web.trouble.files", "the server has too much to do, and nothing was saved; try again in a minute"},
		"problem.database_damaged":       {"web.trouble.damaged", "the data of the server are damaged: nothing can be saved, and what is shown may be a part; tell the administrator"},
		"problem.database_full":          {"web.trouble.full", "the disk of the server is full: it can be read from, but nothing can be saved; tell the administrator"},
		"problem.database_standby":       {"web.trouble.away", "the server cannot reach its database, and nothing was saved; try again in a minute"},
		"problem.database_held":          {"web.trouble.busy", "the data are held by another program, and nothing was saved; try again in a minute"},
		"problem.database_away":          {"web.trouble.away", "the server cannot reach its database, and nothing was saved; try again in a minute"},
		"problem.database_denied":        {"web.trouble.unreadable", "the server cannot reach its data; tell the administrator"},
		"problem.database_missing":       {"web.trouble.unreadable", "the server cannot reach its data; tell the administrator"},
		"problem.database_rights":        {"web.trouble.unreadable", "the server cannot reach its data; tell the administrator"},
		"problem.database_setting":       {"web.trouble.unreadable", "the server cannot reach its data; tell the administrator"},
		"problem.database_version":       {"web.trouble.unreadable", "the server cannot reach its data; tell the administrator"},
		"problem.data_folder_unreadable": {"web.trouble.unreadable", "the server cannot reach its data; tell the administrator"},
	}[p.Key]
	if said[0] == "" {
		return p
	}
	return assess.Unavailable(said[0], said[1]).Because(p)
}

// trouble answers what the top of every page says of the state of the server, "" where there is nothing to say. That the reserve is being
// used up concerns administrators alone: everybody else can still work.
func (s *site) trouble(v *visit) string {
	p := s.Trouble()
	if p == nil || p.Key == "problem.disk_reserve" && !v.user.May(account.ManageAccounts, "") {
		return ""
	}
	return v.problem(p)
}

// Failure is what failed by the clock: when, and why.
type Failure struct {
	At  time.Time
	Err error
}

// failedBackup answers when and why the last backup by the clock failed, to those who keep the installation; ok is false where none has.
func (s *site) failedBackup(v *visit) (at, why string, ok bool) {
	if s.BackupFailed == nil || !v.user.May(account.ConfirmOutage, "") && !v.user.May(account.ManageAccounts, "") {
		return "", "", false
	}
	f, failed := s.BackupFailed()
	if !failed {
		return "", "", false
	}
	why = f.Err.Error()
	if p, spoken := errors.AsType[*assess.Problem](f.Err); spoken {
		why = v.words.Say(p.Key, p.Args)
		if under, spoken := errors.AsType[*assess.Problem](p.Cause); spoken {
			why += v.words.T("common.space") + v.words.Say(under.Key, under.Args)
		}
	}
	return s.stamp(v, f.At), why, true
}

// backupFault answers what the top of administrators' pages says of it, "" where there is nothing to say.
func (s *site) backupFault(v *visit) string {
	at, why, ok := s.failedBackup(v)
	if !ok {
		return ""
	}
	return v.words.T("web.backup.failed", "at", at, "why", why)
}

// backupTodos answers the same among the tasks.
func (s *site) backupTodos(v *visit) []todo {
	at, why, ok := s.failedBackup(v)
	if !ok {
		return nil
	}
	return []todo{{URL: "/admin", Do: v.words.T("web.todo.backup.do"), What: v.words.T("web.todo.backup", "at", at, "why", why)}}
}

// readOn keeps sessions as another does, but lets nobody be turned away because the time of their last page could not be written down: who
// was signed in reads on while the disk is full. A session that is new, or of somebody else now, is kept or refused as always.
type readOn struct {
	scs.Store
	log *slog.Logger
}

// How long a page waits for the time of its session's last use to be written down, and how long the writing itself may take: where a database
// answers no change, as while its synchronous standby is away, what can be read is read on.
const (
	seenPatience = 2 * time.Second
	seenTime     = time.Minute
)

// CommitCtx implements scs.CtxStore.
func (x readOn) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if known, found, err := x.FindCtx(ctx, token); err == nil && found && sameButSeen(known, data) {
		x.noteUse(ctx, token, data, expiry)
		return nil
	}
	err := x.commit(ctx, token, data, expiry)
	if err == nil || !errors.Is(err, assess.ErrUnavailable) {
		return err
	}
	known, found, findErr := x.FindCtx(ctx, token)
	if findErr != nil || !found || owner(known) != owner(data) {
		return err
	}
	x.unwritten(ctx, err)
	return nil
}

// noteUse writes the last use of a session down, and leaves that to itself where it takes long.
func (x readOn) noteUse(ctx context.Context, token string, data []byte, expiry time.Time) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		ctx, end := context.WithTimeout(context.WithoutCancel(ctx), seenTime)
		defer end()
		if err := x.commit(ctx, token, data, expiry); err != nil {
			x.unwritten(ctx, err)
		}
	}()
	select {
	case <-over:
	case <-time.After(seenPatience):
	}
}

func (x readOn) unwritten(ctx context.Context, err error) {
	x.log.LogAttrs(ctx, slog.LevelWarn, "the last use of a session was not written down", slog.String("error", err.Error()))
}

func (x readOn) commit(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if to, ok := x.Store.(scs.CtxStore); ok {
		return to.CommitCtx(ctx, token, data, expiry)
	}
	return x.Commit(token, data, expiry)
}

// FindCtx implements scs.CtxStore.
func (x readOn) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if from, ok := x.Store.(scs.CtxStore); ok {
		return from.FindCtx(ctx, token)
	}
	return x.Find(token)
}

// DeleteCtx implements scs.CtxStore.
func (x readOn) DeleteCtx(ctx context.Context, token string) error {
	if from, ok := x.Store.(scs.CtxStore); ok {
		return from.DeleteCtx(ctx, token)
	}
	return x.Delete(token)
}

// sameButSeen says whether the data of a session differ in the time of its last use at most.
func sameButSeen(a, b []byte) bool {
	_, was, wasErr := account.SessionCodec{}.Decode(a)
	_, is, isErr := account.SessionCodec{}.Decode(b)
	if wasErr != nil || isErr != nil {
		return false
	}
	delete(was, account.SeenKey)
	delete(is, account.SeenKey)
	return maps.Equal(was, is)
}

// owner answers whose session some data are, with what of it decides what they open.
func owner(data []byte) [3]string {
	_, values, err := account.SessionCodec{}.Decode(data)
	if err != nil {
		return [3]string{"?"}
	}
	var of [3]string
	for i, key := range []string{account.SessionKey, account.PendingKey, account.EnrolKey} {
		of[i], _ = values[key].(string)
	}
	return of
}
