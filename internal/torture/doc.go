// Package torture proves what docs/sending.md promises: nobody is missed, at most W
// get it twice, and the accounting adds up, whatever is done to the sender. It has
// tests only. In short form they are part of `go test ./...`; `make torture` runs the
// long one and writes docs/torture.md from what came of it.
//
// The proofs, a file each:
//
//   - kill_test.go: kill -9 at random moments, under both policies of in_doubt;
//   - crash_test.go: kill -9 at each named point, on the wire and around the ledger;
//   - turn_test.go: kill -9 before and after the commits of a change of the master key;
//   - cut_linux_test.go: the power fails at any moment of the write stream;
//   - full_linux_test.go: the disk is full at each write;
//   - scan_test.go: every message is the reader's own, and nobody else's;
//   - canary_test.go: a taken disk reveals no reader, whatever happened to them;
//   - timing_test.go: what a sign-up is answered, and how fast, tells nothing of the address
//     (ranks_test.go), and a mutant that looks it up is found out;
//   - victim_test.go: 100,000 sign-ups for one address send it one mail.
//
// What fails at each stage of SMTP is held to its class in mailer/smtp
// (matrix_test.go), and relays that flap in mailer (TestRunFlapping): elsewhere_test.go
// runs them for the report.
//
// # How
//
// The sender is the real program, a process of its own, built without the race
// detector. The relay ([relay]) is in the test's process: it counts who has what, says
// when, and may kill the sender at an exact byte of what it hears or says.
//
// Some moments cannot be seen from the relay: those around a commit. For them a second
// binary is built, with go build's -overlay: functions of the store and the newsroom
// are renamed, and a file of testdata/overlay puts a function of the same name before
// each, which calls the renamed one and ends the process at the point that the
// environment names. The mutants live there too: a ledger that does not wait for the
// disk, one that answers claims before they are stored, one that is not first in,
// first out. So the shipped source has no hook and no build tag, and a test that the
// plain binary knows nothing of it is cheap. A function that is renamed or changes its
// arguments breaks that build, which says so.
//
// A power cut is taken from outside as well: strace records every write and sync of
// the database's files while a mailing goes out, and the test builds from that what the
// disk may hold at a moment: all that was written before the last sync that had ended,
// and of what came after it any part, by sectors of 512 or 4,096 bytes, in any order.
// That the record is complete is shown by replaying it to the end: it has to give the
// files that are there.
package torture
