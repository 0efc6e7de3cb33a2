// Package register takes the definitions of registers (台账) and records as people write them, in forms and files, and makes kept records of
// them, what is wrong with each, and the figures that registers supply, with the records behind each. What is checked and counted is pure: the
// records and the day are arguments. Only Book reads and writes, by the store that it is given.
package register
