package servers

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// storeProgram names the program of a real S3-compatible server, versitygw, which .ci/s3-server installs.
const storeProgram = "UNIONBOARD_TEST_S3"

// The keys of the server, and its bucket.
const (
	StoreAccess = "access"
	StoreSecret = "secret-of-the-test"
	StoreBucket = "board"
)

// Store starts an S3-compatible server with one bucket, which goes with the test, and answers its address and the folder of its bucket. Where there is none the test is skipped.
func Store(t testing.TB) (endpoint, bucket string) {
	t.Helper()
	program := os.Getenv(storeProgram)
	if program == "" {
		t.Skip("no S3 server: .ci/s3-server installs one, and " + storeProgram + " names it")
	}
	folder := t.TempDir()
	bucket = filepath.Join(folder, StoreBucket)
	if err := os.Mkdir(bucket, 0o700); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	cmd := exec.Command(program, "--port", at, "--access", StoreAccess, "--secret", StoreSecret, "posix", folder)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // ended by a signal
	})
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if r, err := http.Get("http://" + at + "/"); err == nil {
			r.Body.Close()
			return "http://" + at, bucket
		}
	}
	t.Fatal("the S3 server does not begin")
	return "", ""
}
