// Package refund takes the rows of the tax bureau's payments and of the register of unions, as their cells, and makes of them who
// paid for whom: a match of every payment with the union it belongs to, with the evidence in bits, the district by the affiliation
// of the union, the account and the amount. It knows no database, no page and no clock; the same rows give the same answer in any
// order and on any number of processors.
package refund
