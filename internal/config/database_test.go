package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
)

// Where the data stand is said so that the line to it is protected, or that it need not be, and without the password.
func TestWhereTheDataStand(t *testing.T) {
	for text, key := range map[string]string{
		"database: postgres://board@127.0.0.1:5432/board":                                                  "",
		"database: postgresql://board@localhost/board\ndatabase_password_file: a":                          "",
		"database: postgres://board@db.example:5432/board?sslmode=verify-full\ndatabase_password_env: PG":  "",
		"database: postgres://board@a.example:5432,b.example:5432/board?sslmode=verify-full":               "",
		"database: postgres://board@db.example:5432/board":                                                 "problem.config_database_plain",
		"database: postgres://board@127.0.0.1:5432,db.example:5432/board":                                  "problem.config_database_plain",
		"database: postgres://board:hunter2@127.0.0.1:5432/board":                                          "problem.config_database_secret",
		"database: postgres://board@127.0.0.1:5432/board?password=hunter2":                                 "problem.config_database_secret",
		"database: mysql://board@127.0.0.1/board":                                                          "problem.database_address",
		"database: postgres://127.0.0.1/board":                                                             "problem.database_address",
		"database: postgres://board@127.0.0.1":                                                             "problem.database_address",
		"database_password_file: a":                                                                        "problem.config_database_password",
		"database: postgres://board@127.0.0.1/board\ndatabase_password_file: a\ndatabase_password_env: PG": "problem.config_two_secrets",
		"database: postgres://board@127.0.0.1/board\ndatabase_password_env: not-a-name":                    "problem.config_token_env",
	} {
		_, err := config.Parse("c.yaml", []byte(text+"\n"))
		var problems assess.Problems
		if key == "" && err != nil || key != "" && (!errors.As(err, &problems) || len(problems) != 1 || problems[0].Key != key) {
			t.Errorf("%q: %v, want %q", text, err, key)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v shows the password", err)
		}
	}
}

// A password may stand in the address where that comes from the environment, and is shown nowhere.
func TestThePasswordOfTheDatabaseIsNotShown(t *testing.T) {
	t.Setenv("UNIONBOARD_DATABASE", "postgres://board:hunter2@127.0.0.1:5432/board?application_name=x")
	c, err := config.Read(t.TempDir())
	if err != nil || !strings.Contains(c.Database, "hunter2") {
		t.Fatal(c.Database, err)
	}
	for _, s := range c.InForce() {
		if strings.Contains(s.Value, "hunter2") {
			t.Errorf("%s is shown as %s", s.Key, s.Value)
		}
		if s.Key == "database" && !strings.HasPrefix(s.Value, "postgres://board:***@127.0.0.1:5432/board") {
			t.Errorf("database is shown as %s", s.Value)
		}
	}
	for name, value := range c.Settings() {
		if strings.Contains(value, "hunter2") {
			t.Errorf("%s is told as %s", name, value)
		}
	}
}

// Installations that share a setting have a database each.
func TestADatabaseForEachFolder(t *testing.T) {
	t.Setenv("UNIONBOARD_DATABASE", "postgres://board@127.0.0.1:5432/board_{folder}")
	seen := map[string]bool{}
	dir := t.TempDir()
	for _, of := range []string{"a", "b"} {
		path := filepath.Join(dir, of)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			c, err := config.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			seen[c.Database] = true
			if strings.Contains(c.Database, "{") {
				t.Error(c.Database)
			}
		}
	}
	if len(seen) != 2 {
		t.Errorf("two folders have %d databases: %v", len(seen), seen)
	}
}
