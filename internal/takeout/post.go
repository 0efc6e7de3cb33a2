package takeout

import (
	"context"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/evidence"
)

// MostMailed is how many bytes of files go with one mail; mail servers refuse larger ones, which grow by a third on their way.
const MostMailed = 10 << 20

// Parcel is a mail with files.
type Parcel struct {
	ID      string
	To      []string
	Subject string
	Text    string
	Files   []Attachment
}

// Attachment is a file that goes with a mail.
type Attachment struct{ Name, Media, Path string }

// Post sends mails.
type Post interface {
	Send(ctx context.Context, p Parcel) error
}

// byMail sends files to those a plan names. What is too large for a mail stays out, and the mail says so.
func (d *Desk) byMail(ctx context.Context, p Plan, j *assess.ExportJob, files []made) error {
	if len(p.Mail) == 0 {
		return nil
	}
	if d.Post == nil {
		return assess.Unavailable("problem.takeout_no_mail", "the configuration names no mail server; add mail, or name a folder")
	}
	room, err := d.Room()
	if err != nil {
		return err
	}
	words := room.Words.In(p.Lang)
	parcel := Parcel{ID: j.ID, To: p.Mail, Subject: words.T("takeout.mail.subject", "plan", string(p.Name), "day", words.Date(j.Slot.In(room.Zone)))}
	lines, sum := []string{words.T("takeout.mail.text")}, int64(0)
	for _, m := range files {
		said := words.T("takeout.mail.file", "file", m.name, "size", evidence.Bytes(m.size))
		if sum+m.size > MostMailed {
			said = words.T("takeout.mail.left_out", "file", m.name, "size", evidence.Bytes(m.size), "limit", evidence.Bytes(MostMailed))
		} else {
			sum += m.size
			parcel.Files = append(parcel.Files, Attachment{m.name, m.media, m.path})
		}
		lines = append(lines, said)
	}
	parcel.Text = strings.Join(lines, "\n") + "\n"
	return d.Post.Send(ctx, parcel)
}
