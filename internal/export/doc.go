// Package export takes sheets, observations, forms, targets, matters and evidence and makes the files people send. Every table is
// described once, as a Table in a Book; CSV and JSON are written here, workbooks and papers by rooms of their own, all from that one
// description. Nothing is computed here: figures are written as they stand in what they come from.
package export
