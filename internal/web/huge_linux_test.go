package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/processor"
)

// Row 29 of the security checklist: a hundred times what an upload, a form or a program may send is refused, and the process grows by less
// than 64 MiB over it. What it had at most is counted by the system, so that no peak is missed.
func TestAHundredTimesTheLimitCostsLittle(t *testing.T) {
	const hundredfold = 100 * 20 << 20 // of the largest limit, bytes
	o := newOffice(t)
	site := o.site
	_, secret := newSecretToken(t, o.gallery, account.TokenOrder{Addresses: "127.0.0.0/8 ::1"})
	heping, analyst := newReader(t, site).signIn("heping"), newReader(t, site).signIn("analyst")
	for _, tc := range []struct {
		name, path string
		r          *reader
		head       func(token string) (head []byte, kind string)
	}{
		{"a filled workbook", officeForm + "/upload", heping, fileHead("表.xlsx")},
		{"evidence", proofPath, heping, fileHead("证.pdf", "privacy", "masked", "back", proofPath)},
		{"a sample of a source", "/collect/shenhe/mapping/sample", analyst, fileHead("样.csv")},
		{"a form", "/collect/shenhe/mapping", analyst, func(token string) ([]byte, string) {
			return []byte("form_token=" + token + "&note="), "application/x-www-form-urlencoded"
		}},
		{"a program's figures", "/api/v1/submissions", heping, func(string) ([]byte, string) { return []byte(`{"x":"`), "application/json" }},
	} {
		head, kind := tc.head(tc.r.ownToken())
		before := resident(t)
		body := io.MultiReader(bytes.NewReader(head), io.LimitReader(letters{}, hundredfold))
		a, err := tc.r.pour(tc.path, body, kind, secret)
		if grew := peak(t) - before; grew > 64<<20 && !processor.Raced {
			t.Errorf("%s: the process grew by %d MiB", tc.name, grew>>20)
		}
		t.Logf("%s: answered %d, %v, grew by %d MiB", tc.name, a, err, (peak(t)-before)>>20)
		// The connection may be closed before the answer is read: whoever goes on sending is not waited for.
		if err == nil && a != http.StatusRequestEntityTooLarge && a != http.StatusUnprocessableEntity {
			t.Errorf("%s: answered %d", tc.name, a)
		}
	}
}

// letters is a text without an end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// fileHead is the beginning of a form with a file.
func fileHead(name string, fields ...string) func(token string) ([]byte, string) {
	return func(token string) ([]byte, string) {
		var head bytes.Buffer
		w := multipart.NewWriter(&head)
		_ = w.WriteField("form_token", token)
		for i := 0; i+1 < len(fields); i += 2 {
			_ = w.WriteField(fields[i], fields[i+1])
		}
		_, _ = w.CreateFormFile("file", name)
		return head.Bytes(), w.FormDataContentType()
	}
}

// pour posts a body that is not held in memory.
func (r *reader) pour(path string, body io.Reader, kind, secret string) (status int, err error) {
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.base+path, io.NopCloser(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", kind)
	if strings.HasPrefix(path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	answer, err := r.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, err
}
