package publish

import (
	"context"
	"maps"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// Board answers a board over the seal alone: the figures, definitions and targets it holds, scored by this program. load makes an edition
// of its files.
func (s *Seal) Board(load results.Load) *results.Live { return results.New(log{s}, load) }

// log is a seal as a board reads it.
type log struct{ seal *Seal }

var _ results.Log = log{}

func (l log) Head(context.Context) (assess.Head, error) {
	return assess.Head{Seq: l.seal.Header.Seq, Version: 1}, nil
}

func (l log) Each(_ context.Context, q assess.CellQuery, visit func(assess.Observation) error) error {
	for _, o := range l.seal.Basis.Figures {
		if len(q.Periods) > 0 && !slices.Contains(q.Periods, o.Period) {
			continue
		}
		if err := visit(o); err != nil {
			return err
		}
	}
	return nil
}

func (l log) History(_ context.Context, key assess.CellKey) ([]assess.Observation, error) {
	if i := slices.IndexFunc(l.seal.Basis.Figures, func(o assess.Observation) bool { return o.CellKey == key }); i >= 0 {
		return l.seal.Basis.Figures[i : i+1], nil
	}
	return nil, nil
}

func (l log) Periods(context.Context) ([]assess.Period, error) {
	known := map[assess.Period]bool{}
	for _, o := range l.seal.Basis.Figures {
		known[o.Period] = true
	}
	return slices.SortedFunc(maps.Keys(known), assess.Period.Compare), nil
}

func (l log) Targets(context.Context, int) ([]assess.Target, error) { return l.seal.Basis.Targets, nil }

func (l log) Filings(context.Context, ...assess.Period) ([]assess.Filing, error) {
	return l.seal.Basis.Filings, nil
}

func (l log) Cycles(context.Context) ([]assess.Cycle, error) { return l.seal.Basis.Cycles, nil }

// ResultStages answers nothing: a seal is computed from what was known, not from what was done with its result.
func (l log) ResultStages(context.Context, assess.Period) ([]assess.ResultStage, error) {
	return nil, nil
}

func (l log) Changed(context.Context, []assess.Period, int64, int64) (bool, error) { return false, nil }

func (l log) Editions(context.Context) ([]assess.Edition, error) {
	d := l.seal.Header.Definitions
	return []assess.Edition{{Year: d.Year, Number: d.Number, Digest: d.Digest}}, nil
}

func (l log) EditionFiles(context.Context, int, int) (assess.Edition, map[string][]byte, error) {
	all, err := l.Editions(context.Background())
	return all[0], l.seal.Files, err
}
