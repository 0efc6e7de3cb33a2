package config

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// ofFolder stands in an address for what tells the installations apart that share its setting.
const ofFolder = "{folder}"

// databaseOf answers an address with a name made of the path of a data folder in it.
func databaseOf(address, dir string) string {
	if !strings.Contains(address, ofFolder) {
		return address
	}
	if path, err := filepath.Abs(dir); err == nil {
		dir = path
	}
	sum := sha256.Sum256([]byte(dir))
	return strings.ReplaceAll(address, ofFolder, hex.EncodeToString(sum[:8]))
}

// checkStore looks at where the data stand.
func (c Config) checkStore() (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(key)))
		}
	}
	add("database_password_env", secretOf("database_password", c.DatabasePasswordFile, c.DatabasePasswordEnv))
	if c.Database == "" {
		if c.DatabasePasswordFile+c.DatabasePasswordEnv != "" {
			add("database_password_file", invalid("problem.config_database_password", "SQLite in the data folder has no password; set database, or leave the password out"))
		}
		return problems
	}
	has, unreadable, plain := CheckAddress(c.Database)
	if unreadable != nil {
		add("database", unreadable)
		return problems
	}
	switch {
	case has && c.places["database"].Line > 0:
		add("database", invalid("problem.config_database_secret", "the password of the database does not stand in this file; put it into a file of its own and name that with database_password_file"))
	case has && c.DatabasePasswordFile+c.DatabasePasswordEnv != "":
		add("database", invalid("problem.config_two_secrets", "the secret stands in a file or in the environment; keep database_password_file or database_password_env", "what", "database_password"))
	}
	add("database", plain)
	return problems
}

// CheckAddress looks at the address of a PostgreSQL: whether a password stands in it, and what is wrong with it where it cannot be read, or leaves open how
// the line is protected. Several servers stand with commas between; what is looked at is the same for all.
func CheckAddress(address string) (password bool, unreadable, plain *assess.Problem) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.User.Username() == "" || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return false, invalid("problem.database_address", "the address of the database cannot be read; write it as postgres://user@host:5432/database"), nil
	}
	_, password = u.User.Password()
	if !u.Query().Has("sslmode") && !onThisMachine(u.Host) {
		plain = invalid("problem.config_database_plain",
			"whether the line to the database is protected must be said: end the address with ?sslmode=verify-full, or with ?sslmode=disable where the network between is protected")
	}
	return password || u.Query().Has("password"), nil, plain
}

// onThisMachine says whether all the servers of an address are reached without a network.
func onThisMachine(hosts string) bool {
	for _, host := range strings.Split(hosts, ",") {
		if at := strings.LastIndex(host, ":"); at < 0 {
			host += ":5432"
		}
		if !loopback(host) {
			return false
		}
	}
	return true
}
