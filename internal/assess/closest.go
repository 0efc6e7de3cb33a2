package assess

import "strings"

// longestWord is the length of the longest word that Closest looks at: no key or code is longer.
const longestWord = 100

// Closest answers the word that was probably meant: the one with the fewest letters inserted, left out, replaced or swapped, if
// these are at most a third of the word; the first of several. It answers "" where nothing comes close.
func Closest[T ~string](word T, words []T) T {
	var best T
	if len(word) > longestWord {
		return best
	}
	fewest := max(1, len([]rune(string(word)))/3) + 1
	for _, w := range words {
		if d := distance(strings.ToLower(string(word)), strings.ToLower(string(w))); d < fewest {
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
