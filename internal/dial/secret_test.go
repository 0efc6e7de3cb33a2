package dial_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dial"
)

func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("GOOD", "s3cret\n")
	t.Setenv("ODD", "s3cret\r\nX-Admin: 1")
	tests := []struct {
		secret dial.Secret
		want   string
		key    string
	}{
		{dial.Secret{}, "", ""},
		{dial.Secret{Env: "GOOD"}, "s3cret", ""},
		{dial.Secret{File: write("good", "s3cret\n", 0o600)}, "s3cret", ""},
		{dial.Secret{Env: "UNSET_TOKEN"}, "", "problem.secret_env"},
		{dial.Secret{Env: "ODD"}, "", "problem.secret_form"},
		{dial.Secret{File: write("open", "s3cret", 0o640)}, "", "problem.secret_mode"},
		{dial.Secret{File: write("empty", " \n", 0o600)}, "", "problem.secret_empty"},
		{dial.Secret{File: filepath.Join(dir, "none")}, "", "problem.file_absent"},
		{dial.Secret{File: write("wide", "s3cret", 0o644)}, "", "problem.secret_mode"},
		{dial.Secret{File: write("example", "Change-Me\n", 0o600)}, "", "problem.secret_example"},
		{dial.Secret{File: write("stands", "<token>\n", 0o600)}, "", "problem.secret_example"},
		{dial.Secret{File: write("yours", "your_token_here\n", 0o600)}, "", "problem.secret_example"},
		{dial.Secret{File: write("same", "xxxxxxxx\n", 0o600)}, "", "problem.secret_example"},
		{dial.Secret{File: write("handed", "s3cret\n", 0o440)}, "", "problem.secret_mode"},
	}
	for _, tt := range tests {
		got, err := tt.secret.Read()
		var p *assess.Problem
		if errors.As(err, &p); got != tt.want || (p == nil) != (tt.key == "") || p != nil && p.Key != tt.key {
			t.Errorf("%+v: %q, %v; want %q, %s", tt.secret, got, err, tt.want, tt.key)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v shows the secret", err)
		}
	}
}

// What the service manager hands over may be readable by its group, in the folder of credentials and nowhere else, and never by all.
func TestCredentialsMayBeReadableByTheirGroup(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"group": 0o440, "own": 0o400, "all": 0o444, "below/group": 0o440} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("s3cret"), mode); err != nil {
			t.Fatal(err)
		}
		got, err := dial.Secret{File: path}.Read()
		if good := name == "group" || name == "own"; (err == nil) != good || (got != "") != good || (dial.Guarded(path) == nil) != good {
			t.Errorf("%s with mode %o: %q, %v", name, mode, got, err)
		}
	}
}

// A secret that belongs to another account can be exchanged by it.
func TestSecretsBelongToThisAccount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 4711, -1); err != nil {
		t.Skip("only root can give files away")
	}
	_, err := dial.Secret{File: path}.Read()
	if p, ok := errors.AsType[*assess.Problem](err); !ok || p.Key != "problem.secret_owner" {
		t.Errorf("%v", err)
	}
}
