package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// SFTPConfig says on which server files are put into a folder, and who we are there. Zero times mean the usual ones.
type SFTPConfig struct {
	Name     assess.Code
	Host     string
	Port     uint16 // 0: 22
	Username string
	Password dial.Secret // of the account, or of an encrypted key
	Key      dial.Secret // private key, PEM; none: the password
	// HostKey is the server's public key as in ssh-ed25519 AAAA…; or KnownHosts names a file in the form of known_hosts.
	HostKey    string
	KnownHosts string
	Folder     string
	// Archive is a folder of this machine where files are kept that stay on the server; "": they are put away on the server.
	Archive       string
	Settle        time.Duration // between the two looks at a file: 10 s
	Whole         time.Duration // until everything was fetched: 5 min
	Delay         time.Duration // before the second try to connect, growing and jittered: 1 s
	Tries         uint          // to connect, in all: 3
	Wall          dial.Wall
	AllowLoopback bool
	// Sentence writes a problem for the report beside a refused file; nil writes it in English.
	Sentence func(*assess.Problem) string
}

// The usual times of SFTP.
const (
	sftpSettle = 10 * time.Second
	sftpWhole  = 5 * time.Minute
	handshake  = 10 * time.Second // until both sides know each other
)

// SFTP is a folder on another machine that files are put into. They are taken as those of a drop folder are.
type SFTP struct{ inbox *inbox }

// NewSFTP makes an SFTP source. A bad configuration is a Problem.
func NewSFTP(config SFTPConfig) (*SFTP, error) {
	orElse(&config.Port, 22)
	orElse(&config.Settle, sftpSettle)
	orElse(&config.Whole, sftpWhole)
	orElse(&config.Delay, usualDelay)
	orElse(&config.Tries, usualTries)
	orElse(&config.Folder, ".")
	way, err := config.Wall.To(config.Host, config.Port, config.AllowLoopback, 0)
	if err != nil {
		return nil, inField(err, "host")
	}
	if (config.HostKey == "") == (config.KnownHosts == "") {
		return nil, assess.Invalid("problem.sftp_host_key_lacks", "the source needs the server's key: host_key or known_hosts, one of them; ssh-keyscan shows it").
			At(assess.Place{Field: "host_key"})
	}
	if config.HostKey != "" {
		if _, err := parseHostKey(config.HostKey); err != nil {
			return nil, err
		}
	}
	b := newInbox(config.Name, assess.DoorPull, "sftp://"+way.Address()+"/"+config.Folder, config.Settle, config.Sentence)
	b.far, b.archive = true, config.Archive
	b.open = func(ctx context.Context) (yard, error) {
		return again(ctx, config.Delay, config.Tries, func() (yard, error) {
			y, err := openFar(ctx, config, way)
			return y, passing(err)
		})
	}
	return &SFTP{b}, nil
}

// Fetch looks into the folder on the server, twice where a file was not seen before, and answers a parcel for each that has stopped
// growing, oldest first and at most 64. An error means that the server cannot be asked.
func (s *SFTP) Fetch(ctx context.Context, r Request) ([]Parcel, error) { return s.inbox.fetch(ctx, r) }

// openFar connects to the server. The connection ends with ctx, and after the time for the whole.
func openFar(ctx context.Context, config SFTPConfig, way *dial.Way) (_ yard, err error) {
	ctx, cancel := context.WithTimeout(ctx, config.Whole)
	y := &far{ctx: ctx, end: cancel, config: config}
	defer func() {
		if err != nil {
			err = y.said(err)
			y.Close()
		}
	}()
	hostKey, kinds, err := config.believed(way.Address())
	if err != nil {
		return nil, err
	}
	methods, err := config.methods()
	if err != nil {
		return nil, err
	}
	connection, err := way.DialContext(ctx, "tcp", way.Address())
	if err != nil {
		return nil, err
	}
	y.line = &metered{Conn: connection}
	context.AfterFunc(ctx, func() { connection.Close() })
	y.line.allow(listing)
	if err := connection.SetDeadline(time.Now().Add(min(handshake, config.Whole))); err != nil {
		return nil, err
	}
	transport, channels, requests, err := ssh.NewClientConn(y.line, way.Address(), &ssh.ClientConfig{
		User: config.Username, Auth: methods, HostKeyCallback: hostKey, HostKeyAlgorithms: kinds, ClientVersion: "SSH-2.0-unionboard",
	})
	if err != nil {
		return nil, err
	}
	if err := connection.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	y.client = ssh.NewClient(transport, channels, requests)
	if y.files, err = sftp.NewClient(y.client); err != nil {
		return nil, err
	}
	return y, nil
}

// methods answers how we show who we are.
func (c SFTPConfig) methods() ([]ssh.AuthMethod, error) {
	password, err := c.Password.Read()
	if err != nil {
		return nil, err
	}
	if c.Key == (dial.Secret{}) {
		ask := func(_, _ string, questions []string, _ []bool) ([]string, error) { // how many servers ask for a password
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = password
			}
			return answers, nil
		}
		return []ssh.AuthMethod{ssh.Password(password), ssh.KeyboardInteractive(ask)}, nil
	}
	text, err := c.Key.Whole()
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked && password != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(password))
	}
	if err != nil {
		return nil, assess.Invalid("problem.sftp_key", "the key is not a private key of SSH, or its password is not the right one; put the right ones there").
			At(assess.Place{File: c.Key.File}).Because(err)
	}
	return []ssh.AuthMethod{ssh.PublicKeys(signer)}, nil
}

// said answers what an error on the way to the server means. Errors about a single file stay as they are.
func (y *far) said(err error) error {
	if _, ok := errors.AsType[*assess.Problem](err); ok {
		return err
	}
	if y.ctx.Err() != nil && !errors.Is(y.ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("ask the server of %s: %w", y.config.Name, y.ctx.Err())
	}
	if y.ctx.Err() != nil || isTimeout(err) {
		return slow(handshake, y.config.Whole, err)
	}
	if y.line != nil && y.line.left.Load() < 0 { // the library makes an end of file of it
		return assess.Unavailable("problem.sftp_endless", "the server sends more than was asked for; see what it does").Because(err)
	}
	if isDenied(err) {
		return assess.Unavailable("problem.sftp_denied", "the server does not let us in; renew the key or the password, or correct username").Because(err)
	}
	if y.files == nil || isLost(err) {
		return unreached(err)
	}
	return err
}

func isLost(err error) bool {
	_, network := errors.AsType[*net.OpError](err)
	return network || errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, net.ErrClosed)
}
