package schedule

import (
	"hash/fnv"
	"time"
)

// Shift answers how long after its slots a job is begun: less than bound, to the second, and always the same for a name, so that jobs of
// one hour spread over it. No bound is no shift.
func Shift(name string, bound time.Duration) time.Duration {
	seconds := uint64(bound / time.Second)
	if bound <= 0 || seconds == 0 {
		return 0
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(name)) // never fails
	return time.Duration(hash.Sum64()%seconds) * time.Second
}

// Due answers when a job with a record is run next; what is due already is due now. The zero time: never.
func Due(spec Spec, shift time.Duration, r Record, now time.Time) time.Time {
	next := r.Retry
	if next.IsZero() {
		from := r.Last
		if from.IsZero() {
			from = now.Add(-shift)
		}
		if next = spec.Next(from); next.IsZero() {
			return next
		}
		next = next.Add(shift)
	}
	if next.Before(now) {
		return now
	}
	return next
}
