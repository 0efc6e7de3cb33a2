package store

import (
	"context"
	"fmt"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	putMade = `INSERT INTO made (source, unit, period, at) VALUES ($1, $2, $3, $4)
	ON CONFLICT (source, unit, period) DO UPDATE SET at = excluded.at WHERE excluded.at > made.at`
	selectMade = `SELECT source, unit, period, at FROM made WHERE source = $1`
)

func (t tx) putMade(all []assess.Made) error {
	for _, m := range all {
		if _, err := t.exec(putMade, string(m.Source), string(m.Unit), m.Period, millis(m.At)); err != nil {
			return fmt.Errorf("note when an answer of %s was made: %w", m.Source, err)
		}
	}
	return nil
}

// Made answers when the newest answers of a source that were taken say that they were made, to the millisecond.
func (s *Store) Made(ctx context.Context, source assess.Code) (map[assess.Answer]time.Time, error) {
	all, err := list(ctx, s.reader, func(row scanner) (m assess.Made, err error) {
		var at int64
		err = row.Scan(&m.Source, &m.Unit, &m.Period, &at)
		m.At = moment(at)
		return m, err
	}, selectMade, string(source))
	made := make(map[assess.Answer]time.Time, len(all))
	for _, m := range all {
		made[m.Answer] = m.At
	}
	return made, s.explain("read when answers were made", err)
}
