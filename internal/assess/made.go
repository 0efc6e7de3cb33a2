package assess

import "time"

// Answer names what a source says of one unit and period.
type Answer struct {
	Source Code
	Unit   UnitCode
	Period string // as written
}

// Made is when the newest of a source's answers that was taken says that it was made. What was made before it was overtaken on its way.
type Made struct {
	Answer
	At time.Time
}
