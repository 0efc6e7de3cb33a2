package assess

import (
	"fmt"
	"strconv"
)

// How long what stands in a form may be, in characters. The same limits hold in a workbook, in a file and for programs.
const (
	LongestFigure = 100
	LongestNote   = 1000 // a note, a reason, what a proposal rests on
)

// TooLong refuses a text of more characters than are taken. The field is value, note, title, reason, evidence, part or ref.
func TooLong(field string, most int) *Problem {
	return Invalid("problem.text_long", fmt.Sprintf("%s has more than %d characters; shorten it", field, most),
		"field", field, "limit", strconv.Itoa(most))
}
