package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/export"
	"github.com/unionboard/unionboard/internal/takeout"
)

// allFormats is set where there is time for the whole demonstration, and for files that take seconds to make: papers, Parquet and the package.
const allFormats = "UNIONBOARD_TEST_MOVE"

// takenOut answers the sum of every table that can be taken out of a data folder, of the notice, and with allFormats of everything in every format, of a
// quarter and a year; and the audit log as CSV.
func takenOut(t *testing.T, dir string, periods ...assess.Period) (sums map[string]string, log string) {
	t.Helper()
	sums = map[string]string{}
	inside(t, dir, func(a *app) {
		room, err := a.takeout()
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)
		quick := []takeout.Format{takeout.CSV, takeout.JSON, takeout.XLSX}
		for _, p := range periods {
			for _, offer := range takeout.Offers() {
				for _, format := range offer.Formats {
					wanted := slices.Contains(quick, format) && p.Kind() == assess.Quarter || offer.Table == "notice" && format == takeout.DOCX
					if !wanted && os.Getenv(allFormats) == "" {
						continue
					}
					name := fmt.Sprintf("%s %s %s", p, offer.Table, format)
					file, err := room.File(t.Context(), takeout.Order{Order: export.Order{Table: offer.Table, Periods: []assess.Period{p}, Lang: "zh", Now: now, Unsigned: true}, Format: format})
					sum := sha256.New()
					if err == nil {
						err = file.Write(t.Context(), sum)
					}
					if p, of := errors.AsType[*assess.Problem](err); of {
						fmt.Fprint(sum, p.Key) // what cannot be had stays so
					} else if err != nil {
						t.Fatal(name, err)
					}
					sums[name] = fmt.Sprintf("%x", sum.Sum(nil))
				}
			}
		}
	})
	return sums, good(t, "audit", "export", "--data", dir)
}

// A demonstration of two quarters, or the whole, is moved to a PostgreSQL and back: its seals hold, its audit log holds, and every file that is taken out of it is the same to the
// byte. In the audit log the lines of the moves, and of what was looked at since, come after those that were there.
func TestTheDemonstrationMovesThereAndBack(t *testing.T) {
	t.Parallel()
	address := cluster.Empty(t)
	onPostgres(t, address) // skips where the environment says already where data stand
	address = strings.Replace(address, ":hunter2@", "@", 1)
	dir, periods := sealedCity(t), []assess.Period{assess.NewQuarter(2026, 3), assess.NewYear(2026)}
	if os.Getenv(allFormats) != "" {
		dir, periods = copyDemonstration(t), []assess.Period{assess.NewQuarter(2026, 1), assess.NewYear(2025)}
	}
	secret := filepath.Join(dir, "database.password")
	if err := os.WriteFile(secret, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	was, log := takenOut(t, dir, periods...)
	if len(was) < 40 || !strings.Contains(log, "publication.seal") {
		t.Fatalf("only %d files: %v", len(was), slices.Sorted(maps.Keys(was)))
	}
	same := func(where string) {
		t.Helper()
		is, longer := takenOut(t, dir, periods...)
		for name, sum := range was {
			if is[name] != sum {
				t.Errorf("%s, %s: another file", where, name)
			}
		}
		if !strings.HasPrefix(longer, log) || strings.Count(longer, ",move,") != strings.Count(log, ",move,")+1 {
			t.Errorf("%s: the audit log is not what it was and a line of the move", where)
		}
		log = longer
		if said := good(t, "verify", "--data", dir); !strings.Contains(said, "lines hold") || strings.Contains(said, "0 of 0 seals") {
			t.Errorf("%s: %s", where, said)
		}
		good(t, "audit", "verify", "--data", dir)
	}
	before, err := os.ReadFile(filepath.Join(dir, "unionboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	r := call(t, "move", "--from", dir, "--to", address, "--to-password-file", secret)
	if r.code != exitDone || !strings.Contains(r.out, "seals hold") || !strings.Contains(r.err, "database: "+address) || !strings.Contains(r.err, "database_password_file: database.password\n") || strings.Contains(r.out+r.err, "hunter2") {
		t.Fatal(r.code, r.out, r.err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "unionboard.db")); err != nil || !bytes.Equal(after, before) {
		t.Errorf("what was moved from is another file: %v", err)
	}
	settings, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, config.FileName), string(settings), "database: "+address, "database_password_file: database.password", "")
	same("on PostgreSQL")

	// Back into the same folder, once the old file has left it.
	call(t, "move", "--from", address, "--to", dir).oneSentence(t, exitFailed, "holds a unionboard database already")
	if err := os.Rename(filepath.Join(dir, "unionboard.db"), filepath.Join(t.TempDir(), "old.db")); err != nil {
		t.Fatal(err)
	}
	r = call(t, "move", "--from", address, "--to", dir)
	if r.code != exitDone || !strings.Contains(r.err, "take database: and its password out") {
		t.Fatal(r.code, r.out, r.err)
	}
	write(t, filepath.Join(dir, config.FileName), string(settings))
	same("back in the folder")
}

// A move that is killed leaves a place that no command takes, and what it came from as it was; begun again it comes to its end.
func TestAKilledMoveIsBegunAgain(t *testing.T) {
	t.Parallel()
	address := cluster.Empty(t)
	onPostgres(t, address)
	address = strings.Replace(address, ":hunter2@", "@", 1)
	dir := installation(t)
	other := onPostgres(t, address) // a data folder whose database it is
	secret := filepath.Join(other, "database.password")
	for i := range 6 {
		p := start(t, "move", "--from", dir, "--to", address, "--to-password-file", secret)
		select {
		case <-p.ended:
			t.Logf("the move ended before it was killed, in round %d", i+1)
			return
		case <-time.After(time.Duration(i*i) * 20 * time.Millisecond):
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.ended
		if r := call(t, "user", "list", "--data", other); r.code != exitFailed || !strings.Contains(r.err, "broken off") && !strings.Contains(r.err, "holds no unionboard") {
			t.Fatalf("killed after %d ms: %d, %s", i*i*20, r.code, r.err)
		}
	}
	good(t, "move", "--from", dir, "--to", address, "--to-password-file", secret)
	if said := good(t, "user", "list", "--data", other); !strings.Contains(said, "admin") {
		t.Error(said)
	}
}

// A log that does not hold what was written down of it day by day – an old copy of the data, or a tail that was made anew – is not moved. Afterwards
// no command takes the data where they stood.
func TestAMoveComparesTheHeadsThatWereKept(t *testing.T) {
	t.Parallel()
	address := cluster.Empty(t)
	secret := filepath.Join(onPostgres(t, address), "database.password") // skips where the environment says already where data stand
	address = strings.Replace(address, ":hunter2@", "@", 1)
	dir := installation(t)
	good(t, "audit", "head", "--data", dir)
	heads, err := filepath.Glob(filepath.Join(dir, "*", headsFile))
	if err != nil || len(heads) != 1 {
		t.Fatal(heads, err)
	}
	kept, err := os.ReadFile(heads[0])
	if err != nil {
		t.Fatal(err)
	}
	later := strings.NewReplacer(",1,", ",1000,", ",2,", ",1000,", ",3,", ",1000,", ",4,", ",1000,", ",5,", ",1000,").Replace(string(kept))
	if later == string(kept) {
		t.Fatalf("no line of %q was changed", kept)
	}
	if err := os.WriteFile(heads[0], []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "move", "--from", dir, "--to", address, "--to-password-file", secret).oneSentence(t, exitFailed, "audit log is broken")
	good(t, "user", "list", "--data", dir)
	if err := os.WriteFile(heads[0], kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := good(t, "move", "--from", dir, "--to", address, "--to-password-file", secret); !strings.Contains(said, "1 kept heads of the log were compared") {
		t.Error(said)
	}
	for _, command := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"user", "list"}, {"collect"}} {
		call(t, append(command, "--data", dir)...).oneSentence(t, exitFailed, "were moved to postgres://owner@127.0.0.1:")
	}
	if found, r := findings(t, "doctor", "--data", dir); r.code != exitFailed || !slices.Contains(found, "wrong database.closed") {
		t.Errorf("the doctor ends with %d and finds %q", r.code, found)
	}
	if err := os.Remove(filepath.Join(dir, "unionboard.moved")); err != nil {
		t.Fatal(err)
	}
	good(t, "user", "list", "--data", dir)
}

// What a move cannot begin with is one sentence, and no password is taken from the command line.
func TestWhatCannotBeMoved(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	dir := installation(t)
	const address = "postgres://owner@127.0.0.1:1/board"
	for _, c := range []struct {
		code  int
		words string
		args  []string
	}{
		{exitUsage, "--from and --to are needed", nil},
		{exitUsage, "both data folders", []string{"--from", dir, "--to", dir + "2"}},
		{exitUsage, "everybody on this machine can see", []string{"--from", dir, "--to", "postgres://owner:hunter2@127.0.0.1:1/board"}},
		{exitUsage, "cannot be read", []string{"--from", dir, "--to", "postgres:board"}},
		{exitUsage, "sslmode", []string{"--from", dir, "--to", "postgres://owner@db.example:5432/board"}},
		{exitFailed, "cannot be reached", []string{"--from", dir, "--to", address}},
		{exitFailed, "there is no data folder", []string{"--from", dir + "2", "--to", address}},
		{exitFailed, "cannot be reached", []string{"--from", address, "--to", filepath.Join(t.TempDir(), "new")}},
		{exitFailed, "no-such-file", []string{"--from", dir, "--to", address, "--to-password-file", "no-such-file"}},
	} {
		r := call(t, append([]string{"move"}, c.args...)...)
		r.oneSentence(t, c.code, c.words)
		if strings.Contains(r.err, "hunter2") {
			t.Errorf("%s shows the password", r.err)
		}
	}
	configure(t, dir, "database: "+address)
	call(t, "move", "--from", dir, "--to", "postgres://owner@127.0.0.1:1/other").oneSentence(t, exitFailed, "says that its data stand in a PostgreSQL")
}
