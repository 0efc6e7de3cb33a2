package publish_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/shopspring/decimal"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/internal/publish"
	"github.com/unionboard/unionboard/internal/results"
	"github.com/unionboard/unionboard/seeds"
)

func load(files map[string][]byte) (*assess.Edition, error) {
	return catalog.LoadIssued(catalog.FromFiles(files))
}

// shipped are the definitions of the product with their edition, read once.
var shipped = sync.OnceValues(func() (files map[string][]byte, edition *assess.Edition) {
	files, err := catalog.Files(seeds.Files())
	if err != nil {
		panic(err)
	}
	if edition, err = load(files); err != nil {
		panic(err)
	}
	return files, edition
})

var period = assess.MustPeriod("2026Q1")

// city answers a seal that holds no results yet: the shipped definitions, and figures of every district made by chance.
func city(chance *rand.Rand) *publish.Seal {
	files, edition := shipped()
	s := &publish.Seal{Files: files, Header: publish.Header{
		Period: period, Edition: 1, Seq: 9000, Engine: "1", Definitions: publish.Definitions{Year: 2026, Number: 1, Digest: edition.Digest},
		Proposed: publish.Act{By: "analyst", At: time.Date(2026, 4, 17, 9, 0, 0, 0, time.UTC)},
		Approved: publish.Act{By: "leader", At: time.Date(2026, 4, 18, 10, 30, 0, 0, time.UTC), Reason: "主席办公会审定"},
	}}
	s.Basis.Cycles = []assess.Cycle{{Period: period, State: assess.CycleScored, Edition: 1}}
	for i, u := range edition.Roster.Units {
		s.Basis.Filings = append(s.Basis.Filings, assess.Filing{Unit: u.Code, Period: period, State: assess.Locked, LateDays: i % 3, Returns: i % 2})
		for _, item := range edition.Items {
			if item.Frequency != assess.Quarterly || item.Formula != "" || len(item.Levels) > 0 || chance.IntN(20) == 0 {
				continue
			}
			s.Basis.Figures = append(s.Basis.Figures, assess.Observation{
				Seq: int64(len(s.Basis.Figures) + 1), CellKey: assess.CellKey{Unit: u.Code, Period: period, Item: item.Code}, State: assess.Reported,
				Value: fmt.Sprint(1 + chance.IntN(500)), EnteredBy: "reporter", AcceptedBy: "reviewer", RecordedAt: time.Date(2026, 4, 3, 8, 0, 0, 0, time.UTC),
			})
		}
	}
	for _, f := range edition.Frameworks {
		for _, n := range f.Root.Leaves() {
			if chance.IntN(2) == 0 {
				s.Basis.Targets = append(s.Basis.Targets, assess.Target{
					Unit: edition.Roster.Units[chance.IntN(13)].Code, Period: period.Year(), Code: n.Code, Value: decimal.NewFromInt(int64(1 + chance.IntN(500))),
				})
			}
		}
	}
	return s
}

// sealed answers the bytes of a seal over what a city has, and the sheet they were made of.
func sealed(t testing.TB, s *publish.Seal) ([]byte, *results.Sheet) {
	t.Helper()
	board := s.Board(load)
	sheet, err := board.Sheet(t.Context(), s.Header.Period)
	if err != nil {
		t.Fatal(err)
	}
	basis, err := board.Basis(t.Context(), sheet)
	if err != nil {
		t.Fatal(err)
	}
	content, err := publish.Describe(publish.Of{Sheet: sheet, Basis: basis, Files: s.Files})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := content.Write(&out, s.Header); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), sheet
}

func opened(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func verify(data []byte) (*publish.Seal, error) {
	return publish.Verify(context.Background(), opened(data), load)
}

func TestASealIsComputedAgain(t *testing.T) {
	made := city(rand.New(rand.NewPCG(1, 2)))
	data, sheet := sealed(t, made)
	read, err := verify(data)
	if err != nil {
		t.Fatal(err)
	}
	if read.Header.Period != period || read.Header.Approved != made.Header.Approved || read.Header.Content == "" || len(read.Digest) != 64 {
		t.Errorf("the header is %+v", read.Header)
	}
	if again, _ := sealed(t, read); !bytes.Equal(again, data) {
		t.Error("the seal that was read makes another one")
	}
	if len(read.Scores) != len(sheet.Frameworks)+1 || len(sheet.Frameworks) == 0 {
		t.Fatalf("the seal has %d results", len(read.Scores))
	}
	for i, of := range sheet.Frameworks {
		for j := range of.Cards {
			want, have := of.Cards[j].Root(), read.Scores[i].Cards[j].Root()
			if have.Why == nil || have.Shown != want.Shown || have.Rank != want.Rank || have.State != want.State {
				t.Errorf("%s of %s is %v, place %d, want %v, place %d", of.Framework, of.Cards[j].Unit, have.Shown, have.Rank, want.Shown, want.Rank)
			}
		}
	}
	if !strings.HasSuffix(string(data), "\n") || bytes.Count(data, []byte("\n")) != read.Lines {
		t.Errorf("%d lines", read.Lines)
	}
}

// Any single byte that is changed is found, and named: the byte itself, and the line it stands in.
func TestEveryChangedByteIsNamed(t *testing.T) {
	data, _ := sealed(t, city(rand.New(rand.NewPCG(3, 4))))
	chance := rand.New(rand.NewPCG(5, 6))
	exactly := 0
	for range 30 {
		place := chance.IntN(len(data))
		changed := bytes.Clone(data)
		changed[place] ^= byte(1 + chance.IntN(255))
		_, err := verify(changed)
		problem, ok := errors.AsType[*assess.Problem](err)
		if !ok {
			t.Fatalf("byte %d, %q for %q: %v", place, changed[place], data[place], err)
		}
		if line := 1 + bytes.Count(data[:place], []byte("\n")); problem.Place.Line != line && problem.Args["line"] != strconv.Itoa(line) {
			t.Errorf("byte %d of line %d, %q for %q: %v", place, line, changed[place], data[place], err)
		}
		if problem.Args["byte"] == strconv.Itoa(place) {
			exactly++
		}
	}
	t.Logf("%d bytes, 30 changed, %d named exactly", len(data), exactly)
	if exactly < 27 {
		t.Errorf("only %d of 30 changed bytes are named exactly", exactly)
	}
}

// Who changes a result, a figure, a definition and makes every check good again is found by computing the scores anew.
func TestWhatIsForgedIsComputed(t *testing.T) {
	data, sheet := sealed(t, city(rand.New(rand.NewPCG(7, 8))))
	card := &sheet.Frameworks[0].Cards[3]
	root := card.Root()
	if same := publish.Forge(data, func(text string) string { return text }); !bytes.Equal(same, data) {
		t.Fatal("forging nothing makes another seal")
	}
	for name, tc := range map[string]struct{ in, of, to, named string }{
		"a score": {
			fmt.Sprintf(`{"node":{"framework":"%s","unit":"%s","node":"%s",`, root.Node, card.Unit, root.Node), fmt.Sprintf(`"rank":%d,`, root.Rank), `"rank":99,`,
			fmt.Sprintf("the score of %s in %s", card.Unit, root.Node),
		},
		"a total":  {fmt.Sprintf(`{"card":{"framework":"%s","unit":"%s"`, root.Node, card.Unit), `"late_days":0`, `"late_days":7`, fmt.Sprintf("the total of %s in %s", card.Unit, root.Node)},
		"a report": {`{"filing":{"unit":"210103"`, `"late_days":1`, `"late_days":0`, "the total of 210103"},
		"a figure": {`{"figure":{"unit":"210103"`, `"value":"`, `"value":"9`, "the score of"},
		"a weight": {`{"text":"`, "weight: 6", "weight: 7", "definitions"},
	} {
		t.Run(name, func(t *testing.T) {
			done := false
			forged := publish.Forge(data, func(text string) string {
				if done || !strings.HasPrefix(text, tc.in) || !strings.Contains(text, tc.of) {
					return text
				}
				done = true
				return strings.Replace(text, tc.of, tc.to, 1)
			})
			if !done {
				t.Fatal("there is nothing to forge")
			}
			_, err := verify(forged)
			if !errors.Is(err, assess.ErrConflict) || !strings.Contains(err.Error(), tc.named) {
				t.Errorf("found is %v, want %q in it", err, tc.named)
			}
		})
	}
}

func TestACutOrJoinedSealIsRefused(t *testing.T) {
	data, _ := sealed(t, city(rand.New(rand.NewPCG(9, 10))))
	lines := bytes.SplitAfter(data, []byte("\n"))
	middle := len(lines) / 2
	for name, broken := range map[string][]byte{
		"empty":               nil,
		"cut in a line":       data[:len(data)/2],
		"cut after a line":    bytes.Join(lines[:middle], nil),
		"without its end":     bytes.Join(lines[:len(lines)-2], nil),
		"twice":               append(bytes.Clone(data), data...),
		"a line left out":     bytes.Join(slices.Delete(slices.Clone(lines), middle, middle+1), nil),
		"a line twice":        bytes.Join(slices.Insert(slices.Clone(lines), middle, lines[middle]), nil),
		"two lines exchanged": bytes.Join(slices.Concat(lines[:middle], lines[middle+1:middle+2], lines[middle:middle+1], lines[middle+2:]), nil),
		"something else":      []byte("PK\x03\x04 no seal at all\n"),
	} {
		if _, err := verify(broken); !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The end of a seal names how many lines stand before it and their SHA-256, by which the seal is known: one that names others is refused.
func TestAnEndThatNamesAnotherSealIsRefused(t *testing.T) {
	data, _ := sealed(t, city(rand.New(rand.NewPCG(9, 10))))
	s, err := verify(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify(publish.WithEnd(data, s.Lines-1, s.Digest)); err != nil {
		t.Fatalf("the same end: %v", err)
	}
	for name, broken := range map[string][]byte{
		"another digest": publish.WithEnd(data, s.Lines-1, strings.Repeat("a", 64)), "a line more": publish.WithEnd(data, s.Lines, s.Digest),
	} {
		if _, err := verify(broken); !errors.Is(err, assess.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A seal that is whole in itself says nothing that no publication does, and nothing twice: who reads it would see another figure than
// the one that counts.
func TestWhatNoPublicationSaysIsRefused(t *testing.T) {
	data, _ := sealed(t, city(rand.New(rand.NewPCG(13, 14))))
	for name, tc := range map[string]struct{ in, of, to string }{
		"one person":           {`{"header":`, `"by":"leader"`, `"by":"analyst"`},
		"nobody":               {`{"header":`, `"by":"leader"`, `"by":""`},
		"no edition":           {`{"header":`, `"edition":1`, `"edition":-1`},
		"no engine":            {`{"header":`, `"engine":"1"`, `"engine":""`},
		"a name of two lines":  {`{"header":`, `"by":"leader"`, `"by":"leader\n  seal      4a5612"`},
		"a name that moves up": {`{"header":`, `"by":"leader"`, `"by":"\u001b[3Aleader"`},
		"a figure twice":       {`{"figure":`, "", "twice"},
		"a target twice":       {`{"target":`, "", "twice"},
		"a report twice":       {`{"filing":`, "", "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			done := false
			lines := strings.SplitAfter(string(data), "\n")
			if tc.to == "twice" {
				i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, tc.in) })
				lines, done = slices.Insert(lines, i, lines[i]), true
			}
			forged := publish.Forge([]byte(strings.Join(lines, "")), func(text string) string {
				if done || !strings.HasPrefix(text, tc.in) || !strings.Contains(text, tc.of) {
					return text
				}
				done = true
				return strings.Replace(text, tc.of, tc.to, 1)
			})
			if !done {
				t.Fatal("there is nothing to forge")
			}
			if _, err := verify(forged); !errors.Is(err, assess.ErrInvalid) {
				t.Errorf("found is %v", err)
			}
		})
	}
}

// The difference of two editions is complete and minimal: what a comparison that looks at every field of everything finds.
func TestADifferenceIsCompleteAndMinimal(t *testing.T) {
	for seed := range uint64(4) {
		chance := rand.New(rand.NewPCG(seed, 11))
		made := city(rand.New(rand.NewPCG(seed, 12)))
		before, _ := sealed(t, made)
		correct(chance, made)
		after, _ := sealed(t, made)
		a, err := publish.Read(bytes.NewReader(before))
		if err != nil {
			t.Fatal(err)
		}
		b, err := publish.Read(bytes.NewReader(after))
		if err != nil {
			t.Fatal(err)
		}
		if same := publish.Compare(a, a); !same.Empty() {
			t.Errorf("a seal differs from itself: %+v", same)
		}
		want, have := everything(a), listed(publish.Compare(a, b))
		for key, value := range everything(b) {
			if want[key] == value {
				delete(want, key)
			} else if _, there := want[key]; !there {
				want[key] = ""
			}
		}
		for key := range want {
			if !have[key] {
				t.Errorf("seed %d: the difference does not say %s", seed, key)
			}
			delete(have, key)
		}
		for key := range have {
			t.Errorf("seed %d: the difference says %s, which is the same in both", seed, key)
		}
	}
}

// correct changes some figures as corrections do: another value, a figure that was missing, one that was no figure.
func correct(chance *rand.Rand, s *publish.Seal) {
	for range 1 + chance.IntN(3) {
		i := chance.IntN(len(s.Basis.Figures))
		switch o := &s.Basis.Figures[i]; chance.IntN(4) {
		case 0:
			s.Basis.Figures = slices.Delete(s.Basis.Figures, i, i+1)
		case 1:
			o.State, o.Value = assess.Exempt, ""
		case 2:
			o.Seq += 10_000 // taken anew with the same value, which is no difference
		default:
			o.Value, o.Seq = o.Value+"1", o.Seq+10_000
		}
	}
	if chance.IntN(2) == 0 {
		s.Basis.Filings[chance.IntN(13)].LateDays += 2
	}
	if chance.IntN(2) == 0 {
		t := &s.Basis.Targets[chance.IntN(len(s.Basis.Targets))]
		t.Value = t.Value.Add(decimal.NewFromInt(50))
	}
}

// everything answers all that a reader sees of a seal by a name of its place.
func everything(s *publish.Seal) map[string]string {
	all := map[string]string{}
	for _, o := range s.Basis.Figures {
		all[fmt.Sprintf("figure %+v", o.CellKey)] = string(o.State) + o.Value
	}
	for _, t := range s.Basis.Targets {
		all[fmt.Sprintf("target %s %s %s %s", t.Unit, t.Period, t.Code, t.From)] = t.Value.String()
	}
	for _, f := range s.Basis.Filings {
		all[fmt.Sprintf("filing %s %s", f.Unit, f.Period)] = fmt.Sprint(f.LateDays, f.Returns)
	}
	for _, of := range s.Scores {
		for _, c := range of.Cards {
			all[fmt.Sprintf("total %s %s", of.Framework, c.Unit)] = fmt.Sprint(c.Base, c.Bonus, c.Late, c.Total, c.LateDays, c.Vetoed, c.TiedAtQuota)
			for _, n := range c.Nodes {
				n.Why = nil
				value := "none"
				if n.Value != nil {
					value = fmt.Sprint(*n.Value)
				}
				n.Value = nil
				all[fmt.Sprintf("score %s %s %s", of.Framework, c.Unit, n.Node)] = fmt.Sprintf("%+v %s", n, value)
			}
		}
	}
	return all
}

// listed answers the places that a difference names, by the same names.
func listed(d *publish.Difference) map[string]bool {
	all := map[string]bool{}
	for _, c := range d.Figures {
		all[fmt.Sprintf("figure %+v", c.Key)] = true
	}
	for _, c := range d.Targets {
		all[fmt.Sprintf("target %s %s %s %s", c.Unit, c.Period, c.Code, c.From)] = true
	}
	for _, c := range d.Filings {
		all[fmt.Sprintf("filing %s %s", c.Unit, c.Period)] = true
	}
	for _, c := range d.Totals {
		all[fmt.Sprintf("total %s %s", c.Framework, c.Unit)] = true
	}
	for _, c := range d.Scores {
		all[fmt.Sprintf("score %s %s %s", c.Framework, c.Unit, c.Node)] = true
	}
	return all
}

// A seal that an earlier release made, or one on another architecture, holds with this one. The file is the third quarter of 2026 of the
// demonstration, as it was sealed first (engine 1, amd64); it is never made anew: a new form or engine gets a file of its own beside it.
func TestASealOfAnEarlierReleaseHolds(t *testing.T) {
	packed, err := os.Open("testdata/engine1.seal.zst")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpack, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer unpack.Close()
	data, err := io.ReadAll(unpack)
	if err != nil {
		t.Fatal(err)
	}
	s, err := verify(data)
	if err != nil {
		t.Fatal(err)
	}
	if s.Header.Form != 1 || s.Header.Engine != "1" || s.Header.Period.String() != "2026Q3" {
		t.Errorf("the header is %+v", s.Header)
	}
}
