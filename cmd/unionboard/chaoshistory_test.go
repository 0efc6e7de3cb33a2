package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// figureAt is a figure that clients write and read: of a form, of a program, of a source. Each has a history of its own.
type figureAt struct{ unit, item string }

func (f figureAt) String() string { return f.unit + " " + f.item }

// act is what a client asked of a figure, outcome what it was told. An act whose answer was lost is asked again under the same name, so it is
// one act that took long; one that cannot be asked again ends when the history does.
type act struct {
	Write bool
	Base  int64 // the revision that a save replaces, -1 where nothing is said of one
	Value string
}

type outcomeOf struct {
	Conflict bool   // the save was not made, because of another
	Revision int64  // that was read, -1 where the page does not say
	Value    string // that was read
	Lost     bool   // nobody knows whether the write was made
}

// stood is a figure as it stands.
type stood struct {
	Revision int64
	Value    string
}

// figureModel says how a figure behaves: what was written last is what everybody reads, on every page, and a save replaces what its editor
// saw and nothing else.
func figureModel(first stood) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return first },
		Step: func(state, input, output any) (bool, any) {
			now, in, out := state.(stood), input.(act), output.(outcomeOf)
			switch {
			case !in.Write:
				return out.Value == now.Value && (out.Revision < 0 || out.Revision == now.Revision), now
			case in.Base < 0:
				return true, stood{now.Revision, in.Value}
			case out.Conflict:
				return in.Base != now.Revision, now
			case in.Base != now.Revision:
				return false, now
			}
			return true, stood{now.Revision + 1, in.Value}
		},
		DescribeOperation: func(input, output any) string {
			in, out := input.(act), output.(outcomeOf)
			switch {
			case !in.Write:
				return fmt.Sprintf("read %s (%d)", out.Value, out.Revision)
			case out.Lost:
				return fmt.Sprintf("write %s, answer lost", in.Value)
			case out.Conflict:
				return fmt.Sprintf("save %s over %d: conflict", in.Value, in.Base)
			}
			return fmt.Sprintf("write %s over %d", in.Value, in.Base)
		},
	}
}

// deed is a change that must be there once: of which kind, and its own name.
type deed struct{ kind, name string }

// chronicle is what all clients did and were told.
type chronicle struct {
	begun time.Time

	mu      sync.Mutex
	acts    map[figureAt][]porcupine.Operation
	first   map[figureAt]stood // where the figures stood when the history began
	deeds   map[deed]bool      // true: acknowledged
	faults  []string
	asked   int // requests that were answered
	retried int // whose answer was lost, so that they were made again
}

func newChronicle() *chronicle {
	return &chronicle{begun: time.Now(), acts: map[figureAt][]porcupine.Operation{}, first: map[figureAt]stood{}, deeds: map[deed]bool{}}
}

func (c *chronicle) now() int64 { return time.Since(c.begun).Nanoseconds() }

// note keeps an act that began at a time and is over now.
func (c *chronicle) note(client int, f figureAt, begun int64, in act, out outcomeOf) {
	c.mu.Lock()
	defer c.mu.Unlock()
	end := c.now()
	if out.Lost {
		end = 1 << 62
	}
	c.acts[f] = append(c.acts[f], porcupine.Operation{ClientId: client, Input: in, Call: begun, Output: out, Return: end})
}

// attempted says that somebody asks for a change, done that it was acknowledged.
func (c *chronicle) attempted(kind, name string) { c.put(kind, name, false) }
func (c *chronicle) done(kind, name string)      { c.put(kind, name, true) }

func (c *chronicle) put(kind, name string, acknowledged bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deeds[deed{kind, name}] = acknowledged
}

// fault notes an answer that nobody should be given.
func (c *chronicle) fault(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.faults) < 50 {
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

// takeFaults answers them and begins anew.
func (c *chronicle) takeFaults() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all, c.faults = c.faults, nil
	return all
}

// promised answers what has been acknowledged so far.
func (c *chronicle) promised() map[deed]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.deeds)
}

// judge looks for lost and stale reads in what was done since the last time, and begins a new history with what was read last of each
// figure while nothing was written. A history that cannot be is kept as a page in a folder.
func (c *chronicle) judge(t *testing.T, folder string) (acts int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for f, history := range c.acts {
		acts += len(history)
		model := figureModel(c.first[f])
		result, info := porcupine.CheckOperationsVerbose(model, history, time.Minute)
		if result != porcupine.Ok {
			name := filepath.Join(folder, fmt.Sprintf("history-%s-%s.html", f.unit, f.item))
			t.Errorf("the history of %s is %s; it is kept in %s", f, result, name)
			_ = os.MkdirAll(folder, 0o755)
			_ = porcupine.VisualizePath(model, info, name)
			c.write(filepath.Join(folder, fmt.Sprintf("history-%s-%s.json", f.unit, f.item)), history)
		}
		if len(history) > 0 {
			last := slices.MaxFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
			if out := last.Output.(outcomeOf); last.Input.(act).Write {
				t.Errorf("nobody read %s while all was quiet", f)
			} else {
				c.first[f] = stood{max(out.Revision, 0), out.Value}
			}
		}
	}
	clear(c.acts)
	return acts
}

// write keeps a history as text.
func (c *chronicle) write(path string, history []porcupine.Operation) {
	text, _ := json.MarshalIndent(history, "", " ") // of plain values
	_ = os.WriteFile(path, text, 0o644)             // beside a test that has failed already
}
