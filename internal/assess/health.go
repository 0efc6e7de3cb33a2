package assess

import "time"

// Health is what the runs of a source say of it. It is computed of them and kept nowhere.
type Health struct {
	// Failures is how many runs in a row took nothing because of the source, up to the newest.
	Failures int
	// Sick says that this has been so again and again.
	Sick bool
	// Retry, where set, is when the source is asked again by itself, because its newest run took nothing.
	Retry time.Time
}

// Standing is where a source stands.
type Standing struct {
	Source Code
	Health
	Last     Run       // the newest run, without what it refused; ID "" where it was never asked
	Good     time.Time // when the newest good run ended; zero: never
	Figures  time.Time // when figures last came from it, new or known; zero: never
	Next     time.Time // when it is asked next by itself; zero: only by hand
	Stale    bool      // it should have been heard of since: two slots and a day have gone by
	Declared bool      // it stands in the configuration and can be asked now
}
