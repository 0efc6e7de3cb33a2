package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/unionboard/unionboard/internal/assess"
)

// Limits on the fields of a form that carries files.
const (
	fieldsMost = 500       // fields
	fieldBytes = 32 << 10  // of one field
	fieldsSize = bodyLimit // bytes of all of them
)

// upload is a form with files that is read as it arrives: its fields first, then file after file, none of which is ever whole in
// memory. The form therefore names its fields, form_token among them, before its files.
type upload struct {
	parts *multipart.Reader
	next  *multipart.Part // the file that comes next; nil when there is none
}

func carriesFiles(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// begin answers what reads the fields of a form, up to its first file, into r.PostForm.
func (u *upload) begin(r *http.Request) func() error {
	return func() (err error) {
		if u.parts, err = r.MultipartReader(); err != nil {
			return err
		}
		r.PostForm = url.Values{}
		r.Form = r.URL.Query()
		for size := 0; ; {
			if err := u.advance(); err != nil || u.parts == nil || u.next.FileName() != "" {
				return err
			}
			name := u.next.FormName()
			value, err := io.ReadAll(io.LimitReader(u.next, fieldBytes+1))
			if err != nil {
				return err
			}
			size += len(value)
			if len(r.PostForm) >= fieldsMost || len(value) > fieldBytes || size > fieldsSize {
				return errors.New("a field, or all of them together, are too long")
			}
			r.PostForm.Add(name, string(value))
			r.Form.Add(name, string(value))
		}
	}
}

// advance goes to the next part; parts is nil when there is none.
func (u *upload) advance() (err error) {
	u.next, err = u.parts.NextPart()
	if errors.Is(err, io.EOF) {
		u.parts, u.next, err = nil, nil, nil
	}
	return err
}

// eachFile hands the files of the request's form to take, one after the other as they arrive, with the names they have on the
// sender's machine: data, never a path. The files stand in one field of the form, its last. What take leaves unread is skipped;
// with an error the rest is not looked at. A form without a file calls take never.
func eachFile(r *http.Request, field string, take func(name string, content io.Reader) error) error {
	u := &visitFrom(r).upload
	for u.parts != nil {
		if u.next.FormName() != field {
			return errField(u.next.FormName())
		}
		if u.next.FileName() == "" { // no file was chosen here
			if err := u.advance(); err != nil {
				return unreadable(err)
			}
			continue
		}
		if err := take(sentName(u.next), &arriving{u.next}); err != nil {
			return err
		}
		if err := u.advance(); err != nil {
			return unreadable(err)
		}
	}
	return nil
}

// sentName answers the name of a file as it was sent. FileName would cut it by the rules of this machine, not the sender's.
func sentName(p *multipart.Part) string {
	_, said, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return p.FileName()
	}
	return said["filename"]
}

// arriving is a file on its way. What goes wrong on the way is the sender's, not the disk's.
type arriving struct{ io.Reader }

// Read reads on.
func (a *arriving) Read(b []byte) (int, error) {
	n, err := a.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

// unreadable says that a form did not arrive whole; a body beyond its limit stays what it is.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return assess.Invalid("problem.form", "the form could not be read; load the page again and repeat").Because(err)
}
