package web

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/unionboard/unionboard/internal/account"
)

// oldNews says which sources the figures of an open period are old of: the last answer failed, or none has come for long. What was
// taken before still holds; the reader is told its age.
type oldNews struct{ Text, URL string }

// oldNamed is how many sources are named; the others are counted.
const oldNamed = 3

// oldNews reads where the sources stand. The bar must not be what breaks a page: what cannot be read is left out.
func (s *site) oldNews(r *http.Request, v *visit) (news oldNews) {
	now := s.Now()
	all, err := s.Collecting.Standings(r.Context(), now)
	if err != nil {
		s.Log.LogAttrs(r.Context(), slog.LevelWarn, "no standing of the sources for the page bar",
			slog.String("request", numberOf(r)), slog.String("error", err.Error()))
		return news
	}
	var named []string
	count := 0
	for i := range all {
		one := &all[i]
		if !one.Declared || !one.Stale && !one.Sick && !failed(one.Last.State) {
			continue
		}
		if count++; count > oldNamed {
			continue
		}
		since := v.words.T("web.old.never")
		if !one.Figures.IsZero() {
			since = v.words.T("web.old.age", "age", age(v, now.Sub(one.Figures)))
		}
		named = append(named, v.words.T("web.old.one", "source", s.sourceName(v, one.Source), "since", since))
	}
	if count == 0 {
		return news
	}
	news.Text = v.words.T("web.old", "n", count, "sources", strings.Join(named, v.words.T("common.list_separator")))
	if count > oldNamed {
		news.Text += v.words.T("web.old.more")
	}
	if v.user.May(account.ReadRuns, "") {
		news.URL = "/collect?show=trouble"
	}
	return news
}
