package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Kind is the way figures come from a source.
type Kind string

// The kinds.
const (
	HTTP Kind = "http" // another system is asked
	Drop Kind = "drop" // files are put into a folder
	SFTP Kind = "sftp" // files are put into a folder of another machine
	SQL  Kind = "sql"  // a database is asked
)

// Source is a source as it is declared. What it may do stands here too; that it may do it, the gate sees to.
type Source struct {
	Name  assess.Code
	Title assess.Text
	Kind  Kind

	// Of kind http: the address with {unit} and {period}, the form of its answers, and where its token stands.
	URL                 string
	Format              string // json, csv, xlsx or dhis2; "": json
	TokenFile, TokenEnv string

	// Of kinds that are asked over the network: whom they believe we are and we believe they are, and how long an answer may take.
	Username                  string
	PasswordFile, PasswordEnv string
	CAFile, CertFile, KeyFile string
	Timeout                   time.Duration // 0: the usual one of the kind
	AllowLoopback             bool
	Host                      string // not of http, whose address has it
	Port                      int    // 0: the usual one of the kind

	// Of kinds drop and sftp: the folder, and how long a file must have been left alone.
	Folder string
	Settle time.Duration // 0: the usual time of the kind

	// Of kind sftp: the server's key, or the file that has it, and a folder here for files that stay there.
	HostKey, KnownHosts string
	Archive             string

	// Of kind sql: the kind of database, its name or file, how the way to it is protected, the question, and how many rows it may have.
	Driver   string // sqlite, postgres or mysql
	Database string
	Security string // tls or none; "": tls
	Query    string
	Rows     int // 0: the usual 10,000

	Units     []assess.UnitCode // none: every unit
	Supplies  []assess.Origin   // none: what districts report
	Authority string            // draft, submit or accept
	Schedule  string            // cron spec; "": only by hand
}

func (r *reader) source(n ast.Node, path string, s *Source) {
	r.object(n, path, map[string]setter{
		"name":           text(r, &s.Name),
		"title":          r.both(&s.Title),
		"kind":           text(r, &s.Kind),
		"url":            r.text(&s.URL),
		"format":         r.text(&s.Format),
		"token_file":     r.text(&s.TokenFile),
		"token_env":      r.text(&s.TokenEnv),
		"username":       r.text(&s.Username),
		"password_file":  r.text(&s.PasswordFile),
		"password_env":   r.text(&s.PasswordEnv),
		"ca_file":        r.text(&s.CAFile),
		"cert_file":      r.text(&s.CertFile),
		"key_file":       r.text(&s.KeyFile),
		"timeout":        r.duration(&s.Timeout),
		"allow_loopback": r.truth(&s.AllowLoopback),
		"host":           r.text(&s.Host),
		"port":           r.port(&s.Port),
		"host_key":       r.text(&s.HostKey),
		"known_hosts":    r.text(&s.KnownHosts),
		"archive":        r.text(&s.Archive),
		"driver":         r.text(&s.Driver),
		"database":       r.text(&s.Database),
		"security":       r.text(&s.Security),
		"query":          r.text(&s.Query),
		"rows":           r.whole(&s.Rows),
		"folder":         r.text(&s.Folder),
		"settle":         r.duration(&s.Settle),
		"units":          texts(r, &s.Units),
		"supplies":       texts(r, &s.Supplies),
		"authority":      r.text(&s.Authority),
		"schedule":       r.text(&s.Schedule),
	})
}

// files are the settings of a source that are paths.
func (s *Source) files() []*string {
	files := []*string{&s.TokenFile, &s.PasswordFile, &s.CAFile, &s.CertFile, &s.KeyFile, &s.KnownHosts, &s.Archive}
	if s.Kind == Drop { // that of kind sftp lies on another machine
		files = append(files, &s.Folder)
	}
	if s.Driver == "sqlite" {
		files = append(files, &s.Database)
	}
	return files
}

// rule is a setting that some kinds of sources have.
type rule struct {
	key   string
	set   bool
	kinds []Kind
	must  bool
}

func rules(s Source) []rule {
	kinds := func(all ...Kind) []Kind { return all }
	return []rule{
		{"url", s.URL != "", kinds(HTTP), true},
		{"format", s.Format != "", kinds(HTTP), false},
		{"token_file", s.TokenFile != "", kinds(HTTP), false},
		{"token_env", s.TokenEnv != "", kinds(HTTP), false},
		{"host", s.Host != "", kinds(SFTP, SQL), false},
		{"port", s.Port != 0, kinds(SFTP, SQL), false},
		{"username", s.Username != "", kinds(HTTP, SFTP, SQL), false},
		{"password_file", s.PasswordFile != "", kinds(HTTP, SFTP, SQL), false},
		{"password_env", s.PasswordEnv != "", kinds(HTTP, SFTP, SQL), false},
		{"ca_file", s.CAFile != "", kinds(HTTP, SQL), false},
		{"cert_file", s.CertFile != "", kinds(HTTP, SQL), false},
		{"key_file", s.KeyFile != "", kinds(HTTP, SFTP, SQL), false},
		{"host_key", s.HostKey != "", kinds(SFTP), false},
		{"known_hosts", s.KnownHosts != "", kinds(SFTP), false},
		{"archive", s.Archive != "", kinds(SFTP), false},
		{"driver", s.Driver != "", kinds(SQL), true},
		{"database", s.Database != "", kinds(SQL), true},
		{"security", s.Security != "", kinds(SQL), false},
		{"query", s.Query != "", kinds(SQL), true},
		{"rows", s.Rows != 0, kinds(SQL), false},
		{"timeout", s.Timeout != 0, kinds(HTTP, SFTP, SQL), false},
		{"allow_loopback", s.AllowLoopback, kinds(HTTP, SFTP, SQL), false},
		{"folder", s.Folder != "", kinds(Drop, SFTP), true},
		{"settle", s.Settle != 0, kinds(Drop, SFTP), false},
	}
}

func (c Config) checkSource(path string, s Source) (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path+"."+key)))
		}
	}
	if !s.Name.Valid() {
		add("name", invalid("problem.config_source_name",
			fmt.Sprintf("%q is not a name; begin with a small letter, go on with small letters, digits and _", s.Name), "value", string(s.Name)))
	}
	if s.Name == "push" || s.Name == "import" { // runs, mappings and health go by the name
		add("name", invalid("problem.config_source_reserved",
			fmt.Sprintf("%s is how what programs push and people import is called; give the source another name", s.Name), "value", string(s.Name)))
	}
	if p := oneOf("kind", string(s.Kind), string(HTTP), string(Drop), string(SFTP), string(SQL)); p != nil {
		add("kind", p)
		return problems
	}
	for _, r := range rules(s) {
		has := slices.Contains(r.kinds, s.Kind)
		kinds := make([]string, len(r.kinds))
		for i, k := range r.kinds {
			kinds[i] = string(k)
		}
		switch all := strings.Join(kinds, ", "); {
		case r.set && !has:
			add(r.key, invalid("problem.config_source_key", fmt.Sprintf("%s belongs to sources of kind %s; leave it out, or change the kind", r.key, all),
				"key", r.key, "kind", all))
		case !r.set && r.must && has:
			add(r.key, lacking(s.Kind, r.key))
		}
	}
	if s.Kind == SQL {
		problems = append(problems, c.checkDatabase(path, s)...)
	}
	problems = append(problems, c.checkSecrets(path, s)...)
	return append(problems, c.checkRights(path, s)...)
}

func lacking(kind Kind, key string) *assess.Problem {
	return invalid("problem.config_source_lacks", fmt.Sprintf("a source of kind %s needs %s; add it", kind, key), "key", key, "kind", string(kind))
}

// mostRows is how many rows the answer of a source may have.
const mostRows = 10_000

// checkDatabase looks at what database is asked.
func (c Config) checkDatabase(path string, s Source) (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path+"."+key)))
		}
	}
	if s.Driver != "" {
		add("driver", oneOf("driver", s.Driver, "sqlite", "postgres", "mysql"))
	}
	if s.Security != "" {
		add("security", oneOf("security", s.Security, "tls", "none"))
	}
	if _, said := c.places[path+".rows"]; said {
		add("rows", between("rows", s.Rows, 1, mostRows))
	}
	if s.Driver == "sqlite" && s.Host+s.Username+s.Security != "" {
		add("driver", invalid("problem.config_sqlite", "a database of SQLite is a file of this machine; leave out host, username and security, or change the driver"))
	}
	return problems
}

// checkSecrets looks at how a source knows us.
func (c Config) checkSecrets(path string, s Source) (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path+"."+key)))
		}
	}
	add("token_env", secretOf("token", s.TokenFile, s.TokenEnv))
	add("password_env", secretOf("password", s.PasswordFile, s.PasswordEnv))
	token, password := s.TokenFile+s.TokenEnv != "", s.PasswordFile+s.PasswordEnv != ""
	server := s.Kind == SFTP || s.Kind == SQL && s.Driver != "sqlite"
	if server && s.Host == "" {
		add("host", lacking(s.Kind, "host"))
	}
	if server && s.Username == "" {
		add("username", lacking(s.Kind, "username"))
	}
	switch {
	case token && s.Username != "":
		add("username", invalid("problem.config_two_credentials", "a source is shown a token or a username with its password; keep one of them"))
	case s.Kind == HTTP && password != (s.Username != ""):
		add("username", invalid("problem.config_mail_password",
			"a username goes with a password, and a password with a username; add the other one, or leave both out"))
	case server && !password && (s.Kind == SQL || s.KeyFile == ""):
		add("password_file", lacking(s.Kind, "password_file"))
	}
	if s.Kind == SFTP {
		if (s.HostKey == "") == (s.KnownHosts == "") {
			add("host_key", invalid("problem.sftp_host_key_lacks", "the source needs the server's key: host_key or known_hosts, one of them; ssh-keyscan shows it"))
		}
		return problems
	}
	if (s.CertFile != "") != (s.KeyFile != "") {
		add("cert_file", invalid("problem.config_cert_key", "a client certificate (cert_file) goes with its key (key_file); add the other one, or leave both out"))
	}
	return problems
}

// checkRights looks at what a source may do.
func (c Config) checkRights(path string, s Source) (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path+"."+key)))
		}
	}
	if s.Format != "" {
		add("format", oneOf("format", s.Format, "json", "csv", "xlsx", "dhis2"))
	}
	if s.Authority != "" {
		add("authority", oneOf("authority", s.Authority, "draft", "submit", "accept"))
	}
	if s.Authority == "draft" && slices.ContainsFunc(s.Supplies, func(o assess.Origin) bool { return o != assess.FromDistrict }) {
		add("supplies", invalid("problem.config_draft", "a source that fills the forms of districts supplies what districts report and nothing else; leave supplies out, or change the authority"))
	}
	for i, origin := range s.Supplies {
		add("supplies["+strconv.Itoa(i)+"]", oneOf("supplies", string(origin),
			string(assess.FromDistrict), string(assess.FromCity), string(assess.FromRegister), string(assess.FromSystem)))
	}
	for i, unit := range s.Units {
		if unit == "" || slices.Contains(s.Units[:i], unit) {
			add("units["+strconv.Itoa(i)+"]", invalid("problem.config_unit", fmt.Sprintf("unit %q is empty or there twice; name each once", unit), "unit", string(unit)))
		}
	}
	return problems
}
