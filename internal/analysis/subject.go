package analysis

import (
	"cmp"
	"fmt"

	"github.com/unionboard/unionboard/internal/assess"
)

// Subject is what is looked into: the scores of one period, with what they were made by.
type Subject struct {
	Scores *assess.Scores
	// Framework is what made the scores, nil for a composite.
	Framework *assess.Framework
	// Assessment is what combined the Parts, one for each of its shares, nil for a framework.
	Assessment *assess.Assessment
	Parts      []Subject
}

// Of answers the scores of a framework as a subject.
func Of(f *assess.Framework, scores *assess.Scores) Subject {
	return Subject{Scores: scores, Framework: f}
}

// OfComposite answers a composite as a subject, with the scores of the frameworks it is made of in any order. Errors are Problems:
// a framework or its scores missing.
func OfComposite(a *assess.Assessment, composite *assess.Scores, frameworks []*assess.Framework, parts []*assess.Scores) (Subject, error) {
	s := Subject{Scores: composite, Assessment: a}
	for _, share := range a.Composite {
		part := Subject{}
		for _, f := range frameworks {
			if f.Code == share.Framework {
				part.Framework = f
			}
		}
		for _, scores := range parts {
			if scores != nil && scores.Framework == share.Framework {
				part.Scores = scores
			}
		}
		if composite == nil || part.Framework == nil || part.Scores == nil {
			return s, assess.NotFound("problem.analysis_part",
				fmt.Sprintf("the composite needs the scores of %s, and there are none; score all its frameworks in the same period", share.Framework),
				"code", string(share.Framework))
		}
		s.Parts = append(s.Parts, part)
	}
	return s, nil
}

// Code answers what the subject is called: a framework's code, or composite.
func (s Subject) Code() assess.Code { return s.Scores.Framework }

// printing is how a total is rounded for print, and how places are shared on what is printed.
type printing struct {
	decimals int
	rounding assess.Rounding
	ties     assess.Ties
}

func (s Subject) printing() printing {
	if s.Framework != nil {
		return printing{s.Framework.Decimals, s.Framework.Rounding, cmp.Or(s.Framework.Ties, assess.Competition)}
	}
	return printing{s.Assessment.Decimals, s.Assessment.Rounding, cmp.Or(s.Assessment.Ties, assess.Competition)}
}

// compositeScale is a perfect composite.
const compositeScale = 100

func (s Subject) scale() float64 {
	if s.Framework == nil {
		return compositeScale
	}
	return cmp.Or(s.Framework.Scale, 100)
}

// official says whether points were counted in units of 0.0001.
func (s Subject) official() bool { return s.Framework == nil || s.Framework.Layer != assess.Analytic }
