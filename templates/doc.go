// Package templates makes what readers see: the digest as a mail (HTML and
// text), the letters to one person, and the readers' pages on the web.
//
// The way through it, from top to bottom:
//
//   - a [Theme] is a set of parsed partials, and the styles, words and text part that
//     go with them: [Named] has those embedded here ("layout/", and over it
//     "themes/"), [Load] lays a newsroom's own over them. What these can do is
//     bounded before they run (sandbox.go) and while they run (meter.go), and a
//     mistake in one is a [Fault], with its place (fault.go);
//   - a [Look] is what a newsroom changes without touching a partial: title, logo,
//     colours, fonts, footer. It is checked once, by [Look.Check];
//   - [Theme.Render] takes a digest.Revision to a [Rendered]. The revision becomes
//     an edition (edition.go), the one model that both the HTML partials and the
//     text writer (text.go) read: the text is not made from the HTML;
//   - [Theme.Letter] makes the mails to one person (letters.go), [Theme.Page] the pages
//     (page.go, pages.go). What a newsroom needs in a mail has a file each: appeal.go,
//     sponsor.go, correction.go, picture.go, and detour.go for where links lead.
//
// # Styles
//
// Mail clients want styles on the element. Partials ask for them by name,
// style="{{.Css "headline"}}", and they come from one table of tokens
// (tokens.go), filled with the look's colours and fonts. Dark colours are told
// apart by class, in a style block of their own: a client that cannot read it
// drops that block and nothing else.
//
// # Two columns, or one
//
// Columns are inline blocks, each as wide as its line and no wider than its share
// of the sheet: where the sheet has its full width two stand side by side, where
// it has not they fall below each other, without a media query, which Gmail drops
// for accounts of other providers. Media queries only make it better: down to 520
// px the columns shrink with the sheet, under it each takes all the width. A
// picture beside a single story comes first, in a line that is laid out against
// the direction of the language: at the line's end beside the words, above them
// where there is one column. Outlook for Windows gets tables.
//
// # Full text, and private
//
// The full text sets each article anew (article.go): from the parsed HTML of its
// source to paragraphs, headings, lists and quotations in the styles of the mail, and
// to text; nothing of the source's markup is copied. All of it stays below what Gmail
// clips (full.go). A private mail fetches nothing: its pictures travel in it, under
// addresses that begin "cid:", and no other variant shows those (private.go).
//
// # What a mail does not have
//
// No pixel, no rewritten link, no remote font, no script; a picture only where
// the caller gives an address of its own for it. Links that belong to one reader
// come in through [Links] as merge markers, and never into [Web].
package templates
