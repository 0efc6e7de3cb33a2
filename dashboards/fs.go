// Package dashboards takes nothing and makes the shipped page definitions: one YAML file a page, embedded in the program.
package dashboards

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml
var files embed.FS

// Files answers the shipped page definitions. The folder is read-only.
func Files() fs.FS { return files }
