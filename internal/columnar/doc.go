// Package columnar takes a book of tables and makes a Parquet file of it: typed columns for those who go on calculating.
package columnar
