// Package digest decides what an edition says. It is pure: no clock, no
// randomness, no files, no network. The same input gives the same pick on every
// machine.
//
// The way through it, from top to bottom:
//
//   - a [Schedule] names the slots of a newsletter ([Slot]: a local wall-clock
//     time, never "now");
//   - a [Snapshot] holds what is known when an edition is drafted: the slot, the
//     window, the rules, the stories, and what earlier editions have mailed;
//   - an [Overlay] holds what the editor changed;
//   - [Make] takes both to a [Pick]: every story in it or left out, each with
//     one [Reason];
//   - [Compose] takes the pick to a [Revision]: what the edition says, ready to
//     be rendered.
//
// # The states of an edition
//
//	draft --approve--> approved --freeze--> frozen --send--> sending --> sent
//	  |  <--edit---------'  |                 |                |          |
//	  |  <--another hash----'                 |                |          |
//	  |  <--reopen----------------------------'----------------'----------'
//	  |                                         (stopped half-way) (a correction)
//	  |    sent --send to the rest, or to those with an older revision--> sending
//	  |--thin week--> held --edit, approve--> draft, approved
//	  |--nothing new, or "dates: skip"--> skipped
//	  |--not sent before the newsletter's "expires" (from held, approved too)--> expired
//	  '--cancel (from held, approved, frozen, sending too)--> cancelled
//	skipped, expired, cancelled --reopen--> draft
package digest
