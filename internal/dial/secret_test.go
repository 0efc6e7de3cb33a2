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
