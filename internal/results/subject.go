package results

import (
	"github.com/unionboard/unionboard/internal/analysis"
	"github.com/unionboard/unionboard/internal/assess"
)

// Subject answers a framework of the sheet, or its composite, as something to be analysed. Errors are Problems: none of that code.
func (s *Sheet) Subject(code assess.Code) (analysis.Subject, error) {
	scores := s.Scores(code)
	if scores == nil {
		return analysis.Subject{}, assess.NotFound("problem.framework_unknown", "there is no framework \""+string(code)+"\" in this period; choose one from the pages", "value", string(code))
	}
	if f, ok := s.Edition.Framework(code); ok {
		return analysis.Of(f, scores), nil
	}
	frameworks := make([]*assess.Framework, len(s.Edition.Frameworks))
	for i := range s.Edition.Frameworks {
		frameworks[i] = &s.Edition.Frameworks[i]
	}
	return analysis.OfComposite(&s.Edition.Assessment, scores, frameworks, s.Frameworks)
}
