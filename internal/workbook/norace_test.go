//go:build !race

package workbook_test

const raced = false
