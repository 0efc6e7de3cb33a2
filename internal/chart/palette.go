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
	fall   = "#B4531F" // an unfavourable step; a favourable one is the accent
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

// scheme is the colours of a small picture: those of pages, or those of the wall, which is read in a dark room from five metres.
type scheme struct {
	ink, muted, rule, accent string
	tint                     func(assess.Light) tint
}

func pageScheme() scheme { return scheme{ink, muted, rule, accent, tintOf} }

func wallScheme() scheme { return scheme{"#E6EDF3", "#B4C2CF", "#33506B", "#7AB8FF", wallTint} }

// wallTint are the lights on the wall: an edge and a mark of the colour on a ground hardly lighter than the wall.
func wallTint(l assess.Light) tint {
	const ground = "#14304C"
	switch l {
	case assess.Green:
		return tint{ground, "#35C2B0"}
	case assess.Yellow:
		return tint{ground, "#FFD866"}
	case assess.Red:
		return tint{ground, "#FF6B57"}
	}
	return tint{"#0B1E33", "#B4C2CF"}
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
