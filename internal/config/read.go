package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/unionboard/unionboard/internal/assess"
)

// Read reads the configuration of a data folder: what is usual, over it the file where there is one, over that the environment
// (UNIONBOARD_ADDR …, see Variables). The error is assess.Problems, one for each thing that is wrong, with line and column, or the name of
// the variable.
func Read(dir string) (Config, error) {
	path := filepath.Join(dir, FileName)
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Config{}, assess.Unavailable("problem.config_open", "the configuration cannot be read; let the program read it").
			At(assess.Place{File: path}).Because(err)
	}
	return read(path, data, os.LookupEnv)
}

// Parse reads a configuration file alone. Relative paths are meant from the folder of the file. The error is as that of Read.
func Parse(file string, data []byte) (Config, error) {
	return read(file, data, func(string) (string, bool) { return "", false })
}

func read(file string, data []byte, lookup func(string) (string, bool)) (Config, error) {
	c := usual()
	r := &reader{file: file, places: map[string]assess.Place{"": {File: file}}}
	r.document(data, &c)
	r.environment(lookup, &c)
	c.places = r.places
	c.secure()
	if len(r.problems) == 0 {
		r.problems = append(r.problems, c.check()...)
	}
	if err := r.problems.Err(); err != nil {
		return Config{}, err
	}
	dir, err := filepath.Abs(filepath.Dir(file)) // so that nobody joins them to a folder that was named from here once more
	if err != nil {
		return Config{}, fmt.Errorf("the folder of %s: %w", file, err)
	}
	c.fromFolder(dir)
	return c, nil
}

// fromFolder lets relative paths begin in a folder.
func (c *Config) fromFolder(dir string) {
	c.Database = databaseOf(c.Database, dir)
	paths := []*string{&c.DatabasePasswordFile, &c.TLS.CertFile, &c.TLS.KeyFile, &c.Backup.Folder, &c.Backup.Second, &c.Files.Folder}
	if s := c.Files.S3; s != nil {
		paths = append(paths, &s.AccessKeyFile, &s.SecretKeyFile, &s.CAFile)
	}
	if m := c.Mail; m != nil {
		paths = append(paths, &m.CAFile, &m.PasswordFile)
	}
	for i := range c.Webhooks {
		paths = append(paths, &c.Webhooks[i].KeyFile)
	}
	for i := range c.Sources {
		paths = append(paths, c.Sources[i].files()...)
	}
	for _, path := range paths {
		*path = from(dir, *path)
	}
}

func from(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func invalid(key, message string, args ...string) *assess.Problem {
	return assess.Invalid(key, message, args...)
}
