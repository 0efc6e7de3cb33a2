// Package demo takes an edition, a seed and a last quarter and makes a made-up city: what thirteen districts' systems and the
// city's departments would hand in, what would be written into its registers, when, and what would happen on the way. Everything it makes is labelled as
// demonstration; nothing of it is an official figure, a person, a firm or an account.
package demo
