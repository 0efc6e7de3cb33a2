package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/unionboard/unionboard/internal/assess"
)

// ScoresCSV writes scores as tidy CSV (UTF-8 without BOM, RFC 4180, LF), one row per unit and node.
func ScoresCSV(w io.Writer, list []*assess.Scores, o Options) error {
	out := csv.NewWriter(w)
	if err := out.Write(scoreColumns[:]); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	for _, scores := range list {
		for _, r := range rows(scores, o) {
			harmless(r[:])
			if err := out.Write(r[:]); err != nil {
				return fmt.Errorf("write scores: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return nil
}

// ScoresJSON writes the same rows as an array of objects; numbers are numbers, what is missing is left out.
func ScoresJSON(w io.Writer, list []*assess.Scores, o Options) error {
	out := bufio.NewWriter(w)
	sep := "["
	for _, scores := range list {
		for _, r := range rows(scores, o) {
			object, err := jsonObject(r)
			if err != nil {
				return fmt.Errorf("write scores: %w", err)
			}
			if _, err := fmt.Fprintf(out, "%s\n%s", sep, object); err != nil {
				return fmt.Errorf("write scores: %w", err)
			}
			sep = ","
		}
	}
	if sep == "[" {
		sep = "[]\n"
	} else {
		sep = "\n]\n"
	}
	if _, err := out.WriteString(sep); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return nil
}

// jsonObject writes a row as one object with its keys in the order of the columns, which encoding/json keeps for no map.
func jsonObject(r row) ([]byte, error) {
	b := []byte{'{'}
	for i, text := range r {
		if text == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, scoreColumns[i])
		b = append(b, ':')
		if numeric(i, text) {
			b = append(b, text...)
			continue
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		b = append(b, quoted...)
	}
	return append(b, '}'), nil
}

// numeric says whether column i of a row holds a JSON number: value may also be a level of a graded item.
func numeric(i int, text string) bool {
	switch scoreColumns[i] {
	case "level", "score", "points", "full_points", "rank", "group_rank", "coverage":
		return true
	case "value":
		return isNumber(text)
	}
	return false
}
