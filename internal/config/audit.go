package config

import (
	"fmt"
	"net"
	"net/url"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Audit is how the audit log is kept.
type Audit struct {
	// KeepDays is after how many days lines leave the log for a file.
	KeepDays int
	// Folder holds the heads of every day and the lines that left; where it does not begin with /, it is meant from the data folder.
	Folder string
	// Syslog also takes the heads: local, udp://host:port or tcp://host:port; "": none.
	Syslog string
}

// The limits of what can be set: CSL asks for six months at least; more than a century is a slip of the pen.
const (
	LeastAuditDays = 180
	mostAuditDays  = 36500
)

func (r *reader) audit(a *Audit) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{"keep_days": r.whole(&a.KeepDays), "folder": r.text(&a.Folder), "syslog": r.text(&a.Syslog)})
	}
}

func (c Config) checkAudit() (problems assess.Problems) {
	add := func(path string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path)))
		}
	}
	if n := c.Audit.KeepDays; n < LeastAuditDays || n > mostAuditDays {
		add("audit.keep_days", invalid("problem.config_audit_keep",
			fmt.Sprintf("audit.keep_days cannot be %d: the law asks for six months of logs at least; write %d or more, or leave it out for three years", n, LeastAuditDays),
			"value", strconv.Itoa(n), "least", strconv.Itoa(LeastAuditDays)))
	}
	if c.Audit.Folder == "" {
		add("audit.folder", lacks("audit", "folder"))
	}
	if _, _, ok := c.Audit.SyslogAt(); !ok {
		add("audit.syslog", invalid("problem.config_syslog",
			fmt.Sprintf("%q is no place of a syslog; write local, udp://host:514 or tcp://host:514", c.Audit.Syslog), "value", c.Audit.Syslog))
	}
	return problems
}

// SyslogAt answers the network and the address of the syslog, both "" for that of this machine. ok is false for what is no such place.
func (a Audit) SyslogAt() (network, address string, ok bool) {
	if a.Syslog == "" || a.Syslog == "local" {
		return "", "", true
	}
	u, err := url.Parse(a.Syslog)
	if err != nil || u.Scheme != "udp" && u.Scheme != "tcp" || u.Path != "" || u.User != nil || u.RawQuery != "" {
		return "", "", false
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil || host == "" || port == "" {
		return "", "", false
	}
	return u.Scheme, u.Host, true
}
