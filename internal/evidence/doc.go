// Package evidence takes files as people upload them and makes stored bytes known by their SHA-256, of a kind decided by their
// content, with a reduced picture where they are one. Nothing of an upload is ever run, and no name of it is ever a path.
package evidence
