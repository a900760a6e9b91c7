// Package mailer sends one frozen revision to one audience. It decides and
// drives; it stores nothing itself: what must survive a crash goes through a
// [Ledger].
//
// One message's way, from top to bottom:
//
//   - a mailing is laid as slices, each a range of its audience, with a lease
//     and an epoch, and where it goes out in waves, a [Wave] at a time, each judged
//     by its [Thresholds] before the next;
//   - [Sender] takes a slice from its [Source]: the recipients, unsealed, and puts them
//     into lanes by domain (dispatch.go). A connection asks there for the next that its
//     relay may carry, by limits (meter.go), by what came back (feedback.go), by weight,
//     and by the [Gate]. What cannot go soon is parked in the ledger (park.go), so that it
//     holds up nothing else;
//   - a connection claims its window by number, a part at a time, the next part while
//     it sends the last one; what is not durably claimed is not put on the wire at all;
//   - it has each recipient's bytes made ([Composer], over package message) and hands
//     them to a stream of its session of a relay (package smtp), which writes the end
//     of one message together with the envelope of the next, or a window of whole
//     messages, and answers for each with an [Outcome];
//   - [Next] decides what the outcome makes of the delivery, and the result goes
//     to the ledger, which is not waited for.
//
// # The states of a delivery
//
//	queued --claim--> claimed --2xx--> accepted --DSN--> bounced
//	                     |--4xx, or broken before the final dot--> deferred --due--> claimed
//	                     |--5xx about this recipient, or out of time--> rejected
//	                     |--refused by the relay--> queued, and the relay's circuit opens
//	                     '--final dot written, no reply--> in doubt
//	queued, deferred --unsubscribed, suppressed, cancelled--> skipped
//
// # What a crash can do
//
// SMTP cannot promise exactly once (RFC 1047). At most W deliveries are in doubt
// after a crash, W being the claims outstanding: connections times the window of
// each. [Resend] sends those again with the same Message-ID, so nobody is lost and
// at most W are doubled a crash; [Hold] doubles nobody and leaves them to the
// operator.
package mailer
