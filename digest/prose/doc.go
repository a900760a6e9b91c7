// Package prose makes what others wrote fit to be shown: HTML of feeds, pages and
// Markdown, and the plain text in it. It is pure, and knows nothing of where a text
// comes from: packages feed and those beside it stand on it.
//
//   - [Clean] reads HTML as a browser does, throws out what only counts readers or
//     tells of other stories, makes links absolute (clean.go, link.go, tracker.go), and
//     rebuilds the rest from an allow-list (allow.go, kinds.go), so that it says the
//     same to whoever reads it (write.go); on the way it finds the text's first picture
//     (picture.go) and its paragraphs (paragraphs.go). [Skim] finds these alone;
//   - [Teaser] says in one to three sentences what a story is about, cut at the end of
//     a sentence (sentence.go: UAX 29, and abbreviations), and never within a word
//     (teaser.go), without what content systems hang on to every story (boilerplate.go)
//     and put among its paragraphs (notice.go); [Headline] makes a title of it, and
//     [Minutes] is how long it takes to read (minutes.go);
//   - [Plain] makes plain text of a title, [Words] of a whole text, [Squeeze] and
//     [Printable] of what is plain text already (plain.go).
package prose
