// Package publish takes the sheet of a period as it is to be published and makes its seal: canonical bytes of everything the sheet was
// made of and of all it says, known by their SHA-256 and chained to the seal before. A seal is a log of its own, so that its scores can be
// computed again from nothing else; of two seals of a period it says what differs.
package publish
