package paper

import (
	"strconv"

	"github.com/unionboard/unionboard/internal/i18n"
)

// running sets what stands on every page: whose it is above, when it was printed and which page it is below.
func (s *sheets) running(h Heading, left, right string, page, pages int) {
	words := h.Words
	s.fit(edge, 36, small, inside*0.55, muted(), left)
	s.right(edge+inside, 36, small, muted(), right)
	s.line(edge, 42, edge+inside, 42, 0.6, rule())
	if h.Demo {
		s.centre(paperWidth/2, 26, small, maroon(), words.T("paper.demo"))
	}
	s.line(edge, 806, edge+inside, 806, 0.4, rule())
	s.text(edge, 818, small, muted(), words.T("paper.printed", "by", union(h.City, words), "date", words.Date(h.Printed), "time", h.Printed.Format("15:04")))
	s.right(edge+inside, 818, small, muted(), words.T("paper.page", "n", strconv.Itoa(page), "of", strconv.Itoa(pages)))
}

// signatures sets the line on which a table is signed: 制表 审核 签批.
func (s *sheets) signatures(words i18n.Words, y float64) {
	keys := []string{"paper.prepared", "paper.checked", "paper.approved", "paper.date"}
	wide := inside / float64(len(keys))
	for i, key := range keys {
		x := edge + float64(i)*wide
		label := words.T(key)
		s.text(x, y, body, dark(), label)
		s.line(x+s.width(body, s.clean(label))+3, y+2, x+wide-14, y+2, 0.5, muted())
	}
}
