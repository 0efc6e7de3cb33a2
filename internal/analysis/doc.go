// Package analysis takes scores together with the frameworks they were made by and makes what can be asked of them: how sure a
// place is, what would change it, where a change came from, and what the scheme really weighs. It is pure, and nothing it answers
// ever becomes a score. All of it works on the points that were published, so that without a question there is no difference: at
// unchanged weights every score and place is the published one.
package analysis
