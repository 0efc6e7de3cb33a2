package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// language is a parameter of every call: in which language what is wrong is said.
const language = "lang"

// parameters reads what stands behind the question mark and remembers the first thing that is wrong with it.
type parameters struct {
	query url.Values
	read  []string
	fault error
}

func (c Call) parameters() *parameters {
	p := &parameters{query: c.Query}
	p.choice(language, i18n.Chinese, i18n.English)
	return p
}

// Plain says what is wrong with an address that takes no parameter but the language.
func Plain(query url.Values) error { return Call{Query: query}.parameters().end() }

// text answers a parameter, "" where it is not there.
func (p *parameters) text(name string) string {
	p.read = append(p.read, name)
	if len(p.query[name]) > 1 {
		p.wrong(assess.Invalid("problem.api_parameter_twice", fmt.Sprintf("the parameter %s is there more than once; write it once", name), "parameter", name))
	}
	return p.query.Get(name)
}

// texts answers the values of a parameter that may be there several times, or with commas between.
func texts[T ~string](p *parameters, name string) (all []T) {
	p.read = append(p.read, name)
	for _, value := range p.query[name] {
		for text := range strings.SplitSeq(value, ",") {
			all = append(all, T(text))
		}
	}
	if slices.Contains(all, "") {
		p.wrong(assess.Invalid("problem.api_parameter_list",
			fmt.Sprintf("the parameter %s has an empty value; write one value, or several with commas between", name), "parameter", name))
	}
	return all
}

// period answers a period, zero where there is none.
func (p *parameters) period(name string) assess.Period {
	text := p.text(name)
	if text == "" {
		return assess.Period{}
	}
	period, err := assess.ParsePeriod(text)
	if err != nil {
		p.wrong(badPeriod(name, text))
	}
	return period
}

func badPeriod(name, text string) *assess.Problem {
	return assess.Invalid("problem.api_parameter_period",
		fmt.Sprintf("the parameter %s is %.40q; it is a period such as 2026Q1, 2026-03 or 2026", name, text), "parameter", name, "value", cut(text))
}

// number answers a whole number within limits.
func (p *parameters) number(name string, usual, least, most int) int {
	text := p.text(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.wrong(assess.Invalid("problem.api_parameter_number",
			fmt.Sprintf("the parameter %s is %.40q; it is a whole number from %d to %d", name, text, least, most),
			"parameter", name, "value", cut(text), "least", strconv.Itoa(least), "most", strconv.Itoa(most)))
	}
	return n
}

// choice answers one of several words, the first of them where it is not there.
func (p *parameters) choice(name string, words ...string) string {
	text := p.text(name)
	if text == "" {
		return words[0]
	}
	if !slices.Contains(words, text) {
		all := strings.Join(words, ", ")
		p.wrong(assess.Invalid("problem.api_parameter_choice", fmt.Sprintf("the parameter %s is %.40q; choose one of %s", name, text, all),
			"parameter", name, "value", cut(text), "choices", all))
	}
	return text
}

// flag answers true or false, false where it is not there.
func (p *parameters) flag(name string) bool { return p.choice(name, "false", "true") == "true" }

// must notes that a parameter is needed.
func (p *parameters) must(name string, there bool) {
	if !there {
		p.wrong(assess.Invalid("problem.api_parameter_missing", fmt.Sprintf("the parameter %s is needed; add it to the address", name), "parameter", name))
	}
}

func (p *parameters) wrong(fault *assess.Problem) {
	if p.fault == nil {
		p.fault = fault
	}
}

func cut(text string) string { return fmt.Sprintf("%.40s", text) }

// end answers what was wrong. A parameter that nobody read is refused: it may say what is not to be answered.
func (p *parameters) end() error {
	for _, name := range slices.Sorted(maps.Keys(p.query)) {
		if slices.Contains(p.read, name) || p.fault != nil {
			continue
		}
		known := slices.Sorted(slices.Values(p.read))
		p.fault = assess.Invalid("problem.api_parameter_unknown",
			fmt.Sprintf("there is no parameter %.40q here; there are %s", name, strings.Join(known, ", ")),
			"parameter", cut(name), "known", strings.Join(known, ", "))
	}
	return p.fault
}
