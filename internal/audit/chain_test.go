package audit

import (
	"errors"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/unionboard/unionboard/internal/assess"
)

func sample(seq int64) assess.AuditLine {
	return assess.AuditLine{
		Seq: seq, At: time.UnixMilli(1_790_000_000_000 + seq), Actor: "li.na", Address: "10.1.2.3", Action: "user.role",
		Object: "account/7", Unit: "210102", Before: "district_reporter", After: "district_checker", Result: "ok", Request: "r-" + strconv.FormatInt(seq, 10),
	}
}

func chain(n int) (lines []assess.AuditLine, head Mark) {
	for seq := int64(1); seq <= int64(n); seq++ {
		line := Seal(head.Hash, sample(seq))
		lines = append(lines, line)
		head = Mark{line.Seq, line.Hash}
	}
	return lines, head
}

func each(lines []assess.AuditLine) iter.Seq2[assess.AuditLine, error] {
	return func(yield func(assess.AuditLine, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// badLine answers the number of the line Verify complains about, "" where it finds nothing.
func badLine(t interface{ Fatalf(string, ...any) }, lines []assess.AuditLine, head Mark) string {
	_, err := Verify(each(lines), Mark{}, head)
	if err == nil {
		return ""
	}
	var p *assess.Problem
	if !errors.As(err, &p) || p.Key != "problem.audit_broken" {
		t.Fatalf("Verify answered %v, want a problem.audit_broken", err)
	}
	return p.Args["seq"]
}

func TestAGoodChainIsVerifiedWholeAndFromAnyMark(t *testing.T) {
	lines, head := chain(10)
	for from := range lines {
		start := Mark{}
		if from > 0 {
			start = Mark{lines[from-1].Seq, lines[from-1].Hash}
		}
		good, err := Verify(each(lines[from:]), start, head)
		if err != nil || good != int64(len(lines)-from) {
			t.Errorf("from line %d: %d good, %v", from+1, good, err)
		}
	}
	if good, err := Verify(each(nil), Mark{}, Mark{}); good != 0 || err != nil {
		t.Errorf("an empty log: %d good, %v", good, err)
	}
}

// The canonical bytes are a promise: a log written today must verify in ten years. The digest was taken from
//
//	for each field: 4 bytes big-endian length, then the bytes; SHA-256
//
// and checked with a second program (Python: struct.pack('>I', len(f)) + f for the fields of sample(1), hashlib.sha256).
func TestTheHashOfALineNeverChanges(t *testing.T) {
	const want = "163cb2ca18d1943df665219b5c711b55836912580155275396449b5779561728"
	if got := Seal("", sample(1)).Hash; got != want {
		t.Errorf("hash is %s, want %s", got, want)
	}
}

func TestEveryChangedFieldIsFound(t *testing.T) {
	for i := range reflect.TypeFor[assess.AuditLine]().NumField() {
		name := reflect.TypeFor[assess.AuditLine]().Field(i).Name
		lines, head := chain(5)
		field := reflect.ValueOf(&lines[2]).Elem().Field(i)
		switch v := field.Interface().(type) {
		case int64:
			field.SetInt(v + 1)
		case time.Time:
			field.Set(reflect.ValueOf(v.Add(time.Millisecond)))
		default:
			field.SetString(field.String() + "x")
		}
		if got := badLine(t, lines, head); got != "3" {
			t.Errorf("changed %s of line 3: Verify names line %q", name, got)
		}
	}
}

// Who changes a line, makes its hash anew and ties the next line to that is found at the next line: what it is tied to is hashed with it.
func TestALineIsTiedToTheOneBefore(t *testing.T) {
	lines, head := chain(5)
	lines[2].After = "admin"
	lines[2] = Seal(lines[2].Prev, lines[2])
	lines[3].Prev = lines[2].Hash
	if got := badLine(t, lines, head); got != "4" {
		t.Errorf("Verify names line %q, want 4", got)
	}
}

func TestAChangedLineIsFoundEvenWhenItsHashIsMadeAnew(t *testing.T) {
	lines, head := chain(5)
	lines[2].After = "admin"
	lines[2] = Seal(lines[2].Prev, lines[2])
	if got := badLine(t, lines, head); got != "4" {
		t.Errorf("Verify names line %q, want 4, whose Prev no longer fits", got)
	}
	last := len(lines) - 1
	lines, head = chain(5)
	lines[last].After = "admin"
	lines[last] = Seal(lines[last].Prev, lines[last])
	if got := badLine(t, lines, head); got != "5" {
		t.Errorf("the last line made anew: Verify names line %q, want 5", got)
	}
}

func TestMovedText(t *testing.T) {
	// The lengths before the fields keep "ab"+"c" and "a"+"bc" apart.
	a, b := sample(1), sample(1)
	a.Actor, a.Address = "ab", "c"
	b.Actor, b.Address = "a", "bc"
	if Seal("", a).Hash == Seal("", b).Hash {
		t.Error("text moved from one field to the next leaves the hash as it was")
	}
}

func TestRemovedReorderedAddedAndCutLinesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "lines")
		lines, head := chain(n)
		i := rapid.IntRange(0, n-1).Draw(t, "at")
		var bad int
		switch how := rapid.SampledFrom([]string{"remove", "swap", "repeat", "cut"}).Draw(t, "how"); how {
		case "remove", "cut":
			end := i + 1
			if how == "cut" {
				end = n
			}
			lines, bad = slices.Delete(lines, i, end), i+1
		case "swap":
			j := rapid.IntRange(0, n-1).Filter(func(j int) bool { return j != i }).Draw(t, "with")
			lines[i], lines[j] = lines[j], lines[i]
			bad = min(i, j) + 1
		case "repeat":
			lines, bad = slices.Insert(lines, i, lines[i]), i+2
		}
		if got := badLine(t, lines, head); got != strconv.Itoa(bad) {
			t.Fatalf("Verify names line %q, want %d", got, bad)
		}
	})
}

func TestLinesBeyondTheHeadAreFound(t *testing.T) {
	lines, _ := chain(7)
	if got := badLine(t, lines, Mark{5, lines[4].Hash}); got != "6" {
		t.Errorf("Verify names line %q, want 6", got)
	}
}

func TestAReadErrorIsHandedOn(t *testing.T) {
	boom := errors.New("boom")
	_, err := Verify(func(yield func(assess.AuditLine, error) bool) { yield(assess.AuditLine{}, boom) }, Mark{}, Mark{})
	if !errors.Is(err, boom) {
		t.Errorf("answered %v", err)
	}
}

func TestNobodysTextForgesALine(t *testing.T) {
	line := sample(1)
	line.Object = "x\n2026-01-01 admin sign_in ok\x1b[2K\u202e\xff中"
	want := `x\u000a2026-01-01 admin sign_in ok\u001b[2K\u202e` + "\ufffd中"
	sealed := Seal("", line)
	if diff := cmp.Diff(want, sealed.Object); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
	if got := badLine(t, []assess.AuditLine{sealed}, Mark{1, sealed.Hash}); got != "" {
		t.Errorf("the cleaned line does not verify")
	}
	if strings.ContainsAny(string(Canonical(sealed)[40:]), "\n\x1b") {
		t.Error("control characters reach the canonical bytes")
	}
}

// Row 56 of the security checklist: what people type into a reason is kept for years, and their account or the number of a citizen with it is not.
func TestTypedNumbersAreCovered(t *testing.T) {
	for text, want := range map[string]string{
		"核对6222020200000000017":                            "核对622****17",
		"身份证 21010219900307123X，另 210102199003071234":      "身份证 210****3X，另 210****34",
		"6222 0202 0000 0000 017":                          "622****17",
		"２１０１０２１９９００３０７１２３４":                               "２１０****３４",
		"3101-2233-4455-6677":                              "310****77",
		"210102 19900307 1234":                             "210****34",
		"123456789012345":                                  "123456789012345", // a figure
		"sha256:5e06123456789012345678":                    "sha256:5e06123456789012345678",
		"01a21a0c-67d3-764b-8d53-49f105ae6002":             "01a21a0c-67d3-764b-8d53-49f105ae6002",
		"2026-11-26T22:50:01Z, 2027-01-12: x, 99999999999": "2026-11-26T22:50:01Z, 2027-01-12: x, 99999999999",
		"12345678901234567890":                             "12345678901234567890",
		"":                                                 "",
	} {
		line := Seal("", assess.AuditLine{Seq: 1, Before: text, After: text, Object: "x"})
		if line.Before != want || line.After != want {
			t.Errorf("%q is kept as %q, want %q", text, line.After, want)
		}
	}
}

func TestTimesCountInMilliseconds(t *testing.T) {
	line := sample(1)
	line.At = line.At.Add(789 * time.Microsecond).In(time.FixedZone("CST", 8*3600))
	sealed := Seal("", line)
	if want := sample(1).At.UTC(); !sealed.At.Equal(want) || sealed.At.Location() != time.UTC {
		t.Errorf("sealed at %v, want %v", sealed.At, want)
	}
}
