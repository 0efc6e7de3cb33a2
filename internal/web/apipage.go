package web

import (
	"net/http"

	"github.com/unionboard/unionboard/internal/api"
)

// apiBody is the description of the API for people.
type apiBody struct {
	*api.Guide
	Sentence, Address string
}

// showAPI shows what programs can ask for. It comes from this server alone, so that it can be read where there is no internet.
func (s *site) showAPI(w http.ResponseWriter, r *http.Request) error {
	v, n := visitFrom(r), 0
	for _, g := range s.guide.Groups {
		n += len(g.Calls)
	}
	here := s.addressed(r)
	return s.render(w, r, http.StatusOK, "api", page{
		Title: v.words.T("web.api"), Body: apiBody{s.guide, v.words.T("web.api.what", "n", n), here.Scheme + "://" + here.Host},
	})
}
