package main

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// memoryShare of what a control group allows is for what Go manages; the rest is for the engine's pages, for what
// is held beyond a soft limit while ten thousand records are taken at once, and for what the system keeps of files.
const memoryShare = 0.4

// limitMemory lets the server clean up before the control group that it runs in – of a container, or of MemoryMax in the unit – ends it. Where
// GOMEMLIMIT says how much, that holds.
func limitMemory() {
	if allowed := memoryAllowed("/proc/self/cgroup", "/sys/fs/cgroup"); allowed > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(float64(allowed) * memoryShare))
	}
}

// memoryAllowed answers the least that this process's control group, or one above it, allows; 0 where nothing is limited, or there are none.
func memoryAllowed(own, root string) int64 {
	text, err := os.ReadFile(own)
	if err != nil {
		return 0
	}
	least := int64(math.MaxInt64)
	for line := range strings.Lines(string(text)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		base, file := root, "memory.max"
		if controllers == "memory" {
			base, file = filepath.Join(root, "memory"), "memory.limit_in_bytes"
		} else if controllers != "" {
			ok = false
		}
		for ; ok; group = filepath.Dir(group) {
			text, err := os.ReadFile(filepath.Join(base, group, file))
			if n, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && parseErr == nil && n > 0 { // "max" is none
				least = min(least, n)
			}
			if group == "/" || group == "." {
				break
			}
		}
	}
	if least >= math.MaxInt64/2 { // the first kind of groups writes "none" so
		return 0
	}
	return least
}
