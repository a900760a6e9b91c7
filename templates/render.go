package templates

import (
	"fmt"

	"github.com/broadsheet-news/broadsheet/digest"
)

// Variant names one rendering of a revision.
type Variant string

// The variants. All but Web are mailed.
const (
	Digest   Variant = "digest"  // HTML and text
	Full     Variant = "full"    // HTML and text, the articles inside, for readers where the site is blocked
	TextOnly Variant = "text"    // text; Rendered.HTML is empty
	Private  Variant = "private" // HTML and text: nothing remote, no link of the reader's own but the one to leave
	Web      Variant = "web"     // the page in the archive: no link and no word that belongs to one reader; Text is empty
)

// Rendered is a finished mail, before MIME. Subject and Preheader are one line
// each. HTML and Text are UTF-8 with "\n" line ends.
type Rendered struct {
	Subject   string
	Preheader string
	HTML      string
	Text      string
	Shortened []string // of Full: the titles of articles that are not in it whole
}

// Render makes one variant of a revision. The same input gives the same bytes. An
// error is about the look (see Look.Check) or a newsroom's partial; no story can
// cause one.
func (t *Theme) Render(rev digest.Revision, v Variant, look Look, links Links) (Rendered, error) {
	if look.Title == "" {
		look.Title = rev.Title
	}
	if v == Private {
		look, links = look.private(), links.private()
	}
	look.Theme = t.name
	look = look.withDefaults()
	if err := look.Check(); err != nil {
		return Rendered{}, fmt.Errorf("the look of %s: %w", rev.Newsletter, err)
	}
	e := t.newEdition(rev, v, look, links)
	r := Rendered{Subject: e.Subject, Preheader: e.Preheader}
	var err error
	switch v {
	case Digest, Private:
		r.Text = t.text(e)
		r.HTML, err = t.execute("wrapper.html", e)
	case Full:
		e.articles(rev)
		r.HTML, r.Shortened, err = t.full(e)
		r.Text = t.text(e)
	case TextOnly:
		r.Text = t.text(e)
	case Web:
		r.HTML, err = t.execute("wrapper.html", e)
	default:
		err = fmt.Errorf("there is no variant %q; there are %s, %s, %s, %s and %s", v, Digest, Full, TextOnly, Private, Web)
	}
	if err != nil {
		return Rendered{}, fmt.Errorf("render %s: %w", rev.Slot, err)
	}
	return r, nil
}
