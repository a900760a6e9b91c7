// Package message builds the bytes of a mail: MIME compiled once a variant, merge
// fields spliced for each reader.
//
// The way through it, from top to bottom:
//
//   - [Markers] stand for the merge fields in rendered HTML and text; nobody who
//     feeds us a story can guess one;
//   - a [Template] holds what all readers of a variant share;
//   - [Compile] checks it, has go-mail build the MIME message once, writes the
//     header, lays the parts on lines, and cuts the result at the markers into
//     fixed octets and slots: a [Compiled];
//   - MarshalBinary and Hash are what the freeze stores of it;
//   - [Compiled.Splice] appends one reader's message: a copy of the fixed octets
//     with each slot filled, about a microsecond for 40 kB;
//   - [Signer.Sign] puts DKIM-Signature fields in front of it, one for each [Key].
//
// # What is promised of a message
//
//   - ASCII, CRLF, no line over 998 octets, header lines of 78 or fewer wherever
//     something can be folded (a URL or an address cannot). The one exception to
//     ASCII is an address whose local part is not: see [WireAddress].
//   - No line begins with a dot: SMTP need not stuff any (RFC 5321 4.5.2).
//   - Text first, then HTML, with its pictures behind it in one part (RFC 2387). What
//     differs between readers so stands in front of all that is large; a signature
//     still hashes the pictures for each of them, which is what makes it one.
//   - The same template and reader give the same bytes, boundary included.
//   - Nothing tells the machine, the program or another reader.
//
// # How a line with a merge field is laid
//
// The fixed text before, between and after merge fields, and each value, stand on
// lines of their own, joined by soft breaks (RFC 2045 6.7 (5)), so that a value of
// any length fits and the fixed octets never change:
//
//	Hello =
//	Anna=
//	, here is your edition.
//
// RFC 5322 (message format), 2045 to 2047 (MIME), 2387 and 2392 (pictures within), 6531 and 6532 (international
// addresses), 2369 and 8058 (List- headers), 2919 (List-Id), 3834 (Auto-Submitted),
// 6376, 8301 and 8463 (DKIM).
package message
