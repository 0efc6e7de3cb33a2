package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/doctor"
	"github.com/unionboard/unionboard/internal/i18n"
)

var now = time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)

// book is a database that answers what a test wants.
type book struct {
	has, knows int64
	damage     error
	accounts   []account.User
	newest     time.Time
	sealed     bool
	weak       []string
	ahead      time.Duration
}

func (b *book) Steps(context.Context) (int64, int64, error) { return b.has, b.knows, nil }
func (b *book) QuickCheck(context.Context) error            { return b.damage }
func (b *book) HoldsSealed(context.Context) (bool, error)   { return b.sealed, nil }

func (b *book) Beneath(context.Context) ([]string, time.Duration, error) {
	return b.weak, b.ahead, nil
}

func (b *book) Accounts(context.Context) ([]account.User, error) { return b.accounts, nil }
func (b *book) Head(context.Context) (assess.Head, error)        { return assess.Head{Audit: 7}, nil }

func (b *book) AuditLines(_ context.Context, from int64, _ int) ([]assess.AuditLine, error) {
	return []assess.AuditLine{{Seq: from, At: b.newest}}, nil
}

// patient is a sound installation that a test makes ill.
type patient struct {
	doctor.Installation
	book   *book
	year   assess.CalendarYear
	backup doctor.Backup
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{"unionboard.db": 10, "unionboard.yaml": 10, "secrets/register.keys": 10, "unionboard.reserve": 64 << 20} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Parse(filepath.Join(dir, "unionboard.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.TrustedProxies = []string{"127.0.0.1"}
	keeper := func(name string) account.User {
		return account.User{Name: name, Role: assess.Admin, OpenedAt: now, LastSignIn: now}
	}
	p := &patient{book: &book{has: 30, knows: 30, accounts: []account.User{keeper("li"), keeper("wang")}, newest: now.Add(-time.Hour), sealed: true}}
	p.year = assess.CalendarYear{Year: 2026, Official: true, Holidays: []time.Time{now}}
	p.backup = doctor.Backup{At: now.Add(-20 * time.Hour), Name: "b", Apart: true}
	edition := &assess.Edition{
		Year: 2026, Number: 1, Items: []assess.Item{{Code: "members", Purpose: "scored", UsedBy: []assess.Code{"growth"}}},
		Frameworks: []assess.Framework{{Code: "f", Root: &assess.Node{Code: "f", Children: []*assess.Node{{Code: "growth", Indicator: &assess.Indicator{}}}}}},
	}
	p.Installation = doctor.Installation{
		Dir: dir, Config: c, Rules: account.UsualRules(), Book: p.book, Zone: time.UTC,
		Holder:  func() (string, bool, error) { return "12", true, nil },
		Network: func() (string, error) { return "", nil },
		Ready:   func(context.Context) error { return nil },
		Edition: func(context.Context, int) (*assess.Edition, error) { return edition, nil },
		Days:    func(context.Context, int) (assess.CalendarYear, bool, error) { return p.year, p.year.Year != 0, nil },
		Backup:  func(context.Context) (doctor.Backup, error) { return p.backup, nil },
	}
	return p
}

func (p *patient) examined(t *testing.T) (keys []string, worst doctor.State) {
	t.Helper()
	all := doctor.Examine(t.Context(), p.Installation, now)
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		for _, lang := range []string{i18n.Chinese, i18n.English} {
			says, do := f.Says(words.In(lang)), f.Remedy(words.In(lang))
			if says == "" || strings.HasPrefix(says, "doctor.") || strings.ContainsAny(says+do, "{}") {
				t.Errorf("%s says in %s: %q, %q", f.Key, lang, says, do)
			}
			if do == "" && (f.State == doctor.Look || f.State == doctor.Wrong) && f.Cause == nil {
				t.Errorf("%s does not say in %s what to do", f.Key, lang)
			}
		}
		if f.State != doctor.Good {
			keys = append(keys, string(f.State)+" "+f.Key)
		}
	}
	return keys, doctor.Worst(all)
}

func TestASoundInstallationHasNoFinding(t *testing.T) {
	if found, worst := newPatient(t).examined(t); len(found) > 0 || worst != doctor.Good {
		// The disk of the machine that tests is not part of the test.
		if found = slices.DeleteFunc(found, func(k string) bool { return strings.Contains(k, "disk.") }); len(found) > 0 {
			t.Error(found)
		}
	}
}

// TestEveryFaultHasItsFinding plants one fault after the other and wants the finding that names it, and no other.
func TestEveryFaultHasItsFinding(t *testing.T) {
	for want, plant := range map[string]func(t *testing.T, p *patient){
		"wrong folder.open":        func(t *testing.T, p *patient) { chmod(t, p.Dir, 0o755) },
		"wrong files.open":         func(t *testing.T, p *patient) { chmod(t, filepath.Join(p.Dir, "secrets", "register.keys"), 0o644) },
		"wrong folder.network":     func(_ *testing.T, p *patient) { p.Network = func() (string, error) { return "NFS", nil } },
		"look reserve.gone":        func(t *testing.T, p *patient) { remove(t, p.Dir, "unionboard.reserve") },
		"wrong config.bad":         func(_ *testing.T, p *patient) { p.ConfigErr = errors.New("line 3") },
		"look https.plain":         func(_ *testing.T, p *patient) { p.Config.PlainHTTP = true },
		"look served.not":          func(_ *testing.T, p *patient) { p.Holder = func() (string, bool, error) { return "", false, nil } },
		"look served.unready":      func(_ *testing.T, p *patient) { p.Ready = func(context.Context) error { return errors.New("refused") } },
		"wrong database.closed":    func(_ *testing.T, p *patient) { p.BookErr = errors.New("gone") },
		"wrong database.damaged":   func(_ *testing.T, p *patient) { p.book.damage = errors.New("page 3") },
		"wrong steps.newer":        func(_ *testing.T, p *patient) { p.book.has = 31 },
		"skipped steps.older":      func(_ *testing.T, p *patient) { p.book.has = 29 },
		"look database.weak":       func(_ *testing.T, p *patient) { p.book.weak = []string{"fsync"} },
		"look clock.apart":         func(_ *testing.T, p *patient) { p.book.ahead = -6 * time.Second },
		"wrong clock.behind":       func(_ *testing.T, p *patient) { p.book.newest = now.Add(2 * time.Minute) },
		"wrong keys.lost":          func(t *testing.T, p *patient) { remove(t, p.Dir, "secrets/register.keys") },
		"look accounts.single":     func(_ *testing.T, p *patient) { p.book.accounts = p.book.accounts[:1] },
		"wrong accounts.nobody":    only(account.User{Role: assess.Auditor, LastSignIn: now}),
		"look accounts.none":       only(),
		"look accounts.waiting":    also(account.User{MustChange: true, PasswordExpires: now.Add(time.Hour), OpenedAt: now}),
		"look accounts.lapsed":     also(account.User{MustChange: true, PasswordExpires: now.Add(-time.Hour), OpenedAt: now}),
		"look accounts.unused":     also(account.User{OpenedAt: now.AddDate(0, -6, 0)}),
		"wrong definitions.none":   edition(nil, assess.NotFound("problem.x", "none")),
		"wrong definitions.bad":    edition(nil, errors.New("bad")),
		"look definitions.unused":  edition(&assess.Edition{Items: []assess.Item{{Code: "a", Purpose: "scored"}, {Code: "b", Purpose: "context"}}}, nil),
		"wrong calendar.none":      func(_ *testing.T, p *patient) { p.year = assess.CalendarYear{} },
		"look calendar.guessed":    func(_ *testing.T, p *patient) { p.year.Official = false },
		"look backup.none":         func(_ *testing.T, p *patient) { p.backup = doctor.Backup{} },
		"look backup.stale":        func(_ *testing.T, p *patient) { p.backup.At = now.AddDate(0, 0, -3) },
		"wrong backup.old":         func(_ *testing.T, p *patient) { p.backup.At = now.AddDate(0, 0, -9) },
		"look backup.failed":       func(_ *testing.T, p *patient) { p.backup.Failed = "the disk is full" },
		"look backup.beside":       func(_ *testing.T, p *patient) { p.backup.Apart = false },
		"look https.nobody":        func(_ *testing.T, p *patient) { p.Config.TrustedProxies = nil },
		"wrong certificate.over":   ending(-time.Hour, ofPages),
		"look certificate.ends":    ending(29*24*time.Hour, ofMail),
		"wrong certificate.unread": func(_ *testing.T, p *patient) { p.Config.Mail = &config.Mail{CAFile: "/nowhere"} },
		"look demo":                func(_ *testing.T, p *patient) { p.Demo = true },
	} {
		t.Run(want, func(t *testing.T) {
			p := newPatient(t)
			plant(t, p)
			found, worst := p.examined(t)
			found = slices.DeleteFunc(found, func(k string) bool { return strings.Contains(k, "disk.") })
			if len(found) != 1 || found[0] != want {
				t.Errorf("found %q", found)
			}
			if state, _, _ := strings.Cut(want, " "); string(worst) != state && worst != doctor.Look {
				t.Errorf("the worst is %s", worst)
			}
		})
	}
}

// TestFilesOfOthersAreFound: a command that was run as root leaves files that the service cannot write.
// Whoever names the wrong folder is not told to close it to everybody.
func TestAFolderOfSomethingElseIsLeftAlone(t *testing.T) {
	p := newPatient(t)
	p.Dir = t.TempDir()
	if err := errors.Join(os.Chmod(p.Dir, 0o755), os.WriteFile(filepath.Join(p.Dir, "hosts"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, f := range doctor.Examine(t.Context(), p.Installation, now) {
		if strings.HasPrefix(f.Key, "folder.") || strings.HasPrefix(f.Key, "files.") {
			t.Errorf("%+v", f)
		}
	}
}

func TestFilesOfOthersAreFound(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	p := newPatient(t)
	if err := os.Chown(filepath.Join(p.Dir, "unionboard.db"), 12345, 12345); err != nil {
		t.Fatal(err)
	}
	if found, _ := p.examined(t); !slices.Contains(found, "wrong files.foreign") {
		t.Error(found)
	}
}

// TestCertificatesAreNamed: one that lasts is no finding to be mended.
func TestCertificatesAreNamed(t *testing.T) {
	p := newPatient(t)
	ending(90*24*time.Hour, ofPages)(t, p)
	if found, _ := p.examined(t); slices.ContainsFunc(found, func(k string) bool { return strings.Contains(k, "certificate") }) {
		t.Error(found)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// only makes these accounts all that there are.
func only(all ...account.User) func(*testing.T, *patient) {
	return func(_ *testing.T, p *patient) { p.book.accounts = all }
}

func also(u account.User) func(*testing.T, *patient) {
	return func(_ *testing.T, p *patient) {
		u.Name, u.Role = "zhao", assess.CityLeader
		p.book.accounts = append(p.book.accounts, u)
	}
}

func edition(e *assess.Edition, err error) func(*testing.T, *patient) {
	return func(_ *testing.T, p *patient) {
		p.Edition = func(context.Context, int) (*assess.Edition, error) { return e, err }
	}
}

func ofPages(c *config.Config, file string) { c.TLS.CertFile = file }
func ofMail(c *config.Config, file string)  { c.Mail = &config.Mail{CAFile: file} }

// ending plants a certificate that ends after a while, and names it in the configuration.
func ending(after time.Duration, name func(*config.Config, string)) func(*testing.T, *patient) {
	return func(t *testing.T, p *patient) {
		t.Helper()
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.Add(after)}
		der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(p.Dir, "ca.pem")
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		name(&p.Config, path)
	}
}
