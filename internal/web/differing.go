package web

// signs are a run of signs of a text, and whether it differs from the text beside it.
type signs struct {
	Text string
	Off  bool
}

// mostCompared is how many signs of two texts are compared one by one; longer ones are marked whole.
const mostCompared = 400

// differing cuts two texts that stand side by side into runs that are the same in both and runs that are not, so that a reader sees
// which sign differs. Texts of one length are held against each other sign by sign where that marks no more than their longest common
// sequence would: 1234 and 1243 differ in two places, and nothing was moved.
func differing(a, b string) (left, right []signs) {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 || len(x) > mostCompared || len(y) > mostCompared {
		return whole(a, a != b), whole(b, a != b)
	}
	inX, inY := common(x, y)
	if len(x) == len(y) {
		placed := make([]bool, len(x))
		for i := range x {
			placed[i] = x[i] == y[i]
		}
		if sameCount(placed) >= sameCount(inX)-1 {
			inX, inY = placed, placed
		}
	}
	return runs(x, inX), runs(y, inY)
}

func whole(text string, off bool) []signs {
	if text == "" {
		return nil
	}
	return []signs{{text, off}}
}

func sameCount(same []bool) (n int) {
	for _, is := range same {
		if is {
			n++
		}
	}
	return n
}

// common says of each sign whether it is in the longest common sequence of both texts.
func common(x, y []rune) (inX, inY []bool) {
	longest := make([][]int, len(x)+1) // of what follows a place in each
	for i := range longest {
		longest[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if longest[i][j] = max(longest[i+1][j], longest[i][j+1]); x[i] == y[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	inX, inY = make([]bool, len(x)), make([]bool, len(y))
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			inX[i], inY[j] = true, true
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return inX, inY
}

func runs(text []rune, same []bool) (all []signs) {
	for from := 0; from < len(text); {
		to := from + 1
		for to < len(text) && same[to] == same[from] {
			to++
		}
		all = append(all, signs{string(text[from:to]), !same[from]})
		from = to
	}
	return all
}
