// Package schedule takes jobs with cron specs and makes runs at their due times: never two of one job at once, never one lost
// to a panic or a restart. It is the sole user of robfig/cron and the only room that looks at the clock.
package schedule
