// Package source takes what other systems and people hand in – JSON and CSV over HTTP, files in a drop folder, files given by
// hand – and makes deliveries of it: entries with their places, as text. What they mean, and whether they may stand, is for
// package collect to say.
package source
