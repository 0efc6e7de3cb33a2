package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

// access says who may use a route: everybody, or whoever may take an action.
type access struct {
	open   bool
	bare   bool // open, and needs neither session nor language: static files and health
	action account.Action
	also   account.Action // opens it, too; "" for none
	// unchecked: the form's token is not asked for here. For answers that only say no, and for pages that may not exist, which ask
	// for it themselves.
	unchecked bool
	// scope is what the bearer token of a program must open; such routes have no session, see program.
	scope account.TokenScope
	// withOldPassword: open before a password that must be changed is; withoutFactor: open before the second factor is set up.
	withOldPassword, withoutFactor bool
	// anyScope: having the action for the own unit or department is enough; the handler narrows what it shows.
	anyScope bool
	// behind is what a person must be allowed to do to be told that there is such a page at all.
	behind account.Action
	// script: a page's script asks for it, which keeps what it sends until it is taken. idle: nobody asked the script to, so that it
	// does not keep a session alive.
	script, idle bool
	// limit is how many bytes the body may have; 0 means bodyLimit. With one, the form may carry files (see eachFile).
	limit int64
	// load is what is counted of those who ask, "" for nothing; uploads are counted where there is a limit.
	load load
	// office: the administration, which may be kept to some addresses.
	office bool
}

func bare() access                       { return access{open: true, bare: true} }
func everybody() access                  { return access{open: true} }
func whoMay(a account.Action) access     { return access{action: a} }
func whoMaySome(a account.Action) access { return access{action: a, anyScope: true} }

// or opens a route to those who may take another action, too.
func (a access) or(another account.Action) access {
	a.also = another
	return a
}

// unseen makes a page not exist for those who may not take an action.
func (a access) unseen(without account.Action) access {
	a.behind = without
	return a
}

// byScript marks what the script of a page asks for when somebody works with it, unasked what it asks for by itself.
func (a access) byScript() access {
	a.script = true
	return a
}

func (a access) unasked() access {
	a.script, a.idle = true, true
	return a
}

// idly marks a page that goes on by itself: looking at it keeps no session alive.
func (a access) idly() access {
	a.idle = true
	return a
}

// upTo lets the form of a route carry files, limit bytes in all.
func (a access) upTo(limit int64) access {
	a.limit, a.load = limit, uploading
	return a
}

// counted bounds how often somebody may ask for a route.
func (a access) counted(l load) access {
	a.load = l
	return a
}

// late leaves it to the handler to ask for the form's token.
func (a access) late() access {
	a.unchecked = true
	return a
}

// first opens a route of the own account before a password that must be changed is.
func (a access) first() access {
	a.withOldPassword = true
	return a
}

// second opens a route of the own account before the second factor is set up.
func (a access) second() access {
	a.withoutFactor = true
	return a
}

// guard lets a request through to its handler when the person may use the route, and makes the visit.
func (s *site) guard(a access, h handler) http.Handler {
	if a.scope != "" {
		return s.api(a, h)
	}
	if a.bare {
		return s.handle(func(w http.ResponseWriter, r *http.Request) error {
			noteRoute(r)
			s.bound(a, w, r)
			return h(w, r)
		})
	}
	return s.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteRoute(r)
		s.bound(a, w, r)
		r = withVisit(r, s.newVisit(r))
		if err := s.admit(w, r, a, h); err != nil {
			s.fail(w, r, err)
		}
	}))
}

// admit asks, in this order: who is it, may they, and did the form come from us.
func (s *site) admit(w http.ResponseWriter, r *http.Request, a access, h handler) error {
	v := visitFrom(r)
	if r.Header.Get("Authorization") != "" {
		return errBearer(w) // a program's token opens no page
	}
	over, err := s.recognise(r, v, a)
	if err != nil {
		return err
	}
	s.keepChoices(w, r)
	switch {
	case a.open:
	case !v.signedIn():
		if k, ok := s.keepable(r, a); ok {
			return s.drawSignIn(w, r, http.StatusUnauthorized, signInBody{Next: "/", Over: true, Kept: k})
		}
		http.Redirect(w, r, signInAddress(r, over), http.StatusSeeOther)
		return nil
	case v.user.MustChange && !a.withOldPassword:
		http.Redirect(w, r, "/password", http.StatusSeeOther)
		return nil
	case v.user.MustEnrol && !a.withOldPassword && !a.withoutFactor:
		http.Redirect(w, r, "/account/second-factor", http.StatusSeeOther)
		return nil
	case !allowed(v.user, a):
		if home := landing(v.user); r.URL.Path == "/" && home != "/" {
			http.Redirect(w, r, home, http.StatusSeeOther) // nobody who is signed in finds the front door closed
			return nil
		}
		if a.behind != "" && !allowed(v.user, access{action: a.behind, anyScope: true}) {
			return errNoForm().Because(assess.ErrForbidden)
		}
		return errNoPermission()
	case a.office && !s.near(r):
		return errElsewhere()
	}
	if a.load != "" {
		if err := s.bearable(w, r, v.user, a.load); err != nil {
			return err
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !a.unchecked {
		if err := s.checkForm(r, a); err != nil {
			return err
		}
	}
	if err = h(w, r); err != nil && a.limit > 0 {
		drain(r)
	}
	return err
}

// drain reads what a form still has to say: a browser that is still sending would not read the answer.
func drain(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// bound limits what is read of a request, and gives the sending of files the time it takes.
func (s *site) bound(a access, w http.ResponseWriter, r *http.Request) {
	limit := a.limit
	if limit == 0 {
		limit = bodyLimit
	} else {
		connection := http.NewResponseController(w) // what is no network connection has no deadlines
		_ = connection.SetReadDeadline(time.Now().Add(s.UploadTime))
		_ = connection.SetWriteDeadline(time.Now().Add(s.UploadTime + s.AnswerTime))
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
}

// recognise fills in the account of the session, if there is one that still holds. over says that there was one and its time is up.
func (s *site) recognise(r *http.Request, v *visit, a access) (over bool, err error) {
	ctx := r.Context()
	id := s.sessions.GetString(ctx, account.SessionKey)
	if id == "" {
		return false, nil
	}
	if !s.alive(r, !a.idle) {
		v.lapsed = lapsed{id, "session:" + s.sessions.Token(ctx)}
		return true, s.leave(ctx)
	}
	user, err := s.Accounts.Account(ctx, id)
	if errors.Is(err, assess.ErrNotFound) || err == nil && !user.DisabledAt.IsZero() {
		return true, s.leave(ctx)
	}
	if err != nil {
		return false, fmt.Errorf("account of the session: %w", err)
	}
	v.user = user.Under(s.Rules)
	return false, nil
}

// allowed asks the one policy function of package account.
func allowed(u account.User, a access) bool {
	return u.May(a.action, "") || u.May(a.also, "") || a.anyScope && u.MaySome(a.action)
}

// near says whether a request comes from where the administration is opened.
func (s *site) near(r *http.Request) bool {
	if len(s.AdminFrom) == 0 {
		return true
	}
	a, err := netip.ParseAddr(addressOf(r))
	return err == nil && slices.ContainsFunc(s.AdminFrom, func(p netip.Prefix) bool { return p.Contains(a.Unmap().WithZone("")) })
}

func errElsewhere() error {
	return assess.Forbidden("problem.admin_from",
		"the administration is not opened from this address; go to a machine that it is opened to, or let admin_from of the configuration name this one")
}

func errNoPermission() error {
	return assess.Forbidden("problem.no_permission",
		"this page belongs to the work of another role; sign in with an account of that role")
}

// checkForm asks a changing request for the token of its form. Browsers that send neither Origin nor Sec-Fetch-Site pass the check
// for other sites, so the token is asked of everybody.
func (s *site) checkForm(r *http.Request, a access) error {
	read := r.ParseForm
	if a.limit > 0 && carriesFiles(r) {
		read = visitFrom(r).upload.begin(r)
	}
	if err := read(); err != nil {
		return unreadable(err)
	}
	secret := s.formSecret(r)
	switch {
	case secret == "" && !s.PlainHTTP && !secure(r): // browsers before 2021 keep no Secure cookie of http://127.0.0.1 either
		return assess.Forbidden("problem.no_cookie_https",
			"your browser sent no cookie of this site back: they travel by https only; open the site by https, or let the configuration say plain_http: true")
	case secret == "":
		return assess.Forbidden("problem.no_cookie", "your browser sent no cookie of this site back: the page was open too long, or cookies are not allowed; allow them, load the page again and repeat")
	case !formHolds(secret, r.PostForm.Get(tokenField)):
		return errForeign()
	}
	return nil
}

// signInAddress answers the sign-in page that leads back to where the reader wanted to go.
func signInAddress(r *http.Request, over bool) string {
	q := url.Values{}
	if over {
		q.Set("over", "1")
	}
	if read := r.Method == http.MethodGet || r.Method == http.MethodHead; read && r.URL.RequestURI() != "/" {
		q.Set("next", r.URL.RequestURI())
	}
	if len(q) == 0 {
		return "/sign-in"
	}
	return "/sign-in?" + q.Encode()
}

// ownPath answers next when it is a path of this site, and "/" for everything else: a sign-in never leads elsewhere.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	if u.Path == "" || u.Path[0] != '/' || hasOdd(u.Path) {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// hasOdd finds what browsers read differently from servers: backslashes, control signs, double slashes.
func hasOdd(p string) bool {
	for i, c := range p {
		if c == '\\' || c < ' ' || c == 0x7f || c == '/' && i > 0 && p[i-1] == '/' {
			return true
		}
	}
	return false
}
