// Package seeds takes nothing and makes the product's own definitions: the YAML files beside it, embedded in the program.
package seeds

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml frameworks/*.yaml registers/*.yaml calendar/*.yaml
var files embed.FS

// Files answers the folder of definitions: units.yaml, items.yaml, frameworks/six_systems.yaml and so on. It is read-only.
func Files() fs.FS { return files }
