package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/catalog"
	"github.com/unionboard/unionboard/seeds"
)

// untilLarge waits until a file has more than some bytes.
func (p *program) untilLarge(path string, size int64) {
	p.t.Helper()
	for {
		if info, err := os.Stat(path); err == nil && info.Size() > size {
			return
		}
		select {
		case <-p.ended:
			p.t.Fatalf("%q ended before %s was that large: %s", p.cmd.Args[1:], path, p.err.String())
		case <-time.After(time.Millisecond): // look again
		}
	}
}

// longFile writes definitions with 440 more districts, and 21,120 figures of them with notes of a thousand characters.
func longFile(t *testing.T) (definitionsFolder, file string, rows int) {
	t.Helper()
	edition, err := catalog.Load(seeds.Files())
	if err != nil {
		t.Fatal(err)
	}
	var items []assess.Code
	for _, item := range edition.Items {
		if item.Frequency == assess.Quarterly && item.Origin != assess.Computed && item.Type == assess.Count && len(items) < 12 {
			items = append(items, item.Code)
		}
	}
	var roster, figures strings.Builder
	figures.WriteString("unit,period,code,value,note\n")
	for u := range 440 {
		fmt.Fprintf(&roster, "  - {code: \"%d\", name: {zh: 第%d区, en: District %d}, short: {zh: %d区, en: \"%d\"}, kind: district, group: core_urban}\n", 300000+u, u, u, u, u)
		for q := 1; q <= 4; q++ {
			for _, item := range items {
				fmt.Fprintf(&figures, "%d,2025Q%d,%s,1000,%s\n", 300000+u, q, item, strings.Repeat("注", assess.LongestNote))
				rows++
			}
		}
	}
	file = filepath.Join(t.TempDir(), "long.csv")
	write(t, file, figures.String())
	return definitions(t, "units.yaml", "\nunits:\n", "\nunits:\n"+roster.String()), file, rows
}

// A long file is written share by share, and all shares are one transaction: an import that is killed with many of them on the disk leaves
// nothing, and the next one takes all. The notes are long, so that more than a share is on the disk before the end; 64 MB stay in memory.
func TestAKilledLongImportLeavesNothing(t *testing.T) {
	ofAFile(t)
	t.Parallel()
	dir := installation(t)
	folder, file, rows := longFile(t)
	good(t, "edition", "issue", folder, "--data", dir, "--year", "2025", "--reason", "更多区县")
	before := head(t, dir)
	p := start(t, "import", "--data", dir, file)
	p.untilLarge(filepath.Join(dir, "unionboard.db-wal"), 32<<20)
	p.kill()
	if r := p.wait(); r.code != -1 {
		t.Fatalf("it ended with %d before it was killed: %s%s", r.code, r.out, r.err)
	}
	if after := head(t, dir); after.Seq != before.Seq {
		t.Errorf("the log has moved from %d to %d", before.Seq, after.Seq)
	}
	if out := good(t, "import", "--data", dir, file); !strings.Contains(out, fmt.Sprintf("new %d, changed 0, unchanged 0", rows)) {
		t.Errorf("the next import says %q", out)
	}
}
