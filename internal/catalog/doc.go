// Package catalog takes a folder of definition files (units, items, frameworks, rules, registers, calendar) and makes one
// assess.Edition. What is wrong is told all at once, each fault with its file, line, column and the remedy: first what JSON
// Schema can say of the structure, then what only Go can say of the meaning.
package catalog
