// Package demo is a newspaper that does not exist, The Harbour Observer of the
// port city of Harbour, with everything that Broadsheet needs to make an edition
// of it: offline, on loopback, in a few seconds.
//
// The way through it, from top to bottom:
//
//	content.go, content/    the stories, written once and dated by the slot
//	feeds.go                the same as RSS, Atom, JSON Feed and Markdown
//	draw/, pictures/        the pictures, and the program that draws them
//	readers.go              a thousand readers, none of whom exists
//	sources.go              serves feeds and pictures, as a newspaper's site would
//	sink.go, maildir.go     an SMTP server that files what it gets, byte for byte
//	demo.go, files.go       puts a newsroom and what surrounds it together
//	run.go                  the steps that are the demo's own
//	serve.go, page.go       shows the mail as readers see it, and the mailbox
//	message.go, rewrite.go  a mail taken apart; its links led to this machine
//
// Time here is the slot's: the edition is that of the newest Friday at nine, the
// stories lie in the two weeks before it, and the demo's clock starts two minutes
// after it. So the demo is the same on every day of the week.
package demo
