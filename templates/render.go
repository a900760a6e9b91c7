package templates

import (
	"github.com/broadsheet-news/broadsheet/digest"
)

// Variant names one rendering of a revision.
type Variant string

// The variants. Only Digest and TextOnly are mailed.
const (
	Digest   Variant = "digest" // HTML and text
	TextOnly Variant = "text"   // text; Rendered.HTML is empty
	Web      Variant = "web"    // the page in the archive: no link and no word that belongs to one reader
)

// Rendered is a finished mail, before MIME. Subject and Preheader are one line
// each. HTML and Text are UTF-8 with "\n" line ends.
type Rendered struct {
	Subject   string
	Preheader string
	HTML      string
	Text      string
}

// Render renders with the default theme: see [Theme.Render].
func Render(rev digest.Revision, v Variant, look Look, links Links) (Rendered, error) {
	return Default().Render(rev, v, look, links)
}
