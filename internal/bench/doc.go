// Package bench measures the whole product: the built binary, a newsroom with its
// SQLite ledger (synchronous=FULL) and its sealed readers, and a relay. It has tests
// only, and one command, "make bench", which writes docs/benchmarks.md.
//
// What is measured, and how:
//
//	room_test.go     the binary is built and makes newsrooms: init, an import of N readers
//	                 (kept for the next run), a feed whose edition comes to 40 kB a message,
//	                 extra, approve. Each send has a fresh copy, written to the disk before.
//	                 A send is "broadsheet send" as a process of its own. Its rate is that
//	                 of the whole process, from start to end; its processor time and its
//	                 memory are what the kernel accounts to it when it ends (wait4)
//	sink_test.go     a relay that is no bottleneck, a process of its own, which counts
//	proxy_test.go    a process that holds replies back, so that a relay is far away
//	child_test.go    how those two are started: this test binary, once more
//	yard_test.go     Postfix's smtp-source, the yardstick; smtp-sink is in internal/parts
//	import_test.go   a list taken in, and taken in again
//	feeds_test.go    sources read and stored, beside gofeed alone; newsfeeds_test.go writes them
//	profile_test.go  a send with a processor profile, told by part
//
// The figures, each a benchmark and a section of the page: to smtp-sink and to our
// sink (figures_test.go), to 1,000,000 readers (million_test.go), far away
// (far_test.go), signed (sign_test.go), a list taken in (import_test.go), sign-ups beside a
// mailing (signups_test.go), and where the time goes (where_test.go). In
// each run the yardstick and ours take turns; a figure is run -repeat times where its
// share of the time allows, and page_test.go writes the median, the least and the most.
//
// Memory by wait4 is never less than what this process had when it started the
// sender (the kernel counts from before the exec), so this one stays small.
//
// A program that is missing is an error under make, not a figure left out.
package bench
