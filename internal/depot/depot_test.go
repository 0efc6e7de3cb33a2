package depot

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/servers"
)

// small is a store that knows just what is asked of one here, and fails as it is told to.
type small struct {
	mu      sync.Mutex
	objects map[string][]byte
	fault   func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
	asked   int
}

func (s *small) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if s.fault != nil && s.fault(w, r) {
		return
	}
	name, found := strings.CutPrefix(r.URL.Path, "/board/")
	switch {
	case !found || name == "":
		s.list(w, r.URL.Query().Get("prefix"))
	case r.Method == http.MethodPut:
		s.objects[name] = plain(r, body)
		w.Header().Set("ETag", `"x"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case s.objects[name] == nil:
		refuse(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Length", fmt.Sprint(len(s.objects[name])))
		if r.Method == http.MethodGet {
			_, _ = w.Write(s.objects[name])
		}
	}
}

// plain takes the signatures out of a body that is signed in pieces.
func plain(r *http.Request, body []byte) []byte {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return body
	}
	out := []byte{}
	for len(body) > 0 {
		head, rest, _ := bytes.Cut(body, []byte("\r\n"))
		size := 0
		if _, err := fmt.Sscanf(string(head), "%x;", &size); err != nil || size == 0 {
			break
		}
		out, body = append(out, rest[:size]...), rest[size+2:]
	}
	return out
}

func (s *small) list(w http.ResponseWriter, prefix string) {
	type content struct {
		Key, LastModified, ETag string
		Size                    int
	}
	var answer struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		Name        string
		IsTruncated bool
		Contents    []content
	}
	answer.Name = "board"
	for name, body := range s.objects {
		if strings.HasPrefix(name, prefix) {
			answer.Contents = append(answer.Contents, content{name, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), `"x"`, len(body)})
		}
	}
	slices.SortFunc(answer.Contents, func(a, b content) int { return strings.Compare(a.Key, b.Key) })
	_ = xml.NewEncoder(w).Encode(answer)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<Error><Code>%s</Code><Message>no</Message></Error>`, code)
}

// smallS3 answers a depot in a small store.
func smallS3(t *testing.T) (*S3, *small, string) {
	t.Helper()
	store := &small{objects: map[string][]byte{}}
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	return s3At(t, server.URL, "board", "key", "secret"), store, server.URL
}

func s3At(t *testing.T, endpoint, bucket, access, secret string) *S3 {
	t.Helper()
	word := func(w string) func() (string, error) { return func() (string, error) { return w, nil } }
	d, err := OpenS3(Options{
		Endpoint: endpoint, Bucket: bucket, Prefix: "city/evidence/", Region: "us-east-1", Access: word(access), Secret: word(secret), Spool: filepath.Join(t.TempDir(), "spool"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func keep(d Depot, name, text string) error {
	return Write(context.Background(), d, name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

func content(t *testing.T, d Depot, name string) string {
	t.Helper()
	f, err := d.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names(t *testing.T, d Depot, folder string) (all []string) {
	t.Helper()
	if err := d.Walk(t.Context(), folder, func(e Entry) error {
		if age := time.Since(e.At); age > time.Hour || age < -time.Hour {
			t.Errorf("%s is of %s", e.Name, e.At)
		}
		all = append(all, e.Name)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// suite is what every depot does.
func suite(t *testing.T, d Depot) {
	for name, text := range map[string]string{"ab/cd/abcd": "one", "ab/ef/abef": "", "x/" + strings.Repeat("0", 64): strings.Repeat("long ", 200_000)} {
		if err := keep(d, name, text); err != nil {
			t.Fatal(name, err)
		}
		if got := content(t, d, name); got != text {
			t.Errorf("%s: %d bytes of %d", name, len(got), len(text))
		}
	}
	if err := keep(d, "ab/cd/abcd", "another"); err != nil || content(t, d, "ab/cd/abcd") != "another" {
		t.Error("a file does not take the place of another", err)
	}
	if got := names(t, d, ""); len(got) != 3 {
		t.Errorf("%q", got)
	}
	if got := names(t, d, "ab"); !slices.Equal(got, []string{"ab/cd/abcd", "ab/ef/abef"}) {
		t.Errorf("%q", got)
	}
	if got := names(t, d, "none"); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if _, err := d.Open(t.Context(), "ab/cd/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	for range 2 { // what is gone is no error
		if err := d.Remove(t.Context(), "ab/ef/abef"); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, d, "ab"); !slices.Equal(got, []string{"ab/cd/abcd"}) {
		t.Errorf("%q", got)
	}
	if err := d.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	broken := errors.New("it breaks off")
	err := Write(t.Context(), d, "half", func(w io.Writer) error { _, _ = io.WriteString(w, "ha"); return broken })
	if !errors.Is(err, broken) || len(names(t, d, "")) != 2 {
		t.Error(err, names(t, d, ""))
	}
	left, err := d.Draft()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := d.Forget(time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Error(n, err)
	}
	if n, err := d.Forget(time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Error(n, err)
	}
	left.Drop()
}

func TestAFolder(t *testing.T) {
	d, err := OpenFolder(filepath.Join(t.TempDir(), "files"), true)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	suite(t, d)
	if _, err := d.Open(t.Context(), "../../etc/passwd"); err == nil {
		t.Error("it leads out of the folder")
	}
}

// A folder in a depot that is empty for a moment is taken away, while the next file comes into it from elsewhere.
func TestFilesComeWhileOthersGo(t *testing.T) {
	d, err := OpenFolder(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var others sync.WaitGroup
	for _, name := range []string{"ab/cd/one", "ab/cd/two", "ab/cd/three", "ab/cd/four"} {
		others.Go(func() {
			for range 500 {
				err := Write(t.Context(), d, name, func(w io.Writer) error { _, err := io.WriteString(w, name); return err })
				if err = errors.Join(err, d.Remove(t.Context(), name)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	others.Wait()
}

func TestASmallStore(t *testing.T) {
	d, _, _ := smallS3(t)
	suite(t, d)
}

// A real server holds files as the small one does.
func TestARealStore(t *testing.T) {
	endpoint, _ := servers.Store(t)
	suite(t, s3At(t, endpoint, servers.StoreBucket, servers.StoreAccess, servers.StoreSecret))
	wants(t, s3At(t, endpoint, servers.StoreBucket, servers.StoreAccess, "another").Probe(t.Context()), "problem.depot_denied")
	wants(t, s3At(t, endpoint, "nothing", servers.StoreAccess, servers.StoreSecret).Probe(t.Context()), "problem.depot_bucket")
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	p, ok := errors.AsType[*assess.Problem](err)
	if !ok || p.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
}

// Whatever a store does, nothing counts as kept that it would not hand out, and what is wrong is said.
func TestAFaultyStore(t *testing.T) {
	d, store, at := smallS3(t)
	if err := keep(d, "good", "good"); err != nil {
		t.Fatal(err)
	}
	status := func(code int, word string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool { refuse(w, code, word); return true }
	}
	for name, c := range map[string]struct {
		fault func(http.ResponseWriter, *http.Request) bool
		key   string
	}{
		"it refuses":      {status(http.StatusForbidden, "AccessDenied"), "problem.depot_denied"},
		"it has no room":  {status(http.StatusInsufficientStorage, "XMinioStorageFull"), "problem.depot_full"},
		"it has faults":   {status(http.StatusInternalServerError, "InternalError"), "problem.depot_away"},
		"it is no store":  {status(http.StatusTeapot, "Teapot"), "problem.depot_away"},
		"it has no place": {status(http.StatusNotFound, "NoSuchBucket"), "problem.depot_bucket"},
		"it hangs up": {func(w http.ResponseWriter, _ *http.Request) bool {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
			return true
		}, "problem.depot_away"},
		"it hands out other bytes": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet {
				return false
			}
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			_, _ = io.WriteString(w, "b")
			return true
		}, "problem.depot_changed"},
		"it forgets": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet {
				return false
			}
			refuse(w, http.StatusNotFound, "NoSuchKey")
			return true
		}, "problem.depot_changed"},
		"it lets nobody read": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet {
				return false
			}
			refuse(w, http.StatusForbidden, "AccessDenied")
			return true
		}, "problem.depot_denied"},
		"it breaks off": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet {
				return false
			}
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "b")
			return true
		}, "problem.depot_away"},
	} {
		t.Run(name, func(t *testing.T) {
			store.mu.Lock()
			store.fault = c.fault
			store.mu.Unlock()
			ctx, end := context.WithTimeout(t.Context(), 30*time.Second)
			defer end()
			err := Write(ctx, d, "new", func(w io.Writer) error { _, err := io.WriteString(w, "a"); return err })
			wants(t, err, c.key)
			if n, err := d.Forget(time.Now().Add(time.Hour)); n != 0 || err != nil {
				t.Errorf("%d drafts are left, %v", n, err)
			}
		})
	}
	store.mu.Lock()
	store.fault = nil
	store.mu.Unlock()
	if got := content(t, d, "good"); got != "good" {
		t.Error(got)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = "127.0.0.1:1"
	away := s3At(t, u.String(), "board", "key", "secret")
	wants(t, keep(away, "x", "y"), "problem.depot_away")
	_, err = away.Open(t.Context(), "x")
	wants(t, err, "problem.depot_away")
	wants(t, away.Walk(t.Context(), "", func(Entry) error { return nil }), "problem.depot_away")
}
