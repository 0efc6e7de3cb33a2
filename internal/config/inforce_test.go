package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
)

// valueFor answers a value that a variable can have, by what the schema says of its setting; what is usual where that is said.
func valueFor(t *testing.T, property, defs map[string]any) string {
	t.Helper()
	switch usual := property["default"].(type) {
	case string, json.Number, float64, bool:
		return fmt.Sprint(usual)
	}
	if ref, ok := property["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		switch name {
		case "duration":
			return "7m"
		case "size":
			return "7GB"
		case "network":
			return "10.7.0.0/16"
		}
		return valueFor(t, defs[name].(map[string]any), defs)
	}
	if known, ok := property["enum"].([]any); ok {
		return known[len(known)-1].(string)
	}
	switch property["type"] {
	case "boolean":
		return "true"
	case "integer":
		return "12"
	case "array":
		return valueFor(t, property["items"].(map[string]any), defs)
	}
	return "x"
}

// Every setting of the schema that is no list with entries can come from the environment, under the name of its key.
func TestEverySettingCanComeFromTheEnvironment(t *testing.T) {
	_, document := schema(t)
	defs := document["$defs"].(map[string]any)
	want := map[string]string{}
	var walk func(path string, properties map[string]any)
	walk = func(path string, properties map[string]any) {
		for name, p := range properties {
			property, key := p.(map[string]any), strings.TrimPrefix(path+"."+name, ".")
			if under, ok := property["properties"].(map[string]any); ok {
				walk(key, under)
				continue
			}
			if items, ok := property["items"].(map[string]any); ok && items["$ref"] != nil && items["$ref"] != "#/$defs/network" {
				continue // sources, webhooks, exports
			}
			want[key] = valueFor(t, property, defs)
		}
	}
	walk("", document["properties"].(map[string]any))
	// Where the schema says less than the check.
	for key, value := range map[string]string{
		"addr": "0.0.0.0:7", "metrics_addr": "127.0.0.1:7", "debug_addr": "127.0.0.1:7", "site": "https://a.example", "trusted_origins": "https://a.example",
		"time_zone": "UTC", "mail.from": "a@b.example", "second_factor": "admin", "audit.syslog": "local", "plain_http": "false", "mail.security": "tls", "mail.password_env": "",
		"database": "postgres://board@127.0.0.1:5432/board", "database_password_env": "",
		"files.folder": "", "files.s3.endpoint": "https://s3.example", "files.s3.bucket": "board", "files.s3.access_key_env": "", "files.s3.secret_key_env": "",
	} {
		want[key] = value
	}
	names := config.Variables()
	if len(names) != len(want) {
		t.Errorf("%d variables, %d settings", len(names), len(want))
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("two settings share a variable")
	}
	dir := t.TempDir()
	for key, value := range want {
		if !slices.Contains(names, config.VariableOf(key)) {
			t.Errorf("%s cannot come from the environment", key)
		}
		if value != "" {
			t.Setenv(config.VariableOf(key), value)
		}
	}
	c, err := config.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.InForce() {
		value := want[s.Key]
		if value == "" {
			continue
		}
		// Paths begin in the folder, lists have brackets, spans of time their parts.
		if got := strings.NewReplacer(dir+"/", "", "[", "", "]", "", "h0m0s", "h", "m0s", "m").Replace(s.Value); s.From.File != config.VariableOf(s.Key) || got != value {
			t.Errorf("%s is %q of %s, want %q", s.Key, s.Value, s.From.File, value)
		}
	}
}

func TestTheEnvironmentChangesSingleSettings(t *testing.T) {
	dir := t.TempDir()
	text := "mail: {host: a.example, from: a@a.example, port: 26}\nadmin_from: [10.0.0.1, 10.0.0.2]\nlimits: {connections: 70}\n"
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"UNIONBOARD_MAIL_HOST": "b.example", "UNIONBOARD_ADMIN_FROM": "10.0.0.3", "UNIONBOARD_LIMITS_PER_ADDRESS": "12", "UNIONBOARD_PASSWORDS_MIN_LENGTH": "12",
		"UNIONBOARD_TLS_CERT_FILE": "a.pem", "UNIONBOARD_TLS_KEY_FILE": "/b.key",
	} {
		t.Setenv(name, value)
	}
	c, err := config.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Mail == nil || c.Mail.Host != "b.example" || c.Mail.Port != 26 || !slices.Equal(c.AdminFrom, []string{"10.0.0.3"}) ||
		c.Limits.Connections != 70 || c.Limits.PerAddress != 12 || c.Passwords.MinLength != 12 ||
		c.TLS != (config.TLS{CertFile: filepath.Join(dir, "a.pem"), KeyFile: "/b.key"}) {
		t.Errorf("%+v, mail %+v", c, c.Mail)
	}
	for name, want := range map[string]string{
		"UNIONBOARD_MAIL_PORT": "problem.config_port", "UNIONBOARD_LIMITS_CONNECTIONS": "problem.config_wants_whole", "UNIONBOARD_ADMIN_FROM": "problem.config_network",
		"UNIONBOARD_PLAIN_HTTP": "problem.config_wants_truth", "UNIONBOARD_SPREAD": "problem.config_duration", "UNIONBOARD_EVIDENCE_SIZE": "problem.config_size",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "odd")
			_, err := config.Read(dir)
			problems, ok := errors.AsType[assess.Problems](err)
			if !ok || problems[0].Key != want || problems[0].Place.File != name {
				t.Errorf("%v, want %s of %s", err, want, name)
			}
		})
	}
}

// What is shown says where each setting comes from, and no secret, not even one that was written where none belongs.
func TestSettingsShowNoSecret(t *testing.T) {
	dir := t.TempDir()
	text := "addr: 127.0.0.1:1\nlog_level: warn\nmail: {host: m.example, from: a@b.example, username: u, password_env: MAIL_SECRET}\n" +
		"webhooks:\n  - {name: group, url: 'https://robot.example/hook/3f2c-h1dden-4a6f-9d11c0ff/send?key=h1dden', body: '{\"secret\": \"h1dden\", \"text\": \"{text}\"}'}\n" +
		"evidence: {scanner: [scan, --password=h1dden]}\n" +
		"sources:\n  - {name: heping, kind: http, url: 'https://board:h1dden@heping.example/?token=h1dden&period={period}', token_file: heping.token}\n"
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MAIL_SECRET", "h1dden")
	t.Setenv("UNIONBOARD_LOG_LEVEL", "error")
	c, err := config.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, s := range c.InForce() {
		from := strings.TrimPrefix(s.From.File, dir+"/")
		if s.From.Line > 0 {
			from += " line"
		}
		seen[s.Key] = s.Value + " of " + from
		if strings.Contains(s.Value, "h1dden") {
			t.Errorf("%s is shown as %s", s.Key, s.Value)
		}
	}
	for key, want := range map[string]string{
		"addr": "127.0.0.1:1 of unionboard.yaml line", "log_level": "error of UNIONBOARD_LOG_LEVEL", "time_zone": "Asia/Shanghai of ", "evidence.size": "20MB of ",
		"mail.password_env": "MAIL_SECRET of unionboard.yaml line", "sources[heping].token_file": dir + "/heping.token of unionboard.yaml line",
		"sources[heping].url": "https://board:***@heping.example/?token=***&period={period} of unionboard.yaml line",
		"webhooks[group].url": "https://robot.example/hook/***/send?key=*** of unionboard.yaml line", "limits.idle_time": "1m0s of ",
	} {
		if seen[key] != want {
			t.Errorf("%s: %q, want %q", key, seen[key], want)
		}
	}
	if names := c.SecretVariables(); !slices.Equal(names, []string{"MAIL_SECRET"}) {
		t.Errorf("variables of secrets: %v", names)
	}
}
