// Package takeout takes orders – which table, of what, in which format – and makes files of them. It is the only way by which a table leaves
// the program, whoever asks: the command line, a page, a program or the clock.
package takeout
