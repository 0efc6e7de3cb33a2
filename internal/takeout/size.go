package takeout

import "io"

// Size counts what is written.
type Size struct{ Bytes int64 }

// On answers a writer that writes to w and counts.
func (s *Size) On(w io.Writer) io.Writer { return sizing{w, s} }

type sizing struct {
	io.Writer
	size *Size
}

// Write implements io.Writer.
func (w sizing) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.size.Bytes += int64(n)
	return n, err
}
