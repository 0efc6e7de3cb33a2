package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unionboard/unionboard/internal/account"
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
)

func parse(t *testing.T, text string) config.Config {
	t.Helper()
	c, err := config.Parse("/srv/ub/unionboard.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var withoutPlaces = cmpopts.IgnoreUnexported(config.Config{})

const full = `
addr: 0.0.0.0:9000
tls: {cert_file: board.pem, key_file: /etc/board.key}
trusted_proxies: [10.20.0.5, "fd00::/8"]
admin_from: [10.20.0.0/16]
limits: {header_time: 2s, per_address: 20, exports_per_minute: 5}
log_format: json
debug_addr: "[::1]:6060"
trusted_origins: [https://board.example.org]
time_zone: UTC
log_level: debug
site: https://board.example.org
mail:
  host: mail.example.org
  port: 465
  security: tls
  ca_file: mail-ca.pem
  username: board
  password_file: mail.password
  from: 考核办 <board@example.org>
  language: en
  timeout: 20s
webhooks:
  - name: district_group
    title: {zh: 填报工作群, en: Reporting group}
    url: https://robot.example.org/send?key={key}
    key_file: group.key
    body: '{"msgtype": "markdown", "markdown": {"content": "{lines}"}}'
    answer: {errcode: 0}
    units: ["210102"]
    language: en
    timeout: 5s
    allow_loopback: true
evidence: {kinds: [pdf, zip], size: 5MB, quota: 1GB, keep_free: 100MB, scanner: [clamdscan, --fdpass], scanner_timeout: 90s}
security: level2
passwords: {min_length: 12, max_age_days: 60}
second_factor: [city_leader]
api:
  per_minute: 60
sessions:
  idle: 10m
sources_allowed: [heping.example.org, "10.20.0.0/16:8443"]
spread: 2m
metrics_addr: 127.0.0.1:9090
exports_keep: 24h
audit: {keep_days: 200, folder: /srv/heads, syslog: "udp://10.0.0.9:514"}
exports:
  - name: weekly
    at: "0 7 * * 1"
    tables: [scores, ranking]
    formats: [xlsx, csv]
    period: 2026
    unit: 210102
    lang: en
    edition: published
    to: {folder: weekly, mail: [office@example.org]}
  - {name: nightly, at: "@daily", tables: [observations], formats: [csv], to: {folder: /srv/out}}
sources:
  - name: heping
    title: {zh: 和平区, en: Heping}
    kind: http
    url: https://heping.example.org/values?unit={unit}&period={period}
    format: json
    token_file: heping.token
    units: [210102, "010203", 010204]
    supplies: [reported, city]
    authority: accept
    schedule: "30 6 * * *"
    timeout: 90s
    allow_loopback: true
    ca_file: ca.pem
    cert_file: board.pem
    key_file: board.key
  - name: tiexi
    kind: http
    url: https://tiexi.example.org/
    username: board
    password_env: TIEXI
  - name: sujiatun
    kind: drop
    folder: drop/sujiatun
    settle: 1m
  - name: hunnan
    kind: sftp
    host: files.example.org
    port: 2222
    username: board
    key_file: hunnan.key
    host_key: ssh-ed25519 AAAA
    folder: outgoing
    archive: taken
  - name: hunnan_reading
    kind: sftp
    host: files.example.org
    username: board
    password_env: HUNNAN
    known_hosts: known
    folder: outgoing
  - name: dadong
    kind: sql
    driver: mysql
    host: db.example.org
    port: 3307
    database: union
    username: reader
    password_file: dadong.password
    security: none
    query: |
      SELECT 1
    rows: 100
  - {name: local, kind: sql, driver: sqlite, database: local.db, query: SELECT 1}
backup: {at: "@hourly", folder: copies, keep: {daily: 3, monthly: 0}, recipients: [age1a, age1b], with_keys: true, second: /mnt/other}
`

func TestParse(t *testing.T) {
	want := config.Config{
		Security: "level2", Passwords: config.Passwords{MinLength: 12, Composition: true, MaxAgeDays: 60, History: 5, UnusedDays: 90},
		SecondFactor: []assess.Role{assess.CityLeader}, Sessions: config.Sessions{Idle: 10 * time.Minute, Lifetime: 8 * time.Hour},
		API: config.API{PerMinute: 60, AtOnce: 120},
		TLS: config.TLS{CertFile: "/srv/ub/board.pem", KeyFile: "/etc/board.key"}, TrustedProxies: []string{"10.20.0.5", "fd00::/8"},
		AdminFrom: []string{"10.20.0.0/16"}, LogFormat: "json", DebugAddr: "[::1]:6060",
		Limits: config.Limits{
			HeaderTime: 2 * time.Second, BodyTime: 30 * time.Second, UploadTime: 2 * time.Minute, AnswerTime: time.Minute, IdleTime: time.Minute,
			Connections: 1000, PerAddress: 20, SearchesPerMinute: 120, ExportsPerMinute: 5, UploadsPerMinute: 60,
		},
		Addr: "0.0.0.0:9000", TrustedOrigins: []string{"https://board.example.org"}, TimeZone: "UTC", LogLevel: "debug",
		Evidence: config.Evidence{
			Kinds: []string{"pdf", "zip"}, Size: 5 << 20, Quota: 1 << 30, KeepFree: 100 << 20, Scanner: []string{"clamdscan", "--fdpass"},
			ScannerTimeout: 90 * time.Second,
		},
		Site: "https://board.example.org",
		Mail: &config.Mail{
			Host: "mail.example.org", Port: 465, Security: "tls", CAFile: "/srv/ub/mail-ca.pem", Username: "board", PasswordFile: "/srv/ub/mail.password",
			From: "考核办 <board@example.org>", Language: "en", Timeout: 20 * time.Second,
		},
		Webhooks: []config.Webhook{{
			Name: "district_group", Title: assess.Text{ZH: "填报工作群", EN: "Reporting group"}, URL: "https://robot.example.org/send?key={key}",
			KeyFile: "/srv/ub/group.key", Body: `{"msgtype": "markdown", "markdown": {"content": "{lines}"}}`, Answer: map[string]string{"errcode": "0"},
			Units: []assess.UnitCode{"210102"}, Language: "en", Timeout: 5 * time.Second, AllowLoopback: true,
		}},
		SourcesAllowed: []string{"heping.example.org", "10.20.0.0/16:8443"}, Spread: 2 * time.Minute, MetricsAddr: "127.0.0.1:9090",
		ExportsKeep: 24 * time.Hour, Audit: config.Audit{KeepDays: 200, Folder: "/srv/heads", Syslog: "udp://10.0.0.9:514"},
		Backup: config.Backup{
			At: "@hourly", Folder: "/srv/ub/copies", Daily: 3, Weekly: 4, Monthly: 0, Recipients: []string{"age1a", "age1b"}, WithKeys: true, Second: "/mnt/other",
		},
		Exports: []config.Export{
			{
				Name: "weekly", At: "0 7 * * 1", Tables: []string{"scores", "ranking"}, Formats: []string{"xlsx", "csv"}, Period: "2026", Unit: "210102", Lang: "en",
				Edition: "published", Folder: "weekly", Mail: []string{"office@example.org"},
			},
			{Name: "nightly", At: "@daily", Tables: []string{"observations"}, Formats: []string{"csv"}, Period: "last", Lang: "zh", Edition: "working", Folder: "/srv/out"},
		},
		Sources: []config.Source{
			{
				Name: "heping", Title: assess.Text{ZH: "和平区", EN: "Heping"}, Kind: config.HTTP, Format: "json", TokenFile: "/srv/ub/heping.token",
				URL: "https://heping.example.org/values?unit={unit}&period={period}", Units: []assess.UnitCode{"210102", "010203", "010204"},
				Supplies: []assess.Origin{assess.FromDistrict, assess.FromCity}, Authority: "accept", Schedule: "30 6 * * *",
				Timeout: 90 * time.Second, AllowLoopback: true, CAFile: "/srv/ub/ca.pem", CertFile: "/srv/ub/board.pem", KeyFile: "/srv/ub/board.key",
			},
			{Name: "tiexi", Kind: config.HTTP, URL: "https://tiexi.example.org/", Username: "board", PasswordEnv: "TIEXI"},
			{Name: "sujiatun", Kind: config.Drop, Folder: "/srv/ub/drop/sujiatun", Settle: time.Minute},
			{
				Name: "hunnan", Kind: config.SFTP, Host: "files.example.org", Port: 2222, Username: "board", KeyFile: "/srv/ub/hunnan.key",
				HostKey: "ssh-ed25519 AAAA", Folder: "outgoing", Archive: "/srv/ub/taken",
			},
			{
				Name: "hunnan_reading", Kind: config.SFTP, Host: "files.example.org", Username: "board", PasswordEnv: "HUNNAN",
				KnownHosts: "/srv/ub/known", Folder: "outgoing",
			},
			{
				Name: "dadong", Kind: config.SQL, Driver: "mysql", Host: "db.example.org", Port: 3307, Database: "union", Username: "reader",
				PasswordFile: "/srv/ub/dadong.password", Security: "none", Query: "SELECT 1\n", Rows: 100,
			},
			{Name: "local", Kind: config.SQL, Driver: "sqlite", Database: "/srv/ub/local.db", Query: "SELECT 1"},
		},
	}
	c := parse(t, full)
	if diff := cmp.Diff(want, c, withoutPlaces); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if got, want := c.At("sources[0].schedule"), (assess.Place{File: "/srv/ub/unionboard.yaml", Line: 68, Column: 15, Field: "sources[0].schedule"}); got != want {
		t.Errorf("the schedule stands at %+v, want %+v", got, want)
	}
	if got := c.At("sources[2].schedule"); got.Line != 79 || got.Column != 5 {
		t.Errorf("an absent setting stands at %+v, want the beginning of its source", got)
	}
}

// TestFaults: everything that is wrong is said at once, with line and column, and what would be right.
func TestFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // line:column and key of the problem
	}{
		{"misspelt key", "adr: 127.0.0.1:1\n", []string{"1:1 problem.config_misspelt"}},
		{"unknown key", "colour: red\n", []string{"1:1 problem.config_unknown"}},
		{"two of them", "log_level: info\nadr: x\nsources:\n  - name: a\n    kind: drop\n    fodler: x\n", []string{"2:1 problem.config_misspelt", "6:5 problem.config_misspelt"}},
		{"a key twice", "addr: 127.0.0.1:1\naddr: 127.0.0.1:2\n", []string{"2:1 problem.config_yaml"}},
		{"no YAML", "addr: [\n", []string{"1:7 problem.config_yaml"}},
		{"two documents", "addr: 127.0.0.1:1\n---\naddr: 127.0.0.1:2\n", []string{"3:1 problem.config_documents"}},
		{"a list", "- addr\n", []string{"1:1 problem.config_wants_keys"}},
		{"a number for a flag", "plain_http: 1\n", []string{"1:13 problem.config_wants_truth"}},
		{"an alias", "addr: &a 127.0.0.1:1\n", []string{"1:7 problem.config_wants_text"}},
		{"no port", "addr: localhost\n", []string{"1:7 problem.config_addr"}},
		{"port out of range", "addr: localhost:70000\n", []string{"1:7 problem.config_addr"}},
		{"no zone", "time_zone: Shenyang\n", []string{"1:12 problem.config_zone"}},
		{"the machine's zone", "time_zone: Local\n", []string{"1:12 problem.config_zone"}},
		{"no level", "log_level: loud\n", []string{"1:12 problem.config_choice"}},
		{"an origin with a path", "trusted_origins:\n  - https://a.example/b\n", []string{"2:5 problem.config_origin"}},
		{"no size", "evidence: {size: 20}\n", []string{"1:18 problem.config_size"}},
		{"a size of nothing", "evidence: {quota: 0MB}\n", []string{"1:19 problem.config_size"}},
		{"no kind of file", "evidence:\n  kinds: [pdf, exe]\n", []string{"2:16 problem.config_choice"}},
		{"a quota smaller than a file", "evidence:\n  size: 3GB\n  quota: 2GB\n", []string{"3:10 problem.config_quota"}},
		{"a site with a path", "site: https://a.example/b\n", []string{"1:7 problem.config_origin"}},
		{"mail without anything", "mail: {}\n", []string{"1:7 problem.config_lacks", "1:7 problem.config_lacks"}},
		{"no port of mail", "mail: {host: a, from: a@b, port: 0}\n", []string{"1:34 problem.config_port"}},
		{"no address of a sender", "mail: {host: a, from: board}\n", []string{"1:23 problem.mail_address"}},
		{"no security of mail", "mail: {host: a, from: a@b, security: ssl}\n", []string{"1:38 problem.config_choice"}},
		{"a password for everybody to read", "mail: {host: a, from: a@b, security: none, username: u, password_file: p}\n", []string{"1:38 problem.config_mail_plain"}},
		{"a name without a password", "mail: {host: a, from: a@b, username: u}\n", []string{"1:38 problem.config_mail_password"}},
		{"a password without a name", "mail: {host: a, from: a@b, password_env: P}\n", []string{"1:7 problem.config_mail_password"}},
		{"two passwords", "mail: {host: a, from: a@b, username: u, password_file: p, password_env: P}\n", []string{"1:73 problem.config_two_secrets"}},
		{"a webhook without anything", "webhooks:\n  - {}\n", []string{"2:5 problem.config_webhook_name", "2:5 problem.config_lacks", "2:5 problem.config_lacks"}},
		{"a webhook named mail", "webhooks:\n  - {name: mail, url: x, body: x}\n", []string{"2:12 problem.config_webhook_name"}},
		{"a webhook twice", "webhooks:\n  - {name: a, url: x, body: x}\n  - {name: a, url: x, body: x}\n", []string{"3:12 problem.config_webhook_twice"}},
		{"a webhook's language", "webhooks:\n  - {name: a, url: x, body: x, language: fr}\n", []string{"2:42 problem.config_choice"}},
		{"two keys", "webhooks:\n  - {name: a, url: x, body: x, key_file: k, key_env: K}\n", []string{"2:54 problem.config_two_secrets"}},
		{"a webhook's unit twice", "webhooks:\n  - {name: a, url: x, body: x, units: [1, 1]}\n", []string{"2:43 problem.config_unit"}},
		{"an answer that is a list", "webhooks:\n  - {name: a, url: x, body: x, answer: [0]}\n", []string{"2:40 problem.config_wants_keys"}},
		{"an export without anything", "exports:\n  - {}\n", []string{
			"2:5 problem.config_export_name", "2:5 problem.config_lacks", "2:5 problem.config_lacks", "2:5 problem.config_lacks", "2:5 problem.config_export_nowhere",
		}},
		{"an export twice", "exports:\n  - {name: a, at: x, tables: [b], formats: [c], to: {folder: d}}\n  - {name: a, at: x, tables: [b], formats: [c], to: {folder: d}}\n", []string{"3:12 problem.config_export_twice"}},
		{"an export by mail without a server", "exports:\n  - {name: a, at: x, tables: [b], formats: [c], to: {mail: [a@b]}}\n", []string{"2:60 problem.config_export_mail"}},
		{"an export to nobody", "mail: {host: a, from: a@b}\nexports:\n  - {name: a, at: x, tables: [b], formats: [c], to: {mail: [office]}}\n", []string{"3:61 problem.mail_address"}},
		{"an export's language", "exports:\n  - {name: a, at: x, tables: [b], formats: [c], to: {folder: d}, lang: fr, edition: old}\n", []string{"2:72 problem.config_choice", "2:85 problem.config_choice"}},
		{"backups of no day", "backup: {at: '', folder: '', keep: {daily: 0, weekly: 53, monthly: -1}}\n", []string{
			"1:14 problem.config_lacks", "1:26 problem.config_lacks", "1:44 problem.config_between", "1:55 problem.config_between", "1:68 problem.config_between",
		}},
		{"keys in the open", "backup:\n  with_keys: true\n", []string{"2:14 problem.backup_keys"}},
		{"a second place that is the first", "backup:\n  second: backups/\n", []string{"2:11 problem.backup_second"}},
		{"no profile", "security: high\n", []string{"1:11 problem.config_choice"}},
		{"too short", "passwords: {min_length: 7}\n", []string{"1:25 problem.config_between"}},
		{"no number", "passwords: {history: many}\n", []string{"1:22 problem.config_wants_whole"}},
		{
			"weaker than its profile", "security: level2\npasswords:\n  composition: false\n  max_age_days: 91\n  history: 4\n  unused_days: 0\n",
			[]string{"3:16 problem.config_weaker", "4:17 problem.config_weaker", "5:12 problem.config_weaker", "6:16 problem.config_weaker"},
		},
		{"no role", "second_factor: [admin, boss]\n", []string{"1:24 problem.config_choice"}},
		{"no request at all", "api: {per_minute: 0}\n", []string{"1:19 problem.config_between"}},
		{"a session for ever", "sessions: {idle: 15m, lifetime: 1000h}\n", []string{"1:33 problem.config_session"}},
		{"a source without a kind", "sources:\n  - name: a\n", []string{"2:5 problem.config_choice"}},
		{"a source without a name", "sources:\n  - kind: drop\n    folder: x\n", []string{"2:5 problem.config_source_name"}},
		{"the name of what is pushed", "sources:\n  - {name: push, kind: drop, folder: x}\n", []string{"2:12 problem.config_source_reserved"}},
		{"the name of what is imported", "sources:\n  - {name: import, kind: drop, folder: x}\n", []string{"2:12 problem.config_source_reserved"}},
		{"a bad name", "sources:\n  - {name: He-Ping, kind: drop, folder: x}\n", []string{"2:12 problem.config_source_name"}},
		{"a name twice", "sources:\n  - {name: a, kind: drop, folder: x}\n  - {name: a, kind: drop, folder: y}\n", []string{"3:12 problem.config_source_twice"}},
		{"a folder twice", "sources:\n  - {name: a, kind: drop, folder: x}\n  - {name: b, kind: drop, folder: ./x/}\n", []string{"3:35 problem.config_folder_twice"}},
		{"http without a url", "sources:\n  - name: a\n    kind: http\n", []string{"2:5 problem.config_source_lacks"}},
		{"a drop with a url", "sources:\n  - name: a\n    kind: drop\n    folder: x\n    url: http://a/\n", []string{"5:10 problem.config_source_key"}},
		{"two tokens", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    token_env: A\n    token_file: a\n", []string{"5:16 problem.config_two_secrets"}},
		{"a token and a name", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    token_env: A\n    username: b\n    password_env: B\n", []string{"6:15 problem.config_two_credentials"}},
		{"a name of a source without a password", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    username: b\n", []string{"5:15 problem.config_mail_password"}},
		{"a certificate without its key", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    cert_file: b\n", []string{"5:16 problem.config_cert_key"}},
		{
			"sftp without anything", "sources:\n  - name: a\n    kind: sftp\n",
			[]string{
				"2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks",
				"2:5 problem.sftp_host_key_lacks",
			},
		},
		{
			"two keys of a server", "sources:\n  - {name: a, kind: sftp, host: a, username: b, key_file: c, folder: d, host_key: e, known_hosts: f}\n",
			[]string{"2:83 problem.sftp_host_key_lacks"},
		},
		{"sql without anything", "sources:\n  - name: a\n    kind: sql\n", []string{
			"2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks",
			"2:5 problem.config_source_lacks", "2:5 problem.config_source_lacks",
		}},
		{
			"a file with a host, and more rows than there may be", "sources:\n  - name: a\n    kind: sql\n    driver: sqlite\n    database: b\n    query: c\n    host: d\n    rows: 10001\n",
			[]string{"8:11 problem.config_between", "4:13 problem.config_sqlite"},
		},
		{"a span without a unit", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    timeout: 60\n", []string{"5:14 problem.config_duration"}},
		{"a span that is a list", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    timeout: [1]\n", []string{"5:14 problem.config_wants_text"}},
		{"a span of nothing", "sources:\n  - name: a\n    kind: drop\n    folder: x\n    settle: -1s\n", []string{"5:13 problem.config_duration"}},
		{
			"unknown words", "sources:\n  - name: a\n    kind: http\n    url: http://a/\n    format: xml\n    authority: all\n    supplies: [computed]\n",
			[]string{"5:13 problem.config_choice", "6:16 problem.config_choice", "7:16 problem.config_choice"},
		},
		{"a source of drafts with the city's figures", "sources:\n  - name: a\n    kind: drop\n    folder: x\n    authority: draft\n    supplies: [reported, city]\n", []string{"6:15 problem.config_draft"}},
		{"a unit twice", "sources:\n  - name: a\n    kind: drop\n    folder: x\n    units: [1, 2, 1]\n", []string{"5:19 problem.config_unit"}},
	}
	for _, tt := range tests {
		_, err := config.Parse("c.yaml", []byte(tt.text))
		var problems assess.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v is no list of problems", tt.name, err)
			continue
		}
		var got []string
		for _, p := range problems {
			got = append(got, strings.TrimPrefix(p.Place.String(), "c.yaml:")+" "+p.Key)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s%v", tt.name, diff, err)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	_, err := config.Parse("c.yaml", []byte("log_levle: info\n"))
	if err == nil || err.Error() != `c.yaml:1:1: unknown key "log_levle"; did you mean "log_level"?` {
		t.Errorf("%v", err)
	}
}

// Whatever is wrong around it, a secret in the file is not repeated.
func TestSecretsAreNotRepeated(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, text := range []string{
		"sources:\n  - name: a\n    kind: http\n    url: http://a/\n    token: " + secret + "\n",
		"sources:\n  - name: a\n    kind: http\n    url: http://a/\n    token_env: \"" + secret + "!\"\n",
		"mail: {host: a, from: a@b, password: " + secret + "}\n",
		"mail: {host: a, from: a@b, username: u, password_env: \"" + secret + "!\"}\n",
		"webhooks:\n  - {name: a, url: x, body: x, key: " + secret + "}\n",
		"backup: {recipients: [AGE-SECRET-KEY-1" + strings.ToUpper(secret) + secret + "]}\n",
		"sources:\n  - name: a\n    tokne: " + secret + "\n    kind: [\n",
		"sources:\n  - name: a\n    pasword: {a: " + secret + "}\n    kind: drop\n    folder: x\n",
	} {
		_, err := config.Parse("c.yaml", []byte(text))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", text, err)
		}
		var problems assess.Problems
		errors.As(err, &problems)
		for _, p := range problems {
			for _, a := range p.Args {
				if strings.Contains(a, secret) {
					t.Errorf("%q: argument %q", text, a)
				}
			}
		}
	}
}

// usual are the settings of an installation that says nothing.
func usual() config.Config {
	return config.Config{
		Evidence: config.Evidence{
			Kinds: []string{"pdf", "jpg", "png", "docx", "xlsx"}, Size: 20 << 20, Quota: 2 << 30, KeepFree: 512 << 20, ScannerTimeout: time.Minute,
		},
		Addr: "127.0.0.1:8080", TimeZone: "Asia/Shanghai", LogLevel: "info", LogFormat: "text", Security: config.Standard,
		Limits: config.Limits{
			HeaderTime: 5 * time.Second, BodyTime: 30 * time.Second, UploadTime: 2 * time.Minute, AnswerTime: time.Minute, IdleTime: time.Minute,
			Connections: 1000, PerAddress: 50, SearchesPerMinute: 120, ExportsPerMinute: 60, UploadsPerMinute: 60,
		},
		Passwords: config.Passwords{MinLength: 10, UnusedDays: 90}, Sessions: config.Sessions{Idle: 15 * time.Minute, Lifetime: 8 * time.Hour},
		API:    config.API{PerMinute: 600, AtOnce: 120},
		Spread: 5 * time.Minute, ExportsKeep: 7 * 24 * time.Hour, Audit: config.Audit{KeepDays: 1096, Folder: "audit"},
		Backup: config.Backup{At: "30 2 * * *", Folder: "backups", Daily: 7, Weekly: 4, Monthly: 11},
	}
}

// Row 55 of the security checklist: no setting keeps the log shorter than the law asks for.
func TestHowLongTheAuditLogIsKept(t *testing.T) {
	for setting, want := range map[string]string{
		"audit: {keep_days: 180}\n": "", "audit: {keep_days: 179}\n": "problem.config_audit_keep", "audit: {keep_days: 0}\n": "problem.config_audit_keep",
		"audit: {keep_days: -1}\n": "problem.config_audit_keep", "audit: {keep_days: 36501}\n": "problem.config_audit_keep", "audit: {folder: \"\"}\n": "problem.config_lacks",
		"audit: {syslog: local}\n": "", "audit: {syslog: \"tcp://[fd00::1]:6514\"}\n": "", "audit: {syslog: \"http://logs:514\"}\n": "problem.config_syslog",
		"audit: {syslog: \"udp://logs\"}\n": "problem.config_syslog", "audit: {syslog: \"udp://u:p@logs:514\"}\n": "problem.config_syslog",
	} {
		_, err := config.Parse("/srv/ub/unionboard.yaml", []byte(setting))
		var all assess.Problems
		errors.As(err, &all)
		if want == "" && err != nil || want != "" && (len(all) != 1 || all[0].Key != want) {
			t.Errorf("%s: %v, want %q", setting, err, want)
		}
	}
}

// Row 53: what is in force can be compared by its names in the file; nothing that could be a secret is among it.
func TestSettingsAreNamedAsInTheFileWithoutSecrets(t *testing.T) {
	c, err := config.Parse("/srv/ub/unionboard.yaml", []byte(`
site: https://board.example.org
passwords: {min_length: 12}
webhooks:
  - {name: group, title: {zh: 群, en: Group}, url: "https://robot.example.org/send?access_token=s3cret&key={key}", key_file: group.key, body: "x"}
sources:
  - {name: heping, title: {zh: 和平, en: Heping}, kind: http, url: "https://board:pa55@heping.example.org/{unit}?p={period}", units: ["210102"], authority: submit}
`))
	if err != nil {
		t.Fatal(err)
	}
	all := c.Settings()
	for name, want := range map[string]string{
		"site": "https://board.example.org", "passwords.min_length": "12", "audit.keep_days": "1096", "sessions.idle": "15m0s", "api.per_minute": "600",
		"webhooks[group].url": "https://robot.example.org/send?access_token=***&key={key}", "webhooks[group].key_file": "/srv/ub/group.key",
		"sources[heping].url": "https://board:***@heping.example.org/{unit}?p={period}", "sources[heping].units": "210102", "plain_http": "false",
	} {
		if all[name] != want {
			t.Errorf("%s is %q, want %q", name, all[name], want)
		}
	}
	if text := fmt.Sprint(all); strings.Contains(text, "s3cret") || strings.Contains(text, "pa55") {
		t.Error(text)
	}
}

func TestWhenAndWhereItIsMeasured(t *testing.T) {
	for text, key := range map[string]string{
		"spread: 0s\n": "", "spread: 1h\n": "", "spread: 61m\n": "problem.config_spread", "spread: -1s\n": "problem.config_duration",
		"metrics_addr: 127.0.0.1:9090\n": "", "metrics_addr: \"[::1]:9090\"\n": "", "metrics_addr: localhost:9090\n": "", "metrics_addr: 9090\n": "problem.config_addr",
		"metrics_addr: 0.0.0.0:9090\n": "problem.config_metrics", "metrics_addr: \":9090\"\n": "problem.config_metrics",
		"metrics_addr: board.example.org:9090\n": "problem.config_metrics", "metrics_addr: 0.0.0.0:9090\nmetrics_open: true\n": "",
	} {
		_, err := config.Parse("c.yaml", []byte(text))
		got := ""
		if p, ok := errors.AsType[assess.Problems](err); ok {
			got = p[0].Key
		}
		if got != key {
			t.Errorf("%q: %q, want %q", text, got, key)
		}
	}
}

// Rows 5 and 9 of the security checklist: one word switches the rules of a level on, in the file or in the environment.
func TestProfiles(t *testing.T) {
	strict := config.Passwords{MinLength: 10, Composition: true, MaxAgeDays: 90, History: 5, UnusedDays: 90}
	offices := []assess.Role{assess.Admin, assess.SecurityAdmin, assess.Auditor, assess.DistrictReporter, assess.CityReviewer}
	for _, role := range account.Roles() { // row 9: whoever can read a personal column as it is
		if account.Permitted(role, account.Uncover) != account.Nothing && !slices.Contains(offices, role) {
			t.Errorf("%s uncovers personal columns without a second factor", role)
		}
	}
	for _, one := range []struct {
		text      string
		passwords config.Passwords
		second    []assess.Role
	}{
		{"", usual().Passwords, nil},
		{"security: standard\npasswords: {min_length: 8, max_age_days: 90}\n", config.Passwords{MinLength: 8, MaxAgeDays: 90, UnusedDays: 90}, nil},
		{"security: level2\n", strict, nil},
		{"security: level2\nsecond_factor: [admin]\n", strict, []assess.Role{assess.Admin}},
		{"security: level3\n", strict, offices},
		{"security: level3\nsecond_factor: [auditor]\n", strict, []assess.Role{assess.Auditor, assess.Admin, assess.SecurityAdmin, assess.DistrictReporter, assess.CityReviewer}},
	} {
		c := parse(t, one.text)
		if c.Passwords != one.passwords || !slices.Equal(c.SecondFactor, one.second) {
			t.Errorf("%q: %+v, second factor of %v", one.text, c.Passwords, c.SecondFactor)
		}
	}
	t.Setenv("UNIONBOARD_SECURITY", "level3")
	if c, err := config.Read(t.TempDir()); err != nil || c.Passwords != strict || !slices.Equal(c.SecondFactor, offices) {
		t.Errorf("from the environment: %+v, %v", c, err)
	}
	t.Setenv("UNIONBOARD_SECURITY", "high")
	if _, err := config.Read(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "UNIONBOARD_SECURITY") {
		t.Errorf("%v does not name the variable", err)
	}
}

func TestReadPutsTheEnvironmentOverTheFile(t *testing.T) {
	dir := t.TempDir()
	empty, err := config.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	usual := usual()
	usual.Backup.Folder = filepath.Join(dir, usual.Backup.Folder)
	if diff := cmp.Diff(usual, empty, withoutPlaces); diff != "" {
		t.Errorf("without a file (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte("addr: 127.0.0.1:1\nlog_level: warn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("UNIONBOARD_ADDR", "127.0.0.1:2")
	t.Setenv("UNIONBOARD_PLAIN_HTTP", "true")
	t.Setenv("UNIONBOARD_TRUSTED_ORIGINS", "https://a.example,https://b.example")
	t.Setenv("UNIONBOARD_TIME_ZONE", "") // empty says nothing
	c, err := config.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := usual
	want.Addr, want.PlainHTTP, want.TrustedOrigins, want.LogLevel = "127.0.0.1:2", true, []string{"https://a.example", "https://b.example"}, "warn"
	if diff := cmp.Diff(want, c, withoutPlaces); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	t.Setenv("UNIONBOARD_LOG_LEVEL", "loud")
	if _, err := config.Read(dir); err == nil || !strings.HasPrefix(err.Error(), "UNIONBOARD_LOG_LEVEL") {
		t.Errorf("%v does not name the variable", err)
	}
	t.Setenv("UNIONBOARD_LOG_LEVEL", "info")
	t.Setenv("UNIONBOARD_PLAIN_HTTP", "maybe")
	if _, err := config.Read(dir); err == nil || !strings.HasPrefix(err.Error(), "UNIONBOARD_PLAIN_HTTP") {
		t.Errorf("%v does not name the variable", err)
	}
}

// commented are the settings in the comments of the default file.
var commented = regexp.MustCompile(`(?m)^# ( *(?:- )?[a-z_][a-z0-9_]*:.*)$`)

func defaultFile(t *testing.T) (asItIs, uncommented string) {
	t.Helper()
	var b bytes.Buffer
	if err := config.Default(&b); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range commented.FindAllStringSubmatch(b.String(), -1) {
		lines = append(lines, m[1])
	}
	return b.String(), strings.Join(lines, "\n") + "\n"
}

// The default file says what is the case without it; with its comments taken off it is a good file, too.
func TestDefaultFile(t *testing.T) {
	asItIs, uncommented := defaultFile(t)
	nothing := parse(t, "")
	if diff := cmp.Diff(nothing, parse(t, asItIs), withoutPlaces); diff != "" {
		t.Errorf("the default file changes something (-without +with):\n%s", diff)
	}
	c := parse(t, uncommented)
	if len(c.Sources) != 6 {
		t.Fatalf("sources %+v", c.Sources)
	}
	if c.Site == "" || c.Mail == nil || len(c.Webhooks) != 1 {
		t.Errorf("site %q, mail %+v, webhooks %+v", c.Site, c.Mail, c.Webhooks)
	}
	if len(c.Exports) != 1 || c.Exports[0].Folder != "weekly" {
		t.Errorf("exports %+v", c.Exports)
	}
	c.SourcesAllowed, c.MetricsAddr, c.Exports, c.DebugAddr, c.Backup.Second = nil, "", nil, "", ""
	c.TLS, c.TrustedProxies, c.AdminFrom = config.TLS{}, nil, nil
	c.Database, c.DatabasePasswordFile, c.Files = "", "", config.Files{}
	c.Sources, c.TrustedOrigins, c.Site, c.Mail, c.Webhooks = nil, nil, "", nil, nil
	if diff := cmp.Diff(nothing, c, withoutPlaces); diff != "" {
		t.Errorf("the default file shows something else than the defaults (-default +shown):\n%s", diff)
	}
}

func schema(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled, document.(map[string]any)
}

// A folder that is named from where the command runs gives the same paths as one that begins with /.
func TestPathsAreWholeWhereverTheFolderIsNamedFrom(t *testing.T) {
	above := t.TempDir()
	t.Chdir(above)
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := config.Read("data")
	if want := filepath.Join(above, "data", "backups"); err != nil || c.Backup.Folder != want {
		t.Errorf("%q, %v, want %q", c.Backup.Folder, err, want)
	}
}

// Whom requests come from is believed of proxies, not of everybody.
func TestNotEverybodyIsAProxy(t *testing.T) {
	for network, ok := range map[string]bool{"0.0.0.0/0": false, "::/0": false, "128.0.0.0/1": false, "10.0.0.0/8": true, "fd00::/8": true, "10.20.0.5": true, "::1": true} {
		if _, err := config.Parse("c.yaml", []byte("trusted_proxies: [\""+network+"\"]\n")); (err == nil) != ok {
			t.Errorf("%s: %v", network, err)
		}
	}
}

// The schema accepts what Parse accepts, and refuses what an editor can know to be wrong.
func TestSchemaAgreesWithParse(t *testing.T) {
	_, uncommented := defaultFile(t)
	compiled, _ := schema(t)
	for text, ok := range map[string]bool{
		"":                   true,
		full:                 true,
		uncommented:          true,
		"adr: 127.0.0.1:1\n": false,
		"database: mysql://board@127.0.0.1/board\n":                        false,
		"database: postgres://127.0.0.1/board\n":                           false,
		"database: postgres://board:secret@127.0.0.1/board\n":              false,
		"database: postgres://board@127.0.0.1:5432,127.0.0.1:5433/board\n": true,
		"addr: localhost\n":                                                  false,
		"log_level: loud\n":                                                  false,
		"plain_http: 1\n":                                                    false,
		"tls: {cert_file: a}\n":                                              false,
		"tls: {cert_file: a, key_file: b}\n":                                 true,
		"trusted_proxies: [proxy]\n":                                         false,
		"admin_from: [0.0.0.0/0]\n":                                          true,
		"trusted_proxies: [\"::1\", 10.0.0.0/8]\n":                           true,
		"admin_from: [10.0.0.0/8, here]\n":                                   false,
		"limits: {connections: 9}\n":                                         false,
		"limits: {per_address: 9}\n":                                         false,
		"limits: {body_time: 30}\n":                                          false,
		"limits: {exports_per_minute: 0}\n":                                  false,
		"limits: {bodytime: 30s}\n":                                          false,
		"log_format: xml\n":                                                  false,
		"debug_addr: 0.0.0.0:6060\n":                                         false,
		"debug_addr: 127.0.0.1:6060\n":                                       true,
		"evidence: {size: 20}\n":                                             false,
		"evidence: {kinds: [exe]}\n":                                         false,
		"evidence: {sise: 2MB}\n":                                            false,
		"evidence: {scanner: [scan, -x]}\n":                                  true,
		"sources:\n  - name: a\n":                                            false,
		"security: high\n":                                                   false,
		"second_factor: [boss]\n":                                            false,
		"passwords: {min_length: 7}\n":                                       false,
		"passwords: {history: many}\n":                                       false,
		"passwords: {lenght: 9}\n":                                           false,
		"sessions: {idle: 15}\n":                                             false,
		"sources:\n  - {name: A, kind: drop, folder: x}\n":                   false,
		"sources:\n  - {name: a, kind: http}\n":                              false,
		"sources:\n  - {name: a, kind: drop, folder: x, url: 'http://a'}\n":  false,
		"sources:\n  - {name: a, kind: drop, folder: x, settle: '60'}\n":     false,
		"sources:\n  - {name: a, kind: drop, folder: x, supplies: [both]}\n": false,
		"sources:\n  - {name: a, kind: http, url: 'http://a', token_env: A, token_file: b}\n":                                                  false,
		"sources:\n  - {name: a, kind: http, url: 'http://a', token_env: A, username: b, password_env: B}\n":                                   false,
		"sources:\n  - {name: a, kind: http, url: 'http://a', username: b}\n":                                                                  false,
		"sources:\n  - {name: a, kind: http, url: 'http://a', password_env: B}\n":                                                              false,
		"sources:\n  - {name: a, kind: http, url: 'http://a', cert_file: b}\n":                                                                 false,
		"sources:\n  - {name: a, kind: http, url: 'http://a', cert_file: b, key_file: c, format: xlsx}\n":                                      true,
		"sources:\n  - {name: a, kind: sftp, host: a, username: b, key_file: c, folder: d, host_key: ssh-rsa AAAA}\n":                          true,
		"sources:\n  - {name: a, kind: sftp, host: a, username: b, key_file: c, folder: d}\n":                                                  false,
		"sources:\n  - {name: a, kind: sftp, host: a, username: b, folder: d, known_hosts: f}\n":                                               false,
		"sources:\n  - {name: a, kind: sftp, host: a, username: b, key_file: c, folder: d, known_hosts: f, host_key: ssh-rsa AAAA}\n":          false,
		"sources:\n  - {name: a, kind: sftp, url: 'http://a', host: a, username: b, key_file: c, folder: d, known_hosts: f}\n":                 false,
		"sources:\n  - {name: a, kind: sql, driver: sqlite, database: a, query: b}\n":                                                          true,
		"sources:\n  - {name: a, kind: sql, driver: sqlite, database: a, query: b, host: c}\n":                                                 false,
		"sources:\n  - {name: a, kind: sql, driver: postgres, database: a, query: b, host: c}\n":                                               false,
		"sources:\n  - {name: a, kind: sql, driver: postgres, database: a, query: b, host: c, username: d, password_env: E, security: none}\n": true,
		"sources:\n  - {name: a, kind: sql, driver: postgres, database: a, query: b, host: c, username: d, password_env: E, security: off}\n":  false,
		"sources:\n  - {name: a, kind: sql, driver: oracle, database: a, query: b}\n":                                                          false,
		"sources:\n  - {name: a, kind: sql, driver: sqlite, database: a, query: b, rows: 0}\n":                                                 false,
		"sources_allowed: []\n":                       true,
		"sources_allowed: here\n":                     false,
		"site: board.example.org\n":                   false,
		"mail: {host: a}\n":                           false,
		"mail: {host: a, from: a@b, security: ssl}\n": false,
		"mail: {host: a, from: a@b, port: 70000}\n":   false,
		"mail: {host: a, from: a@b, username: u}\n":   false,
		"mail: {host: a, from: a@b, username: u, password_env: A, password_file: b}\n":                      false,
		"mail: {host: a, from: a@b, username: u, password_env: A, security: none}\n":                        false,
		"mail: {host: a, from: a@b, username: u, password_env: A}\n":                                        true,
		"exports:\n  - {name: a, at: '@daily', tables: [a], formats: [b], to: {folder: c}}\n":               true,
		"exports:\n  - {name: a, at: '@daily', tables: [a], formats: [b], to: {}}\n":                        false,
		"exports:\n  - {name: a, at: '@daily', tables: [], formats: [b], to: {folder: c}}\n":                false,
		"exports:\n  - {name: A, at: '@daily', tables: [a], formats: [b], to: {folder: c}}\n":               false,
		"exports:\n  - {name: a, at: '@daily', tables: [a], formats: [b], to: {folder: c}, edition: old}\n": false,
		"backup: {keep: {daily: 0}}\n":                                                      false,
		"backup: {keeps: 1}\n":                                                              false,
		"webhooks:\n  - {name: a, url: 'https://a'}\n":                                      false,
		"webhooks:\n  - {name: mail, url: 'https://a', body: '{}'}\n":                       false,
		"webhooks:\n  - {name: a, url: 'https://a', body: '{}', key_env: A, key_file: b}\n": false,
	} {
		asJSON, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if text != "" {
			if err := json.Unmarshal(asJSON, &value); err != nil {
				t.Fatal(err)
			}
		}
		schemaErr := compiled.Validate(value)
		_, parseErr := config.Parse("c.yaml", []byte(text))
		if (schemaErr == nil) != ok || (parseErr == nil) != ok {
			t.Errorf("%q: schema says %v, Parse says %v, want ok=%v", text, schemaErr, parseErr, ok)
		}
	}
}

// Every key of the schema is known to Parse and shown in the default file.
func TestSchemaAndDefaultFileKnowEveryKey(t *testing.T) {
	asItIs, _ := defaultFile(t)
	_, document := schema(t)
	keys := func(m map[string]any) (names []string) {
		for name := range m["properties"].(map[string]any) {
			names = append(names, name)
		}
		slices.Sort(names)
		return names
	}
	top, source := keys(document), keys(document["$defs"].(map[string]any)["source"].(map[string]any))
	properties := document["properties"].(map[string]any)
	under := func(name string) []string { return keys(properties[name].(map[string]any)) }
	evidence, mail, passwords, sessions, api := under("evidence"), under("mail"), under("passwords"), under("sessions"), under("api")
	backup := under("backup")
	tls, limits := under("tls"), under("limits")
	webhook := keys(document["$defs"].(map[string]any)["webhook"].(map[string]any))
	export := keys(document["$defs"].(map[string]any)["export"].(map[string]any))
	for _, name := range slices.Concat(top, source, evidence, mail, webhook, passwords, sessions, api, export, backup, tls, limits) {
		if !strings.Contains(asItIs, name+":") {
			t.Errorf("the default file does not show %s", name)
		}
	}
	// Parse names its keys when it meets one it has never heard of.
	for text, want := range map[string][]string{
		"qqqqqqqq: 1\n": top, "sources:\n  - {qqqqqqqq: 1}\n": source, "evidence: {qqqqqqqq: 1}\n": evidence, "mail: {qqqqqqqq: 1}\n": mail,
		"webhooks:\n  - {qqqqqqqq: 1}\n": webhook, "passwords: {qqqqqqqq: 1}\n": passwords, "sessions: {qqqqqqqq: 1}\n": sessions, "api: {qqqqqqqq: 1}\n": api,
		"exports:\n  - {qqqqqqqq: 1}\n": export, "backup: {qqqqqqqq: 1}\n": backup,
		"tls: {qqqqqqqq: 1}\n": tls, "limits: {qqqqqqqq: 1}\n": limits,
	} {
		_, err := config.Parse("c.yaml", []byte(text))
		var problems assess.Problems
		if !errors.As(err, &problems) || len(problems) != 1 {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Join(want, ", "), problems[0].Args["known"]); diff != "" {
			t.Errorf("keys (-schema +Parse):\n%s", diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("a: &x [*x]\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Add([]byte("<<: {addr: x}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := config.Parse("c.yaml", data)
		var problems assess.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("%v", err)
		}
	})
}
