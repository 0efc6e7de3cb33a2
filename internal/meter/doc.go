// Package meter takes what collection runs did and where sources stand, and makes metrics of them for Prometheus. It is the sole user of
// its client library.
package meter
