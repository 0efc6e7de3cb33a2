package main

import (
	"context"
	"fmt"

	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/store"
)

// standsOn answers where the data of an installation stand.
func standsOn(c config.Config) (store.Option, error) {
	if c.Database == "" {
		return store.On("", ""), nil
	}
	password, err := databasePassword(c).Read()
	return store.On(c.Database, password), err
}

func databasePassword(c config.Config) dial.Secret {
	return dial.Secret{File: c.DatabasePasswordFile, Env: c.DatabasePasswordEnv}
}

// openStore reads the configuration of a data folder and opens what it says. What is wrong with the folder itself is said first.
func openStore(ctx context.Context, dir string, opts ...store.Option) (config.Config, *store.Store, error) {
	if err := store.CheckFolder(dir); err != nil {
		return config.Config{}, nil, err
	}
	c, err := config.Read(dir)
	if err != nil {
		return c, nil, err
	}
	on, err := standsOn(c)
	if err != nil {
		return c, nil, err
	}
	s, err := store.Open(ctx, dir, append(opts, on)...)
	return c, s, err
}

// createStore makes the database of a new data folder, where the environment, or a configuration that lies there already, wants it.
func createStore(ctx context.Context, dir string, opts ...store.Option) (*store.Store, error) {
	c, err := config.Read(dir)
	if err != nil {
		return nil, err
	}
	on, err := standsOn(c)
	if err != nil {
		return nil, err
	}
	return store.Create(ctx, dir, append(opts, on)...)
}

// sayDatabase says where the data stand, if not in the folder.
func sayDatabase(io streams, s *store.Store) {
	if at := s.Database(); at != "" {
		fmt.Fprintf(io.err, "database        %s\n", at)
	}
}
