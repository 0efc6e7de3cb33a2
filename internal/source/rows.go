package source

import (
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// Rows reads a table of text – separated by commas, semicolons or tabs, in UTF-8, UTF-16 or GB18030 – whose first row names its columns, in
// any order, and calls visit for every row below that holds anything: with its line, its cells in the order of need and may, "" for a
// column that is not there, and why the cells cannot be told apart, nil where they can. The slice is used again for the next row. An error
// means that the file is damaged or lacks a column of need, whatever visit has seen; the notes harm nothing.
func Rows(file string, data []byte, need, may []string, visit func(line int, cells []string, fault *assess.Problem)) (notes []*assess.Problem, err error) {
	t, err := openTable(file, data, need, may)
	if err != nil {
		return nil, err
	}
	heads := slices.Concat(need, may)
	cells := make([]string, len(heads))
	columns := make([]int, len(heads))
	for i, head := range heads {
		columns[i] = t.columns[head]
	}
	err = t.each(func(row row) {
		for i, column := range columns {
			cells[i] = ""
			if column > 0 && column <= len(row.cells) {
				cells[i] = row.cells[column-1]
			}
		}
		visit(row.line, cells, row.fault)
	})
	if err != nil {
		return nil, err
	}
	return t.notes, nil
}
