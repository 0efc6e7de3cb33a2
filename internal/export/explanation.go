package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/unionboard/unionboard/internal/results"
)

// ExplanationJSON writes one explanation as an indented object, the form docs/explanation.md describes.
func ExplanationJSON(w io.Writer, e results.Explanation) error {
	body, err := explanationObject(e)
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, body, "", "  "); err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	indented.WriteByte('\n')
	if _, err := w.Write(indented.Bytes()); err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	return nil
}

// ExplanationsJSON writes explanations as an array of the same objects, one on each line.
func ExplanationsJSON(w io.Writer, list []results.Explanation) error {
	out := bufio.NewWriter(w)
	out.WriteByte('[') // errors stay in out until Flush
	for i, e := range list {
		body, err := explanationObject(e)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(body)
	}
	out.WriteString("\n]\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write explanations: %w", err)
	}
	return nil
}

// explanationObject is the one place that makes the JSON of an explanation. Names and formulas keep their signs (<, &) readable.
func explanationObject(e results.Explanation) ([]byte, error) {
	var body bytes.Buffer
	out := json.NewEncoder(&body)
	out.SetEscapeHTML(false)
	if err := out.Encode(e); err != nil {
		return nil, fmt.Errorf("write explanation of %s: %w", e.Node, err)
	}
	return bytes.TrimRight(body.Bytes(), "\n"), nil
}
