package store

import (
	"context"
	"math"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// The inner query walks along the index and ends after a page.
const (
	selectFigures = `SELECT ` + observationColumns + ` FROM observation o
	JOIN (SELECT MAX(seq) AS seq FROM observation WHERE seq <= $1 AND (period, unit, item, part, ref) > ($2, $3, $4, $5, $6)`
	groupFigures = ` GROUP BY period, unit, item, part, ref ORDER BY period, unit, item, part, ref LIMIT `
	orderFigures = `) last ON last.seq = o.seq ORDER BY o.period, o.unit, o.item, o.part, o.ref`
)

// Figures answers a page of what holds of the cells that q chooses: those behind after, which is zero for the first page, at most limit of
// them, in the order of period, unit, item, part and ref. It costs as much as the page, however long the log is.
func (s *Store) Figures(ctx context.Context, q assess.CellQuery, after assess.CellKey, limit int) ([]assess.Observation, error) {
	asOf := q.AsOf
	if asOf == 0 {
		asOf = math.MaxInt64
	}
	from := ""
	if !after.Period.IsZero() {
		from = after.Period.String()
	}
	query, args := selectFigures, []any{asOf, from, string(after.Unit), string(after.Item), after.Part, after.Ref}
	query, args = among(query, args, "period", periodTexts(q.Periods))
	query, args = among(query, args, "unit", q.Units)
	query, args = among(query, args, "item", q.Items)
	args = append(args, limit)
	all, err := list(ctx, s.reader, scanObservation, query+groupFigures+"$"+strconv.Itoa(len(args))+orderFigures, args...)
	return all, s.explain("read a page of figures", err)
}
