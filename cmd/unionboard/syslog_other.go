//go:build windows || plan9

package main

import (
	"errors"

	"github.com/unionboard/unionboard/internal/audit"
)

// tellSyslog is for systems that have one.
func (a *app) tellSyslog(audit.Head) error {
	if a.config.Audit.Syslog == "" {
		return nil
	}
	return errors.New("syslog: this system has none")
}
