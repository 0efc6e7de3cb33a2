// Package cycle takes a calendar of holidays and make-up working days and makes the dates of a collection: its steps, its
// deadline, how late a report is. Beside them stands the one state machine of filings. It is pure: the time is an argument.
package cycle
