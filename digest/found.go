package digest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Part is a part of a story that its source may leave out and that may be found
// elsewhere.
type Part string

// The parts, in the order in which they are told.
const (
	InTitle    Part = "title"
	InTeaser   Part = "teaser"
	InText     Part = "text"
	InPicture  Part = "picture"
	InCaption  Part = "caption" // and credit, of a picture that the source names
	InAuthors  Part = "authors"
	InSection  Part = "section" // and topics
	InDate     Part = "date"
	InLanguage Part = "language"
)

var partsInOrder = []Part{InTitle, InTeaser, InText, InPicture, InCaption, InAuthors, InSection, InDate, InLanguage}

// Visit is a reading of a story's page.
type Visit struct {
	At    time.Time `json:"at"`
	Tries int       `json:"tries"`           // so far, this one included
	Error string    `json:"error,omitempty"` // in words; empty: it was read
	Done  bool      `json:"done,omitempty"`  // it will not be read again
}

// Lacks tells whether a story has no text at all, or no picture. What was paid for and
// has no words of its own is meant so.
func (s Story) Lacks() bool {
	return s.Teaser == "" && s.HTML == "" || s.Image == nil || s.Title == ""
}

// Want is what a story would have of its own page.
type Want int

// What it would have, the more the higher.
const (
	WantsNothing Want = iota // it lacks nothing, has no page, or that was read
	WantsText                // its full text, and no more
	WantsMore                // what it lacks
)

// Wants is what the story would have of its page, as far as we know by now.
func (s Story) Wants() Want {
	switch {
	case s.URL == "" || s.Gone != 0 || s.Page != nil && s.Page.Done:
		return WantsNothing
	case s.Lacks():
		return WantsMore
	case s.HTML == "":
		return WantsText
	}
	return WantsNothing
}

// Complete fills in what a story lacks from another account of it, and notes where each
// part was found: "its page", with what the other says of it. What the story has stands.
func Complete(s, other Story, where string) Story {
	s.Found = maps.Clone(s.Found)
	fill := func(part Part, lacks, there bool, take func()) {
		if !lacks || !there {
			return
		}
		take()
		if s.Found == nil {
			s.Found = map[Part]string{}
		}
		s.Found[part] = strings.TrimSpace(where + " " + other.Found[part])
	}
	fill(InTitle, s.Title == "", other.Title != "", func() { s.Title = other.Title })
	fill(InTeaser, s.Teaser == "", other.Teaser != "", func() { s.Teaser = other.Teaser })
	fill(InText, s.HTML == "", other.HTML != "", func() { s.HTML = other.HTML })
	fill(InAuthors, len(s.Authors) == 0, len(other.Authors) > 0, func() { s.Authors = slices.Clone(other.Authors) })
	fill(InSection, s.Section == "" && len(s.Topics) == 0, other.Section != "" || len(other.Topics) > 0,
		func() { s.Section, s.Topics = other.Section, slices.Clone(other.Topics) })
	fill(InDate, s.Published.IsZero(), !other.Published.IsZero(), func() { s.Published = other.Published })
	fill(InLanguage, s.Language == "", other.Language != "", func() { s.Language = other.Language })
	if s.Updated.IsZero() {
		s.Updated = other.Updated
	}
	if s.Sponsor == "" {
		s.Sponsor = other.Sponsor // who is paid for is not hidden by the source's silence
	}
	if s.Image == nil {
		fill(InPicture, true, other.Image != nil, func() { p := *other.Image; s.Image = &p })
	} else if other.Image != nil && samePicture(s.Image.URL, other.Image.URL) {
		p, o := *s.Image, other.Image
		fill(InCaption, p.Caption == "" && p.Credit == "", o.Caption != "" || o.Credit != "", func() { p.Caption, p.Credit = o.Caption, o.Credit })
		if p.Alt == "" {
			p.Alt = o.Alt
		}
		if p.Width == 0 {
			p.Width, p.Height = o.Width, o.Height
		}
		s.Image = &p
	}
	return s
}

// Keep gives a story as its source has it now what it was completed with before, and
// its source still leaves out.
func Keep(is, was Story) Story {
	if is.Page == nil {
		is.Page = was.Page
	}
	if len(was.Found) == 0 {
		return is
	}
	had := Story{Found: was.Found, Sponsor: was.Sponsor}
	for part := range was.Found {
		copyPart(&had, was, part)
	}
	return Complete(is, had, "")
}

// Without is a story without what was found for it in a place.
func (s Story) Without(where string) Story {
	found := map[Part]string{}
	for part, from := range s.Found {
		switch {
		case from != where && !strings.HasPrefix(from, where+" "):
			found[part] = from
		case part == InCaption && s.Image != nil:
			p := *s.Image
			p.Caption, p.Credit = "", ""
			s.Image = &p
		default:
			copyPart(&s, Story{}, part)
		}
	}
	s.Found = found
	return s
}

func copyPart(to *Story, from Story, part Part) {
	switch part {
	case InTitle:
		to.Title = from.Title
	case InTeaser:
		to.Teaser = from.Teaser
	case InText:
		to.HTML = from.HTML
	case InPicture, InCaption:
		to.Image = from.Image
	case InAuthors:
		to.Authors = from.Authors
	case InSection:
		to.Section, to.Topics = from.Section, from.Topics
	case InDate:
		to.Published = from.Published
	case InLanguage:
		to.Language = from.Language
	}
}

// samePicture tells whether two addresses are of one picture, in whatever size a server
// is asked for it.
func samePicture(a, b string) bool {
	a, _, _ = strings.Cut(a, "?")
	b, _, _ = strings.Cut(b, "?")
	one, err := CanonicalURL(a)
	other, bad := CanonicalURL(b)
	return err == nil && bad == nil && one == other
}

// Provenance says in words where the parts that its source leaves out were found: "its
// text and picture are from its page"; empty: it has all from its source.
func (s Story) Provenance() string {
	var places []string
	parts := map[string][]string{}
	for _, part := range partsInOrder {
		if where := s.Found[part]; where != "" {
			if parts[where] == nil {
				places = append(places, where)
			}
			parts[where] = append(parts[where], string(part))
		}
	}
	var said []string
	for _, where := range places {
		list, verb := parts[where], "are"
		words := list[0]
		if len(list) == 1 {
			verb = "is"
		} else {
			words = strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
		}
		said = append(said, "its "+words+" "+verb+" from "+where)
	}
	return strings.Join(said, "; ")
}
