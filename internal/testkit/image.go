package testkit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/unionboard/unionboard/internal/failing"
	"github.com/unionboard/unionboard/internal/servers"
	"github.com/unionboard/unionboard/internal/store"
)

// Image is a filled store, of which tests get copies: a file of SQLite or, where a PostgreSQL is given, a database there.
type Image struct {
	file     []byte
	database string // its name
}

// NewImage makes an image of what fill puts into an empty store.
func NewImage(fill func(*store.Store) error) (i Image, err error) {
	dir, err := os.MkdirTemp("", "unionboard-image-")
	if err != nil {
		return i, err
	}
	defer os.RemoveAll(dir)
	on := ""
	if servers.Given() != "" {
		if on, err = servers.Copy("template0"); err != nil {
			return i, err
		}
		i.database = on[strings.LastIndex(on, "/")+1:]
	}
	s, err := store.Create(context.Background(), dir, store.WithReserve(0), store.On(on, ""))
	if err != nil {
		return i, err
	}
	if err := errors.Join(fill(s), s.Close()); err != nil || on != "" {
		return i, err
	}
	i.file, err = os.ReadFile(filepath.Join(dir, databaseFile))
	return i, err
}

const databaseFile = "unionboard.db"

func (i Image) into(dir string) error {
	return os.WriteFile(filepath.Join(dir, databaseFile), i.file, 0o600)
}

// Open answers a store that holds what the image holds, which is closed with the test.
func (i Image) Open(t testing.TB, opts ...store.Option) *store.Store {
	t.Helper()
	dir, on := t.TempDir(), ""
	var err error
	if i.database == "" {
		err = i.into(dir)
	} else if on, err = servers.Copy(i.database); err == nil {
		servers.Drop(t, on[strings.LastIndex(on, "/")+1:])
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), dir, append(opts, store.WithReserve(0), store.On(on, ""))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Rows answers every row of every table of a store, as failing.Rows does.
func Rows(s *store.Store, passed ...string) (string, error) {
	if s.Database() == "" {
		return failing.Rows(filepath.Join(s.Folder(), databaseFile), passed...)
	}
	name := s.Database()
	return failing.PostgresRows(servers.Named(servers.Given(), name[strings.LastIndex(name, "/")+1:]), append(passed, "goose_db_version")...)
}

// empty is the image of a store that holds nothing: to make its tables anew takes as long as many a test.
var empty = sync.OnceValues(func() (Image, error) { return NewImage(func(*store.Store) error { return nil }) })

func emptyStore(t testing.TB, opts ...store.Option) *store.Store {
	t.Helper()
	i, err := empty()
	if err != nil {
		t.Fatal(err)
	}
	return i.Open(t, opts...)
}
