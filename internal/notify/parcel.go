package notify

import (
	"context"
	"errors"
	netmail "net/mail"

	"github.com/wneessen/go-mail"

	"github.com/unionboard/unionboard/internal/assess"
)

// Parcel is a mail with files.
type Parcel struct {
	ID      string
	To      []string
	Subject string
	Text    string
	Files   []Attachment
}

// Attachment is a file that goes with a mail: its name there, its media type, and where it lies.
type Attachment struct{ Name, Media, Path string }

// SendFiles hands a mail with files to the mail server. Errors are Faults, as those of Send.
func (m *Mail) SendFiles(ctx context.Context, p Parcel) error {
	var to []*netmail.Address
	for _, address := range p.To {
		one, err := ParseAddress(address)
		if problem, ok := errors.AsType[*assess.Problem](err); ok {
			return &Fault{Never, problem}
		}
		to = append(to, one)
	}
	letter := m.begin(p.ID, p.Subject, p.Text, to...)
	for _, f := range p.Files {
		letter.AttachFile(f.Path, mail.WithFileName(f.Name), mail.WithFileContentType(mail.ContentType(f.Media)))
	}
	return m.hand(ctx, letter)
}
