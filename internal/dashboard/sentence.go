package dashboard

import (
	"unicode"
	"unicode/utf8"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/results"
)

// drafts names every draft there is.
func drafts() []string {
	return []string{
		"home", "lags", "framework", "indicators", "unit", "indicator", "compare", "strengths", "strong", "weak", "next", "conduct",
		"notice_lead", "notice_overall", "notice_problems", "notice_steps",
	}
}

// draft writes a sentence from the numbers of the page.
func (r *resolver) draft(name string) (Sentence, error) {
	switch name {
	case "home":
		return r.homeSentence()
	case "lags":
		return r.lagsSentence()
	case "framework":
		return r.frameworkSentence()
	case "indicators":
		return r.indicatorsSentence()
	case "unit":
		return r.unitSentence()
	case "indicator":
		return r.indicatorSentence()
	case "compare":
		return r.compareSentence()
	case "strengths":
		return r.strengths()
	case "strong", "weak":
		u, _ := r.now.edition().Roster.Unit(r.req.Unit)
		return map[string]func(assess.Unit) Sentence{"strong": r.strong, "weak": r.weak}[name](u), nil
	case "next":
		u, _ := r.now.edition().Roster.Unit(r.req.Unit)
		return r.next(u)
	case "conduct":
		return r.conduct()
	case "notice_lead":
		return r.noticeLead()
	case "notice_overall":
		return r.noticeOverall()
	case "notice_problems":
		return r.noticeProblems()
	case "notice_steps":
		return r.noticeSteps()
	}
	return nil, assess.Invalid("problem.panel_draft", "there is no draft called \""+name+"\"; `unionboard schema dashboard` lists them", "value", name)
}

// draftOrExcuse never leaves the top of the page empty.
func (r *resolver) draftOrExcuse(name string) Sentence {
	s, err := r.draft(name)
	if err == nil && len(s) == 0 {
		return r.end(words(r.words.T("sentence.no_lights")))
	}
	if err == nil {
		return s
	}
	p := r.excuse(err)
	if text := r.words.Say(p.Key, p.Args); text != p.Key {
		return words(text)
	}
	return words(p.Message)
}

// text is a panel of words that stand in the file.
func (r *resolver) text(d PanelDefinition, p *Panel) error {
	p.Text = &Sentence{{Text: d.Options.Text.In(r.req.Lang)}}
	return nil
}

// sentence is a panel of one paragraph that is drafted from the numbers.
func (r *resolver) sentence(d PanelDefinition, p *Panel) error {
	s, err := r.draft(d.Options.Draft)
	if err != nil {
		return err
	}
	p.Text = &s
	return nil
}

// words makes a sentence of plain text.
func words(text string) Sentence {
	if text == "" {
		return nil
	}
	return Sentence{{Text: text}}
}

// linked makes a sentence that is a link.
func linked(text, link string) Sentence { return Sentence{{Text: text, Link: link}} }

// named makes a sentence of a name with its link.
func named(n Name) Sentence { return linked(n.Full, n.Link) }

// compose fills the placeholders of a catalogue sentence with sentences, so that figures keep their links. The arguments are pairs
// of name and Sentence.
func (r *resolver) compose(key string, args ...any) (s Sentence) {
	for _, part := range r.words.Parts(key) {
		if part.Name == "" {
			s = append(s, Fragment{Text: part.Text})
			continue
		}
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] != part.Name {
				continue
			}
			switch arg := args[i+1].(type) {
			case Sentence:
				s = append(s, arg...)
			case string:
				s = append(s, Fragment{Text: arg})
			}
		}
	}
	return s
}

// join puts clauses into one sentence, leaving out empty ones.
func (r *resolver) join(separator string, clauses ...Sentence) (s Sentence) {
	for _, c := range clauses {
		if len(c) == 0 {
			continue
		}
		if len(s) > 0 {
			s = append(s, Fragment{Text: r.words.T(separator)})
		}
		s = append(s, c...)
	}
	return s
}

// listed puts clauses into one sentence as join does, each on a line of its own.
func (r *resolver) listed(separator string, clauses ...Sentence) (s Sentence) {
	s = r.join(separator, clauses...)
	for i := range s {
		s[i].Ends = s[i].Text == r.words.T(separator) && s[i].Link == ""
	}
	return s
}

// end closes a sentence, and begins it with a capital where the script has one.
func (r *resolver) end(s Sentence) Sentence {
	if len(s) == 0 {
		return s
	}
	first, size := utf8.DecodeRuneInString(s[0].Text)
	s[0].Text = string(unicode.ToUpper(first)) + s[0].Text[size:]
	return append(s, Fragment{Text: r.words.T("sentence.stop")})
}

// correctionsOf answers the corrections that concern the units.
func (r *resolver) correctionsOf(units []assess.Unit) (list []results.Correction) {
	concerned := map[assess.UnitCode]bool{}
	for _, u := range units {
		concerned[u.Code] = true
	}
	for _, c := range r.now.sheet.Corrections {
		if concerned[c.After.Unit] {
			list = append(list, c)
		}
	}
	return list
}
