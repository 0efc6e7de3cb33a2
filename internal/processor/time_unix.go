//go:build unix

package processor

import (
	"syscall"
	"time"
)

// Time answers the time all processors have spent on this process; 0 where that is not known. Other work on the machine does not count in it.
func Time() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
