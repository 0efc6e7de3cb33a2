// Package register takes the definition of a register (台账) and its records and makes of them what is asked: the checked columns of a
// record as people write them, what is wrong with it, and the value that the register supplies of an item, with the records that count.
// It is pure: records come as an argument, and so does the day.
package register
