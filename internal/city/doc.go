// Package city takes what the city federation itself owes an assessment – the figures of its departments, yearly targets, ballots,
// bonus, deductions, vetoes, marks of not applicable – with the definitions of a year and what is held of it, and makes the tables
// its people fill in, the shares of the units, and what passes the gate once everybody has agreed who must.
package city
