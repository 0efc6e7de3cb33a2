package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/cycle"
	"github.com/unionboard/unionboard/internal/demo"
	"github.com/unionboard/unionboard/internal/matter"
	"github.com/unionboard/unionboard/internal/servers"
)

// sealedCity answers a copy of a demonstration of two quarters, both of them published.
func sealedCity(t *testing.T) string {
	t.Helper()
	alone(t)
	dir := filepath.Join(t.TempDir(), "data")
	copyInstallation(t, made.sealed.folder(t, "demo", "--build-only", "--quarters", "2"), dir)
	return dir
}

// verified answers what `verify` says of an installation, and whether everything holds.
func verified(t *testing.T, dir string) (said string, holds bool) {
	t.Helper()
	defer released()
	var out bytes.Buffer
	err := withApp(t.Context(), dir, func(a *app) error { return a.verify(t.Context(), streams{out: &out, err: &out}) })
	if err != nil && !errors.Is(err, errDiffers) { // the database itself is found damaged
		fmt.Fprint(&out, err)
	}
	return out.String(), err == nil
}

// stored is a place in the database that a seal holds: the rows that were used, and what a difference is called by.
type stored struct{ table, column, rows, named string }

func storedPlaces() []stored {
	// A yearly item that no indicator or rule of a quarter reads is sealed with the year alone.
	const used = `FROM observation o WHERE period IN ('2026Q2', '2026Q3', '2026') AND item NOT IN ('key_tasks_assigned', 'nominees_total_ytd', 'nominees_frontline_ytd') AND seq = (SELECT MAX(seq) FROM observation n WHERE n.unit = o.unit
		AND n.period = o.period AND n.item = o.item AND n.part = o.part AND n.ref = o.ref)`
	var all []stored
	for _, column := range []string{"value", "state", "unit", "item", "note", "entered_by", "accepted_by", "submission", "recorded_at", "seq"} {
		all = append(all, stored{"observation", column, used, "2026"})
	}
	return append(all,
		stored{"edition_file", "content", `FROM edition_file WHERE year = 2026`, "2026"},
		stored{"edition_file", "path", `FROM edition_file WHERE year = 2026`, "2026"},
		stored{"target", "value", `FROM target WHERE year = 2026`, "2026"},
		stored{"target", "unit", `FROM target WHERE year = 2026`, "2026"},
		stored{"filing", "late_days", `FROM filing WHERE period IN ('2026Q2', '2026Q3')`, "2026"},
		stored{"seal", "digest", `FROM seal`, "2026"},
		stored{"seal", "period", `FROM seal`, "2026"},
		stored{"seal_piece", "content", `FROM seal_piece`, "2026"},
		stored{"audit", "after_text", `FROM audit`, "audit log"},
	)
}

// TestEveryStoredByteThatIsChangedIsFound: after a quarter was sealed any single byte of what it was made of is changed in the database
// behind the program's back, or one of the seal itself; verify says so and names what it is about. Half of the columns in `make test`.
func TestEveryStoredByteThatIsChangedIsFound(t *testing.T) {
	dir := sealedCity(t)
	if said, holds := verified(t, dir); !holds || !strings.Contains(said, "2 of 2 seals hold") {
		t.Fatalf("before anything is changed: %s", said)
	}
	chance := rand.New(rand.NewPCG(20261126, 7))
	for i, place := range storedPlaces() {
		if i%2 > 0 && !everyPage() {
			continue
		}
		what, undo := changeByte(t, dir, place, chance)
		if what == "" {
			continue // no row has anything there
		}
		said, holds := verified(t, dir)
		if holds || !strings.Contains(said, "does not hold") && !strings.Contains(said, "is broken") && !strings.Contains(said, "is damaged") || !strings.Contains(said, place.named) && !strings.Contains(said, "failed in "+place.table) {
			t.Errorf("%s: verify says\n%s", what, said)
		}
		undo()
	}
	if said, holds := verified(t, dir); !holds {
		t.Errorf("when everything is as it was: %s", said)
	}
}

// TestASealThatWasTakenAwayIsMissed: rows of the table of seals are removed behind the program's back, the newest or all of them; the audit log
// and the approvals bear witness.
func TestASealThatWasTakenAwayIsMissed(t *testing.T) {
	for _, c := range []struct{ away, want string }{
		{`number = (SELECT MAX(number) FROM seal)`, "2026Q3 edition 1: does not hold"},
		{`number > 0`, "2026Q2 edition 1: does not hold"},
	} {
		dir := sealedCity(t)
		db := behind(t, dir)
		for _, statement := range []string{`DELETE FROM seal_piece WHERE ` + c.away, `DELETE FROM seal WHERE ` + c.away} {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if said, holds := verified(t, dir); holds || !strings.Contains(said, c.want) || !strings.Contains(said, "is missing") {
			t.Errorf("without %s verify says\n%s", c.away, said)
		}
	}
}

// changeByte changes one byte, on PostgreSQL the character that it is of, in a column of one row, and says which and how it becomes what it was; "" where every row is empty there.
func changeByte(t *testing.T, dir string, place stored, chance *rand.Rand) (what string, undo func()) {
	t.Helper()
	row := "rowid"
	if servers.Given() != "" {
		row = "CAST(ctid AS TEXT)"
	}
	db := behind(t, dir, place.table)
	defer db.Close()
	var count int
	if err := db.QueryRow(`SELECT COUNT(*) ` + place.rows + ` AND ` + place.column + ` <> ''`).Scan(&count); err != nil {
		if err := db.QueryRow(`SELECT COUNT(*) ` + place.rows).Scan(&count); err != nil {
			t.Fatal(err)
		}
	}
	var at, value any
	list := fmt.Sprintf(`SELECT %s, %s %s ORDER BY 1 LIMIT 1 OFFSET %d`, row, place.column, place.rows, chance.IntN(max(count, 1)))
	if err := db.QueryRow(list).Scan(&at, &value); err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	var changed any
	switch v := value.(type) {
	case int64:
		changed = v + 1_000_000 // a number that no other row has
	case string:
		if v == "" {
			return "", nil
		}
		from := chance.IntN(len(v))
		to := from + 1
		if servers.Given() != "" { // PostgreSQL keeps no half of a character: the whole one that the byte is of is changed
			for !utf8.RuneStart(v[from]) {
				from--
			}
			_, width := utf8.DecodeRuneInString(v[from:])
			to = from + width
		}
		other := v[from]
		for other == v[from] {
			other = byte(' ' + chance.IntN('~'-' '))
		}
		changed = v[:from] + string(rune(other)) + v[to:]
	}
	change := fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE %s = $2 RETURNING %s`, place.table, place.column, row, row)
	if err := db.QueryRow(change, changed, at).Scan(&at); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s.%s of row %v: %.80q for %.80q", place.table, place.column, at, changed, value), func() {
		db := behind(t, dir, place.table)
		defer db.Close()
		if err := db.QueryRow(change, value, at).Scan(&at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestACorrectionMakesASecondEdition: the way of a correction after the seal, by the commands: nothing new to publish, two persons, an
// edition that says what is different, a seal that holds without the installation.
func TestACorrectionMakesASecondEdition(t *testing.T) {
	dir := sealedCity(t)
	again := call(t, "publish", "--data", dir, "--period", "2026Q3", "--propose")
	again.says(t, "nothing new to publish")
	inside(t, dir, func(a *app) {
		e := demo.Event{
			At: time.Now(), Kind: demo.CorrectCell, Unit: "210106", Period: assess.NewQuarter(2026, 3), Items: []assess.Code{"union_members"}, Value: "100001",
			Note: "笔误", By: "demo.analyst",
		}
		if err := a.act(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	})
	// Until it is published the correction stands in no file of what is published.
	for _, format := range []string{"csv", "json"} {
		taken := []string{"export", "--data", dir, "--period", "2026Q3", "--table", "observations", "--unit", "210106", "--format", format, "--out", "-"}
		if now, published := good(t, taken...), good(t, append(taken, "--published")...); !strings.Contains(now, "100001") || strings.Contains(published, "100001") || !strings.Contains(published, "union_members") {
			t.Errorf("as %s the correction stands in what is published", format)
		}
	}
	if said := good(t, "publish", "--data", dir, "--period", "2026Q3", "--propose", "--reason", "笔误"); !strings.Contains(said, "edition 2 of 2026Q3") {
		t.Errorf("proposing says %s", said)
	}
	call(t, "publish", "--data", dir, "--period", "2026Q3", "--approve", "--by", "demo.analyst").says(t, "may not do this", "demo.leader")
	inside(t, dir, func(a *app) {
		line := assess.AuditLine{At: time.Now(), Actor: "demo.analyst", Result: "ok"}
		promoted := account.User{Name: "demo.analyst", Role: assess.CityLeader}
		_, err := a.book().Approve(t.Context(), assess.NewQuarter(2026, 3), "", promoted, line)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.publication_alone" {
			t.Errorf("who proposed approves after becoming a leader: %v", err)
		}
		// What has changed since it was proposed is not what was proposed.
		e := demo.Event{
			At: time.Now(), Kind: demo.CorrectCell, Unit: "210103", Period: assess.NewQuarter(2026, 3), Items: []assess.Code{"union_members"}, Value: "100002",
			Note: "笔误", By: "demo.analyst",
		}
		if err := a.act(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
		line.Actor = "demo.leader"
		_, err = a.book().Approve(t.Context(), assess.NewQuarter(2026, 3), "", account.User{Name: "demo.leader", Role: assess.CityLeader}, line)
		if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.publication_changed" {
			t.Errorf("figures that changed since are approved: %v", err)
		}
	})
	good(t, "publish", "--data", dir, "--period", "2026Q3", "--withdraw")
	good(t, "publish", "--data", dir, "--period", "2026Q3", "--propose", "--reason", "笔误")
	inside(t, dir, func(a *app) { // row 23 of the security checklist: of fifty approvals at once one counts
		var approved atomic.Int32
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				line := assess.AuditLine{At: time.Now(), Actor: "demo.leader", Result: "ok"}
				_, err := a.book().Approve(t.Context(), assess.NewQuarter(2026, 3), "", account.User{Name: "demo.leader", Role: assess.CityLeader}, line)
				if err == nil {
					approved.Add(1)
				} else if _, ok := errors.AsType[*assess.Problem](err); !ok {
					t.Errorf("refused without a sentence: %v", err)
				}
			})
		}
		if all.Wait(); approved.Load() != 1 {
			t.Errorf("%d of fifty approvals count", approved.Load())
		}
	})
	if said, holds := verified(t, dir); !holds || !strings.Contains(said, "3 of 3 seals hold") {
		t.Errorf("verify says %s", said)
	}
	file := filepath.Join(t.TempDir(), "q3.seal")
	good(t, "publish", "--data", dir, "--period", "2026Q3", "--out", file)
	if said := good(t, "verify", file); !strings.Contains(said, "2026Q3, edition 2") {
		t.Errorf("verify FILE says %s", said)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r := call(t, "verify", file)
	if r.code != exitFailed {
		t.Errorf("a changed seal: code %d, %s", r.code, r.out)
	}
	inside(t, dir, func(a *app) {
		d, err := a.book().Difference(t.Context(), assess.NewQuarter(2026, 3), 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Figures) != 2 || d.Figures[0].Key.Unit != "210103" || d.Figures[1].Key.Unit != "210106" || d.Figures[0].Key.Item != "union_members" || len(d.Scores) == 0 {
			t.Errorf("the difference names %+v and %d scores", d.Figures, len(d.Scores))
		}
	})
}

// TestAnUpheldAppealMakesASecondEdition: a year's result is on public notice, its last quarter sealed long ago; a district appeals, the
// leaders follow it and a figure is set. The quarter and the year get a further edition each, which name the figure and the appeal's reason.
func TestAnUpheldAppealMakesASecondEdition(t *testing.T) {
	t.Parallel()
	const reason, item = "漏计两家企业的取证人员", assess.Code("skill_upgrade_ytd")
	year := assess.NewYear(2025)
	inside(t, copyDemonstration(t), func(a *app) {
		back := assess.ResultStage{Period: year, State: assess.ResultAppeals, By: "system", At: time.Now()}
		posted := back
		posted.State = assess.ResultPublicity
		system := assess.AuditLine{At: time.Now(), Actor: "system", Action: "test", Result: "ok"}
		for _, step := range []struct {
			from assess.ResultState
			to   assess.ResultStage
		}{{assess.ResultArchived, posted}, {assess.ResultPublicity, back}} {
			if err := a.store.MoveResult(t.Context(), step.from, step.to, system); err != nil {
				t.Fatal(err)
			}
		}
		as := func(name string) (account.User, assess.AuditLine) {
			u, err := a.store.AccountNamed(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			return u, assess.AuditLine{At: time.Now(), Actor: name, Result: "ok"}
		}
		book := a.matters()
		chair, line := as("demo.chair")
		m, err := book.Appeal(t.Context(), matter.Grounds{Unit: chair.Unit, Period: year, Indicator: "skill_upgrade_count", Score: "100.00", Reason: reason}, chair, line)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			who  string
			move matter.Move
		}{
			{"demo.analyst", matter.Move{Action: cycle.TakeUp}},
			{"demo.leader", matter.Move{Action: cycle.Change, Note: reason, Item: item, Value: "1600"}},
		} {
			u, line := as(step.who)
			if err := book.Step(t.Context(), m.ID, step.move, u, line); err != nil {
				t.Fatalf("%s: %v", step.move.Action, err)
			}
		}
		decided := back
		decided.State = assess.ResultDecided
		if err := a.store.MoveResult(t.Context(), assess.ResultAppeals, decided, system); err != nil {
			t.Fatal(err)
		}
		for _, p := range []assess.Period{year.LastQuarter(), year} {
			last, err := a.book().Last(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.playPublication(t.Context(), demo.Event{At: time.Now(), Period: p, Note: reason, By: "demo.analyst", Approver: "demo.leader"}); err != nil {
				t.Fatalf("%s: %v", p, err)
			}
			d, err := a.book().Difference(t.Context(), p, last.Edition+1)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Figures) != 1 || d.Figures[0].Key.Unit != chair.Unit || d.Figures[0].Key.Item != item || d.Figures[0].After.Value != "1600" || !strings.Contains(d.Figures[0].After.Note, reason) || len(d.Scores) == 0 {
				t.Errorf("%s: the difference names %+v and %d scores", p, d.Figures, len(d.Scores))
			}
		}
	})
}
