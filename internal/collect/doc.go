// Package collect takes deliveries of every door and makes observations, waiting submissions and rejections of them: it is the
// one gate. Every row is checked and decided by itself – new, changed, unchanged, refused with place, reason and remedy – and
// each run is written in one transaction, so that a run repeated changes nothing and a crash leaves all of it or nothing.
package collect
