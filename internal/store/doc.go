// Package store holds every line of SQL, for SQLite and for PostgreSQL: one text
// of each query, with $1 parameters.
//
// The way through it, from top to bottom:
//
//   - [Open] takes a file path or a postgres:// address, says clearly what is wrong
//     with it, and brings the schema up to date (schema.go, migrations/);
//   - stories.go and sources.go keep what fetches found, each story under its keys;
//   - editions.go and revisions.go keep the editions of a newsletter. A change of
//     state names the states it expects, and fails with [ErrState] otherwise;
//   - mailings.go starts a mailing, lay.go lays its deliveries slice by slice, a wave
//     at a time where it has waves (planwaves.go, waves.go), and slices.go leases the
//     slices to whoever sends them;
//   - [Committer] is the mailer's ledger: claims and results of a process, first
//     in, first out, many to a transaction (committer.go, ledger.go);
//   - signups.go and inbox.go take what visitors ask for, many to a transaction too
//     (group.go, turns.go);
//   - letters.go is the outbox for mail to one person; asking.go sees to it that an
//     address is asked for its yes once a day, welcome.go that a yes is answered;
//   - subscribers.go, import.go, bulk.go and ties.go keep the readers. Sealing happens
//     above: the store never sees an address or a name in clear. turn.go changes the
//     master key, and reseal.go hands out the rows to seal anew;
//   - forget.go and prune.go drop what was kept long enough.
//
// # What is where
//
// Instants are stored as unix microseconds, UTC, 0 for none; they come back in UTC.
// Documents (a story, a snapshot, a revision) are JSON as TEXT. A pick names its
// stories, which the snapshot beside it tells; one that was stored whole is read, too
// ([digest.Pick.Told]). [Store.Said] leaves both of them where they are. Every state is a
// word, and stands in a CHECK of the schema from the first migration.
//
// # Two engines
//
// On SQLite one process writes, through one connection (WAL, synchronous=FULL: a
// claim is on the disk when it returns); readers have a pool of their own that
// cannot write. On PostgreSQL one pool does both, and any number of processes work
// side by side: what they contend for (a slot, a slice, a letter) is decided by a
// guarded UPDATE or a UNIQUE key, never by a lock in memory.
package store
