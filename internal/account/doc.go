// Package account takes people with their roles, units and passwords and makes decisions: who may sign in, and who may do what
// to which unit. It reads no clock, no database and no request.
package account
