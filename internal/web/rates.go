package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// Rate is how often programs may ask, each token by itself.
type Rate struct {
	PerMinute int
	AtOnce    int // after a pause
}

// UsualRate is the rate where nothing is said.
func UsualRate() Rate { return Rate{PerMinute: 600, AtOnce: 120} }

// PeopleRates are how often one person may ask for what costs much, within a minute.
type PeopleRates struct{ Search, Export, Upload int }

// UsualPeopleRates are the rates where nothing is said.
func UsualPeopleRates() PeopleRates { return PeopleRates{Search: 120, Export: 60, Upload: 60} }

// load is a kind of work that costs much and is counted.
type load string

const (
	searching load = "search"
	exporting load = "export"
	uploading load = "upload"
)

// most answers how often a person may ask for a kind of work.
func (p PeopleRates) most(l load) int {
	switch l {
	case searching:
		return p.Search
	case exporting:
		return p.Export
	}
	return p.Upload
}

// sharers is how many may work behind one address, such as that of an office, each as much as one may.
const sharers = 10

// rates counts the requests of tokens, people and addresses. It is of this process; a restart forgives.
type rates struct {
	mu  sync.Mutex
	ofs map[string]*rate.Limiter
}

// mostRated is of how many requests are counted; there are hardly ever as many.
const mostRated = 10000

func (r *rates) of(who string, limit Rate) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, ok := r.ofs[who]
	if !ok {
		if len(r.ofs) >= mostRated || r.ofs == nil {
			r.ofs = map[string]*rate.Limiter{}
		}
		one = rate.NewLimiter(rate.Limit(float64(limit.PerMinute)/60), limit.AtOnce)
		r.ofs[who] = one
	}
	return one
}

// rated counts a request of a token, says in the header how many are left (draft-ietf-httpapi-ratelimit-headers), and refuses what is
// too much.
func (s *site) rated(w http.ResponseWriter, r *http.Request, t account.Token) error {
	now, limiter := s.Now(), s.rates.of("token "+t.ID, s.Rate)
	ok := limiter.AllowN(now, 1)
	left := math.Max(0, limiter.TokensAt(now))
	next := 0 // seconds until another request is let in
	if left < 1 {
		next = int(math.Ceil((1 - left) / float64(limiter.Limit())))
	}
	window := int(math.Ceil(float64(s.Rate.AtOnce) / float64(limiter.Limit())))
	h := w.Header()
	h.Set("RateLimit-Policy", fmt.Sprintf(`"token";q=%d;w=%d`, s.Rate.AtOnce, window))
	h.Set("RateLimit", fmt.Sprintf(`"token";r=%d;t=%d`, int(left), next))
	if !ok {
		return tooOften(w, s.Rate.PerMinute, next)
	}
	return s.taken(w, "address "+network(addressOf(r)), Rate{PerMinute: sharers * s.Rate.PerMinute, AtOnce: sharers * s.Rate.AtOnce})
}

// bearable counts a request of a person for work that costs much, and refuses what is too much of that person, or of the address.
func (s *site) bearable(w http.ResponseWriter, r *http.Request, u account.User, l load) error {
	most := s.People.most(l)
	if err := s.taken(w, string(l)+" account "+u.ID, Rate{PerMinute: most, AtOnce: most}); err != nil {
		return err
	}
	return s.taken(w, string(l)+" address "+network(addressOf(r)), Rate{PerMinute: sharers * most, AtOnce: sharers * most})
}

// taken counts a request of somebody and refuses what is too much.
func (s *site) taken(w http.ResponseWriter, who string, limit Rate) error {
	now, limiter := s.Now(), s.rates.of(who, limit)
	if limiter.AllowN(now, 1) {
		return nil
	}
	return tooOften(w, limit.PerMinute, int(math.Ceil((1-math.Max(0, limiter.TokensAt(now)))/float64(limiter.Limit()))))
}

// tooOften refuses a request, and says when the next one is let in.
func tooOften(w http.ResponseWriter, most, seconds int) error {
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return assess.Unavailable("problem.api_rate",
		fmt.Sprintf("there are too many requests, at most %d a minute; ask again in %s", most, time.Duration(seconds)*time.Second),
		"most", strconv.Itoa(most), "seconds", strconv.Itoa(seconds)).Because(errTooOften)
}
