package export

import (
	"context"
	"errors"
	"iter"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// ScoresBook describes the rows of ScoresCSV with their types.
func ScoresBook(words i18n.Words, list []*assess.Scores, o Options) *Book {
	columns := make([]Column, len(scoreColumns))
	for i, code := range scoreColumns {
		columns[i].Code = code
		switch code {
		case "level", "rank", "group_rank":
			columns[i].Kind = Whole
		case "value", "score", "points", "full_points", "coverage":
			columns[i].Kind, columns[i].Mixed = Real, code == "value"
		}
	}
	return tidyBook("scores", words, columns, func(yield func(Row, error) bool) {
		cells := make([]Cell, len(columns))
		for _, scores := range list {
			for _, r := range rows(scores, o) {
				if !yield(typed(columns, r[:], cells), nil) {
					return
				}
			}
		}
	})
}

// ObservationsBook describes the rows of Observations with their types. They are read from the log as they are written.
func ObservationsBook(ctx context.Context, words i18n.Words, log Log, q assess.CellQuery, trace bool) *Book {
	names := observationColumns(trace)
	columns := make([]Column, len(names))
	for i, code := range names {
		columns[i].Code = code
		switch code {
		case "value":
			columns[i].Kind, columns[i].Mixed = Number, true
		case "seq":
			columns[i].Kind = Whole
		}
	}
	cells, texts := make([]Cell, len(columns)), observationRow{trace: trace}
	return tidyBook("observations", words, columns, each(ctx, log, q, func(o assess.Observation) Row { return typed(columns, texts.of(o), cells) }))
}

// tidyBook makes a book of one table for programs.
func tidyBook(name string, words i18n.Words, columns []Column, rows iter.Seq2[Row, error]) *Book {
	for i := range columns {
		columns[i].Head, columns[i].Width = columns[i].Code, 12
	}
	title := words.T("export.table." + name)
	return &Book{Name: name, Title: title, Tables: []*Table{{Name: name, Title: title, Tab: name, Columns: columns, Rows: rows, Long: true, Tidy: true, words: words}}}
}

// typed makes cells of the texts of a row.
func typed(columns []Column, texts []string, cells []Cell) Row {
	for i, text := range texts {
		if cells[i] = words(text); columns[i].Kind.Numeric() && isNumber(text) {
			cells[i].Is = Figure
		}
	}
	return Row{Cells: cells}
}

// each makes a row of every figure of the log that a query chooses.
func each(ctx context.Context, log Log, q assess.CellQuery, row func(assess.Observation) Row) iter.Seq2[Row, error] {
	enough := errors.New("enough")
	return func(yield func(Row, error) bool) {
		err := log.Each(ctx, q, func(o assess.Observation) error {
			if !yield(row(o), nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(Row{}, err)
		}
	}
}
