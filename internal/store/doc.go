// Package store takes what the rooms decided and makes it last: the log of observations, the audit log, runs, editions, filings
// and accounts in one SQLite file, or in a PostgreSQL that several servers share. All SQL and all migrations stand here, in the subset that both
// understand; what differs is behind engine.
//
// Every change goes through one writer that commits many requests together, each under its own savepoint. Observations and
// audit lines are only ever added. Their numbers are given under the one row of table head, in the transaction that writes
// them, so the order of numbers is the order of commits: what was known at number N never changes.
//
// In the tables times are UTC milliseconds, booleans are 0 and 1, values are decimal text, and nothing is NULL: the empty text
// and 0 say that there is none.
package store
