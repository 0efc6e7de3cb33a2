// Package schedule takes jobs with cron specs and makes runs at their due times: never two of one job at once, never one lost
// to a panic, a restart or the change to summer time, and where several processes share a store, in one of them. It is the sole user of
// robfig/cron, and knows the time from the clock it is given.
package schedule
