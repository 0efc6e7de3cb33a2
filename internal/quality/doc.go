// Package quality takes the figures that districts report, with their history, and makes questions to the districts: what breaks a
// rule, what contradicts itself, what is unusual. A question never changes a score.
package quality
