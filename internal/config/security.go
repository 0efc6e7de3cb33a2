package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/unionboard/unionboard/internal/assess"
)

// profile is what a security profile sets where nothing is said, and what it asks for at least.
func profile(name string) (Passwords, []assess.Role) {
	p := Passwords{MinLength: 10, UnusedDays: 90}
	if name == Standard {
		return p, nil
	}
	p.Composition, p.MaxAgeDays, p.History = true, 90, 5
	if name == Level2 {
		return p, nil
	}
	// The last two can uncover accounts and numbers of persons.
	return p, []assess.Role{assess.Admin, assess.SecurityAdmin, assess.Auditor, assess.DistrictReporter, assess.CityReviewer}
}

// secure fills in what the profile sets and the file does not say.
func (c *Config) secure() {
	said := func(key string) bool { _, ok := c.places[key]; return ok }
	usual, roles := profile(c.Security)
	fill(&c.Passwords.MinLength, usual.MinLength, said("passwords.min_length"))
	fill(&c.Passwords.Composition, usual.Composition, said("passwords.composition"))
	fill(&c.Passwords.MaxAgeDays, usual.MaxAgeDays, said("passwords.max_age_days"))
	fill(&c.Passwords.History, usual.History, said("passwords.history"))
	fill(&c.Passwords.UnusedDays, usual.UnusedDays, said("passwords.unused_days"))
	for _, role := range roles {
		if !slices.Contains(c.SecondFactor, role) {
			c.SecondFactor = append(c.SecondFactor, role)
		}
	}
}

func fill[T any](setting *T, usual T, said bool) {
	if !said {
		*setting = usual
	}
}

// The limits of what can be set, whatever the profile.
const (
	leastPassword  = 8
	mostPassword   = 64
	mostHistory    = 24
	mostDays       = 3650
	longestSession = 24 // hours
)

func (c Config) checkSecurity() (problems assess.Problems) {
	add := func(path string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At(path)))
		}
	}
	if p := oneOf("security", c.Security, Standard, Level2, Level3); p != nil {
		add("security", p)
		return problems
	}
	p := c.Passwords
	add("passwords.min_length", between("passwords.min_length", p.MinLength, leastPassword, mostPassword))
	add("passwords.max_age_days", between("passwords.max_age_days", p.MaxAgeDays, 0, mostDays))
	add("passwords.history", between("passwords.history", p.History, 0, mostHistory))
	add("passwords.unused_days", between("passwords.unused_days", p.UnusedDays, 0, mostDays))
	add("sessions.idle", longest("sessions.idle", c.Sessions.Idle.Hours()))
	add("sessions.lifetime", longest("sessions.lifetime", c.Sessions.Lifetime.Hours()))
	for i, role := range c.SecondFactor {
		path := "second_factor[" + strconv.Itoa(i) + "]"
		add(path, oneOf("second_factor", string(role), roleNames()...))
	}
	return append(problems, c.checkProfile()...)
}

// checkProfile says where a setting is weaker than the profile that was chosen.
func (c Config) checkProfile() (problems assess.Problems) {
	if c.Security == Standard {
		return nil
	}
	least, _ := profile(c.Security)
	p := c.Passwords
	for _, weaker := range []struct {
		key string
		is  bool
	}{
		{"composition", !p.Composition},
		{"max_age_days", p.MaxAgeDays == 0 || p.MaxAgeDays > least.MaxAgeDays},
		{"history", p.History < least.History},
		{"unused_days", p.UnusedDays == 0 || p.UnusedDays > least.UnusedDays},
	} {
		if weaker.is {
			key := "passwords." + weaker.key
			problems = append(problems, invalid("problem.config_weaker",
				fmt.Sprintf("%s asks for less than security: %s does; leave it out, or choose security: standard", key, c.Security),
				"key", key, "security", c.Security).At(c.At(key)))
		}
	}
	return problems
}

func roleNames() []string {
	return []string{
		string(assess.DistrictReporter), string(assess.DistrictChecker), string(assess.DistrictChair), string(assess.CityReviewer),
		string(assess.CityAnalyst), string(assess.CityAssessor), string(assess.CityLeader), string(assess.Auditor), string(assess.Admin),
		string(assess.SecurityAdmin),
	}
}

func between(key string, value, least, most int) *assess.Problem {
	if value >= least && value <= most {
		return nil
	}
	return invalid("problem.config_between", fmt.Sprintf("%s cannot be %d; it is a number from %d to %d", key, value, least, most),
		"key", key, "value", strconv.Itoa(value), "least", strconv.Itoa(least), "most", strconv.Itoa(most))
}

func longest(key string, hours float64) *assess.Problem {
	if hours > 0 && hours <= longestSession {
		return nil
	}
	return invalid("problem.config_session", fmt.Sprintf("%s must be a span of time up to %d hours; write it as 15m or 8h", key, longestSession),
		"key", strings.TrimPrefix(key, "sessions."), "most", strconv.Itoa(longestSession))
}
