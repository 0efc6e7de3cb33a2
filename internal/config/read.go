package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// Read reads the configuration of a data folder: what is usual, over it the file where there is one, over that the environment
// (UNIONBOARD_ADDR …). Errors are Problems with file, line and column.
func Read(dir string) (Config, error) {
	path := filepath.Join(dir, FileName)
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Config{}, assess.Unavailable("problem.config_open", "the configuration cannot be read; let the program read it").
			At(assess.Place{File: path}).Because(err)
	}
	c, err := Parse(path, data)
	if err != nil {
		return Config{}, err
	}
	return c, c.overlay(os.LookupEnv)
}

// Parse reads a configuration file. Relative paths in it are meant from the folder of the file. The error is assess.Problems, one
// for each thing that is wrong, with line and column.
func Parse(file string, data []byte) (Config, error) {
	c := usual()
	r := &reader{file: file, places: map[string]assess.Place{"": {File: file}}}
	r.document(data, &c)
	c.places = r.places
	c.secure()
	if len(r.problems) == 0 {
		r.problems = append(r.problems, c.check()...)
	}
	if err := r.problems.Err(); err != nil {
		return Config{}, err
	}
	dir := filepath.Dir(file)
	c.Backup.Folder, c.Backup.Second = from(dir, c.Backup.Folder), from(dir, c.Backup.Second)
	if m := c.Mail; m != nil {
		m.CAFile, m.PasswordFile = from(dir, m.CAFile), from(dir, m.PasswordFile)
	}
	for i := range c.Webhooks {
		c.Webhooks[i].KeyFile = from(dir, c.Webhooks[i].KeyFile)
	}
	for i := range c.Sources {
		for _, path := range c.Sources[i].files() {
			*path = from(dir, *path)
		}
	}
	return c, nil
}

func from(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// overlay sets what the environment says. What is set there cannot be placed; its name stands in the problem.
func (c *Config) overlay(lookup func(string) (string, bool)) error {
	before := c.places
	defer func() { c.places = before }()
	c.places = map[string]assess.Place{}
	for key, set := range map[string]func(string) error{
		"addr":            func(v string) error { c.Addr = v; return nil },
		"time_zone":       func(v string) error { c.TimeZone = v; return nil },
		"log_level":       func(v string) error { c.LogLevel = v; return nil },
		"plain_http":      func(v string) (err error) { c.PlainHTTP, err = truth(v); return err },
		"security":        func(v string) error { c.Security = v; return nil },
		"trusted_origins": func(v string) error { c.TrustedOrigins = words(v); return nil },
		"site":            func(v string) error { c.Site = v; return nil },
	} {
		name := "UNIONBOARD_" + strings.ToUpper(key)
		value, ok := lookup(name)
		if !ok || value == "" {
			continue
		}
		if err := set(value); err != nil {
			return invalid("problem.config_truth", fmt.Sprintf("%s is neither true nor false; write one of them", value), "value", value).
				At(assess.Place{File: name})
		}
		c.places[key] = assess.Place{File: name}
	}
	return c.secureAgain(before)
}

// secureAgain lets a profile of the environment set what the file did not say, and checks everything once more.
func (c *Config) secureAgain(file map[string]assess.Place) error {
	overlaid := c.places
	c.places = file
	c.secure()
	c.places = overlaid
	if problems := append(c.checkServer(), c.checkSecurity()...); len(problems) > 0 {
		return problems[0]
	}
	return nil
}

func truth(s string) (bool, error) {
	switch s {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, assess.ErrInvalid
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func invalid(key, message string, args ...string) *assess.Problem {
	return assess.Invalid(key, message, args...)
}
