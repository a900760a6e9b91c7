// Package lint looks at a finished message's bytes and says what is wrong with it:
// what a reader's program, a provider or a reader with a screen reader will stumble
// over. It asks nobody: no network, no clock, no configuration.
//
// The way through it, from top to bottom:
//
//   - [Message] takes the bytes apart: the header's fields with their lines (mail.go),
//     the tree of parts (entity.go), their content (decode.go), the page of the HTML
//     with a place for each element (page.go) and the colours and sizes that a reader
//     sees, in light and in dark (css.go, colour.go, paint.go);
//   - then every [Rule] looks at that. A file holds a family of rules, with a table in
//     front: wire, header, words, list, dkim, structure, textpart, document, heading, links,
//     images, sight, needs. A rule reports by its own name alone;
//   - what comes back is a list of findings, errors first.
//
// An error is what breaks the mail for some readers, reveals something, or is refused
// by a provider: it stops a freeze. A warning is what a careful editor would mend.
//
// The mail may be anybody's: damaged, hostile, huge. Everything that grows with it has
// a bound (limits.go), and past it stands a finding, not a crash.
//
// RFC 5322 (message format), 2045 to 2047 (MIME), 2369, 2919 and 8058 (List- fields),
// 6376 and 8301 (DKIM), 2392 (cid), 3676; WCAG 2.2; the sender rules of Gmail, Yahoo
// and Outlook.com.
package lint
