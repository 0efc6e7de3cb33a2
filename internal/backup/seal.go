package backup

import (
	"bytes"
	"fmt"
	"strings"

	"filippo.io/age"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

// ageHeader is how an encrypted file begins.
const ageHeader = "age-encryption.org/v1\n"

// Recipients are whom archives are encrypted for; none: they are not.
type Recipients []age.Recipient

// ParseRecipients reads public keys, each as age-keygen prints it ("age1…").
func ParseRecipients(texts []string) (Recipients, error) {
	var all Recipients
	for _, text := range texts {
		found, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil || len(found) != 1 {
			return nil, assess.Invalid("problem.backup_recipient",
				fmt.Sprintf("%q is no public key; write it as age-keygen prints it: age1…", shown(text)), "value", shown(text))
		}
		all = append(all, found...)
	}
	return all, nil
}

// shown answers what may be repeated of a text: who writes the secret key in place of the public one does not want to read it in a log.
func shown(text string) string {
	if strings.Contains(strings.ToUpper(text), "SECRET") {
		return "AGE-SECRET-KEY-…"
	}
	return text
}

// Identities open encrypted archives.
type Identities []age.Identity

// ReadIdentities reads the secret keys of a file that only its owner can read; none for "".
func ReadIdentities(path string) (Identities, error) {
	if path == "" {
		return nil, nil
	}
	text, err := dial.Secret{File: path}.Whole()
	if err != nil {
		return nil, err
	}
	all, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return nil, assess.Invalid("problem.backup_identity_file", "the file holds no secret key; name the one that age-keygen has made").
			At(assess.Place{File: path})
	}
	return all, nil
}
