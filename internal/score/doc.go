// Package score takes a framework and the figures of all units and makes scorecards: scores, ranks, grades and lights, each with
// its derivation. It is pure: the same input gives the same result. How a score comes about reads from the files in this order:
// a Panel holds figures, a reader reads an indicator's value from them, a method gives it a mark, the fold adds the marks up the
// tree, ranks and grades follow.
package score
