// Package chart takes the data of a panel and makes its picture: an option for the chart library as plain JSON without functions,
// or a small SVG with presentation attributes only. It is the sole user of go-echarts.
package chart
