package templates

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/broadsheet-news/broadsheet/digest"
	articles "github.com/broadsheet-news/broadsheet/digest/prose" // prose is our own type
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// edition is the one model of a mail. The HTML partials and the text writer read
// it; everything in it is clean, and every link safe.
type edition struct {
	styles
	variant   Variant
	W         *words.Catalogue
	Look      Look
	Links     Links
	Lang, Dir string
	Start     string // the side where lines begin: left, or right in Arabic
	Subject   string
	Preheader string
	Date      string
	Mail      bool // false: the page in the archive
	Full      bool // the articles stand in it
	Intro     prose
	Lead      *story
	Sections  []section

	Corrections []correction

	Because string
	Address []string // the postal address, line by line
	Appeal  *appeal
}

// section is a heading with its stories, in rows.
type section struct {
	*edition
	Name string
	Rows []row
}

// row is one of three: a pair of stories with pictures, a single story, or a run
// of briefs.
type row struct {
	First  bool // opens its section
	Pair   []*story
	One    *story
	Briefs []*story
}

// story is an item as it is printed.
type story struct {
	*edition
	Title, URL, Teaser string
	Kicker             string
	Paid               bool   // by a sponsor, whom the kicker names
	Byline             string // "By Ada and Ben · 24 November · 4 min read"
	Correction         string // with its label
	Picture            *picture
	Also               []digest.Link
	AlsoMore           string // "and 3 more": of a mail, what is not in Also
	Other              string // language tag, where it is not the edition's
	OtherDir           string

	whole     []passage // of the full text: the article
	passages  []passage // and what of it is printed; none: the teaser
	Shortened bool      // that is not all of it
}

// newEdition builds the model. The look is checked and has its defaults.
func (t *Theme) newEdition(rev digest.Revision, v Variant, look Look, links Links) *edition {
	w := t.spoken.For(rev.Language)
	e := &edition{
		styles: filledStyles(look, w.Dir), variant: v, W: w, Look: look,
		Lang: w.Language, Dir: w.Dir, Start: "left", Mail: v != Web,
		Date: w.Date(rev.At),
	}
	if w.Dir == "rtl" {
		e.Start = "right"
	}
	e.Look.Title = clean(firstOf(look.Title, rev.Title), titleRunes)
	e.Look.Tagline = clean(look.Tagline, lineRunes)
	e.Links = safeLinks(links, look, e.Mail)
	e.Look.Footer.Note = clean(look.Footer.Note, lineRunes)
	e.Look.Footer.Contact = clean(look.Footer.Contact, lineRunes)
	e.Look.LogoURL = link(look.LogoURL, links.Home)
	e.Address = lines(look.Footer.Address)
	e.Because = words.Fill(w.Because, "title", e.Look.Title)
	e.Intro = markdown(rev.Intro, links.Home, e.styles)
	e.Appeal = newAppeal(look.Support, w, e.Links)

	zone := rev.At.Location()
	if rev.Lead != nil {
		e.Lead = e.story(*rev.Lead, zone)
		e.Lead.Kicker = firstOf(e.Lead.Kicker, clean(rev.Lead.Section, lineRunes))
	}
	for _, b := range rev.Blocks {
		if len(b.Items) > 0 {
			e.Sections = append(e.Sections, e.section(b, zone))
		}
	}
	e.Corrections = e.corrections(rev.Corrections, zone)
	e.Subject = clean(firstOf(rev.Subject, e.Look.Title+" – "+e.Date), titleRunes)
	e.Preheader = clean(firstOf(rev.Preheader, e.headlines(rev)), lineRunes)
	return e
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// headlines stands in for a preheader: the stories after the lead, whose title is
// most likely the subject.
func (e *edition) headlines(rev digest.Revision) string {
	items := slices.DeleteFunc(rev.Items(), func(it digest.Item) bool { return it.Story.Sponsor != "" })
	if len(items) > 1 {
		items = items[1:]
	}
	var titles []string
	for _, it := range items[:min(3, len(items))] {
		titles = append(titles, clean(it.Story.Title, 80))
	}
	return strings.Join(titles, " · ")
}

// safeLinks cleans the addresses around the stories; a page in the archive loses
// those that belong to one reader.
func safeLinks(l Links, look Look, mail bool) Links {
	safe := Links{
		Web: link(l.Web, l.Home), Home: link(l.Home, l.Home),
		Privacy: link(firstOf(l.Privacy, look.Footer.PrivacyURL), l.Home), Pictures: l.Pictures,
	}
	if mail {
		safe.Unsubscribe, safe.Preferences, safe.Appeal = link(l.Unsubscribe, l.Home), link(l.Preferences, l.Home), link(l.Appeal, l.Home)
		safe.Greeting = Greeting(clean(string(l.Greeting), lineRunes))
	}
	return safe
}

// section arranges a block in rows: neighbours that both have a picture make a
// pair, items with a bare headline run together as briefs.
func (e *edition) section(b digest.Block, zone *time.Location) section {
	s := section{edition: e, Name: clean(b.Name, titleRunes)}
	for i := 0; i < len(b.Items); i++ {
		st := e.story(b.Items[i], zone)
		r := row{First: i == 0}
		switch {
		case st.Picture != nil && !st.Paid && i+1 < len(b.Items) && pairs(b.Items[i+1].Story):
			next := e.story(b.Items[i+1], zone)
			r.Pair = []*story{st, next}
			i++
		case st.bare():
			if last := len(s.Rows) - 1; last >= 0 && s.Rows[last].Briefs != nil {
				s.Rows[last].Briefs = append(s.Rows[last].Briefs, st)
				continue
			}
			r.Briefs = []*story{st}
		default:
			r.One = st
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// pairs tells whether a story may stand beside another: what somebody paid for has
// a row to itself.
func pairs(s digest.Story) bool { return s.Image != nil && s.Sponsor == "" }

// bare tells whether a story has nothing but its headline.
func (s *story) bare() bool {
	return !s.Paid && s.Teaser == "" && s.Picture == nil && s.Correction == "" && len(s.Also) == 0
}

// alsoMost is how many other reports of its event a mail lists beneath a story; the web
// version has all.
const alsoMost = 5

func (e *edition) story(it digest.Item, zone *time.Location) *story {
	in := it.Story
	s := &story{
		edition: e,
		Title:   clean(in.Title, titleRunes), URL: link(in.URL, e.Links.Home),
		Teaser: clean(in.Teaser, teaserRunes), Kicker: clean(it.Kicker, lineRunes),
		Picture: newPicture(e.variant.own(in.Image), e.Links.Home),
	}
	if in.Sponsor != "" {
		s.Paid = true
		s.Kicker = e.label(in.Sponsor)
	}
	if in.Correction != "" {
		s.Correction = e.W.Correction + ": " + clean(in.Correction, teaserRunes)
	}
	for _, a := range it.Also {
		if to := link(a.URL, e.Links.Home); to != "" {
			s.Also = append(s.Also, digest.Link{Title: firstOf(clean(a.Title, titleRunes), to), URL: to})
		}
	}
	if more := len(s.Also) - alsoMost; more > 0 && e.Mail {
		s.Also, s.AlsoMore = s.Also[:alsoMost], e.W.Count(e.W.AlsoMore, more)
	}
	if s.Title == "" {
		s.Title = firstOf(s.URL, "–")
	}
	s.Byline = e.byline(in, zone)
	s.Other, s.OtherDir = otherLanguage(in.Language, e.Lang)
	if in.Language == "" {
		s.OtherDir = otherDirection(s.Title+" "+s.Teaser, e.Dir)
	}
	return s
}

// byline joins what is known of who wrote a story, when, and how long it is.
func (e *edition) byline(in digest.Story, zone *time.Location) string {
	var parts, names []string
	for _, name := range in.Authors {
		if name = clean(name, lineRunes); name != "" {
			names = append(names, name+turnBack(name, e.Dir))
		}
	}
	if len(names) > 0 {
		parts = append(parts, words.Fill(e.W.By, "names", e.W.List(names)))
	}
	if at := in.Date(); !at.IsZero() {
		parts = append(parts, e.W.Day(at.In(zone)))
	}
	if t := e.W.ReadingTime(articles.Minutes(in.HTML, firstOf(in.Language, e.Lang))); t != "" {
		parts = append(parts, t)
	}
	for i, p := range parts[min(1, len(parts)):] {
		if i > 0 || len(names) > 0 {
			parts[i+1] = strings.ReplaceAll(p, " ", "\u00a0")
		}
	}
	return strings.Join(parts, "\u00a0· ")
}

// otherLanguage is the tag and direction of a story that is not in the edition's
// language; both empty where it is, or where nobody knows.
func otherLanguage(tag, edition string) (lang, dir string) {
	parsed, err := language.Parse(tag)
	if err != nil || tag == "" {
		return "", ""
	}
	base, _ := parsed.Base()
	own, _ := language.Make(edition).Base()
	if base == own {
		return "", ""
	}
	switch script, _ := parsed.Script(); script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo":
		return parsed.String(), "rtl"
	}
	return parsed.String(), "ltr"
}
