// Package cycle takes a calendar of holidays and make-up working days and makes the dates of a collection: its steps, its
// deadline, how late a report is. Beside them stand the state machines of reports, figures, results, appeals, corrections and
// tasks, each a table. It is pure: the time is an argument.
package cycle
