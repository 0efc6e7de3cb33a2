package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// Forge answers a seal with its lines changed and every check and digest made anew, as somebody would who knows the form.
func Forge(data []byte, change func(text string) string) []byte {
	var body bytes.Buffer
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines = lines[:len(lines)-2] // without the end and what follows its line feed
	first := append(make([]byte, marked), change(string(lines[0][marked:]))...)
	header, err := decode(first)
	if err != nil {
		panic(err)
	}
	for _, line := range lines[1:] {
		line = append(make([]byte, marked), change(string(line[marked:]))...)
		mark(line)
		body.Write(line)
	}
	sum := sha256.Sum256(body.Bytes())
	header.Header.Content = hex.EncodeToString(sum[:])
	var out bytes.Buffer
	if err := put(&out, header); err != nil {
		panic(err)
	}
	out.Write(body.Bytes())
	whole := sha256.Sum256(out.Bytes())
	if err := put(&out, record{End: &end{Lines: len(lines), SHA256: hex.EncodeToString(whole[:])}}); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// WithEnd answers a seal with another end: so many lines, and that SHA-256, under a check that holds.
func WithEnd(data []byte, lines int, digest string) []byte {
	all := bytes.SplitAfter(data, []byte("\n"))
	var out bytes.Buffer
	for _, line := range all[:len(all)-2] {
		out.Write(line)
	}
	if err := put(&out, record{End: &end{Lines: lines, SHA256: digest}}); err != nil {
		panic(err)
	}
	return out.Bytes()
}
