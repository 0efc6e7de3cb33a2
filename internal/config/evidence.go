package config

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Evidence is how uploaded files are taken. Sizes are bytes.
type Evidence struct {
	Kinds    []string // of pdf, jpg, png, docx, xlsx, zip
	Size     int64    // of one file
	Quota    int64    // of all the files of one unit
	KeepFree int64    // what must stay free on the disk
	// Scanner is the command line of a virus scanner, the file's path being added as its last argument; empty: none.
	Scanner        []string
	ScannerTimeout time.Duration // for one file
}

func usualEvidence() Evidence {
	return Evidence{
		Kinds: []string{"pdf", "jpg", "png", "docx", "xlsx"},
		Size:  20 << 20, Quota: 2 << 30, KeepFree: 512 << 20, ScannerTimeout: time.Minute,
	}
}

func (r *reader) evidence(e *Evidence) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{
			"kinds":           texts(r, &e.Kinds),
			"size":            r.size(&e.Size),
			"quota":           r.size(&e.Quota),
			"keep_free":       r.size(&e.KeepFree),
			"scanner":         texts(r, &e.Scanner),
			"scanner_timeout": r.duration(&e.ScannerTimeout),
		})
		if len(e.Kinds) == 0 {
			e.Kinds = usualEvidence().Kinds
		}
	}
}

func (c Config) checkEvidence() (problems assess.Problems) {
	for i, kind := range c.Evidence.Kinds {
		if p := oneOf("kinds", kind, "pdf", "jpg", "png", "docx", "xlsx", "zip"); p != nil {
			problems = append(problems, p.At(c.At("evidence.kinds["+strconv.Itoa(i)+"]")))
		}
	}
	if e := c.Evidence; e.Quota < e.Size {
		problems = append(problems, invalid("problem.config_quota",
			"the quota of a unit is smaller than one file may be; make it larger, or the size of a file smaller").At(c.At("evidence.quota")))
	}
	return problems
}

var sizeForm = regexp.MustCompile(`^([1-9][0-9]{0,5})(KB|MB|GB)$`)

// size reads a number of bytes: 20MB, 2GB, in steps of 1,024.
func (r *reader) size(to *int64) setter {
	return r.leaf(func() any { return bytes(*to) }, func(n ast.Node, path string) {
		written, ok := r.word(n, path)
		if !ok {
			return
		}
		m := sizeForm.FindStringSubmatch(written)
		if m == nil {
			r.fault(n, path, invalid("problem.config_size", fmt.Sprintf("%q is not a size; write it as 500KB, 20MB or 2GB", written), "value", written))
			return
		}
		count, _ := strconv.ParseInt(m[1], 10, 64) // six digits at most
		*to = count << map[string]int{"KB": 10, "MB": 20, "GB": 30}[m[2]]
	})
}

// bytes is a size as it is written.
type bytes int64

// String implements fmt.Stringer.
func (b bytes) String() string {
	for _, unit := range []struct {
		shift int
		name  string
	}{{30, "GB"}, {20, "MB"}} {
		if b >= 1<<unit.shift && b%(1<<unit.shift) == 0 {
			return fmt.Sprintf("%d%s", b>>unit.shift, unit.name)
		}
	}
	return fmt.Sprintf("%dKB", b>>10)
}
