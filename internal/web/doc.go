// Package web is the readers' listener: the pages that mails link to, server-side
// HTML without a script, in the language and look of each newsletter.
//
//	web.go      the routes, and what an action answers
//	guard.go    around every route: headers, the limit on bodies, panics, the log
//	page.go     an answer -> the page in its newsletter's look
//	edition.go  an edition on the web, and the archive
//	detour.go   a link of an edition -> the mirror that works now
//	leave.go    unsubscribing: the button, one-click (RFC 8058), the ways back
//	choose.go   preferences
//	mine.go     a reader's data: a copy by mail, erasure
//	appeal.go   hiding the appeal for support
//	join.go     sign-up, the form for pages elsewhere, the privacy policy
//	limit.go    how often one network, and all together, may ask to sign up
//	feed.go     the archive as Atom
//	files.go    pictures, stylesheets, robots.txt
//	serve.go    the server, with its patience for slow clients
//
// A GET changes nothing: scanners follow every link of a mail. What acts is a
// POST, and what it may act on is said by the token in its address: there is no
// cookie and no session. No log line holds an address, a token, or where a reader
// comes from.
package web
