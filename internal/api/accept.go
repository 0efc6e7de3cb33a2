package api

import (
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// The media types of answers.
const (
	JSON = "application/json"
	CSV  = "text/csv; charset=utf-8; header=present"
)

// ErrNotAcceptable is underneath a Problem about an answer of a kind there is not.
var ErrNotAcceptable = errors.New("not acceptable")

// accepted answers which of the kinds there are a program wants most, the first of equals (RFC 9110, 12.5.1).
func accepted(accept string, kinds ...string) (string, error) {
	if strings.TrimSpace(accept) == "" {
		return kinds[0], nil
	}
	best, chosen := 0.0, ""
	for _, kind := range kinds {
		if q := quality(accept, kind); q > best {
			best, chosen = q, kind
		}
	}
	if chosen != "" {
		return chosen, nil
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i], _, _ = strings.Cut(kind, ";")
	}
	there := strings.Join(names, ", ")
	return "", assess.Invalid("problem.api_accept", fmt.Sprintf("Accept asks for %.80q; here there is %s", accept, there),
		"accept", fmt.Sprintf("%.80s", accept), "kinds", there).Because(ErrNotAcceptable)
}

// quality answers how much a header wants a kind, from 0 to 1. What names the kind counts before what names all of a family, and that
// before what names all.
func quality(accept, kind string) (q float64) {
	name, _, _ := strings.Cut(kind, ";")
	family, _, _ := strings.Cut(name, "/")
	closest := -1
	for part := range strings.SplitSeq(accept, ",") {
		asked, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		near := -1
		switch asked {
		case name:
			near = 2
		case family + "/*":
			near = 1
		case "*/*":
			near = 0
		}
		if near <= closest {
			continue
		}
		closest, q = near, 1
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || q < 0 || q > 1 {
				q = 0
			}
		}
	}
	return q
}
