//go:build !linux

package store

import "syscall"

// giveUpUnanswered leaves a connection as the system makes it.
func giveUpUnanswered(string, string, syscall.RawConn) error { return nil }
