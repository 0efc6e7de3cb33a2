package takeout

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// made answers where the file of a job lies.
func (o *office) made(t *testing.T, j assess.ExportJob) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(o.Folder, j.ID))
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	return filepath.Join(o.Folder, j.ID, entries[0].Name())
}

// A file on the disk that is not as it was made – a byte, its end, more of it – is handed to nobody.
func TestAChangedOrderedFileIsNotHandedOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	j := o.ask(t)
	o.clear(t)
	j = o.job(t, j.ID)
	path := o.made(t, j)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	open := func() error {
		f, _, err := o.Open(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst", Result: "ok"})
		if err == nil {
			f.Close()
		}
		return err
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for what, text := range map[string][]byte{"a byte": flipped, "its end": whole[:len(whole)-1], "more": append(bytes.Clone(whole), '\n')} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if p, ok := errors.AsType[*assess.Problem](open()); !ok || p.Key != "problem.takeout_changed" {
			t.Errorf("%s: answered %v", what, p)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Errorf("the file as it was made: %v", err)
	}
}

// TestAFileIsMadeInTheBackground: it appears whole, readable by the program alone, for who asked for it alone; its download is in the audit
// log with what it holds.
func TestAFileIsMadeInTheBackground(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	j := o.ask(t)
	if len(o.files(t)) != 0 {
		t.Errorf("made at once: %v", o.files(t))
	}
	o.clear(t)
	j = o.job(t, j.ID)
	if j.State != assess.ExportDone || j.File != "2026年第三季度_数据项明细表.csv" || j.Edition != "working" || !j.Expires.Equal(autumn.Add(7*24*time.Hour)) {
		t.Errorf("made: %+v", j)
	}
	info, err := os.Stat(o.made(t, j))
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != j.Size {
		t.Errorf("file %v, %v", info, err)
	}
	head, err := o.kept.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := o.Open(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst", Result: "ok"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil || strings.Count(string(text), "\n") != 501 {
		t.Errorf("read %d bytes, %v", len(text), err)
	}
	lines, err := o.kept.AuditAbout(t.Context(), "observations 2026Q3", 1)
	if err != nil || len(lines) != 1 || lines[0].Seq != head.Audit+1 || !strings.Contains(lines[0].After, "format csv; units all; edition working; language zh; ") {
		t.Errorf("audit: %+v, %v", lines, err)
	}
	for name, do := range map[string]func(context.Context, string) error{
		"open": func(ctx context.Context, id string) error {
			_, _, err := o.Open(ctx, o.kept.users["other"], id, assess.AuditLine{})
			return err
		},
		"cancel": func(ctx context.Context, id string) error {
			return o.Cancel(ctx, o.kept.users["other"], id, assess.AuditLine{})
		},
		"retry": func(ctx context.Context, id string) error {
			return o.Retry(ctx, o.kept.users["other"], id, assess.AuditLine{})
		},
		"drop": func(ctx context.Context, id string) error {
			return o.Drop(ctx, o.kept.users["other"], id, assess.AuditLine{})
		},
	} {
		theirs, nobodys := do(t.Context(), j.ID), do(t.Context(), "8f6d6f3e-0000-4000-8000-000000000000")
		if !errors.Is(theirs, assess.ErrNotFound) || theirs.Error() != nobodys.Error() {
			t.Errorf("%s by another: %v; of none: %v", name, theirs, nobodys)
		}
	}
	if err := o.Drop(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst"}); err != nil || len(o.files(t)) != 0 {
		t.Errorf("dropped: %v, left %v", err, o.files(t))
	}
}

// TestProgressAndCancel: while a file is made its rows are counted; cancelled, it ends at once and leaves nothing behind.
func TestProgressAndCancel(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	j := o.ask(t)
	reached := make(chan struct{})
	o.log.rows = 3 * int(j.Total)
	o.log.before = func(ctx context.Context, row int) error {
		if row == int(j.Total)/2 {
			close(reached)
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- o.Clear(t.Context()) }()
	<-reached
	if now := o.job(t, j.ID); now.State != assess.ExportMaking || now.Done < j.Total/2-j.Total/50 || now.Done > j.Total/2 {
		t.Errorf("half-way: %d of %d, %s", now.Done, now.Total, now.State)
	}
	if err := o.Cancel(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst"}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if now := o.job(t, j.ID); now.State != assess.ExportCancelled || len(o.files(t)) != 0 {
		t.Errorf("cancelled: %s, left %v", now.State, o.files(t))
	}
	o.log.before = nil
	if err := o.Retry(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst"}); err != nil {
		t.Fatal(err)
	}
	if o.clear(t); o.job(t, j.ID).State != assess.ExportDone {
		t.Errorf("tried again: %+v", o.job(t, j.ID))
	}
}

// TestAnEndedProgramGoesOn: what was being made when the program ended is made after the next start, and no half file stays.
func TestAnEndedProgramGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	j := o.ask(t)
	ctx, end := context.WithCancel(t.Context())
	o.log.before = func(context.Context, int) error { end(); return nil }
	if err := o.Clear(ctx); err != nil {
		t.Fatal(err)
	}
	if now := o.job(t, j.ID); now.State != assess.ExportMaking {
		t.Errorf("ended: %s", now.State)
	}
	if err := os.WriteFile(filepath.Join(o.Folder, halfway+"1"), []byte("x"), 0o600); err != nil { // as a crash leaves it
		t.Fatal(err)
	}
	o.log.before = nil
	if err := o.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.clear(t)
	if diff := cmp.Diff([]string{j.ID}, o.files(t)); o.job(t, j.ID).State != assess.ExportDone || diff != "" {
		t.Errorf("after the start: %+v (-want +files):\n%s", o.job(t, j.ID), diff)
	}
}

// TestWhyAFileFailed: the reason is worded, what nobody foresaw by the number of the line of the log; a failed file leaves nothing behind.
func TestWhyAFileFailed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(*office)
		key     string
	}{
		"a fault": {func(o *office) { o.log.before = func(context.Context, int) error { return errors.New("odd fault") } }, "problem.takeout_internal"},
		"a panic": {func(o *office) { o.log.before = func(context.Context, int) error { panic("odd panic") } }, "problem.takeout_internal"},
		"a full disk": {func(o *office) {
			o.log.before = func(context.Context, int) error { return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC} }
		}, "problem.takeout_disk"},
		"a permission that has gone": {func(o *office) {
			u := o.analyst()
			u.DisabledAt = autumn
			o.kept.users["analyst"] = u
		}, "problem.no_permission"},
	} {
		o := newOffice(t)
		j := o.ask(t)
		c.prepare(o)
		o.clear(t)
		now := o.job(t, j.ID)
		if now.State != assess.ExportFailed || now.Problem == nil || now.Problem.Key != c.key || len(o.files(t)) != 0 {
			t.Errorf("%s: %+v, left %v", name, now, o.files(t))
			continue
		}
		number := now.Problem.Args["number"]
		if logged := o.logged.String(); c.key == "problem.takeout_internal" && (number == "" || !strings.Contains(logged, "number="+number) || !strings.Contains(logged, "odd "+name[2:])) {
			t.Errorf("%s: number %q, log %s", name, number, logged)
		}
	}
}

// TestFilesExpire: a file is there for the time that was stated, and no longer.
func TestFilesExpire(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	j := o.ask(t)
	o.clear(t)
	open := func() error {
		f, _, err := o.Open(t.Context(), o.analyst(), j.ID, assess.AuditLine{At: autumn, Actor: "analyst"})
		if err == nil {
			f.Close()
		}
		return err
	}
	o.now = autumn.Add(o.Keep - time.Minute)
	if err := errors.Join(o.Begin(t.Context()), open()); err != nil {
		t.Errorf("before its time: %v", err)
	}
	o.now = autumn.Add(o.Keep)
	if err := open(); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("at its time, before it is swept: %v", err)
	}
	if err := o.Begin(t.Context()); err != nil || len(o.files(t)) != 0 {
		t.Errorf("after its time: %v, left %v", err, o.files(t))
	}
}

// TestNobodyFillsTheQueue.
func TestNobodyFillsTheQueue(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range MostWaiting {
		o.ask(t)
	}
	if _, err := o.Ask(t.Context(), o.analyst(), figuresOrder(), assess.AuditLine{}); !errors.Is(err, assess.ErrUnavailable) {
		t.Errorf("one more: %v", err)
	}
	if _, err := o.Ask(t.Context(), o.kept.users["other"], figuresOrder(), assess.AuditLine{}); err != nil {
		t.Errorf("another person: %v", err)
	}
}

// TestAFileStaysWhereItsPersonWas: whoever has another post since opens no file that holds what the post may not have, and every other.
func TestAFileStaysWhereItsPersonWas(t *testing.T) {
	t.Parallel()
	city := account.User{Role: assess.CityAnalyst}
	heping, shenhe := account.User{Role: assess.DistrictReporter, Unit: "210102"}, account.User{Role: assess.DistrictReporter, Unit: "210103"}
	for name, c := range map[string]struct {
		then, now account.User
		opens     bool
	}{
		"city to district":             {city, heping, false},
		"district to another district": {heping, shenhe, false},
		"district to city":             {heping, city, true},
		"within the district":          {heping, account.User{Role: assess.DistrictChair, Unit: "210102"}, true},
		"the same":                     {heping, heping, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.board.published = true
			c.then.ID, c.now.ID = "mover", "mover"
			o.kept.users["mover"] = c.then
			j, err := o.Ask(t.Context(), c.then, figuresOrder(), assess.AuditLine{At: autumn, Actor: "mover", Result: "ok"})
			if err != nil {
				t.Fatal(err)
			}
			o.clear(t)
			if j = o.job(t, j.ID); j.State != assess.ExportDone {
				t.Fatalf("made: %+v", j)
			}
			f, _, err := o.Open(t.Context(), c.now, j.ID, assess.AuditLine{At: autumn, Actor: "mover", Result: "ok"})
			if err == nil {
				f.Close()
			}
			if opens := err == nil; opens != c.opens || !opens && !errors.Is(err, assess.ErrNotFound) {
				t.Errorf("opens: %v, %v", opens, err)
			}
		})
	}
}
