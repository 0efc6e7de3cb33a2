package catalog

import (
	"slices"
	"strings"
)

// closest answers the word that was probably meant: the one with the fewest letters inserted, left out, replaced or swapped,
// if these are at most a third of the word. "" where nothing comes close.
func closest(word string, words []string) string {
	best, fewest := "", max(1, len([]rune(word))/3)+1
	if len(word) > 100 { // no key or code is that long
		return ""
	}
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < fewest {
			best, fewest = w, d
		}
	}
	return best
}

// distance is the optimal string alignment distance: the Levenshtein distance with swaps of neighbours counted as one.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}

// nearest is closest over codes of any kind.
func nearest[T ~string](word T, words []T) string {
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = string(w)
	}
	slices.Sort(plain)
	return closest(string(word), plain)
}
