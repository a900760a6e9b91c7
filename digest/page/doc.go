// Package page reads the page of a story for what its source leaves out: a text, a
// picture, who wrote it. It is pure: bytes in, a story out.
//
// A page's way through [Parse], from top to bottom:
//
//   - the bytes become UTF-8, as a feed's do (package feed), with what <meta charset>
//     says as one more witness;
//   - head.go reads what the page says of itself: OpenGraph (ogp.me), Twitter's cards,
//     <meta name="description">, the canonical link, <html lang>, and what it asks of
//     robots;
//   - jsonld.go reads what it says in JSON-LD: the NewsArticle, or another kind of
//     article (schema.org), alone, in a list or in a @graph, whose parts may stand for
//     one another by their @id;
//   - text.go finds the article in the page (go-readability, Mozilla's Readability in
//     Go), or in JSON-LD's articleBody, and package prose makes it safe;
//   - what they say is put together: of each part, the witness that knows most of it
//     comes first. Where each part was found is kept with it, in the story's Found.
//
// What a page asks of robots is kept: with nosnippet and max-snippet:0 no text is taken,
// with noarchive no full text, with noimageindex and max-image-preview:none no picture,
// and no text of elements marked data-nosnippet. A page that is not free to read
// (isAccessibleForFree) gives no full text. noai is about training on a page, which
// nobody does here.
package page
