// Package terminal takes what a long command is doing and makes a progress line of it: a bar where a person watches, nothing
// where the output goes to a file.
package terminal
