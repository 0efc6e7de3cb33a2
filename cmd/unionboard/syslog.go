//go:build !windows && !plan9

package main

import (
	"fmt"
	"log/syslog"
	"time"

	"github.com/unionboard/unionboard/internal/audit"
)

// tellSyslog sends a head to the syslog of the configuration, if it names one.
func (a *app) tellSyslog(h audit.Head) error {
	if a.config.Audit.Syslog == "" {
		return nil
	}
	network, address, _ := a.config.Audit.SyslogAt()
	to, err := syslog.Dial(network, address, syslog.LOG_AUTHPRIV|syslog.LOG_NOTICE, "unionboard")
	if err != nil {
		return fmt.Errorf("syslog: %w", err)
	}
	defer to.Close()
	if _, err := fmt.Fprintf(to, "audit head line=%d hash=%s time=%s", h.Seq, h.Hash, h.At.UTC().Format(time.RFC3339)); err != nil {
		return fmt.Errorf("syslog: %w", err)
	}
	return nil
}
