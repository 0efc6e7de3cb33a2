package web_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/testkit"
	"github.com/unionboard/unionboard/internal/vault"
)

// registers is a book of registers without a record.
func (g *gallery) registers(t testing.TB) *register.Book {
	t.Helper()
	return &register.Book{
		Store: testkit.Store(t), Editions: galleryLog{}, Vault: vault.New(filepath.Join(t.TempDir(), "keys"), nil), Zone: time.FixedZone("CST", 8*3600),
	}
}
