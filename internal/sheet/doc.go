// Package sheet takes the bytes of a workbook (.xlsx) as a person or a program sends it and makes checked, typed cells of it: what
// is damaged, cut off, out of bounds or able to run is refused as a whole, and every value keeps its digits and its type.
package sheet
