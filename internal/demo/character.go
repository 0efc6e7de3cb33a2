package demo

import (
	"cmp"
	"math"
	"slices"

	"github.com/unionboard/unionboard/internal/assess"
)

// character is what a made-up district is like. It follows nothing that is known of the real one.
type character struct {
	unit assess.UnitCode
	// jobs are workers in unions per inhabitant, in thousandths of an inner-city district.
	jobs int64
	// level is how well the district does in general and trend what it gains each quarter; 1000 is the step from usual to very
	// good (see draft.strength).
	level, trend int64
	strong, weak []assess.Code // dimensions
	// office is the first quarter in which the integrated dispute office runs; zero: it never did.
	office assess.Period
}

func characters() []character {
	early := assess.NewQuarter(2019, 1)
	return []character{
		{unit: heping, jobs: 1000, level: 20, trend: 20, strong: codes("ideology", "service"), weak: codes("rights"), office: early},
		{unit: shenhe, jobs: 1010, level: 200, trend: 60, strong: codes("venues", "harmony"), weak: codes("new_employment"), office: early},
		{unit: dadong, jobs: 1000, level: -420, trend: 45, strong: codes("assistance"), weak: codes("skills", "tech_innovation"), office: early},
		{unit: huanggu, jobs: 980, level: -150, trend: -25, strong: codes("learning", "political"), weak: codes("org_building"), office: early},
		{unit: tiexi, jobs: 1000, level: 130, trend: 5, strong: codes("skills", "skilled_talent"), weak: codes("rights", "assistance"), office: early},
		{unit: sujiatun, jobs: 800, level: -620, trend: 30, strong: codes("clean"), weak: codes("ideology", "innovative"), office: early},
		{unit: hunnan, jobs: 860, level: 0, trend: -50, strong: codes("org_building", "new_employment"), weak: codes("venues", "learning"), office: early},
		{unit: shenbei, jobs: 820, level: 150, trend: 60, strong: codes("rights", "skills"), weak: codes("learning"), office: early},
		{unit: yuhong, jobs: 760, level: -280, trend: 0, strong: codes("new_employment"), weak: codes("clean", "ideology"), office: early},
		{unit: liaozhong, jobs: 640, level: -500, trend: 15, strong: codes("harmony"), weak: codes("tech_innovation"), office: early},
		{unit: xinmin, jobs: 600, level: 20, trend: 25, strong: codes("assistance", "model_spirit"), weak: codes("new_employment"), office: early},
		{unit: kangping, jobs: 640, level: -880, trend: 45, strong: codes("political"), weak: codes("skills", "venues"), office: assess.NewQuarter(2026, 2)},
		{unit: faku, jobs: 640, level: -650, trend: -15, strong: codes("ideology"), weak: codes("rights", "skilled_talent"), office: assess.NewQuarter(2025, 3)},
	}
}

func codes(c ...assess.Code) []assess.Code { return c }

// characterOf answers the character of a unit; one that is not in the list is usual in everything.
func characterOf(unit assess.UnitCode) character {
	for _, c := range characters() {
		if c.unit == unit {
			return c
		}
	}
	return character{unit: unit, jobs: 1000, office: assess.NewQuarter(2019, 1)}
}

// bent is what being strong or weak in a dimension adds to the strength.
const bent = 550

func (c character) bent(dimension assess.Code) int64 {
	switch {
	case slices.Contains(c.strong, dimension):
		return bent
	case slices.Contains(c.weak, dimension):
		return -bent
	}
	return 0
}

// weights answers what each unit is of the city, as whole numbers in the roster's order: jobs × √population. The root brings
// the large and the small nearer to each other, as the plausible ranges of the items do.
func weights(roster assess.Roster) []int64 {
	w := make([]int64, len(roster.Units))
	for i, u := range roster.Units {
		population := u.Population
		if population <= 0 {
			population = 500_000
		}
		w[i] = characterOf(u.Code).jobs * int64(math.Sqrt(float64(population)))
	}
	return w
}

// split divides a total by weights into whole numbers that add up to it: the largest remainders get what is left over, the
// earlier one of two equal ones.
func split(total int64, weights []int64) []int64 {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	parts, rest := make([]int64, len(weights)), total
	order := make([]int, len(weights))
	for i, w := range weights {
		parts[i] = total * w / sum
		rest -= parts[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(total*weights[b]%sum, total*weights[a]%sum)
	})
	for _, i := range order[:rest] {
		parts[i]++
	}
	return parts
}
