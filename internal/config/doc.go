// Package config takes the commented configuration file of a data folder and the environment and makes the settings of an
// installation: where it listens, its time zone, its sources. Flags, which win over both, belong to the command line.
package config
