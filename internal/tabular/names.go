package tabular

// Names finds what a label of a table names, however it is written.
type Names struct {
	byName  map[string]string // code by bare name
	ordered []string          // names in the order in which they were added
	found   map[string]found  // what was looked up, by label
	likened int               // how many labels were compared with every name
}

// found is what a label was found to name; code "" for nothing.
type found struct {
	code   string
	unsure bool
}

const (
	// mostLikened bounds the labels that are compared with every name: a table has some hundred, a file of chance has any number.
	mostLikened = 2_000
	longest     = 300 // bytes of a label that is looked at
)

// NewNames makes Names of nothing.
func NewNames() *Names { return &Names{byName: map[string]string{}, found: map[string]found{}} }

// Add lets names stand for a code. One that stands for another already keeps it.
func (n *Names) Add(code string, names ...string) {
	for _, name := range names {
		if name = Bare(name); name != "" && n.byName[name] == "" {
			n.byName[name] = code
			n.ordered = append(n.ordered, name)
		}
	}
}

// Named answers the code of a name that is written out, but for what stands around it.
func (n *Names) Named(name string) (code string, ok bool) {
	code, ok = n.byName[Bare(name)]
	return code, ok
}

// Match answers what a label names; unsure says that it is only like the name.
func (n *Names) Match(label string) (code string, unsure, ok bool) {
	if len(label) > longest {
		return "", false, false
	}
	f, known := n.found[label]
	if !known {
		f = n.look(Bare(label))
		n.found[label] = f
	}
	return f.code, f.unsure, f.code != ""
}

func (n *Names) look(name string) found {
	if code, exact := n.byName[name]; exact {
		return found{code: code}
	}
	if runes := len([]rune(name)); runes < 3 || runes > 60 || n.likened == mostLikened {
		return found{}
	}
	n.likened++
	const enough, apart = 0.6, 0.05
	var code string
	best, second := 0.0, 0.0
	for _, known := range n.ordered {
		switch like := Alike(name, known); {
		case n.byName[known] == code:
			best = max(best, like)
		case like > best:
			code, best, second = n.byName[known], like, best
		case like > second:
			second = like
		}
	}
	if best < enough || best-second < apart {
		return found{}
	}
	return found{code, true}
}
