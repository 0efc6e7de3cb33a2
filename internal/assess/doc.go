// Package assess takes nothing and makes the words everything else is said in: unit, period, item, indicator, framework,
// submission, observation, scorecard, run, and the kinds of error. It validates them and knows no SQL, HTTP, YAML or clock.
package assess
