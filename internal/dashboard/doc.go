// Package dashboard takes page definitions and the sheets of periods and makes the data of every panel on a page: numbers,
// words and links, never markup.
package dashboard
