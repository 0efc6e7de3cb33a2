package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// accountBody is what a person sees of the own account.
type accountBody struct {
	Done, Fault              string
	Name, Shown, Role, Place string
	PasswordSet, LastSignIn  string
	Factor, Demanded         bool
	MayWall                  bool // may make a link to the wall
	Sessions                 []sessionRow
	Links                    []linkRow
	Address                  string // of a link that was just made, shown once
}

type sessionRow struct {
	Began, Seen, Address, Browser string
	Current                       bool
}

type linkRow struct {
	ID, Kind, Made, Ends, State string
	Open                        bool
}

func (s *site) showAccount(w http.ResponseWriter, r *http.Request) error {
	done := r.URL.Query().Get("done")
	if !slices.Contains([]string{"password", "factor", "nofactor", "revoked"}, done) {
		done = ""
	}
	return s.drawAccount(w, r, accountBody{Done: done})
}

func (s *site) drawAccount(w http.ResponseWriter, r *http.Request, body accountBody) error {
	v, ctx := visitFrom(r), r.Context()
	who := s.person(v, s.editionFor(r, nil))
	body.Name, body.Shown, body.Role, body.Place = v.user.Name, who.Name, who.Role, who.Unit
	body.PasswordSet, body.LastSignIn = s.moment(v.user.PasswordSet), s.moment(v.user.LastSignIn)
	body.Factor, body.Demanded = v.user.CodeSecret != "", s.Rules.Demands(v.user.Role)
	body.MayWall = v.user.May(account.ReadPublished, "")
	sessions, err := s.Accounts.SessionsOf(ctx, v.user.ID, s.Now())
	if err != nil {
		return fmt.Errorf("own account: %w", err)
	}
	own := s.sessions.GetString(ctx, account.NameKey)
	for _, one := range sessions {
		if s.Now().Sub(one.Seen) >= s.IdleTimeout {
			continue // its time is up, though nobody has come to notice
		}
		body.Sessions = append(body.Sessions, sessionRow{
			Began: s.moment(one.Born), Seen: s.moment(one.Seen), Address: one.Address, Browser: browserName(one.Browser), Current: one.Name == own,
		})
	}
	links, err := s.Keys.Links(ctx, v.user.ID)
	if err != nil {
		return fmt.Errorf("own account: %w", err)
	}
	for _, l := range links {
		row := linkRow{ID: l.ID, Kind: v.words.T("web.link." + string(l.Kind)), Made: s.moment(l.CreatedAt), Ends: s.day(l.ExpiresAt), Open: l.Open(s.Now())}
		switch {
		case !l.RevokedAt.IsZero():
			row.State = v.words.T("web.key.revoked")
		case !row.Open:
			row.State = v.words.T("web.key.expired")
		default:
			row.State = v.words.T("web.key.open")
		}
		body.Links = append(body.Links, row)
	}
	return s.render(w, r, http.StatusOK, "account", page{Title: v.words.T("web.account"), Body: body})
}

// day answers the date of a moment where the city is.
func (s *site) day(t time.Time) string { return t.In(s.Location).Format(time.DateOnly) }

// endSessions signs the person out everywhere, here included.
func (s *site) endSessions(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	u := visitFrom(r).user
	if err := s.Accounts.EndSessions(r.Context(), u.ID, s.line(r, u, "user.end_sessions", u.Name)); err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	if err := s.leave(r.Context()); err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// addLink makes a link and shows its address, this once.
func (s *site) addLink(w http.ResponseWriter, r *http.Request) error {
	if err := only(r, "kind"); err != nil {
		return err
	}
	u := visitFrom(r).user
	l, secret, err := account.NewLink(account.LinkKind(r.PostForm.Get("kind")), u, s.Now())
	if err != nil {
		return err
	}
	line := s.line(r, u, "link.add", l.ID)
	line.After = string(l.Kind)
	if err := s.Keys.AddLink(r.Context(), l, line); err != nil {
		return fmt.Errorf("add a link: %w", err)
	}
	address := "/calendar/" + secret + ".ics"
	if l.Kind == account.WallLink {
		address = wallPath + "/" + secret
	}
	return s.drawAccount(w, r, accountBody{Address: s.origin(r) + address})
}

// revokeLink closes one of the own links. Another's is not there.
func (s *site) revokeLink(w http.ResponseWriter, r *http.Request) error {
	if err := only(r); err != nil {
		return err
	}
	u, id := visitFrom(r).user, mux.Vars(r)["link"]
	if err := s.Keys.RevokeLink(r.Context(), u.ID, id, s.Now(), s.line(r, u, "link.revoke", id)); err != nil {
		return err
	}
	http.Redirect(w, r, "/account?done=revoked", http.StatusSeeOther)
	return nil
}

// origin answers the address of the site as the reader's browser knows it.
func (s *site) origin(r *http.Request) string {
	if s.PlainHTTP && !secure(r) {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

// browserName says which browser and system a browser says it is, so that a person recognises where they signed in.
func browserName(agent string) string {
	find := func(names [][2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := find([][2]string{{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := find([][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS", "macOS"}, {"Linux", "Linux"},
	})
	return strings.TrimSpace(browser + " " + system)
}

func errNoPage() error {
	return assess.NotFound("problem.no_page", "there is no page at this address; start from the home page")
}
