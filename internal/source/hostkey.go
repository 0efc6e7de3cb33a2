package source

import (
	"errors"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/unionboard/unionboard/internal/assess"
)

func parseHostKey(text string) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return nil, assess.Invalid("problem.sftp_host_key_form", "host_key is no public key; write it as ssh-ed25519 AAAA…, as ssh-keyscan shows it").
			At(assess.Place{Field: "host_key"})
	}
	return key, nil
}

// believed answers what looks at the server's key, and which kinds of keys it may show: those that are pinned, so that it shows the
// one we know where it has several.
func (c SFTPConfig) believed(address string) (ssh.HostKeyCallback, []string, error) {
	if c.HostKey != "" {
		key, err := parseHostKey(c.HostKey)
		if err != nil {
			return nil, nil, err
		}
		return explained(ssh.FixedHostKey(key)), signatures(key.Type()), nil
	}
	known, err := knownhosts.New(c.KnownHosts)
	if err != nil {
		return nil, nil, assess.Invalid("problem.sftp_known_hosts", "the file of known hosts cannot be read; write a line for the server as ssh-keyscan shows it").
			At(assess.Place{File: c.KnownHosts}).Because(err)
	}
	var kinds []string
	if want, ok := errors.AsType[*knownhosts.KeyError](known(address, &net.TCPAddr{}, nobody{})); ok {
		for _, k := range want.Want {
			kinds = append(kinds, signatures(k.Key.Type())...)
		}
	}
	return explained(known), kinds, nil
}

// signatures answers the signatures that a kind of key makes.
func signatures(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512}
	}
	return []string{kind}
}

// explained says in words that a key is not the pinned one.
func explained(look ssh.HostKeyCallback) ssh.HostKeyCallback {
	return func(host string, at net.Addr, key ssh.PublicKey) error {
		err := look(host, at, key)
		if err == nil {
			return nil
		}
		mark := ssh.FingerprintSHA256(key)
		return assess.Unavailable("problem.sftp_host_key",
			"the server shows another key than the one that is pinned ("+mark+"); ask its keeper, and change host_key only when the key is really theirs", "mark", mark).Because(err)
	}
}

// nobody is a key that no server has; it is shown to learn which are known.
type nobody struct{}

func (nobody) Type() string                        { return "none" }
func (nobody) Marshal() []byte                     { return nil }
func (nobody) Verify([]byte, *ssh.Signature) error { return errors.New("nobody signs") }

// isDenied says whether the server let none of our ways to sign in pass. The library says so in words alone; of a server that refuses
// before it asks for the password it says that the refusal (message 51) was not expected.
func isDenied(err error) bool {
	return strings.Contains(err.Error(), "ssh: unable to authenticate") || strings.Contains(err.Error(), "ssh: unexpected message type 51 ")
}
