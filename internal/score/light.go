package score

import (
	"github.com/unionboard/unionboard/internal/assess"
)

// light answers the colour of a share; one equal to a limit has the better colour. Limits of zero mean no lights.
func light(green, yellow, share float64) assess.Light {
	share = assess.Snap(share)
	switch {
	case green == 0 && yellow == 0:
		return ""
	case share >= green:
		return assess.Green
	case share >= yellow:
		return assess.Yellow
	}
	return assess.Red
}

// leafLight lights completion ratios by their progress to date and everything else by the share of points. Veto, bonus and what
// has no score of its own have no light.
func (r *run) leafLight(l *leaf, m *mark, n *assess.NodeScore) assess.Light {
	limits := &r.framework.Lights
	switch {
	case l.node.outside || n.State != assess.Scored:
		return ""
	case m.lit:
		return light(limits.ProgressGreen, limits.ProgressYellow, m.attained)
	}
	return light(limits.PointsGreen, limits.PointsYellow, m.share)
}
