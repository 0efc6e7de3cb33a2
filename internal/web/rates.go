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

// rates counts the requests of tokens. It is of this process; a restart forgives.
type rates struct {
	mu  sync.Mutex
	ofs map[string]*rate.Limiter
}

// mostRated is of how many tokens requests are counted; there are hardly ever as many.
const mostRated = 10000

func (r *rates) of(token string, limit Rate) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, ok := r.ofs[token]
	if !ok {
		if len(r.ofs) >= mostRated || r.ofs == nil {
			r.ofs = map[string]*rate.Limiter{}
		}
		one = rate.NewLimiter(rate.Limit(float64(limit.PerMinute)/60), limit.AtOnce)
		r.ofs[token] = one
	}
	return one
}

// rated counts a request of a token, says in the header how many are left (draft-ietf-httpapi-ratelimit-headers), and refuses what is
// too much.
func (s *site) rated(w http.ResponseWriter, t account.Token) error {
	now, limiter := s.Now(), s.rates.of(t.ID, s.Rate)
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
	if ok {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(next))
	return assess.Unavailable("problem.api_rate",
		fmt.Sprintf("there are too many requests, at most %d a minute; ask again in %s", s.Rate.PerMinute, time.Duration(next)*time.Second),
		"most", strconv.Itoa(s.Rate.PerMinute), "seconds", strconv.Itoa(next)).Because(errTooOften)
}
