package source

// Mapping says how what a source sends is read: where its tables have what, and what its words for units, items, periods and missing
// figures mean. nil reads the promised forms as they are. It is written as JSON where it is kept.
type Mapping struct{}
