//go:build !race

package processor

// Raced says whether the race detector watches, which is no judge of time and memory.
const Raced = false
