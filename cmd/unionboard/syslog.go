//go:build !windows && !plan9

package main

import (
	"fmt"
	"log/syslog"
	"time"

	"github.com/unionboard/unionboard/internal/audit"
)

// syslogTime is how long a syslog may take: the head is in its file already, and a server that ends waits for this.
const syslogTime = 5 * time.Second

// tellSyslog sends a head to the syslog of the configuration, if it names one.
func (a *app) tellSyslog(h audit.Head) error {
	if a.config.Audit.Syslog == "" {
		return nil
	}
	network, address, _ := a.config.Audit.SyslogAt()
	told := make(chan error, 1)
	go func() { told <- sendHead(network, address, h) }() // the library knows no end of waiting
	select {
	case err := <-told:
		return err
	case <-time.After(syslogTime):
		return fmt.Errorf("syslog: %s does not answer within %s", a.config.Audit.Syslog, syslogTime)
	}
}

func sendHead(network, address string, h audit.Head) error {
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
