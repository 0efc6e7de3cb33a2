package web_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/web"
)

// people are the accounts of the gallery, in a real store: whatever a page does to them is done as it will be.
type people struct {
	*store.Store
	calls  *failing.Calls // to its database
	t      testing.TB
	hasher *account.Hasher
	clock  *clock
	took   []string // what programs handed in, as token's unit and body
	dir    string   // of the store
}

const goodPassword = "correct horse battery"

// cheap is a cost of hashes at which tests are not slow.
func cheap() account.Cost { return account.Cost{Memory: 8, Passes: 1, Threads: 1} }

// founded is the folder with the accounts of the gallery, made once; every gallery has a copy.
var founded struct {
	once sync.Once
	of   testkit.Image
	err  error
}

func newPeople(t testing.TB, c *clock) *people {
	t.Helper()
	founded.once.Do(func() { founded.of, founded.err = testkit.NewImage(func(s *store.Store) error { return found(s, c) }) })
	if founded.err != nil {
		t.Fatal(founded.err)
	}
	calls := &failing.Calls{}
	s := founded.of.Open(t, store.Through(calls.Through))
	return &people{Store: s, calls: calls, t: t, hasher: account.NewHasherAt(2, cheap()), clock: c, dir: s.Folder()}
}

// emptyPeople answers a store without any account.
func emptyPeople(t testing.TB, c *clock) *people {
	t.Helper()
	s := testkit.Store(t)
	return &people{Store: s, t: t, hasher: account.NewHasherAt(2, cheap()), clock: c}
}

// join2 adds somebody in a post to a gallery, with the good password.
func (g *gallery) join2(t testing.TB, name string, post account.Post) account.User {
	t.Helper()
	u, err := account.New(name, name, post, g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	u.PasswordHash = g.people.of("heping").PasswordHash
	if err := g.people.AddAccount(t.Context(), u, g.people.line("user.add")); err != nil {
		t.Fatal(err)
	}
	return u
}

// newToken adds a token for Heping to a gallery; what the order says wins.
func newToken(t testing.TB, g *gallery, o account.TokenOrder) account.Token {
	t.Helper()
	token, _ := newSecretToken(t, g, o)
	return token
}

func newSecretToken(t testing.TB, g *gallery, o account.TokenOrder) (account.Token, string) {
	t.Helper()
	o.Name, o.By = "测试系统", "admin"
	if o.Unit == "" {
		o.Unit = ownUnit
	}
	if o.Days == 0 {
		o.Days = 30
	}
	if len(o.Scopes) == 0 {
		o.Scopes = account.TokenScopes()
	}
	token, secret, err := account.NewToken(o, g.clock.at)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.people.AddToken(t.Context(), token, g.people.line("token.add")); err != nil {
		t.Fatal(err)
	}
	return token, secret
}

// found fills a store with one account of each role, called by the role, and those that tests of pages sign in with.
func found(s *store.Store, c *clock) error {
	ctx := context.Background()
	hash, err := account.NewHasherAt(1, cheap()).Hash(ctx, goodPassword)
	if err != nil {
		return err
	}
	type person struct {
		name, shown string
		role        assess.Role
	}
	all := []person{
		{"analyst", "演示分析员", assess.CityAnalyst},
		{"leader", "演示领导", assess.CityLeader},
		{"heping", "演示填报员", assess.DistrictReporter},
		{"tiexi", "演示填报员", assess.DistrictReporter},
		{"chair", "演示主席", assess.DistrictChair},
		{"reviewer", "演示审核员", assess.CityReviewer},
		{"newcomer", "演示新人", assess.CityAnalyst},
	}
	for _, role := range account.Roles() {
		all = append(all, person{string(role), "演示" + string(role), role})
	}
	for _, one := range all {
		post := account.Post{Role: one.role}
		if account.OfDistrict(one.role) {
			post.Unit = map[bool]assess.UnitCode{false: ownUnit, true: otherUnit}[one.name == "tiexi"]
		}
		if account.OfDepartment(one.role) {
			post.Department = "org"
		}
		u, err := account.New(one.name, one.shown, post, c.at)
		if err != nil {
			return err
		}
		u.PasswordHash, u.MustChange = hash, one.name == "newcomer"
		if err := s.AddAccount(ctx, u, assess.AuditLine{At: c.at, Actor: "system", Action: "user.add", Object: u.Name, Result: "ok"}); err != nil {
			return err
		}
	}
	return nil
}

// of answers an account by its name.
func (p *people) of(name string) account.User {
	p.t.Helper()
	u, err := p.AccountNamed(context.Background(), name)
	if err != nil {
		p.t.Fatal(err)
	}
	return u
}

func (p *people) line(action string) assess.AuditLine {
	return assess.AuditLine{At: p.clock.at, Actor: "test", Action: action, Object: "test", Result: "ok"}
}

// disable locks an account as an administrator does.
func (p *people) disable(name string) {
	p.t.Helper()
	if err := p.LockAccount(context.Background(), p.of(name).ID, p.clock.at, p.line("user.lock")); err != nil {
		p.t.Fatal(err)
	}
}

// lockOut locks an account by wrong passwords.
func (p *people) lockOut(name string) {
	p.t.Helper()
	for range account.WrongAllowed {
		if _, err := p.SignIn(context.Background(), p.of(name).ID, account.Attempt{At: p.clock.at}, p.line("sign_in")); err != nil {
			p.t.Fatal(err)
		}
	}
}

// lines answers the audit log.
func (p *people) lines() []assess.AuditLine {
	p.t.Helper()
	lines, err := p.AuditLines(context.Background(), 1, 10_000)
	if err != nil {
		p.t.Fatal(err)
	}
	return lines
}

// last answers the newest line of the audit log.
func (p *people) last() assess.AuditLine {
	lines := p.lines()
	return lines[len(lines)-1]
}

func (p *people) actions() (list []string) {
	for _, l := range p.lines() {
		list = append(list, strings.TrimSpace(l.Action+" "+l.After))
	}
	return list
}

// take stands for the gate: it notes what came.
func (p *people) take(_ context.Context, t account.Token, body []byte, _ func(web.Submission) *assess.Answered, _ time.Time) (web.Submission, error) {
	if strings.Contains(string(body), "210103") {
		return web.Submission{}, assess.Forbidden("problem.gallery", "the figures are another unit's").At(assess.Place{File: "body", Line: 1, Column: 12})
	}
	p.took = append(p.took, string(t.Unit)+" "+string(body))
	return web.Submission{ID: "r9", Unit: t.Unit, New: 1, Waiting: true}, nil
}

// filesWith answers the files of the store that hold a text.
func (p *people) filesWith(t *testing.T, text string) (found []string) {
	t.Helper()
	files, err := os.ReadDir(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		body, err := os.ReadFile(filepath.Join(p.dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte(text)) {
			found = append(found, f.Name())
		}
	}
	return found
}
