// Package workbook takes the form of a district and makes the Excel file that is filled in without a connection; it takes the
// filled file, or a table of the district's own making, and makes the saves of the form that it stands for, with every fault at its
// cell, and the marked copy that goes back. It is the sole user of excelize; what it reads has passed package sheet.
package workbook
