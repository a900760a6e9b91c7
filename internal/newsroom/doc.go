// Package newsroom holds the use cases: what an operator, an editor, a reader or
// the schedule can ask for, a file each. A use case reads what it needs through
// the store, lets the domain packages decide (digest, mailer, subscribers), and
// records what was decided. It prints nothing and reads no clock but the one it
// was given.
//
// An edition's way through the files, from top to bottom:
//
//	slots.go     which slots are due; opening one, catching up, skipping
//	fetch.go     sources -> stories, stored under their identity: sourceread.go gets what a
//	             source says, completing.go what its stories lack, sourcestate.go when it is
//	             asked again
//	draft.go     stories -> snapshot -> pick -> a revision, with its reasons
//	pictures.go  the pictures of the chosen stories, made ours
//	edit.go      the editor's overlay; an edit voids the approval (checklinks.go asks for the links)
//	render.go    revision -> what readers of each variant get
//	preview.go   the same, for the people who make it (proof.go as it would be with a file laid over it); test mails
//	approve.go   the approval, bound to the hash of what was rendered
//	recheck.go   sources and pages once more (readagain.go): what was taken back holds it
//	lint.go      what is wrong with its mail; lintfreeze.go stops it, or lets errors pass
//	freeze.go    render again, compile, store: nothing is rendered after this
//	dkim.go      the keys that sign it, and what the DNS has to hold
//	order.go     the mailing: to whom, and what keeps it from starting
//	send.go      here, under the lock, or handed to the running serve (follow.go)
//	mailing.go   one run of a mailing, until nothing is due
//	work.go      its slices: laid, leased, unsealed; composer.go splices and signs
//	status.go    the accounting: who got it, for certain
//	doubt.go     the operator's word on what a crash hides
//	reopen.go    the way back from a mistake
//	advance.go   all of that by the clock, for the schedule; flow.go is what waits for an
//	             editor; notice.go and draftmail.go tell them
//
// Readers are in subscribers.go (what operators do; import.go, export.go and segments.go
// beside it), signup.go and confirm.go (how they come), readers.go (what they do
// themselves), goodbye.go (leaving, and the ways back), welcome.go (the latest edition for
// who has just confirmed) and appeal.go (hiding the appeal for support); letters to one
// person in outbox.go; what is kept long enough goes in prune.go.
//
// And, by what their names begin with:
//
//	theme, eject          the newsroom's own partials and words
//	formats, private      the variants that are mailed, and what a private one may hold
//	mirror, detour        copies of the site, and the page of ours that leads to one
//	source, interface     how a source is read, how each is doing, and what one would give
//	keys, master, unlock  where the master key is, and a serve that starts without it (inbox.go)
//	turn, reseal          another master key, and all that is sealed anew with it
//	relay, rehearse       relays: routes, the operator's choice, a rehearsal (takeover.go, trouble.go)
//	ramp, waves           a warm-up; a mailing in parts (guard.go stops it)
//	progress, watch       how far a mailing is, here (meter.go) and from another process
package newsroom
