package account

import (
	"crypto/subtle"
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// The second factor: codes of six digits that change every codeStep (RFC 6238, as authenticator programs make them).
const (
	codeStep = 30 * time.Second
	codeSkew = 1 // steps to either side whose codes count, for clocks that differ
)

// NewCodes answers a new second factor for an account, as the address that an authenticator program reads from a picture. issuer
// names the installation there.
func NewCodes(issuer string, u User) (address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: u.Name, Period: uint(codeStep / time.Second)})
	if err != nil {
		return "", fmt.Errorf("new second factor: %w", err)
	}
	return key.URL(), nil
}

// CodeSecret answers the secret in an address of NewCodes, base32; "" where it is none.
func CodeSecret(address string) string {
	key, err := otp.NewKeyFromURL(address)
	if err != nil || !strings.HasPrefix(address, "otpauth://totp/") {
		return ""
	}
	return key.Secret()
}

// CodePlace answers the place for which the secret of an account is sealed, so that it opens for nobody else.
func CodePlace(id string) string { return "code/" + id }

// EnrolPlace is that of one that is being set up.
func EnrolPlace(id string) string { return "enrol/" + id }

// CodePicture draws the address of a secret as a QR code, side pixels wide.
func CodePicture(address string, side int) (image.Image, error) {
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return nil, fmt.Errorf("picture of a second factor: %w", err)
	}
	picture, err := key.Image(side, side)
	if err != nil {
		return nil, fmt.Errorf("picture of a second factor: %w", err)
	}
	return picture, nil
}

// CheckCode says whether a typed code belongs to a secret at a time and answers its step, which must lie behind used: a code that
// was used, or one before it, does not count again.
func CheckCode(secret, typed string, used int64, now time.Time) (step int64, ok bool) {
	code := strings.ReplaceAll(fold(strings.TrimSpace(typed)), " ", "")
	for away := int64(-codeSkew); away <= codeSkew; away++ {
		at := now.Add(time.Duration(away) * codeStep)
		want, err := totp.GenerateCode(secret, at)
		if err != nil {
			return 0, false
		}
		s := at.Unix() / int64(codeStep/time.Second)
		if s > used && subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			return s, true
		}
	}
	return 0, false
}
