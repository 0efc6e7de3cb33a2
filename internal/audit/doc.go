// Package audit takes lines of the audit log and makes of them a chain: each line carries the hash of the line before, so that
// a changed, removed, moved or cut-off line is found and named; and of lines about personal data, who saw how much of them.
package audit
