// Package trial takes a seed, a number of rows and how strongly to corrupt, and makes a labelled pair of files for the dues refund: made-up
// enterprises, what the tax bureau and the register of unions would have of them, and which row truly belongs to which. Its ways of
// going wrong are its own: it knows nothing of how package refund reads or weighs. Nobody in it exists.
package trial
