// Package matter takes what people ask for, object to or have to put right, and makes corrections, appeals and tasks of it, each with
// its steps by the machine of its kind and by the persons who may take them.
package matter
