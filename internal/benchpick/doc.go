// Package benchpick measures how good the pick is, on news that others have put
// labels to. It has tests only, and one command, "make bench-pick", which writes the
// figures into docs/picking.md.
//
// The data is public and not part of the project: it lies in ../shared/clusters, and
// -clusters names another folder. Every file there with the columns of
// uci_pools_dev.tsv is measured. Without the data there are no figures.
//
//	data_test.go      reads the files: pools of labelled stories
//	measure_test.go   B-cubed and pair F1
//	grouping_test.go  BenchmarkGrouping: the figures of the grouping
//	picking_test.go   BenchmarkPicking: the events that a pick tells
//	page_test.go      each figure's section of the page, between its marks
//
// Each figure is a Benchmark that begins a section of the page ([newSection]); the
// page has a place for each by its name.
package benchpick
