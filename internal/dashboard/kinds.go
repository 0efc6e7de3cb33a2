package dashboard

import "slices"

// kind is a type of panel: what it may ask, what it may be told, and what fills it.
type kind struct {
	name     string
	measures []string
	units    []string
	options  []string
	fill     func(*resolver, PanelDefinition, *Panel) error
}

// kinds is every type of panel there is.
func kinds() []kind {
	return []kind{
		{"stat", []string{"score"}, []string{"city", "unit"}, nil, (*resolver).stat},
		{"laglist", []string{"gap"}, []string{"all", "peers", "unit"}, []string{"limit", "page"}, (*resolver).lagList},
		{"tilemap", []string{"score"}, []string{"all"}, nil, (*resolver).tileMap},
		{"ranking", []string{"score", "value"}, []string{"all", "peers"}, []string{"limit"}, (*resolver).ranking},
		{"status", []string{"filing"}, []string{"all", "peers"}, nil, (*resolver).status},
		{"lights", []string{"score"}, []string{"all", "peers"}, []string{"transposed"}, (*resolver).lights},
		{"spread", []string{"score", "value"}, []string{"all", "peers"}, []string{"limit"}, (*resolver).spread},
		{"bars", []string{"score"}, []string{"unit"}, nil, (*resolver).bars},
		{"radar", []string{"score"}, []string{"unit"}, nil, (*resolver).radar},
		{"trend", []string{"score", "value"}, []string{"unit", "city"}, nil, (*resolver).trend},
		{"table", []string{"change", "gap", "score", "returns", "corrections", "weights", "discrimination", "correlations", "effects"}, []string{"all", "peers", "unit"}, []string{"limit"}, (*resolver).table},
		{"facts", []string{"definition"}, []string{"city"}, nil, (*resolver).facts},
		{"text", []string{"draft"}, []string{"all", "unit", "city"}, []string{"draft"}, (*resolver).text},
		{"rankband", []string{"rank"}, []string{"all", "peers", "unit"}, nil, (*resolver).rankBand},
		{"waterfall", []string{"change"}, []string{"unit"}, []string{"limit"}, (*resolver).waterfall},
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
	if k.name == "text" {
		return []any{"draft"}
	}
	return []any{}
}

// needs are the keys that the needed options add to those of every panel.
func (k kind) needs() []any {
	if len(k.needed()) > 0 {
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
