package cycle

import "github.com/unionboard/unionboard/internal/assess"

// Clear empties a cell of the form. The other actions of a cell are those of a report: Fill, Accept, Return, Close.
const Clear Action = "clear"

// Cells is the machine of single figures (workflow 3.2). A figure that was declared as not to be had counts as filled. An empty cell
// can be returned as omitted. What is accepted is an observation from then on and has no way back: one that was accepted by mistake
// changes by correction only.
func Cells() Machine[assess.CellState] {
	return Machine[assess.CellState]{
		noun: "figure", words: "cell", refuse: "problem.cell_step",
		states: []assess.CellState{
			assess.CellEmpty, assess.CellFilled, assess.CellReturned, assess.CellRefilled, assess.CellAccepted, assess.CellMissing,
		},
		moves: []move[assess.CellState]{
			{assess.CellEmpty, Fill, assess.CellFilled},
			{assess.CellFilled, Fill, assess.CellFilled},
			{assess.CellReturned, Fill, assess.CellRefilled},
			{assess.CellRefilled, Fill, assess.CellRefilled},

			{assess.CellEmpty, Clear, assess.CellEmpty},
			{assess.CellFilled, Clear, assess.CellEmpty},
			{assess.CellReturned, Clear, assess.CellReturned},
			{assess.CellRefilled, Clear, assess.CellReturned},

			{assess.CellFilled, Accept, assess.CellAccepted},
			{assess.CellRefilled, Accept, assess.CellAccepted},

			{assess.CellEmpty, Return, assess.CellReturned},
			{assess.CellFilled, Return, assess.CellReturned},
			{assess.CellRefilled, Return, assess.CellReturned},

			{assess.CellEmpty, Close, assess.CellMissing},
			{assess.CellFilled, Close, assess.CellMissing}, // typed and never signed
			{assess.CellReturned, Close, assess.CellMissing},
			{assess.CellRefilled, Close, assess.CellMissing},
			{assess.CellAccepted, Close, assess.CellAccepted},
		},
	}
}
