// Package paper takes the panels of a page and makes documents that are signed, filed and edited: PDF on A4 with a typeface of its own,
// and Word files. No figure is computed here. It alone uses gopdf.
package paper
