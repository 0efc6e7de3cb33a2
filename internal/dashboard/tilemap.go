package dashboard

import (
	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
)

// tileMap makes a tile for every unit that has a place on the map. Tiles show one decimal and link to the unit.
func (r *resolver) tileMap(d PanelDefinition, p *Panel) error {
	code, err := r.one(d.Query)
	if err != nil {
		return err
	}
	m := &TileMap{}
	for _, u := range r.now.units("") {
		if u.Tile == nil {
			continue
		}
		m.Rows, m.Columns = max(m.Rows, u.Tile.Row+1), max(m.Columns, u.Tile.Column+1)
		f := r.figure(r.base(), u.Code, code)
		if f.State == assess.Scored {
			f.Text = i18n.Number(f.Score, tileDecimals(r.now.scale(code), r.now.decimals(code)))
		} else if f.State == assess.Pending {
			f.Text = r.words.T("state.pending") // a range does not fit on a tile
		}
		m.Tiles = append(m.Tiles, Tile{Row: u.Tile.Row, Column: u.Tile.Column, Name: r.unitName(u), Figure: f})
	}
	p.TileMap = m
	return nil
}

// tileDecimals is one digit for scores out of 100; a small scale keeps all its digits.
func tileDecimals(scale float64, decimals int) int {
	if scale >= 100 {
		return min(1, decimals)
	}
	return decimals
}
