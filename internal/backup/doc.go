// Package backup takes a data folder at work and makes one archive of it, packed, summed and where it is wanted encrypted; and takes an archive
// and makes a folder, when every byte of it is what it was. It decides which archives are kept. It knows no SQL: what the database holds is told to it.
package backup
