package terminal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestNothingIsShownWhereNobodyWatches(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var buffer bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		for _, p := range []*Progress{NewProgress(&buffer, "collecting", 3), NewProgress(file, "collecting", 3)} {
			p.Step(1, "")
			time.Sleep(time.Hour)
			p.Step(2, "scoring")
			p.Close()
		}
	})
	if info, err := file.Stat(); err != nil || info.Size() != 0 || buffer.Len() != 0 {
		t.Errorf("a file got %d bytes, a buffer %q, %v", info.Size(), buffer.String(), err)
	}
}

func TestLine(t *testing.T) {
	for want, p := range map[string]*Progress{
		"collecting [###############...............] 6/12":  {label: "collecting", done: 6, total: 12, columns: 80},
		"collecting [##############################] 12/12": {label: "collecting", done: 12, total: 12, columns: 80},
		"collecting [##############################] 13/12": {label: "collecting", done: 13, total: 12, columns: 80}, // more came than was promised
		"collecting [..............................] 0/12":  {label: "collecting", total: 12, columns: 80},
		"collecting [###......] 1/3":                        {label: "collecting", done: 1, total: 3, columns: 27}, // as wide as the terminal lets it
		"collecting 1/3":                                    {label: "collecting", done: 1, total: 3, columns: 20}, // no room for a bar
		"collecting 7":                                      {label: "collecting", done: 7, columns: 80},           // nobody knows how many
	} {
		if got := p.line(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestStepKeepsTheLabelUnlessItChanges(t *testing.T) {
	p := NewProgress(&bytes.Buffer{}, "collecting", 0)
	defer p.Close()
	p.Step(2, "")
	p.Step(3, "")
	if got := p.line(); got != "collecting 5" {
		t.Errorf("got %q", got)
	}
	p.Step(1, "scoring")
	if got := p.line(); got != "scoring 6" {
		t.Errorf("got %q", got)
	}
}
