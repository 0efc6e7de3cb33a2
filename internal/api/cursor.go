package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// ErrGone is underneath a Problem about pages that can be followed no more.
var ErrGone = errors.New("gone")

// cursor says where a page begins: in what, and at which row of it.
type cursor struct {
	keptKey
	Row int `json:"r"`
}

// keptKey says of which version of the data a list is, and what was asked for by whom.
type keptKey struct {
	Version int64  `json:"v"`
	View    uint64 `json:"w"`
}

// view answers what is asked for, whatever page of it.
func (c Call) view() uint64 {
	q := c.Here.Query()
	for _, name := range []string{"limit", "cursor", language} {
		q.Del(name)
	}
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%q %q %q", c.User.Post(), c.Here.Path, q.Encode())
	return sum.Sum64()
}

// after answers the address of the page that begins at a cursor.
func (c Call) after(next any) string {
	text, err := json.Marshal(next)
	if err != nil {
		return ""
	}
	to, q := c.Here, c.Here.Query()
	q.Set("cursor", base64.RawURLEncoding.EncodeToString(text))
	to.RawQuery = q.Encode()
	return to.String()
}

// opened reads the cursor of an address into next.
func opened(token string, next any) error {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(text, next)
	}
	if err != nil {
		return strange()
	}
	return nil
}

func strange() *assess.Problem {
	return assess.Invalid("problem.api_cursor",
		"the cursor is not one of this list; ask for its next page as the page before names it, or leave it out", "parameter", "cursor")
}

// turned answers where a page begins and the list it is of: that of the data as they are now for the first page; for the others the one
// that the first page was of, so that no row is missed and none comes twice, whatever has changed meanwhile.
func (a *API) turned(c Call, token string, find func() (list, error)) (at cursor, l list, err error) {
	at = cursor{keptKey: keptKey{c.Version, c.view()}}
	if token != "" {
		if err := opened(token, &at); err != nil {
			return at, l, err
		}
		if at.View != c.view() || at.Row < 1 {
			return at, l, strange()
		}
		if l, ok := a.kept.known(at.keptKey, c.Now); ok {
			return at, l, at.within(l)
		}
		if at.Version != c.Version {
			return at, l, assess.Conflict("problem.api_cursor_lapsed",
				"the data have changed since the first page, and that page is too old to go on from; begin again with the first page", "parameter", "cursor").Because(ErrGone)
		}
	}
	if l, err = find(); err != nil {
		return at, l, err
	}
	return at, l, at.within(l)
}

func (c cursor) within(l list) error {
	if c.Row > l.size {
		return strange()
	}
	return nil
}

// How long lists are kept for those who follow their pages, and how many.
const (
	keptFor  = 15 * time.Minute
	mostKept = 8
)

// kept are the lists that somebody may be following, the oldest first.
type kept struct {
	mu    sync.Mutex
	lists []keptList
}

type keptList struct {
	keptKey
	list
	at time.Time
}

func (k *kept) known(key keptKey, now time.Time) (list, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, one := range k.lists {
		if one.keptKey == key && now.Sub(one.at) < keptFor {
			return one.list, true
		}
	}
	return list{}, false
}

// keep keeps a list from now on, for those who go on with it.
func (k *kept) keep(key keptKey, l list, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	left := make([]keptList, 0, mostKept)
	for _, one := range k.lists {
		if one.keptKey != key && now.Sub(one.at) < keptFor {
			left = append(left, one)
		}
	}
	if len(left) == mostKept {
		left = left[1:]
	}
	k.lists = append(left, keptList{key, l, now})
}
