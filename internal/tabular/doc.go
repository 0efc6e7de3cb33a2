// Package tabular takes the cells of tables that people lay out themselves and makes sense of them: heads over merged cells, names
// however they are written, periods, units of measure and the signs for no figure.
package tabular
