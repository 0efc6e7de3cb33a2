package chart

import "github.com/unionboard/unionboard/internal/assess"

// The colours of the interface specification, section 4. Red is the union's and never marks data; the three lights differ in
// lightness too, so that they can be told apart without colour.
const (
	ink    = "#1F2933"
	muted  = "#52606D"
	rule   = "#D9E2EC"
	paper  = "#FFFFFF"
	accent = "#1F5FA8" // first series: disc, solid
	second = "#B4547A" // square, dashed
	third  = "#8A6D00" // triangle, dotted
	fourth = "#3E4C59" // diamond
	others = "#7B8794" // thin
)

// fontFamily are the sans faces of the interface; no font is ever loaded.
const fontFamily = `"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","Source Han Sans CN","WenQuanYi Micro Hei","SimHei",sans-serif`

// tint is how a light, or its absence, is filled and marked.
type tint struct{ fill, mark string }

func tintOf(l assess.Light) tint {
	switch l {
	case assess.Green:
		return tint{"#C9E8E4", "#0B5F58"}
	case assess.Yellow:
		return tint{"#FFF3CC", "#8A5A00"}
	case assess.Red:
		return tint{"#EBAF9F", "#7A1F0C"}
	}
	return tint{paper, muted}
}

// symbolOf is the shape of a light in the chart library's words: disc, half disc, diamond; a ring where there is none.
func symbolOf(l assess.Light) string {
	switch l {
	case assess.Green:
		return "circle"
	case assess.Yellow:
		return "path://M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20zM12 4a8 8 0 1 1 0 16z"
	case assess.Red:
		return "diamond"
	}
	return "emptyCircle"
}
