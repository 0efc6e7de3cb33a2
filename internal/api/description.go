package api

import (
	_ "embed"
	"fmt"

	"github.com/goccy/go-yaml"
)

// source is the description as it is written.
//
//go:embed openapi.yaml
var source []byte

// Description answers the description of every call in OpenAPI 3.1, as JSON in the order of its file.
func Description() ([]byte, error) {
	text, err := yaml.YAMLToJSON(source)
	if err != nil {
		return nil, fmt.Errorf("description of the API: %w", err)
	}
	return text, nil
}
