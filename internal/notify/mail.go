package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// Security is how the way to a mail server is protected.
type Security string

// The kinds of protection.
const (
	StartTLS Security = "starttls" // the connection is turned into a protected one before anything is said
	TLS      Security = "tls"      // it is protected from the beginning
	Plain    Security = "none"     // everybody on the way can read along; never with a password
)

// MailConfig says which mail server takes the letters.
type MailConfig struct {
	Host     string
	Port     int // 0: 587, 465 for TLS, 25 for none
	Security Security
	CAFile   string // certificates that the server's is signed with; "" for those of the machine
	Username string // "" for a server that takes letters without
	Password dial.Secret
	From     string // 考核办 <board@example.org>
	Language string
	Timeout  time.Duration // of the whole conversation; 0: 30 s
}

// Mail is the channel of electronic mail.
type Mail struct {
	config MailConfig
	from   *netmail.Address
}

// NewMail makes the channel. The password is read, the certificates too, at each letter: both can be replaced while the program runs.
func NewMail(c MailConfig) (*Mail, error) {
	from, err := ParseAddress(c.From)
	if err != nil {
		return nil, err
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Port == 0 {
		c.Port = map[Security]int{StartTLS: mail.DefaultPortTLS, TLS: mail.DefaultPortSSL, Plain: mail.DefaultPort}[c.Security]
	}
	return &Mail{config: c, from: from}, nil
}

// ParseAddress reads the address of a mail, with a name or without. It is in ASCII, for not every server takes others, and its server
// has a full name: a letter to name@example goes nowhere. What is none is a Problem.
func ParseAddress(text string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(text)
	if err != nil || len(a.Address) > 254 || !deliverable(a.Address) {
		return nil, assess.Invalid("problem.mail_address", fmt.Sprintf("%q is not a mail address; write it as name@example.org", text), "value", text)
	}
	return a, nil
}

// deliverable says whether a letter to an address that is well formed can be handed over.
func deliverable(address string) bool {
	ascii := !strings.ContainsFunc(address, func(r rune) bool { return r > unicode.MaxASCII })
	return ascii && strings.Contains(address[strings.LastIndexByte(address, '@')+1:], ".")
}

// Lang answers the language of the mails.
func (m *Mail) Lang() string { return m.config.Language }

// Send hands a letter to the mail server.
func (m *Mail) Send(ctx context.Context, l Letter, address string) error {
	to, err := ParseAddress(address)
	if problem, ok := errors.AsType[*assess.Problem](err); ok {
		return &Fault{Never, problem}
	}
	return m.hand(ctx, m.begin(l.ID, l.Subject, l.Text(), to))
}

// hand hands a mail to the mail server.
func (m *Mail) hand(ctx context.Context, letter *mail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	client, err := m.client(ctx)
	if problem, ok := errors.AsType[*assess.Problem](err); ok {
		return &Fault{Again, problem}
	}
	if err == nil {
		err = client.DialAndSendWithContext(ctx, letter)
	}
	if err == nil || letter.IsDelivered() { // what went wrong after it was taken, in saying goodbye, is no matter
		return nil
	}
	return m.fault(err)
}

// begin makes a mail. Its ID is that of the message, so that a mail box can see a copy as one.
func (m *Mail) begin(id, subject, text string, to ...*netmail.Address) *mail.Msg {
	letter := mail.NewMsg()
	letter.SetMessageIDWithValue(id + "@" + m.config.Host)
	letter.SetDate()
	letter.Subject(subject)
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday answers
	letter.FromMailAddress(m.from)
	letter.ToMailAddress(to...)
	letter.SetBodyString(mail.TypeTextPlain, text)
	return letter
}

// client makes the connection's client. The whole conversation ends with ctx.
func (m *Mail) client(ctx context.Context) (*mail.Client, error) {
	roots, err := m.roots()
	if err != nil {
		return nil, err
	}
	protection := &tls.Config{ServerName: m.config.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}
	options := []mail.Option{
		mail.WithPort(m.config.Port), mail.WithTimeout(m.config.Timeout), mail.WithoutNoop(), mail.WithTLSConfig(protection),
		mail.WithTLSPolicy(map[bool]mail.TLSPolicy{true: mail.TLSMandatory, false: mail.NoTLS}[m.config.Security == StartTLS]),
		mail.WithDialContextFunc(m.connect(ctx, protection)),
	}
	if m.config.Username != "" {
		password, err := m.config.Password.Read()
		if err != nil {
			return nil, err
		}
		options = append(options, mail.WithUsername(m.config.Username), mail.WithPassword(password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(m.config.Host, options...)
}

// connect answers what dials the mail server. A mail server on this machine is usual, so that is allowed.
func (m *Mail) connect(whole context.Context, protection *tls.Config) mail.DialContextFunc {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: dial.Guard(true)}
	plain := dialer.DialContext
	if m.config.Security == TLS {
		plain = (&tls.Dialer{NetDialer: dialer, Config: protection}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := plain(ctx, network, address)
		if err == nil {
			context.AfterFunc(whole, func() { connection.Close() })
		}
		return connection, err
	}
}

// roots answers the certificates a server's is checked with; nil for those of the machine.
func (m *Mail) roots() (*x509.CertPool, error) {
	if m.config.CAFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(m.config.CAFile)
	if err != nil {
		return nil, assess.Unavailable("problem.mail_ca", "the file with the mail server's certificates cannot be read; check its name and who may read it").
			At(assess.Place{File: m.config.CAFile}).Because(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, assess.Unavailable("problem.mail_ca_form", "the file holds no certificate; put one in PEM form into it").At(assess.Place{File: m.config.CAFile})
	}
	return pool, nil
}

// fault sorts what went wrong. Only what is said about the letter itself is final: that the server is away, or refuses our password,
// may be mended in an hour. When the connection breaks after the letter's last byte nobody knows whether it was taken.
func (m *Mail) fault(err error) *Fault {
	host := m.config.Host
	said, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return m.unreached(err)
	}
	code := fmt.Sprint(said.ErrorCode())
	switch final := said.ErrorCode() >= 500; {
	case said.Reason == mail.ErrSMTPRcptTo && final:
		return &Fault{Never, assess.Invalid("problem.mail_recipient",
			fmt.Sprintf("the mail server knows no such address (%s); have it corrected, or call", code), "code", code).Because(err)}
	case final:
		return &Fault{Never, assess.Unavailable("problem.mail_refused",
			fmt.Sprintf("the mail server %s refuses the mail (%s); ask its keeper why", host, code), "host", host, "code", code).Because(err)}
	case said.ErrorCode() >= 400:
		return &Fault{Again, assess.Unavailable("problem.mail_later",
			fmt.Sprintf("the mail server %s takes nothing just now (%s); it is tried again", host, code), "host", host, "code", code).Because(err)}
	case said.Reason == mail.ErrSMTPDataClose || said.Reason == mail.ErrAmbiguous:
		return &Fault{Unsaid, assess.Unavailable("problem.mail_unsaid",
			fmt.Sprintf("the mail server %s was given the mail and did not say whether it took it; it is not sent again, call instead", host), "host", host).Because(err)}
	}
	return m.unreached(err)
}

// unreached says why no conversation came about.
func (m *Mail) unreached(err error) *Fault {
	host := m.config.Host
	if p, ok := errors.AsType[*assess.Problem](err); ok { // of the guard
		return &Fault{Again, p}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Fault{Again, assess.Unavailable("problem.mail_certificate",
			fmt.Sprintf("the certificate of the mail server %s is not good; let its keeper renew it, or name its certificates with ca_file", host), "host", host).Because(err)}
	}
	return &Fault{Again, assess.Unavailable("problem.mail_away",
		fmt.Sprintf("the mail server %s does not answer, or not as configured; see that it runs, and check port, security and password", host), "host", host).Because(err)}
}
