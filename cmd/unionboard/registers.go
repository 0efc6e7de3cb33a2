package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/register"
	"github.com/unionboard/unionboard/internal/store"
	"github.com/unionboard/unionboard/internal/vault"
)

// openVault answers the vault of a data folder. Its keys lie beside the database, never in it, and are made at the first need; where the
// database holds something sealed already they are not: new ones would open none of it.
func openVault(dir string, s *store.Store) *vault.Vault {
	path := filepath.Join(dir, "secrets", "register.keys")
	return vault.New(path, func() error {
		sealed, err := s.HoldsSealed(context.Background())
		if err != nil || !sealed {
			return err
		}
		return assess.Unavailable("problem.keys_lost",
			fmt.Sprintf("%s is not there, and the database holds records that open only under its keys; put back the file that belongs to this database", path), "file", path)
	})
}

// registers answers where registers are kept. They last: before the definitions of a year are issued, those of the year before hold.
func (a *app) registers() *register.Book {
	return &register.Book{Store: a.store, Editions: a.board, Vault: a.vault, Zone: a.zone}
}
