package store

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
)

func add(t *testing.T, s *Store, name string, role assess.Role, unit assess.UnitCode) account.User {
	t.Helper()
	u, err := account.New(name, "某某", account.Post{Role: role, Unit: unit}, spring)
	if err != nil {
		t.Fatal(err)
	}
	u.PasswordHash, u.MustChange, u.PasswordExpires = "$argon2id$first", true, spring.Add(account.InitialLife)
	if err := s.AddAccount(t.Context(), u, line("user.add")); err != nil {
		t.Fatal(err)
	}
	return u
}

func reread(t *testing.T, s *Store, u account.User) account.User {
	t.Helper()
	got, err := s.Account(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func testAccounts(t *testing.T, s *Store) {
	ctx := t.Context()
	u := add(t, s, "li.na", assess.DistrictReporter, "210102")
	if diff := cmp.Diff(u, reread(t, s, u)); diff != "" {
		t.Errorf("account (-written +read):\n%s", diff)
	}
	twin, _ := account.New("LI.NA", "", account.Post{Role: assess.CityLeader}, spring)
	wantProblem(t, s.AddAccount(ctx, twin, line("user.add")), assess.ErrConflict, "problem.account_taken")
	wantProblem(t, s.AddAccount(ctx, account.User{ID: "x", Name: "x y"}, line("user.add")), assess.ErrInvalid, "problem.account_name")
	if got, err := s.AccountNamed(ctx, " Li.Na "); err != nil || got.ID != u.ID {
		t.Errorf("by name: %+v, %v", got, err)
	}
	_, err := s.AccountNamed(ctx, "nobody")
	wantProblem(t, err, assess.ErrNotFound, "problem.account_unknown")
	_, err = s.Account(ctx, "nobody")
	wantProblem(t, err, assess.ErrNotFound, "problem.account_unknown")

	for range account.WrongAllowed {
		if _, err := s.SignIn(ctx, u.ID, account.Attempt{PasswordOK: false, At: spring}, line("sign_in")); err != nil {
			t.Fatal(err)
		}
	}
	if got := reread(t, s, u); !got.Locked(spring) {
		t.Error("five wrong passwords did not lock the account")
	}
	if err := s.SetPassword(ctx, u.ID, "$argon2id$second", false, time.Time{}, line("user.password")); err != nil {
		t.Fatal(err)
	}
	if err := s.Rehash(ctx, u.ID, "$argon2id$first", "$argon2id$stale", line("user.rehash")); err != nil {
		t.Fatal(err)
	}
	if got := reread(t, s, u); got.PasswordHash != "$argon2id$second" || got.MustChange || !got.PasswordExpires.IsZero() || got.Locked(spring) {
		t.Errorf("after the new password: %+v", got)
	}
	if err := s.Rehash(ctx, u.ID, "$argon2id$second", "$argon2id$dearer", line("user.rehash")); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPost(ctx, u.ID, account.Post{Role: assess.CityReviewer, Department: "org"}, line("user.role")); err != nil {
		t.Fatal(err)
	}
	if got := reread(t, s, u); got.PasswordHash != "$argon2id$dearer" || got.Role != assess.CityReviewer || got.Unit != "" || got.Department != "org" {
		t.Errorf("after the new role: %+v", got)
	}
	wantProblem(t, s.SetPost(ctx, u.ID, account.Post{Role: assess.DistrictChair}, line("user.role")), assess.ErrInvalid, "problem.account_needs_unit")
	if err := s.LockAccount(ctx, u.ID, spring, line("user.lock")); err != nil {
		t.Fatal(err)
	}
	if d, err := s.SignIn(ctx, u.ID, account.Attempt{PasswordOK: true, At: spring}, line("sign_in")); d != account.Disabled || err != nil {
		t.Errorf("a locked account: %s, %v", d, err)
	}
	if err := s.UnlockAccount(ctx, u.ID, line("user.unlock")); err != nil {
		t.Fatal(err)
	}
	if d, err := s.SignIn(ctx, u.ID, account.Attempt{PasswordOK: true, At: spring}, line("sign_in")); d != account.SignedIn || err != nil {
		t.Errorf("an unlocked account: %s, %v", d, err)
	}
	if got := reread(t, s, u); !got.LastSignIn.Equal(spring) {
		t.Errorf("last sign-in %v", got.LastSignIn)
	}
	add(t, s, "an", assess.Auditor, "")
	all, err := s.Accounts(ctx)
	if err != nil || len(all) != 2 || all[0].Name != "an" {
		t.Errorf("accounts %v, %v", all, err)
	}
	if good, err := s.VerifyAudit(ctx); good != headOf(t, s).Audit || err != nil {
		t.Errorf("%d audit lines good, %v", good, err)
	}
}

// Row 3 of the security checklist.
func testTheLastAdministratorStays(t *testing.T, s *Store) {
	ctx := t.Context()
	one, two := add(t, s, "one", assess.Admin, ""), add(t, s, "two", assess.Admin, "")
	if err := s.LockAccount(ctx, two.ID, spring, line("user.lock")); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.LockAccount(ctx, one.ID, spring, line("user.lock")), assess.ErrConflict, "problem.last_admin")
	wantProblem(t, s.SetPost(ctx, one.ID, account.Post{Role: assess.CityLeader}, line("user.role")), assess.ErrConflict, "problem.last_admin")
	if err := s.UnlockAccount(ctx, two.ID, line("user.unlock")); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPost(ctx, one.ID, account.Post{Role: assess.CityLeader}, line("user.role")); err != nil {
		t.Errorf("with a second administrator: %v", err)
	}
	wantProblem(t, s.LockAccount(ctx, two.ID, spring, line("user.lock")), assess.ErrConflict, "problem.last_admin")
}

// Row 2 of the security checklist: each of many tries at the same time counts: five are answered as wrong, the rest find the account locked.
func testParallelGuessesAllCount(t *testing.T, s *Store) {
	u := add(t, s, "li.na", assess.CityLeader, "")
	var mu sync.Mutex
	decisions := map[account.Decision]int{}
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			d, err := s.SignIn(t.Context(), u.ID, account.Attempt{PasswordOK: false, At: spring}, line("sign_in"))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			decisions[d]++
		})
	}
	wg.Wait()
	want := map[account.Decision]int{account.WrongPassword: account.WrongAllowed, account.LockedOut: 40 - account.WrongAllowed}
	if diff := cmp.Diff(want, decisions); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	lines, err := s.AuditLines(t.Context(), 2, 1)
	if err != nil || len(lines) != 1 || lines[0].Result != "refused" || lines[0].After != string(account.WrongPassword) {
		t.Errorf("audit line %+v, %v", lines, err)
	}
}

// session is the data of a session as scs writes it.
func session(t *testing.T, id string) []byte {
	t.Helper()
	b, err := scs.GobCodec{}.Encode(spring, map[string]any{account.SessionKey: id, "flash": "好"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func found(t *testing.T, x *Sessions, token string) bool {
	t.Helper()
	_, ok, err := x.Find(token)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func testSessions(t *testing.T, s *Store) {
	now := spring
	x := s.Sessions(func() time.Time { return now })
	data := session(t, "u1")
	if err := x.Commit("t1", data, spring.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if b, ok, err := x.Find("t1"); !ok || err != nil || string(b) != string(data) {
		t.Errorf("found %v, %v", ok, err)
	}
	if found(t, x, "t2") {
		t.Error("an unknown token was found")
	}
	if err := x.Commit("t1", session(t, "u2"), spring.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	now = spring.Add(90 * time.Minute)
	if !found(t, x, "t1") {
		t.Error("a session whose time was prolonged is gone")
	}
	now = spring.Add(2 * time.Hour)
	if found(t, x, "t1") {
		t.Error("an expired session was found")
	}
	if n, err := x.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	if err := x.Delete("t9"); err != nil {
		t.Errorf("ending an unknown session: %v", err)
	}
}

// Row 14 of the security checklist. A request that began before its session was ended writes it again at its end. The session must stay ended.
func testEndedSessionsStayEnded(t *testing.T, s *Store) {
	x := s.Sessions(func() time.Time { return spring })
	u := add(t, s, "li.na", assess.CityLeader, "")
	add(t, s, "root", assess.Admin, "")
	for name, end := range map[string]func(context.Context) error{
		"sign-out":     func(ctx context.Context) error { return x.DeleteCtx(ctx, "t1") },
		"end all":      func(ctx context.Context) error { return s.EndSessions(ctx, u.ID, line("e")) },
		"new password": func(ctx context.Context) error { return s.SetPassword(ctx, u.ID, "h", false, time.Time{}, line("p")) },
		"new role": func(ctx context.Context) error {
			return s.SetPost(ctx, u.ID, account.Post{Role: assess.CityAnalyst}, line("r"))
		},
		"lock": func(ctx context.Context) error { return s.LockAccount(ctx, u.ID, spring, line("l")) },
	} {
		t.Run(name, func(t *testing.T) {
			write := func(token, id string) {
				t.Helper()
				if err := x.Commit(token, session(t, id), spring.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.writer.db.Exec(`DELETE FROM session`); err != nil {
				t.Fatal(err)
			}
			write("t1", u.ID)
			write("t2", "somebody else")
			if err := end(t.Context()); err != nil {
				t.Fatal(err)
			}
			write("t1", u.ID)
			if found(t, x, "t1") {
				t.Error("the session came back")
			}
			kept := 0
			if err := s.reader.QueryRow(`SELECT COUNT(*) FROM session WHERE token = 't1' AND data <> ''`).Scan(&kept); err != nil || kept != 0 {
				t.Errorf("the data of the ended session are kept (%v)", err)
			}
			if !found(t, x, "t2") {
				t.Error("another's session was ended")
			}
		})
	}
}

// Row 27 of the security checklist: what a link opens ends with its time, its revocation and its owner, and only the owner ends it.
func testLinks(t *testing.T, s *Store) {
	ctx := t.Context()
	u, other := add(t, s, "li.na", assess.DistrictReporter, "210102"), add(t, s, "an", assess.Auditor, "")
	link := func() (account.Link, string) {
		t.Helper()
		l, secret, err := account.NewLink(account.CalendarLink, u, spring)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddLink(ctx, l, line("link.add")); err != nil {
			t.Fatal(err)
		}
		return l, secret
	}
	opens := func(secret string, at time.Time) bool {
		t.Helper()
		_, owner, err := s.OpenLink(ctx, account.CalendarLink, secret, at)
		if err == nil {
			return owner.ID == u.ID
		}
		wantProblem(t, err, assess.ErrNotFound, "problem.link_unknown")
		return false
	}
	l, secret := link()
	if len(secret) < 26 || opens(l.Hash, spring) || opens("", spring) || opens(secret[1:], spring) {
		t.Error("the secret is short, or something else than it opens the link")
	}
	if !opens(secret, spring) || !opens(secret, l.ExpiresAt.Add(-time.Millisecond)) || opens(secret, l.ExpiresAt) {
		t.Error("the link does not open exactly as long as it should")
	}
	if _, _, err := s.OpenLink(ctx, "report", secret, spring); err == nil {
		t.Error("the link opens another kind of thing")
	}
	wantProblem(t, s.RevokeLink(ctx, other.ID, l.ID, spring, line("link.revoke")), assess.ErrNotFound, "problem.link_unknown")
	before := headOf(t, s).Audit
	if err := s.RevokeLink(ctx, u.ID, l.ID, spring, line("link.revoke")); err != nil {
		t.Fatal(err)
	}
	if opens(secret, spring) || headOf(t, s).Audit != before+1 {
		t.Error("a revoked link opens, or its end is not recorded")
	}
	wantProblem(t, s.RevokeLink(ctx, u.ID, l.ID, spring, line("link.revoke")), assess.ErrNotFound, "problem.link_unknown")

	_, second := link()
	if err := s.LockAccount(ctx, u.ID, spring, line("user.lock")); err != nil {
		t.Fatal(err)
	}
	if opens(second, spring) {
		t.Error("the link of a locked account opens")
	}
	if err := s.UnlockAccount(ctx, u.ID, line("user.unlock")); err != nil {
		t.Fatal(err)
	}
	if opens(second, spring) {
		t.Error("unlocking brought a link back")
	}
	_, third := link()
	if err := s.SetPost(ctx, u.ID, account.Post{Role: assess.DistrictReporter, Unit: "210103"}, line("user.role")); err != nil {
		t.Fatal(err)
	}
	if opens(third, spring) {
		t.Error("the link of a unit opens after its owner went to another")
	}
	all, err := s.Links(ctx, u.ID)
	if err != nil || len(all) != 3 || all[0].Kind != account.CalendarLink || all[0].RevokedAt.IsZero() {
		t.Errorf("links %+v, %v", all, err)
	}
	if theirs, err := s.Links(ctx, other.ID); len(theirs) != 0 || err != nil {
		t.Errorf("another has links %+v, %v", theirs, err)
	}
}

// Row 2 of the security checklist: attempts of an address count within a window, across stores over one database, and a clock that
// ran ahead does not count for ever.
func testAttempts(t *testing.T, s *Store) {
	limit := account.Limit{Most: 3, Window: time.Minute}
	take := func(network string, at time.Time) bool {
		t.Helper()
		ok, err := s.TakeAttempt(t.Context(), limit, network, at)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for i := range 3 {
		if !take("10.0.0.1", spring.Add(time.Duration(i)*time.Second)) {
			t.Errorf("attempt %d is refused", i)
		}
	}
	if take("10.0.0.1", spring.Add(59*time.Second)) || !take("10.0.0.2", spring) || !take("10.0.0.1", spring.Add(time.Minute)) {
		t.Error("the window is another")
	}
	if take("10.0.0.1", spring.Add(time.Minute)) {
		t.Error("the refused attempt made room")
	}
	if !take("10.0.0.1", spring.Add(-time.Hour)) {
		t.Error("attempts of a clock that ran ahead still count")
	}
	var wg sync.WaitGroup
	good := make(chan bool, 20)
	for range 20 {
		wg.Go(func() { good <- take("10.0.0.3", spring) })
	}
	wg.Wait()
	close(good)
	taken := 0
	for ok := range good {
		if ok {
			taken++
		}
	}
	if taken != 3 {
		t.Errorf("%d of 20 at once were taken", taken)
	}
	if err := s.SweepAttempts(t.Context(), limit, spring.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	left := 0
	if err := s.reader.QueryRow(`SELECT COUNT(*) FROM attempt`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d addresses are remembered, %v", left, err)
	}
}

// A request of a program has one receipt; what was under way when the program ended can be sent again.
func testReceipts(t *testing.T, s *Store) {
	ctx := t.Context()
	r := account.Receipt{Token: "t1", Request: "k", Digest: "d", At: spring}
	begin := func(r account.Receipt) (account.Receipt, bool) {
		t.Helper()
		before, fresh, err := s.BeginReceipt(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		return before, fresh
	}
	if _, fresh := begin(r); !fresh {
		t.Error("a new request is not new")
	}
	if before, fresh := begin(r); fresh || before.Status != 0 {
		t.Errorf("under way: %+v, fresh %v", before, fresh)
	}
	other := r
	other.Digest = "e"
	_, _, err := s.BeginReceipt(ctx, other)
	wantProblem(t, err, assess.ErrInvalid, "problem.receipt_other")
	if err := s.DropOpenReceipts(ctx, spring); err != nil {
		t.Fatal(err)
	}
	if _, fresh := begin(r); !fresh {
		t.Error("what was under way cannot be sent again")
	}
	r.Status, r.Body = 201, `{"new":1}`
	if err := s.FinishReceipt(ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := s.DropOpenReceipts(ctx, spring); err != nil {
		t.Fatal(err)
	}
	if err := s.DropReceipt(ctx, r); err != nil {
		t.Fatal(err)
	}
	if before, fresh := begin(r); fresh || before.Status != 201 || before.Body != r.Body {
		t.Errorf("finished: %+v, fresh %v", before, fresh)
	}
	if err := s.SweepReceipts(ctx, spring.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, fresh := begin(r); !fresh {
		t.Error("a receipt is never forgotten")
	}
}

// Row 18 of the security checklist: of a token the database holds a hash; it ends for ever, and with the account that answers for it.
func testTokens(t *testing.T, s *Store) {
	ctx := t.Context()
	u := add(t, s, "li.na", assess.DistrictReporter, "210102")
	made := func(owner string) (account.Token, string) {
		t.Helper()
		tk, secret, err := account.NewToken(account.TokenOrder{Name: "系统", Unit: "210102", Account: owner, Scopes: account.TokenScopes(), Addresses: "10.1.2.3, 10.2.0.0/16", Days: 30, By: "root"}, spring)
		if err == nil {
			err = s.AddToken(ctx, tk, line("token.add"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return tk, secret
	}
	one, secret := made("")
	got, err := s.TokenOf(ctx, secret)
	if diff := cmp.Diff(one, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" || err != nil {
		t.Errorf("token (-written +read), %v:\n%s", err, diff)
	}
	_, err = s.TokenOf(ctx, one.Hash)
	wantProblem(t, err, assess.ErrNotFound, "problem.token_unknown")
	two, _ := made(u.ID)
	if err := s.NoteToken(ctx, one.ID, spring.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.LockAccount(ctx, u.ID, spring, line("user.lock")); err != nil {
		t.Fatal(err)
	}
	all, err := s.Tokens(ctx)
	if err != nil || len(all) != 2 || all[0].ID != two.ID || all[0].Lives(spring) || !all[1].Lives(spring) || !all[1].UsedAt.Equal(spring.Add(time.Hour)) {
		t.Errorf("tokens %+v, %v", all, err)
	}
	if err := s.RevokeToken(ctx, one.ID, spring, line("token.revoke")); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.RevokeToken(ctx, one.ID, spring, line("token.revoke")), assess.ErrNotFound, "problem.token_unknown")
}

// Row 7 of the security checklist: of many who want to make the first account at the same time, one does.
func testTheFirstAccount(t *testing.T, s *Store) {
	if any, err := s.AnyAccount(t.Context()); any || err != nil {
		t.Fatalf("an empty store has accounts: %v, %v", any, err)
	}
	var wg sync.WaitGroup
	results := make(chan error, 10)
	for i := range 10 {
		wg.Go(func() {
			u, err := account.New(fmt.Sprintf("root%d", i), "", account.Post{Role: assess.Admin}, spring)
			if err == nil {
				err = s.AddFirstAccount(t.Context(), u, line("user.add"))
			}
			results <- err
		})
	}
	wg.Wait()
	close(results)
	made := 0
	for err := range results {
		if err == nil {
			made++
			continue
		}
		wantProblem(t, err, assess.ErrConflict, "problem.account_not_first")
	}
	if all, err := s.Accounts(t.Context()); made != 1 || len(all) != 1 || err != nil {
		t.Errorf("%d were made, %d accounts, %v", made, len(all), err)
	}
}
