// Package processor takes a running test and makes known what the processors have spent on it, which, unlike a clock, stands still while the
// machine is busy with other things, and whether the race detector watches. Only tests import it.
package processor
