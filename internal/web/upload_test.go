package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
)

// sent is a multipart form: fields as name=value, files as name@file name=content, in their order.
func sent(t *testing.T, parts ...string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		name, value, _ := strings.Cut(p, "=")
		field, file, isFile := strings.Cut(name, "@")
		var to io.Writer
		var err error
		if isFile {
			to, err = w.CreateFormFile(field, file)
		} else {
			to, err = w.CreateFormField(field)
		}
		if _, writeErr := io.WriteString(to, value); err != nil || writeErr != nil {
			t.Fatal(err, writeErr)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/upload?q=2026Q1", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return withVisit(r, &visit{})
}

// TestAFormWithFiles: fields are there before the first file, files come one by one under the names they were sent with.
func TestAFormWithFiles(t *testing.T) {
	r := sent(t, "form_token=x", "note=为证", `file@C:\名册\a.pdf=first`, "file@../b.pdf=second")
	if !carriesFiles(r) {
		t.Fatal("not taken for a form with files")
	}
	if err := visitFrom(r).upload.begin(r)(); err != nil {
		t.Fatal(err)
	}
	if r.PostForm.Get("note") != "为证" || r.FormValue("note") != "为证" || r.FormValue("q") != "2026Q1" || len(r.PostForm) != 2 {
		t.Errorf("fields %v, form %v", r.PostForm, r.Form)
	}
	var got []string
	err := eachFile(r, "file", func(name string, content io.Reader) error {
		b := make([]byte, 3) // the rest is skipped
		_, err := io.ReadFull(content, b)
		got = append(got, name+" "+string(b))
		return err
	})
	if diff := cmp.Diff([]string{`C:\名册\a.pdf fir`, "../b.pdf sec"}, got); diff != "" || err != nil {
		t.Errorf("files (-want +got):\n%s%v", diff, err)
	}
}

// TestFormsThatAreRefused: what is too long, out of order, foreign to the form or cut on the way.
func TestFormsThatAreRefused(t *testing.T) {
	long := strings.Repeat("x", fieldBytes+1)
	var many []string
	for i := range fieldsMost + 1 {
		many = append(many, fmt.Sprintf("f%d=1", i))
	}
	heavy := []string{}
	for i := range fieldsSize/fieldBytes + 1 {
		heavy = append(heavy, fmt.Sprintf("f%d=%s", i, long[1:]))
	}
	for _, c := range []struct {
		name  string
		parts []string
		cut   int // bytes that arrive; 0: all
		key   string
	}{
		{"a long field", []string{"note=" + long}, 0, "problem.form"},
		{"many fields", many, 0, "problem.form"},
		{"heavy fields", heavy, 0, "problem.form"},
		{"cut in a field", []string{"form_token=x", "note=abc"}, 120, "problem.form"},
		{"cut in a file", []string{"form_token=x", "file@a.pdf=" + long}, 2000, "problem.form"},
		{"a field behind the files", []string{"form_token=x", "file@a.pdf=a", "state=accepted"}, 0, "problem.form_field"},
		{"another file field", []string{"form_token=x", "other@a.pdf=a"}, 0, "problem.form_field"},
		{"no file", []string{"form_token=x"}, 0, ""},
		{"a file field left empty", []string{"form_token=x", "file@="}, 0, ""},
	} {
		r := sent(t, c.parts...)
		if c.cut > 0 {
			r.Body = io.NopCloser(io.LimitReader(r.Body, int64(c.cut)))
		}
		err := visitFrom(r).upload.begin(r)()
		if err != nil {
			err = unreadable(err)
		} else {
			err = eachFile(r, "file", func(_ string, content io.Reader) error {
				_, err := io.Copy(io.Discard, content)
				return err
			})
		}
		var p *assess.Problem
		if c.key == "" && err != nil || c.key != "" && (!errors.As(err, &p) || p.Key != c.key || !errors.Is(err, assess.ErrInvalid)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.key)
		}
	}
}

// TestALargeBodyStaysLarge: what breaks off at the limit is answered as too large, not as a form that cannot be read.
func TestALargeBodyStaysLarge(t *testing.T) {
	r := sent(t, "form_token=x", "file@a.pdf="+strings.Repeat("x", 100_000))
	(&site{}).bound(whoMay("").upTo(50_000), httptest.NewRecorder(), r)
	if err := visitFrom(r).upload.begin(r)(); err != nil {
		t.Fatal(err)
	}
	err := eachFile(r, "file", func(_ string, content io.Reader) error {
		_, err := io.Copy(io.Discard, content)
		return err
	})
	if faultOf(err).status != http.StatusRequestEntityTooLarge {
		t.Errorf("answered %v", err)
	}
}
