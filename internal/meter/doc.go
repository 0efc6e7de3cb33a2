// Package meter takes what is asked of the server, what collection runs and jobs did, and how sources and the store stand, and makes metrics of
// them for Prometheus. It is the sole user of its client library.
package meter
