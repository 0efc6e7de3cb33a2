// Package export takes scores and observations and makes the files people send: tidy CSV, JSON and a table for the terminal.
package export
