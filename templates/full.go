package templates

import (
	"html/template"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// fullBytes is how much HTML the full text may have. Gmail shows the first 102 kB of
// a message and hides the rest behind a link; a reader for whom the site is blocked
// may not be able to follow it. A quarter is left for what differs between readers, for
// longer addresses of a mirror, and for what is done to links on the way: lint warns of
// 80,000.
const fullBytes = 76 << 10

// articles sets the article of every story; what is not known keeps its teaser.
func (e *edition) articles(rev digest.Revision) {
	e.Full = true
	stories := e.Stories()
	for i, it := range rev.Items() {
		level := 3
		if e.Lead != nil && i == 0 {
			level = 2
		}
		stories[i].whole = stories[i].article(it.Story, level)
	}
}

// Stories are those of the edition in the order they are printed.
func (e *edition) Stories() []*story {
	var all []*story
	if e.Lead != nil {
		all = append(all, e.Lead)
	}
	for _, s := range e.Sections {
		all = append(all, s.Stories()...)
	}
	return all
}

// Listed are the stories of the table of contents, which has no room for a label.
func (e *edition) Listed() []*story {
	return slices.DeleteFunc(e.Stories(), func(s *story) bool { return s.Paid })
}

// Stories are those of the section in the order they are printed.
func (s section) Stories() []*story {
	var all []*story
	for _, r := range s.Rows {
		all = append(all, r.Pair...)
		if r.One != nil {
			all = append(all, r.One)
		}
		all = append(all, r.Briefs...)
	}
	return all
}

// byImportance is the lead, then the first of each section, then the second of each:
// an editor puts first what matters most.
func (e *edition) byImportance() []*story {
	var all []*story
	if e.Lead != nil {
		all = append(all, e.Lead)
	}
	for rank, more := 0, true; more; rank++ {
		more = false
		for _, s := range e.Sections {
			if stories := s.Stories(); rank < len(stories) {
				all, more = append(all, stories[rank]), true
			}
		}
	}
	return all
}

// full renders the full text within fullBytes. In the order of their importance
// articles are taken whole, none of them more than half of the room; one that does
// not fit is cut between two paragraphs, and says so. It names those.
func (t *Theme) full(e *edition) (page string, shortened []string, err error) {
	if page, err = t.execute("wrapper.html", e); err != nil { // with teasers alone
		return "", nil, err
	}
	stories := slices.DeleteFunc(e.byImportance(), func(s *story) bool { return len(s.whole) == 0 })
	room := fullBytes - len(page)
	most := max(0, room/2)
	for _, s := range stories {
		room -= s.noteBytes() // each has room for its note, until it is known to need none
	}
	for _, s := range stories {
		s.passages = firstOfArticle(s.whole, min(room+s.noteBytes(), most), s.noteBytes())
		if s.Shortened = len(s.passages) < len(s.whole); s.Shortened {
			shortened = append(shortened, s.Title)
		} else {
			room += s.noteBytes()
		}
		room -= sizeOf(s.passages)
	}
	page, err = t.execute("wrapper.html", e)
	return page, shortened, err
}

// noteBytes is about what the note under the article takes, should it be shortened.
func (s *story) noteBytes() int {
	const markup = 120
	return markup + len(s.styles["p"]) + len(s.styles["a"]) + len(s.W.ShortenedText) + len(s.URL) + len(s.W.ReadOn) + len(template.HTMLEscapeString(s.Title))
}

// firstOfArticle is as much of an article as fits, and the whole of it if that does;
// a shortened one has its note besides.
// It does not end with a heading, nor is a lone picture worth the name of article.
func firstOfArticle(all []passage, room, note int) []passage {
	if sizeOf(all) <= room {
		return all
	}
	n := 0
	for room -= note; n < len(all) && len(all[n].html) <= room; n++ {
		room -= len(all[n].html)
	}
	for n > 0 && all[n-1].head {
		n--
	}
	for _, p := range all[:n] {
		if len(p.lines) > 0 && !p.head {
			return all[:n]
		}
	}
	return nil
}

// contents lists the stories, of a full text alone. Its lines are no links: of the big mail
// programs Gmail's on the iPhone, Samsung's and Yahoo's do nothing with a link within
// a mail, or leave it.
func (t *textPart) contents(e *edition) {
	stories := e.Listed()
	if !e.Full || len(stories) < 2 {
		return
	}
	t.rule("-")
	t.underlined(e.W.Contents, "-")
	for _, s := range stories {
		t.line(wrapText(s.Title, "- ", "  "))
	}
	t.line("")
}

// article writes an article, or tells that there is none.
func (t *textPart) article(s *story) bool {
	for _, p := range s.passages {
		for _, l := range p.lines {
			t.line(strings.TrimRight(wrapText(l.words, l.first, l.rest), " "))
		}
		if len(p.lines) > 0 {
			t.line("")
		}
	}
	if s.Shortened {
		t.line(wrapText(s.W.ShortenedText, "", "") + "\n")
	}
	return len(s.passages) > 0
}
