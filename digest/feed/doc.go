// Package feed turns what a source publishes into stories. It is pure: bytes in,
// stories out; no clock, no network.
//
// A feed's way through [Parse], from top to bottom:
//
//   - decode (decode.go; names in charset.go): the bytes become UTF-8. A byte-order
//     mark, the HTTP charset, the XML declaration and the bytes themselves are
//     witnesses, and the bytes have the last word, for declarations lie: a text that
//     is read by the wrong table looks like no language (oddity.go), or not like the one
//     that the feed says (tables.go);
//   - repair (scan.go, repair.go, holder.go, write.go; JSON in jsonfeed.go): the XML
//     is read as loosely as HTML is and written anew, well-formed, in one vocabulary:
//     namespaces have their usual prefixes, elements that hold text hold escaped HTML
//     and nothing else, xml:base is resolved, an item cut off by a truncation is gone,
//     and there are no more items and no more depth than are wanted;
//   - gofeed (github.com/mmcdole/gofeed) reads the result: RSS 0.9 to 2.0, RDF,
//     Atom 0.3 and 1.0 (RFC 4287), JSON Feed 1.0 and 1.1; long texts wait aside
//     meanwhile (aside.go);
//   - each item becomes a digest.Story: plain titles, absolute links, a teaser that
//     ends with a sentence, sanitised full text (all three by package prose), a lead
//     picture with its credit, dates (date.go: in figures, in words, by zones).
//
// What is no feed in that sense, but says what one does, is known by its bytes too
// (others.go): posts of WordPress's REST interface and of Ghost's Content API, read with
// package loose, for their plug-ins write what they like, and sitemaps, of which pages
// that are news become stories. Reading their next pages and parts is the caller's affair.
//
// A date that cannot be known is absent, never wrong. A field that cannot be read
// costs itself, an item its own story; only a document that is no feed at all is an
// error.
//
// [ParseMarkdown] reads a story that the newsroom itself wrote: front matter in YAML, TOML
// or JSON (matter.go, front.go), and Markdown. There, everything unexpected is an error
// with its line.
//
// Identity (ID), FirstSeen and the source's name are given by the caller.
package feed
