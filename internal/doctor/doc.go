// Package doctor takes an installation, served or stopped – its folder, its configuration, its database – and makes findings: what is good,
// what should be looked at, what is wrong, and what to do about it. It changes nothing.
package doctor
