// Package i18n takes keys, names and numbers and makes the words a person reads, in Chinese first and English second: sentences
// from its catalogues, figures, dates, periods and places as each language writes them.
package i18n
