//go:build unix

package sheet_test

import (
	"syscall"
	"time"
)

// processorTime answers the time all processors have spent on this process. Other work on the machine does not count in it.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
