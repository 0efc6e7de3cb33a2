// Package results takes the log of observations and the frozen editions and makes the sheet of any period: the scorecards of
// every framework and of the composite, kept in memory until the data change.
package results
