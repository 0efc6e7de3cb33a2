// Package notify takes what is due and who is late and makes reminders, each once: what is told to whom at a time, its words, and
// its way out by mail and to the groups of messengers. It also answers what a person has to do now.
package notify
