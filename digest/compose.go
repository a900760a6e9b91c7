package digest

import (
	"strings"
	"time"

	"github.com/rivo/uniseg"
)

// The lengths of the lines an inbox shows, in characters as readers see them.
const (
	SubjectLength   = 60  // longer subjects are cut by phones
	PreheaderLength = 110 // about what an inbox shows after the subject
)

// Meta is what an edition says of its newsletter.
type Meta struct {
	Title    string // the newsletter's name for readers
	Language string // BCP 47
	Number   int    // of the edition
	Zone     *time.Location
}

// Compose writes the revision that a pick makes: the lead, a block for each
// section that has stories, the editor's titles, the links to other reports of an
// event. The subject is the editor's, or the lead's title; the preheader the
// editor's, or the titles that follow.
func Compose(s Snapshot, o Overlay, p Pick, m Meta) Revision {
	at := s.At
	if m.Zone != nil {
		at = at.In(m.Zone)
	}
	r := Revision{
		Newsletter: s.Newsletter, Title: m.Title, Slot: s.Slot, At: at, Number: m.Number, Language: m.Language,
		Subject: o.Subject, Preheader: o.Preheader, Intro: o.Intro, NoAppeal: o.NoAppeal,
	}
	s = s.withElsewhere(o)
	byID := make(map[string]Story, len(s.Stories))
	for _, story := range s.Stories {
		byID[story.ID] = story
	}
	blocks := map[string]int{}
	for _, c := range p.Chosen {
		item := Item{Story: retitled(c.Story, o.Retitle[c.Story.ID]), Section: c.Section, Kicker: c.Kicker, Also: alsoLinks(c, byID)}
		if c.Lead && r.Lead == nil {
			r.Lead = &item
			continue
		}
		n, begun := blocks[c.Section]
		if !begun {
			n = len(r.Blocks)
			blocks[c.Section] = n
			r.Blocks = append(r.Blocks, Block{Name: c.Section})
		}
		r.Blocks[n].Items = append(r.Blocks[n].Items, item)
	}
	r.Corrections = taken(p.Corrections)
	r.Subject, r.Preheader = headers(r)
	return r
}

// headers fills in the subject and preheader that the editor did not write.
func headers(r Revision) (subject, preheader string) {
	subject, preheader = r.Subject, r.Preheader
	items := unpaid(r.Items())
	if subject == "" {
		subject = shorten(r.Title, SubjectLength)
		if len(items) > 0 {
			subject = clause(items[0].Story.Title, SubjectLength)
		}
	}
	switch {
	case preheader != "" || len(items) == 0:
	case len(items) == 1:
		preheader = shorten(items[0].Story.Teaser, PreheaderLength)
	default:
		preheader = nextTitles(items[1:])
	}
	return subject, preheader
}

// nextTitles joins as many whole titles as the preheader holds, and at least a
// part of the first.
func nextTitles(items []Item) string {
	line := shorten(items[0].Story.Title, PreheaderLength)
	for _, item := range items[1:] {
		longer := line + " · " + shorten(item.Story.Title, PreheaderLength)
		if uniseg.GraphemeClusterCount(longer) > PreheaderLength {
			break
		}
		line = longer
	}
	return line
}

func retitled(s Story, r Retitle) Story {
	if r.Title != "" {
		s.Title = r.Title
	}
	if r.Teaser != "" {
		s.Teaser = r.Teaser
	}
	switch {
	case r.Image == NoImage:
		s.Image = nil
	case r.Image != "":
		s.Image = &Image{URL: r.Image, Alt: r.Alt}
	case r.Alt != "" && s.Image != nil:
		picture := *s.Image
		picture.Alt = r.Alt
		s.Image = &picture
	}
	return s
}

// alsoLinks are the other reports of a story's event, but for those that lead to
// the page of the story itself or to one listed already.
func alsoLinks(c Choice, byID map[string]Story) []Link {
	own, _ := CanonicalURL(c.Story.URL)
	linked := set(own)
	var links []Link
	for _, id := range c.Also {
		other, ok := byID[id]
		page, err := CanonicalURL(other.URL)
		if !ok || err != nil || linked[page] || other.Sponsor != "" { // a bare link has no room for a sponsor's label
			continue
		}
		linked[page] = true
		links = append(links, Link{Title: other.Title, URL: other.URL})
	}
	return links
}

// clause is a title as a subject of at most most characters: whole, or its first
// clauses where they say enough by themselves, or cut.
func clause(title string, most int) string {
	title = strings.Join(strings.Fields(title), " ")
	if uniseg.GraphemeClusterCount(title) <= most {
		return title
	}
	best := ""
	for _, end := range clauseEnds {
		for at := 0; ; {
			i := strings.Index(title[at:], end.mark)
			if i < 0 {
				break
			}
			head := title[:at+i+end.kept]
			n := uniseg.GraphemeClusterCount(head)
			if n > most {
				break
			}
			if n >= leastClause && len(head) > len(best) && wholeQuotes(head) {
				best = head
			}
			at += i + len(end.mark)
		}
	}
	if best != "" {
		return best
	}
	return shorten(title, most)
}

// leastClause is the fewest characters that say enough: fewer are most often a kicker.
const leastClause = 25

// clauseEnds are where a clause ends, with how many bytes of the mark belong to it.
var clauseEnds = []struct {
	mark string
	kept int
}{{"? ", 1}, {"! ", 1}, {". ", 0}, {"; ", 0}, {": ", 0}, {" – ", 0}, {" — ", 0}, {" - ", 0}}

// wholeQuotes tells whether neither a quotation nor a bracket is cut.
func wholeQuotes(s string) bool {
	signs := 0
	for _, r := range s {
		if strings.ContainsRune("\"“”„«»", r) {
			signs++
		}
	}
	return signs%2 == 0 && strings.Count(s, "(") == strings.Count(s, ")")
}

// shorten puts a text on one line of at most most characters, as readers see them
// (grapheme clusters, UAX 29). A longer one is cut after a word, or within the word
// where that would lose more than half, and ends in "…".
func shorten(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if uniseg.GraphemeClusterCount(text) <= most {
		return text
	}
	var kept strings.Builder
	word := 0 // bytes of kept up to the end of its last whole word
	rest, state := text, -1
	for range most - 1 {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if cluster == " " {
			word = kept.Len()
		}
		kept.WriteString(cluster)
	}
	cut := kept.String()
	if word > len(cut)/2 && !strings.HasPrefix(rest, " ") {
		cut = cut[:word]
	}
	return strings.TrimRight(cut, " ,;:–—-") + "…"
}
