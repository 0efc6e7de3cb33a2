package web

import (
	"fmt"
	"net/http"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/dashboard"
)

// plainBar makes the state bar of a page that is not made of panels.
func (s *site) plainBar(r *http.Request, v *visit, p assess.Period) (*dashboard.Bar, error) {
	sheet, err := s.Board.Sheet(r.Context(), p)
	if err != nil {
		return nil, err
	}
	periods, err := s.Board.Periods(r.Context())
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	reported, all := sheet.Reported()
	return &dashboard.Bar{
		Period: p, Periods: periods, Cycle: sheet.Cycle, Version: sheet.Version, Reported: reported, Units: all,
		AsOf: v.words.T("common.as_of", "date", v.words.Date(sheet.AsOf)),
	}, nil
}
