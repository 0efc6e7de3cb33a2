// Command unionboard is the performance-assessment dashboard for the work of a city's trade unions: it collects, scores, compares
// and publishes, from one binary with an embedded database.
package main

import "os"

// version is set by the linker.
var version = "unknown"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
