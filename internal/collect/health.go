package collect

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/unionboard/unionboard/internal/assess"
)

// How a source that fails is asked again: after five minutes, then after twice as long each time, up to a day; from the fifth failure
// in a row it is called sick.
const (
	firstPause   = 5 * time.Minute
	longestPause = 24 * time.Hour
	sickAfter    = 5
)

// HistoryRead is how many of its newest runs Health wants to see: with more failures in a row than that, nothing changes any more.
const HistoryRead = 32

// Health answers what the runs of a source, newest first, say of it. A run that was interrupted took nothing either: the first is made
// good at once, but what ends the program again and again must not do so at every start. A run under way says nothing yet.
func Health(source assess.Code, runs []assess.Run) assess.Health {
	h, barren := assess.Health{}, 0
	var newest assess.Run
	for _, r := range runs {
		if r.State == assess.RunRunning {
			continue
		}
		if r.State != assess.RunFailed && r.State != assess.RunInterrupted {
			break
		}
		if barren++; barren == 1 {
			newest = r
		}
		if r.State == assess.RunFailed {
			h.Failures++
		}
	}
	h.Sick = h.Failures >= sickAfter
	if barren > 0 {
		h.Retry = newest.Finished.Add(pause(source, barren))
	}
	if barren == 1 && newest.State == assess.RunInterrupted {
		h.Retry = newest.Finished
	}
	return h
}

// pause answers how long a source is left alone after so many runs in a row that took nothing. It is shortened by up to a fifth, by
// another part for each source and number, so that what failed together does not come back together; two processes count the same.
func pause(source assess.Code, barren int) time.Duration {
	whole := firstPause
	for i := 1; i < barren && whole < longestPause; i++ {
		whole *= 2
	}
	whole = min(whole, longestPause)
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(string(source) + " " + strconv.Itoa(barren))) // never fails
	fifth := whole / 5
	return (whole - fifth*time.Duration(hash.Sum32()%1000)/1000).Truncate(time.Second)
}
