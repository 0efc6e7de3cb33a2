package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
	"github.com/unionboard/unionboard/internal/depot"
	"github.com/unionboard/unionboard/internal/dial"
	"github.com/unionboard/unionboard/internal/evidence"
	"github.com/unionboard/unionboard/internal/store"
)

// openDepot opens where files of a kind lie: in the data folder, or where the configuration says.
func openDepot(dir string, c config.Files, name string) (depot.Depot, error) {
	switch {
	case c.S3 != nil:
		return openS3(dir, *c.S3, name)
	case c.Folder != "":
		// It is not made: where the share is not mounted, files would go to a disk that nobody else sees.
		if info, err := os.Stat(c.Folder); err != nil || !info.IsDir() {
			return nil, assess.Unavailable("problem.depot_folder",
				fmt.Sprintf("files cannot be kept in the folder %s; see that it is there, mounted, and that the account of the program may write into it", c.Folder), "folder", c.Folder).Because(err)
		}
		return depot.OpenFolder(filepath.Join(c.Folder, name), true)
	}
	return depot.OpenFolder(filepath.Join(dir, name), false)
}

func openS3(dir string, c config.S3, name string) (depot.Depot, error) {
	trust, err := dial.Trust{CAFile: c.CAFile}.Config("") // the name is that of each address
	if err != nil {
		return nil, err
	}
	prefix := name + "/"
	if c.Prefix != "" {
		prefix = strings.TrimSuffix(c.Prefix, "/") + "/" + prefix
	}
	return depot.OpenS3(depot.Options{
		Endpoint: c.Endpoint, Bucket: c.Bucket, Prefix: prefix, Region: c.Region, TLS: trust, Spool: filepath.Join(dir, name),
		Access: dial.Secret{File: c.AccessKeyFile, Env: c.AccessKeyEnv}.Read, Secret: dial.Secret{File: c.SecretKeyFile, Env: c.SecretKeyEnv}.Read,
	})
}

// roomFor answers the bytes that the disk has left on which files come in.
func roomFor(c config.Files, own func() (int64, error)) func() (int64, error) {
	if c.Folder == "" {
		return own
	}
	return func() (int64, error) { return store.FreeIn(c.Folder) }
}

// openNamed answers what opens files that the database names, for a backup. The folders below are let go when nobody holds them any more.
func openNamed(dir string, c config.Config) (func(ctx context.Context, name string) (*os.File, error), error) {
	all := map[string]depot.Depot{}
	for _, name := range []string{evidence.Name, cellarFolder} {
		d, err := openDepot(dir, c.Files, name)
		if err != nil {
			return nil, err
		}
		all[name] = d
	}
	return func(ctx context.Context, name string) (*os.File, error) {
		kind, rest, _ := strings.Cut(name, "/")
		d, ok := all[kind]
		if !ok {
			return nil, fmt.Errorf("%s: no such kind of file", name)
		}
		return d.Open(ctx, rest)
	}, nil
}

// filesAt answers what looks whether files can be kept where the configuration says, and with which rights; nil where they lie in the data folder.
func filesAt(dir string, c config.Config) func(ctx context.Context) error {
	if !c.Files.Apart() {
		return nil
	}
	return func(ctx context.Context) error {
		d, err := openDepot(dir, c.Files, evidence.Name)
		if err != nil {
			return err
		}
		defer d.Close()
		return d.Probe(ctx)
	}
}
