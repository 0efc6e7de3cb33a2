package serving

import (
	"net/http"
	"net/http/httptest"
)

// Believe answers where a request comes from, and for which host, by what a trusted proxy says of it.
func Believe(forwarded, older string) (from, host string) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "127.0.0.1:1"
	if forwarded != "" {
		r.Header.Set("Forwarded", forwarded)
	}
	r.Header.Set("X-Forwarded-For", older)
	r.Header.Set("X-Forwarded-Host", older)
	networks{loopback4}.believe(r)
	return r.RemoteAddr, r.Host
}
