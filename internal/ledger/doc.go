// Package ledger takes what refund found of a delivery and makes cases and bookings of it: a ticket is refunded once, taken back only by a
// counter-entry, and the sums balance to the fen. Each ticket is a case, whose record stands in the register dues_refunds; people decide about
// those that are not sure, payment lists bring the money, and what the bank sends back is paid to another account.
package ledger
