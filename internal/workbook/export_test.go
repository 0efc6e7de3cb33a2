package workbook

import (
	"io"

	"github.com/unionboard/unionboard/internal/export"
)

// WriteBookInSheets writes a book as WriteBook does, in sheets whose last row of a table is at most the given one.
func WriteBookInSheets(w io.Writer, b *export.Book, most int) error { return writeBook(w, b, most) }
