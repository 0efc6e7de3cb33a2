package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/unionboard/unionboard/internal/account"
)

// A session's last use is written down at most this often, so that reading pages does not mean writing to the database each time.
const seenStep = time.Minute

const yearOfSeconds = 365 * 24 * 60 * 60

func newSessions(o Options) *scs.SessionManager {
	m := scs.New()
	m.Store = readOn{o.Sessions, o.Log}
	m.Codec = account.SessionCodec{}
	m.HashTokenInStore = true
	m.Lifetime = o.Lifetime
	m.Cookie = scs.SessionCookie{
		Name: cookieName(o.PlainHTTP, "session"), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: !o.PlainHTTP,
	}
	return m
}

// cookieName answers the name of one of our cookies. The __Host- prefix makes a browser refuse it unless it is Secure, for this
// host only and for every path.
func cookieName(plain bool, name string) string {
	if plain {
		return "unionboard-" + name
	}
	return "__Host-unionboard-" + name
}

func (s *site) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(cookieName(s.PlainHTTP, name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie keeps a value for seconds, 0 for as long as the browser is open.
func (s *site) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName(s.PlainHTTP, name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: !s.PlainHTTP,
	})
}

// enter makes the session that of an account. Its token is new, so that one planted before sign-in is worth nothing.
func (s *site) enter(r *http.Request, u account.User) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	now := s.Now().UnixMilli()
	s.sessions.Remove(ctx, account.PendingKey)
	s.sessions.Put(ctx, account.SessionKey, u.ID)
	s.sessions.Put(ctx, account.BornKey, now)
	s.sessions.Put(ctx, account.SeenKey, now)
	s.sessions.Put(ctx, account.NameKey, rand.Text()[:8])
	s.sessions.Put(ctx, account.AddressKey, addressOf(r))
	s.sessions.Put(ctx, account.BrowserKey, browserOf(r))
	return nil
}

// await notes that the password of an account was right and that its code is still to come. The session has a new token and opens
// nothing.
func (s *site) await(r *http.Request, u account.User) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Remove(ctx, account.SessionKey)
	s.sessions.Put(ctx, account.PendingKey, u.ID)
	s.sessions.Put(ctx, account.BornKey, s.Now().UnixMilli())
	return nil
}

// codeWait is how long a right password waits for its code.
const codeWait = 5 * time.Minute

// awaited answers the ID of the account whose code is to come, "" where there is none or its time is over.
func (s *site) awaited(r *http.Request) string {
	ctx := r.Context()
	ago := s.Now().Sub(time.UnixMilli(s.sessions.GetInt64(ctx, account.BornKey)))
	if ago >= codeWait || ago <= -codeWait {
		return ""
	}
	return s.sessions.GetString(ctx, account.PendingKey)
}

// browserOf answers what the browser says it is, cut to what is kept of it.
func browserOf(r *http.Request) string {
	text := []rune(strings.ToValidUTF8(r.UserAgent(), ""))
	return string(text[:min(len(text), account.MostBrowser)])
}

// alive says whether the session is still within its limits, and notes its use where it is used. A clock that jumped back behind
// the beginning or the last use ends the session: it must never live longer than promised.
func (s *site) alive(r *http.Request, used bool) bool {
	ctx := r.Context()
	now := s.Now()
	born, seen := time.UnixMilli(s.sessions.GetInt64(ctx, account.BornKey)), time.UnixMilli(s.sessions.GetInt64(ctx, account.SeenKey))
	if now.Before(born.Add(-seenStep)) || now.Before(seen.Add(-seenStep)) || now.Sub(born) >= s.Lifetime || now.Sub(seen) >= s.IdleTimeout {
		return false
	}
	if used && now.Sub(seen) >= seenStep {
		s.sessions.Put(ctx, account.SeenKey, now.UnixMilli())
	}
	return true
}

// formSecret answers what the tokens of forms are bound to: the session of a signed-in person, else a cookie of its own that only
// the sign-in page needs.
func (s *site) formSecret(r *http.Request) string {
	if visitFrom(r).signedIn() {
		return "session:" + s.sessions.Token(r.Context())
	}
	if c := s.cookie(r, "form"); c != "" {
		return "form:" + c
	}
	return ""
}

// startForm gives a visitor who is not signed in the cookie that the token of the sign-in form is bound to, and answers its value.
func (s *site) startForm(w http.ResponseWriter, r *http.Request) string {
	if c := s.cookie(r, "form"); c != "" {
		return "form:" + c
	}
	value := rand.Text()
	s.setCookie(w, "form", value, 0)
	return "form:" + value
}

func formMAC(secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("unionboard form token 1"))
	return mac.Sum(nil)
}

// formToken answers a token bound to secret. It differs each time, so that compressing a page that also shows what the reader
// typed tells nobody the token.
func formToken(secret string) string {
	mac := formMAC(secret)
	out := make([]byte, 2*len(mac))
	pad, masked := out[:len(mac)], out[len(mac):]
	_, _ = rand.Read(pad) // never fails (crypto/rand)
	subtle.XORBytes(masked, mac, pad)
	return base64.RawURLEncoding.EncodeToString(out)
}

// formHolds says whether token was made from secret.
func formHolds(secret, token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if secret == "" || err != nil || len(raw) != 2*sha256.Size {
		return false
	}
	mac := make([]byte, sha256.Size)
	subtle.XORBytes(mac, raw[sha256.Size:], raw[:sha256.Size])
	return hmac.Equal(mac, formMAC(secret))
}
