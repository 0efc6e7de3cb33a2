package takeout

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// letters keeps what is sent, and what the files held.
type letters struct {
	sent  []Parcel
	bytes [][]byte
	fails error
}

func (l *letters) Send(_ context.Context, p Parcel) error {
	if l.fails != nil {
		return l.fails
	}
	l.sent = append(l.sent, p)
	for _, f := range p.Files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			return err
		}
		l.bytes = append(l.bytes, data)
	}
	return nil
}

func weekly() Plan {
	return Plan{Name: "weekly", Tables: []string{"observations"}, Formats: []Format{CSV, JSON}, Period: LastQuarter, Lang: "zh", Folder: "out", Mail: []string{"a@example.org"}}
}

// TestTheClockOrders: the files lie in the folder whole and go by mail; each leaves its line; the slot is known afterwards, and while one
// waits no second one is queued.
func TestTheClockOrders(t *testing.T) {
	t.Parallel()
	o, post := newOffice(t), &letters{}
	o.Plans, o.Post = []Plan{weekly()}, post
	for range 2 {
		if err := o.Due(t.Context(), o.Plans[0], autumn); err != nil {
			t.Fatal(err)
		}
	}
	jobs, err := o.Planned(t.Context(), o.analyst())
	if err != nil || len(jobs) != 1 {
		t.Fatalf("queued %d, %v", len(jobs), err)
	}
	o.clear(t)
	if j := o.job(t, jobs[0].ID); j.State != assess.ExportDone || j.Size == 0 {
		t.Errorf("made: %+v", j)
	}
	const name = "2026年第三季度_数据项明细表."
	for i, end := range []string{"csv", "json"} {
		lies, err := os.ReadFile(filepath.Join(o.Data, "out", name+end))
		if err != nil || len(post.bytes) != 2 || !bytes.Equal(lies, post.bytes[i]) {
			t.Errorf("%s: %v, %d sent", end, err, len(post.bytes))
		}
	}
	if len(post.sent) != 1 || !strings.Contains(post.sent[0].Text, name+"csv") || post.sent[0].Files[1].Media != "application/json" {
		t.Errorf("sent %+v", post.sent)
	}
	if lines, err := o.kept.AuditAbout(t.Context(), "observations 2026Q3", 9); err != nil || len(lines) != 2 || lines[0].Actor != "system" || !strings.Contains(lines[0].After, "; to folder out, mail a@example.org") {
		t.Errorf("audit %+v, %v", lines, err)
	}
	if slot, err := o.LastSlot(t.Context(), "weekly"); err != nil || !slot.Equal(autumn) {
		t.Errorf("last slot %s, %v", slot, err)
	}
	if len(o.files(t)) != 0 {
		t.Errorf("left %v", o.files(t))
	}
}

// TestTheClockFails: why is seen by analysts, and in the audit log; nobody else sees it.
func TestTheClockFails(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Plans, o.Post = []Plan{weekly()}, &letters{fails: assess.Unavailable("problem.mail_away", "the mail server is away")}
	if err := o.Due(t.Context(), o.Plans[0], autumn); err != nil {
		t.Fatal(err)
	}
	o.clear(t)
	jobs, err := o.Planned(t.Context(), o.analyst())
	if err != nil || len(jobs) != 1 || jobs[0].State != assess.ExportFailed || jobs[0].Problem.Key != "problem.mail_away" {
		t.Errorf("failed as %+v, %v", jobs, err)
	}
	if lines, err := o.kept.AuditAbout(t.Context(), "weekly", 1); err != nil || len(lines) != 1 || lines[0].Result != "failed" {
		t.Errorf("audit %+v, %v", lines, err)
	}
	leader := o.analyst()
	leader.Role = assess.CityLeader
	if jobs, err := o.Planned(t.Context(), leader); err != nil || len(jobs) != 0 {
		t.Errorf("a leader sees %+v, %v", jobs, err)
	}
	if err := o.Cancel(t.Context(), leader, jobs[0].ID, assess.AuditLine{}); !errors.Is(err, assess.ErrNotFound) {
		t.Errorf("a leader cancels: %v", err)
	}
	if err := o.Retry(t.Context(), o.analyst(), jobs[0].ID, assess.AuditLine{At: autumn, Actor: "analyst"}); err != nil {
		t.Errorf("the analyst tries again: %v", err)
	}
}

// TestAMailTakesSoMuch: what is beyond the limit stays out, and the mail says so.
func TestAMailTakesSoMuch(t *testing.T) {
	t.Parallel()
	o, post := newOffice(t), &letters{}
	o.Post = post
	dir := t.TempDir()
	files := []made{{name: "small.csv", path: filepath.Join(dir, "1"), size: 1 << 20}, {name: "large.csv", path: filepath.Join(dir, "2"), size: MostMailed}, {name: "last.csv", path: filepath.Join(dir, "3"), size: 100}}
	for _, f := range files {
		if err := os.WriteFile(f.path, []byte(f.name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.byMail(t.Context(), weekly(), &assess.ExportJob{ID: "j", Slot: autumn}, files); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range post.sent[0].Files {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"small.csv", "last.csv"}, names); diff != "" || !strings.Contains(post.sent[0].Text, "large.csv（10 MB）：邮件附件总共不能超过 10 MB") {
		t.Errorf("(-want +sent):\n%s\n%s", diff, post.sent[0].Text)
	}
}

// TestWhatAPlanAsksFor: the period moves with the city's clock; what cannot be is said with what would be right.
func TestWhatAPlanAsksFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Plan)
		want   string // what is ordered, or the key of the problem
	}{
		"last":           {func(*Plan) {}, "observations csv 2026Q3, observations json 2026Q3"},
		"current":        {func(p *Plan) { p.Period = CurrentQuarter; p.Formats = []Format{XLSX} }, "observations xlsx 2026Q4"},
		"fixed":          {func(p *Plan) { p.Period = "2025"; p.Formats = []Format{XLSX} }, "observations xlsx 2025"},
		"what they have": {func(p *Plan) { p.Tables = []string{"scorecard", "notice"}; p.Formats = []Format{PDF, DOCX} }, "scorecard pdf 2026Q3, notice pdf 2026Q3, notice docx 2026Q3"},
		"no such table":  {func(p *Plan) { p.Tables = []string{"score"} }, "problem.no_table"},
		"no such format": {func(p *Plan) { p.Formats = []Format{"xls"} }, "problem.takeout_format"},
		"unused format":  {func(p *Plan) { p.Formats = append(p.Formats, PDF) }, "problem.takeout_format_unused"},
		"no such period": {func(p *Plan) { p.Period = "soon" }, "problem.period"},
		"language":       {func(p *Plan) { p.Lang = "fr" }, "problem.takeout_lang"},
	} {
		p := weekly()
		c.change(&p)
		orders, err := p.Orders(autumn)
		var said []string
		for _, o := range orders {
			said = append(said, o.Table+" "+string(o.Format)+" "+o.Span())
		}
		got := strings.Join(said, ", ")
		if wrong, ok := errors.AsType[*assess.Problem](err); ok {
			got = wrong.Key
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
