package notify_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/testkit"

	"github.com/emersion/go-smtp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
)

// mailTo makes the channel to a server.
func mailTo(t *testing.T, addr string, change func(*notify.MailConfig)) *notify.Mail {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	c := notify.MailConfig{Host: "localhost", Security: notify.Plain, From: "考核办 <board@example.org>", Language: i18n.Chinese, Timeout: 5 * time.Second}
	if c.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c)
	}
	m, err := notify.NewMail(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func secretFile(t *testing.T, text string) dial.Secret {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dial.Secret{File: path}
}

func letter() notify.Letter {
	return notify.Letter{ID: "0199-1", Subject: "【沈阳市总工会】2026年第一季度报表已逾期", Lines: []string{"和平区2026年第一季度报表已超过截止时间。"}, Foot: "自动发出"}
}

// outcomeOf answers what became of a hand-over, and the key of its problem.
func outcomeOf(t *testing.T, err error) (outcome notify.Outcome, key string) {
	t.Helper()
	fault, ok := errors.AsType[*notify.Fault](err)
	if !ok {
		t.Fatalf("%v is no fault", err)
	}
	return fault.Outcome, fault.Problem.Key
}

// Files arrive whole and with their names, at everybody who is named.
func TestMailArrivesWithFiles(t *testing.T) {
	server := newMailServer(t, "none", "")
	path := filepath.Join(t.TempDir(), "0")
	content := strings.Repeat("得分,91.25\n", 10_000)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	err := mailTo(t, server.addr, nil).SendFiles(t.Context(), notify.Parcel{
		ID: "j-1", To: []string{"li@example.org", "wang@example.org"}, Subject: "定时导出：weekly", Text: "本次生成的文件：\n",
		Files: []notify.Attachment{{Name: "2026年第一季度_得分汇总表.csv", Media: "text/csv", Path: path}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := server.mails()
	if len(got) != 1 {
		t.Fatalf("received %d", len(got))
	}
	read, err := netmail.ReadMessage(strings.NewReader(got[0].body))
	if err != nil {
		t.Fatal(err)
	}
	if to := read.Header.Get("To"); !strings.Contains(to, "li@example.org") || !strings.Contains(to, "wang@example.org") {
		t.Errorf("to %s", to)
	}
	_, boundary, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(read.Body, boundary["boundary"])
	if _, err := parts.NextPart(); err != nil {
		t.Fatal(err)
	}
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	name, err := new(mime.WordDecoder).DecodeHeader(file.FileName())
	if err != nil || name != "2026年第一季度_得分汇总表.csv" {
		t.Errorf("file %q, %v", name, err)
	}
	if text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file)); err != nil || string(text) != content {
		t.Errorf("%d bytes arrived of %d, %v", len(text), len(content), err)
	}
	server.stop()
	if outcome, key := outcomeOf(t, mailTo(t, server.addr, nil).SendFiles(t.Context(), notify.Parcel{ID: "j-2", To: []string{"li@example.org"}})); outcome != notify.Again || key != "problem.mail_away" {
		t.Errorf("a server that is away: %v, %s", outcome, key)
	}
}

// A letter arrives whole, by every way of protection, and says of itself that a program wrote it.
func TestMailArrives(t *testing.T) {
	for _, protection := range []string{"none", "starttls", "tls"} {
		t.Run(protection, func(t *testing.T) {
			server := newMailServer(t, protection, "")
			m := mailTo(t, server.addr, func(c *notify.MailConfig) {
				if c.Security = notify.Security(protection); c.Security != notify.Plain {
					c.CAFile, c.Username, c.Password = server.caFile, "board", secretFile(t, "s3cret")
				}
			})
			if err := m.Send(t.Context(), letter(), "li@example.org"); err != nil {
				t.Fatal(err)
			}
			got := server.mails()
			if len(got) != 1 || got[0].from != "board@example.org" || got[0].to != "li@example.org" || (got[0].user == "board") != (protection != "none") {
				t.Fatalf("received %+v", got)
			}
			read, err := netmail.ReadMessage(strings.NewReader(got[0].body))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
			if err != nil || subject != letter().Subject {
				t.Errorf("subject %q, %v", subject, err)
			}
			body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
			if text := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || text != letter().Text() {
				t.Errorf("body %q, %v; want %q", text, err, letter().Text())
			}
			if read.Header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(read.Header.Get("Message-ID"), letter().ID) ||
				!strings.HasPrefix(read.Header.Get("Content-Type"), "text/plain; charset=UTF-8") {
				t.Errorf("header %v", read.Header)
			}
		})
	}
}

// TestMailFaults goes through the ways a mail can fail, and whether it is tried again.
func TestMailFaults(t *testing.T) {
	protected, plain := newMailServer(t, "starttls", ""), newMailServer(t, "none", "")
	busy := newMailServer(t, "none", "")
	busy.rcpt = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	full := newMailServer(t, "none", "")
	full.data = func() error {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "looks like spam"}
	}
	greylist := newMailServer(t, "none", "")
	greylist.data = func() error {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
	}
	broken, taken := brokenMailServer(t)
	signIn := func(password string) func(*notify.MailConfig) {
		return func(c *notify.MailConfig) {
			c.Security, c.CAFile, c.Username, c.Password = notify.StartTLS, protected.caFile, "board", secretFile(t, password)
		}
	}
	for _, one := range []struct {
		name, addr, to string
		change         func(*notify.MailConfig)
		outcome        notify.Outcome
		key            string
	}{
		{"unknown address", plain.addr, "nobody@example.org", nil, notify.Never, "problem.mail_recipient"},
		{"no address", plain.addr, "nobody", nil, notify.Never, "problem.mail_address"},
		{"no server's full name", plain.addr, "a@b", nil, notify.Never, "problem.mail_address"},
		{"full-width letters", plain.addr, "ａ@b.cn", nil, notify.Never, "problem.mail_address"},
		{"two addresses", plain.addr, "a@example.org, b@example.org", nil, notify.Never, "problem.mail_address"},
		{"a header in the address", plain.addr, "a@example.org\r\nBcc: b@example.org", nil, notify.Never, "problem.mail_address"},
		{"busy", busy.addr, "li@example.org", nil, notify.Again, "problem.mail_later"},
		{"refused as spam", full.addr, "li@example.org", nil, notify.Never, "problem.mail_refused"},
		{"refused for now", greylist.addr, "li@example.org", nil, notify.Again, "problem.mail_later"},
		{"hung up after the last byte", broken, "li@example.org", nil, notify.Unsaid, "problem.mail_unsaid"},
		{"nobody there", "127.0.0.1:1", "li@example.org", nil, notify.Again, "problem.mail_away"},
		{"wrong password", protected.addr, "li@example.org", signIn("wrong"), notify.Again, "problem.mail_away"},
		{"no password file", protected.addr, "li@example.org", func(c *notify.MailConfig) {
			signIn("x")(c)
			c.Password.File += "-gone"
		}, notify.Again, "problem.file_absent"},
		{"unknown authority", protected.addr, "li@example.org", func(c *notify.MailConfig) {
			signIn("s3cret")(c)
			_, c.CAFile = ownCertificate(t)
		}, notify.Again, "problem.mail_certificate"},
		{"authority's file gone", protected.addr, "li@example.org", func(c *notify.MailConfig) {
			signIn("s3cret")(c)
			c.CAFile += "-gone"
		}, notify.Again, "problem.mail_ca"},
		{"authority's file is none", protected.addr, "li@example.org", func(c *notify.MailConfig) {
			signIn("s3cret")(c)
			c.CAFile = c.Password.File
		}, notify.Again, "problem.mail_ca_form"},
		{"protection asked of a server without", plain.addr, "li@example.org", func(c *notify.MailConfig) { c.Security = notify.StartTLS }, notify.Again, "problem.mail_away"},
		{"an address that is never dialled", "169.254.169.254:25", "li@example.org", func(c *notify.MailConfig) { c.Host = "169.254.169.254" }, notify.Again, "problem.address_link_local"},
	} {
		t.Run(one.name, func(t *testing.T) {
			err := mailTo(t, one.addr, one.change).Send(t.Context(), letter(), one.to)
			if outcome, key := outcomeOf(t, err); outcome != one.outcome || key != one.key {
				t.Errorf("outcome %d, %s (%v); want %d, %s", outcome, key, err, one.outcome, one.key)
			}
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "wrong") {
				t.Errorf("%v shows a password", err)
			}
		})
	}
	if got := len(plain.mails()) + len(busy.mails()) + len(full.mails()) + len(greylist.mails()) + len(protected.mails()); got != 0 {
		t.Errorf("%d mails were taken", got)
	}
	if taken() != 1 {
		t.Errorf("the broken server took %d letters, want 1", taken())
	}
}

// A server that hangs does not hold the program up longer than it may.
func TestMailServerThatHangs(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	m := mailTo(t, listener.Addr().String(), func(c *notify.MailConfig) { c.Timeout = 50 * time.Millisecond })
	if outcome, key := outcomeOf(t, m.Send(t.Context(), letter(), "li@example.org")); outcome != notify.Again || key != "problem.mail_away" {
		t.Errorf("outcome %d, %s", outcome, key)
	}
}

// TestMailServerAwayAndBack: while the server is away letters wait, one try for all of them; when it is back each arrives once,
// except those whose matter is settled by then.
func TestMailServerAwayAndBack(t *testing.T) {
	server := newMailServer(t, "none", "")
	addr := server.addr
	server.stop()

	c, s := newCity(), testkit.Store(t)
	r, _, _ := newReminders(t, s, c)
	r.Mail, r.Groups = mailTo(t, addr, nil), nil
	now := at("13 10:00")
	deliver := func() {
		t.Helper()
		if err := r.Deliver(t.Context(), func() time.Time { return now }); err != nil {
			t.Fatal(err)
		}
	}
	dispatches := func() map[assess.DispatchState]int {
		t.Helper()
		told, err := s.MessagesOf(t.Context(), q1)
		if err != nil {
			t.Fatal(err)
		}
		states := map[assess.DispatchState]int{}
		for _, m := range told {
			for _, d := range m.Dispatches {
				states[d.State]++
				if d.State == assess.DispatchFailed && d.Problem.Key != "problem.notice_settled" {
					t.Errorf("failed because of %v", d.Problem)
				}
			}
		}
		return states
	}
	if _, err := r.Chase(t.Context(), notify.Chase{Period: q1, Line: chaseLine()}, now); err != nil {
		t.Fatal(err)
	}
	deliver()
	if got := dispatches(); got[assess.DispatchWaiting] != 6 || len(got) != 1 {
		t.Fatalf("while the server is away: %v", got)
	}
	now = now.Add(30 * time.Second)
	deliver()
	if got := dispatches(); got[assess.DispatchWaiting] != 6 {
		t.Fatalf("before the next try: %v", got)
	}
	back := newMailServer(t, "none", addr)
	c.move("210103", assess.Submitted, now)
	now = now.Add(time.Minute)
	deliver()
	if got := dispatches(); got[assess.DispatchSent] != 3 || got[assess.DispatchFailed] != 3 {
		t.Errorf("when it is back: %v", got)
	}
	now = now.Add(time.Hour)
	deliver()
	if got := back.mails(); len(got) != 3 || got[0].to == got[1].to || got[1].to == got[2].to || got[0].to == got[2].to {
		t.Errorf("arrived: %+v", got)
	}
}
