package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/store"
)

// loss is what a data folder does not hold as it was promised.
type loss struct {
	Lost    []string // acknowledged and not there
	Doubled []string
	Broken  []string // what is wrong with the database, the log, files
}

func (l loss) any() bool { return len(l.Lost)+len(l.Doubled)+len(l.Broken) > 0 }

func (l *loss) broken(format string, args ...any) {
	l.Broken = append(l.Broken, fmt.Sprintf(format, args...))
}

// holds opens a folder that a dead server has left and holds it against what had been acknowledged when it died: the database and the
// audit log are whole, every acknowledged change is there once, every other once or not at all.
func (w *world) holds(dir string, promised map[deed]bool) (l loss) {
	open := w.opened
	if open == nil {
		open = func() (*store.Store, error) {
			_, s, err := openStore(w.t.Context(), dir)
			return s, err
		}
	}
	s, err := open()
	if err != nil {
		l.broken("it cannot be opened: %v", err)
		return l
	}
	defer released()
	defer s.Close()
	ctx := w.t.Context()
	if err := s.IntegrityCheck(ctx); err != nil {
		l.broken("the database is not whole: %v", err)
	}
	head, err := s.Head(ctx)
	if lines, verr := s.VerifyAudit(ctx); err != nil || verr != nil || lines != head.Audit {
		l.broken("%d of %d lines of the audit log are good: %v, %v", lines, head.Audit, err, verr)
	}
	found := map[deed]int{}
	w.findSaves(s, &l, found)
	for _, unit := range reportedUnits() {
		w.findSteps(s, unit, &l, found)
	}
	waiting, err := s.Waiting(ctx, pushedUnit, w.quarter)
	if err != nil {
		l.broken("waiting submissions: %v", err)
	}
	for _, sub := range waiting {
		for _, e := range sub.Entries {
			if e.Code == w.figure {
				found[deed{"push", e.Value}]++
			}
		}
	}
	history, err := s.History(ctx, assess.CellKey{Unit: pulledUnit, Period: w.past, Item: w.figure})
	if err != nil {
		l.broken("observations: %v", err)
	}
	for _, o := range history {
		found[deed{"collected", o.Value}]++
	}
	err = s.EachRecord(ctx, "skills_competitions", head.Seq, func(r assess.Record) error {
		if r.Version == 1 {
			found[deed{"record", r.Key}]++
		}
		return nil
	})
	if err != nil {
		l.broken("records: %v", err)
	}
	w.findEvidence(s, dir, &l, found, promised)
	for d, acknowledged := range promised {
		switch n := found[d]; {
		case d.kind == "job" || d.kind == "removed": // a file that is dropped leaves nothing; what is taken away is looked for above
		case acknowledged && n == 0 && !(d.kind == "evidence" && hasKey(promised, deed{"removed", d.name})):
			l.Lost = append(l.Lost, d.kind+" "+d.name)
		case n > 1:
			l.Doubled = append(l.Doubled, fmt.Sprintf("%s %s, %d times", d.kind, d.name, n))
		}
	}
	slices.Sort(l.Lost)
	return l
}

func hasKey(m map[deed]bool, d deed) bool { _, ok := m[d]; return ok }

// findSaves counts what was typed: each save made one revision, and revisions follow each other.
func (w *world) findSaves(s *store.Store, l *loss, found map[deed]int) {
	look := func(unit string, item assess.Code) {
		revisions, err := s.Revisions(w.t.Context(), assess.UnitCode(unit), w.quarter, item)
		if err != nil {
			l.broken("revisions: %v", err)
		}
		numbers := map[int64]bool{}
		for _, r := range revisions {
			numbers[r.Revision] = true
			if strings.HasPrefix(r.Request, "chaos-") {
				if r.Request != "chaos-"+r.Value {
					l.broken("%s %s: the save %s holds %s", unit, item, r.Request, r.Value)
				}
				found[deed{"save", unit + " " + string(item) + " " + r.Value}]++
			}
		}
		for n := range int64(len(revisions)) {
			if !numbers[n+1] {
				l.broken("%s %s has %d revisions, and none is the %d.", unit, item, len(revisions), n+1)
			}
		}
	}
	for _, unit := range []string{typedUnit, typedToo} {
		for _, c := range w.cells[:chaosCells] {
			look(unit, c.item)
		}
	}
	for _, unit := range reportedUnits() {
		look(unit, w.cell.item)
	}
}

// findSteps counts how often a report went on, and that no step is missing between two others.
func (w *world) findSteps(s *store.Store, unit string, l *loss, found map[deed]int) {
	steps, err := s.FilingChanges(w.t.Context(), assess.UnitCode(unit), w.quarter)
	if err != nil {
		l.broken("steps: %v", err)
	}
	kinds := map[assess.FilingState]string{
		assess.PendingSignature: "forward", assess.SentBack: "back", assess.Submitted: "sign", assess.Returned: "return",
	}
	state := assess.FilingState("")
	made := map[string]int{}
	for i, step := range steps {
		if i > 0 && step.From != state {
			l.broken("the report of %s goes from %s to %s after it came to %s", unit, step.From, step.To, state)
		}
		state = step.To
		if kind := kinds[state]; kind != "" {
			made[kind]++
			found[deed{kind, fmt.Sprintf("%s %d", unit, made[kind])}]++
		}
	}
	accepted, err := s.History(w.t.Context(), assess.CellKey{Unit: assess.UnitCode(unit), Period: w.quarter, Item: w.cell.item})
	if err != nil {
		l.broken("observations: %v", err)
	}
	for i := range accepted {
		found[deed{"accept", fmt.Sprintf("%s %d", unit, i+1)}]++
	}
}

// findEvidence counts the files that are bound to the figure; each lies in the folder as it was sent.
func (w *world) findEvidence(s *store.Store, dir string, l *loss, found map[deed]int, promised map[deed]bool) {
	item := w.cells[chaosCells].item
	all, err := s.EvidenceList(w.t.Context(), assess.EvidenceQuery{Unit: keepingUnit, Periods: []assess.Period{w.quarter}, Use: assess.OfFigure, Object: string(item), Removed: true})
	if err != nil {
		l.broken("evidence: %v", err)
	}
	for _, e := range all {
		hash := e.File.Hash
		found[deed{"evidence", hash}]++
		if !e.RemovedAt.IsZero() {
			continue
		}
		if hasKey(promised, deed{"removed", hash}) && promised[deed{"removed", hash}] {
			l.Lost = append(l.Lost, "the taking away of evidence "+hash)
		}
		body, err := os.ReadFile(filepath.Join(dir, "evidence", hash[:2], hash[2:4], hash))
		sum := sha256.Sum256(body)
		if err != nil || hex.EncodeToString(sum[:]) != hash {
			l.broken("the bytes of evidence %s are not there as they were sent: %d bytes, %v", hash, len(body), err)
		}
	}
}

// kinds counts deeds by their kind.
func kinds(all map[deed]bool) string {
	n := map[string]int{}
	for d, acknowledged := range all {
		if acknowledged {
			n[d.kind]++
		}
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%s %d", kind, n[kind]))
	}
	return strings.Join(parts, ", ")
}
