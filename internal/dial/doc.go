// Package dial takes the addresses and secrets that the configuration names and makes connections to those addresses alone: it looks
// at what is really dialled, and reads a secret where only its owner can.
package dial
