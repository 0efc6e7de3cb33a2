package dashboard

import "slices"

// kind is a type of panel: what it may ask, what it may be told, and what fills it.
type kind struct {
	name     string
	measures []string
	units    []string
	options  []string
	needs    []string // options without which the panel says nothing
	fill     func(*resolver, PanelDefinition, *Panel) error
}

// kinds is every type of panel there is.
func kinds() []kind {
	var (
		many    = []string{"all", "peers", "chosen"}
		one     = []string{"unit"}
		anyone  = []string{"all", "peers", "unit", "chosen"}
		whole   = []string{"city"}
		limited = []string{"limit"}
	)
	return []kind{
		{"stat", []string{"score"}, []string{"city", "unit"}, nil, nil, (*resolver).stat},
		{"sentence", []string{"draft"}, []string{"all", "unit", "city"}, []string{"draft"}, []string{"draft"}, (*resolver).sentence},
		{"lights", []string{"score"}, many, []string{"transposed"}, nil, (*resolver).lights},
		{"ranking", []string{"score", "value"}, many, limited, nil, (*resolver).ranking},
		{"trend", []string{"score", "value"}, []string{"unit", "city", "chosen", "ends"}, nil, nil, (*resolver).trend},
		{"bars", []string{"score"}, []string{"unit", "chosen"}, nil, nil, (*resolver).bars},
		{"radar", []string{"score"}, one, nil, nil, (*resolver).radar},
		{"waterfall", []string{"change"}, one, limited, nil, (*resolver).waterfall},
		{"tilemap", []string{"score"}, []string{"all"}, nil, nil, (*resolver).tileMap},
		{"spread", []string{"score", "value"}, many, limited, nil, (*resolver).spread},
		{"scatter", []string{"score", "value"}, many, []string{"against"}, []string{"against"}, (*resolver).scatter},
		{"table", []string{"change", "gap", "score", "differences", "returns", "corrections", "weights", "discrimination", "correlations", "effects"}, anyone, limited, nil, (*resolver).table},
		{"status", []string{"filing"}, many, nil, nil, (*resolver).status},
		{"laglist", []string{"gap"}, anyone, []string{"limit", "page"}, nil, (*resolver).lagList},
		{"rankband", []string{"rank"}, anyone, nil, nil, (*resolver).rankBand},
		{"facts", []string{"definition"}, whole, nil, nil, (*resolver).facts},
		{"references", []string{"published"}, whole, nil, nil, (*resolver).referenceTable},
		{"text", []string{"words"}, whole, []string{"text"}, []string{"text"}, (*resolver).text},
	}
}

// forbidden refuses the options that this type of panel does not know.
func (k kind) forbidden() object {
	o := object{}
	for name := range optionWords() {
		if !slices.Contains(k.options, name) {
			o[name] = false
		}
	}
	return o
}

// needed are the options without which the panel says nothing.
func (k kind) needed() []any {
	list := []any{}
	for _, name := range k.needs {
		list = append(list, name)
	}
	return list
}

// keys are what the needed options add to the keys of every panel.
func (k kind) keys() []any {
	if len(k.needs) > 0 {
		return []any{"options"}
	}
	return []any{}
}

func kindOf(name string) (kind, bool) {
	for _, k := range kinds() {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}
