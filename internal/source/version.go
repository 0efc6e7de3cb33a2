package source

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// trusted is how long a source is believed that nothing has changed. After it everything is asked for again, so that a server that
// changes its figures and not their version is found out.
const trusted = 24 * time.Hour

// validators are what a server says of the version of its answer. They are given back as they came: its clock may be wrong.
type validators struct{ tag, modified string }

// ask makes a request ask only for another version.
func (v validators) ask(r *http.Request) {
	if v.tag != "" {
		r.Header.Set("If-None-Match", v.tag)
	}
	if v.modified != "" {
		r.Header.Set("If-Modified-Since", v.modified)
	}
}

// version is what was taken of an address.
type version struct {
	validators
	mapping string // by which it was read
	digest  string
	rows    int
	since   time.Time
	lies    bool // other bytes came under the same validators
}

// versions are the versions that were taken, by address. The zero versions are none. They live as long as the program: at its start
// everything is asked for.
type versions struct {
	mu    sync.Mutex
	taken map[string]version
}

// of answers the version that was taken of an address, read by the same mapping not too long ago; else the zero version.
func (v *versions) of(address string, m *Mapping, now time.Time) version {
	v.mu.Lock()
	defer v.mu.Unlock()
	known := v.taken[address]
	if known.lies || known.mapping != written(m) || now.Sub(known.since) >= trusted || now.Before(known.since) {
		return version{}
	}
	return known
}

// settle remembers a version after what came with it is committed. Of one of which something was refused nothing is remembered, so
// that it comes again.
func (v *versions) settle(address string, taken version, whole bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.taken == nil {
		v.taken = map[string]version{}
	}
	before := v.taken[address]
	same := taken.validators != (validators{}) && taken.validators == before.validators
	taken.lies = before.lies || same && taken.digest != before.digest
	if !whole {
		taken.validators = validators{}
	}
	v.taken[address] = taken
}

// written answers a mapping as it is kept.
func written(m *Mapping) string {
	text, err := json.Marshal(m)
	if err != nil {
		return "?" // never the same as another
	}
	return string(text)
}
