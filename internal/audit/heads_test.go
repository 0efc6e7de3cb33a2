package audit

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

func problemKey(err error) string {
	var p *assess.Problem
	if errors.As(err, &p) {
		return p.Key
	}
	return ""
}

// Row 54 of the security checklist: whoever cuts the tail and makes it anew, head included, makes a log that holds by itself; a head that
// was written down before says that it is not the same, and from which line on.
func TestACutAndRemadeTailIsFoundByAnEarlierHead(t *testing.T) {
	lines, _ := chain(10)
	known := []Mark{{3, lines[2].Hash}, {8, lines[7].Hash}}
	remade := lines[:5:5]
	head := Mark{5, lines[4].Hash}
	for seq := int64(6); seq <= 12; seq++ {
		l := sample(seq)
		l.After = "harmless"
		l = Seal(head.Hash, l)
		remade, head = append(remade, l), Mark{l.Seq, l.Hash}
	}
	if good, err := Verify(each(remade), Mark{}, head); good != 12 || err != nil {
		t.Fatalf("the chain by itself: %d, %v", good, err)
	}
	for _, one := range []struct {
		name  string
		lines []assess.AuditLine
		from  Mark
		head  Mark
		good  int64
		bad   string
	}{
		{"made anew", remade, Mark{}, head, 7, "8"},
		{"cut", lines[:5], Mark{}, Mark{5, lines[4].Hash}, 5, "6"},
		{"cut to nothing", nil, Mark{}, Mark{}, 0, "1"},
		{"as it was", lines, Mark{}, Mark{10, lines[9].Hash}, 10, ""},
		{"cleared after a head", lines[3:], known[0], Mark{10, lines[9].Hash}, 7, ""},
		{"cleared with other lines before", lines[8:], Mark{8, "00"}, Mark{10, lines[9].Hash}, 0, "8"},
	} {
		good, err := Verify(each(one.lines), one.from, one.head, known...)
		var p *assess.Problem
		if errors.As(err, &p); good != one.good || (p == nil) != (one.bad == "") || p != nil && p.Args["seq"] != one.bad {
			t.Errorf("%s: %d good, %v; want %d and line %q", one.name, good, err, one.good, one.bad)
		}
	}
	if _, err := Verify(each(lines), Mark{}, Mark{10, lines[9].Hash}, append(known, Mark{8, "ff"})...); err == nil {
		t.Error("two heads of one line that differ are taken")
	}
}

func TestHeadsAreAddedAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit", "heads.csv")
	at := time.Date(2026, 3, 31, 23, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
	want := []Head{{at.UTC(), Mark{4, "aa"}}, {at.Add(24 * time.Hour).UTC(), Mark{9, "bb"}}, {at.Add(48 * time.Hour).UTC(), Mark{12, "cc"}}}
	for i, h := range want {
		if i == 2 { // a loss of power has cut a row
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString("2026-04-02T1"); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		if err := AppendHead(path, h); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "time,line,hash\n2026-03-31T15:00:00Z,4,aa\n2026-04-01T15:00:00Z,9,bb\n2026-04-02T15:00:00Z,12,cc\n"; string(text) != want {
		t.Errorf("the file is\n%s", text)
	}
	got, err := ReadHeads(path, bytes.NewReader(append(text, "2026-0"...)))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("-want +got:\n%s%v", diff, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	for _, bad := range []string{"a,b\n", "yesterday,1,aa\n", "2026-03-31T15:00:00Z,x,aa\n", "2026-03-31T15:00:00Z,-4,aa\n", "\"\n"} {
		if _, err := ReadHeads("heads.csv", strings.NewReader(bad)); problemKey(err) != "problem.audit_heads" {
			t.Errorf("%q is read: %v", bad, err)
		}
	}
}

// A row that was copied without its end of line is compared, and not passed over as if it had been cut.
func TestAHeadWithoutAnEndOfLineCounts(t *testing.T) {
	whole := "2026-03-31T15:00:00Z,4," + strings.Repeat("a1", 32)
	if heads, err := ReadHeads("kept.csv", strings.NewReader(whole)); err != nil || len(heads) != 1 || heads[0].Seq != 4 {
		t.Errorf("%+v, %v", heads, err)
	}
	if heads, err := ReadHeads("kept.csv", strings.NewReader(whole[:len(whole)-1])); err != nil || len(heads) != 0 {
		t.Errorf("a cut row: %+v, %v", heads, err)
	}
}

// Row 55: what leaves the log lies in a file that verifies by itself and joins; whatever is changed in it is found.
func TestAFileOfLinesVerifiesByItselfAndJoins(t *testing.T) {
	lines, _ := chain(30)
	path := filepath.Join(t.TempDir(), "a", "audit.jsonl.gz")
	from := Mark{10, lines[9].Hash}
	to, err := Keep(path, from, each(lines[10:20]))
	if want := (Mark{20, lines[19].Hash}); to != want || err != nil {
		t.Fatalf("%+v, %v", to, err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, last, err := VerifyFile(path, bytes.NewReader(whole))
	if first != from || last != to || err != nil {
		t.Fatalf("%+v to %+v, %v", first, last, err)
	}
	var read []assess.AuditLine
	_, all, err := ReadFile(path, bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	for l, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, l)
	}
	if diff := cmp.Diff(lines[10:20], read); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i := range whole { // every byte: found, or the same lines still (the header of gzip holds bytes that mean nothing)
		other := bytes.Clone(whole)
		other[i] ^= 0x41
		if first, last, err := VerifyFile(path, bytes.NewReader(other)); err == nil && (first != from || last != to) {
			t.Errorf("byte %d changed: %+v to %+v", i, first, last)
		}
	}
	for _, cut := range []int{0, 5, len(whole) / 2, len(whole) - 1} {
		if _, _, err := VerifyFile(path, bytes.NewReader(whole[:cut])); problemKey(err) != "problem.audit_file" {
			t.Errorf("cut to %d bytes: %v", cut, err)
		}
	}
	for _, known := range []struct {
		mark Mark
		bad  string
	}{
		{Mark{9, "of a line before it"}, ""},
		{from, ""},
		{Mark{10, "ff"}, "10"},
		{Mark{15, lines[14].Hash}, ""},
		{Mark{15, "ff"}, "15"},
		{Mark{20, "ff"}, "20"},
		{Mark{21, "of a line after it"}, ""},
	} {
		_, _, err := VerifyFile(path, bytes.NewReader(whole), Mark{12, lines[11].Hash}, known.mark)
		var p *assess.Problem
		if errors.As(err, &p); (p == nil) != (known.bad == "") || p != nil && p.Args["seq"] != known.bad {
			t.Errorf("with the head %v: %v", known.mark, err)
		}
	}
	changed := lines[10:20:20]
	changed = append([]assess.AuditLine{}, changed...)
	changed[4].Actor = "nobody"
	if _, err := Keep(path+"2", from, each(changed)); problemKey(err) != "problem.audit_broken" {
		t.Errorf("lines that do not hold are kept: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestAQueryNarrows(t *testing.T) {
	l := sample(7)
	for _, one := range []struct {
		q    Query
		want bool
	}{
		{Query{}, true},
		{Query{From: l.At, To: l.At.Add(1)}, true},
		{Query{To: l.At}, false},
		{Query{From: l.At.Add(1)}, false},
		{Query{Actor: "li.na", Unit: "210102", Result: "ok", Object: "count", Before: 8}, true},
		{Query{Before: 7}, false},
		{Query{Actor: "li"}, false},
		{Query{Unit: "210103"}, false},
		{Query{Result: "refused"}, false},
		{Query{Object: "record"}, false},
		{Query{Actions: []string{"sign_in", "user."}}, true},
		{Query{Actions: []string{"user.role"}}, true},
		{Query{Actions: []string{"user"}}, false},
	} {
		if got := one.q.Has(&l); got != one.want {
			t.Errorf("%+v: %v", one.q, got)
		}
	}
}
