package servers

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
)

// given names the server that tests are asked to put their stores on: the address of a database from which others can be made.
const given = "UNIONBOARD_TEST_DATABASE"

// Given answers the address of a PostgreSQL that every test is to put its store on, "" where each has a file of SQLite, as is usual.
func Given() string { return os.Getenv(given) }

var copies atomic.Int64

// Copy makes a database of another one on the server that is given, and answers its address. It stays: who gives a server takes it away.
func Copy(template string) (address string, err error) {
	name := fmt.Sprintf("of_%d_%d", os.Getpid(), copies.Add(1))
	return Named(Given(), name), CopyAs(name, template)
}

// CopyAs is Copy with a name.
func CopyAs(name, template string) error {
	return run(Given(), fmt.Sprintf(`CREATE DATABASE %q TEMPLATE %q`, name, template))
}

// Drop takes a copy away with the test, so that a long run does not fill the disk.
func Drop(t testing.TB, name string) {
	t.Cleanup(func() {
		if err := run(Given(), fmt.Sprintf(`DROP DATABASE IF EXISTS %q WITH (FORCE)`, name)); err != nil {
			t.Error(err)
		}
	})
}
