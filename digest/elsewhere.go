package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// ElsewhereSource is the source of stories that an editor links to by hand.
const ElsewhereSource = "elsewhere"

// Elsewhere is a story that no source has: a link that the editor adds.
type Elsewhere struct {
	URL     string `json:"url"`
	Title   string `json:"title"`
	Teaser  string `json:"teaser,omitempty"`
	Image   string `json:"image,omitempty"` // address of a picture
	Alt     string `json:"alt,omitempty"`   // what the picture shows
	Sponsor string `json:"sponsor,omitempty"`

	RunFrom  time.Time `json:"run_from,omitzero"` // the dates it was paid to run, as of a story
	RunUntil time.Time `json:"run_until,omitzero"`
}

// ID names the story as [Identify] does, by its page, so that it is not mailed
// twice, whoever links to it.
func (e Elsewhere) ID() string { return Identify(Keys(e.Story())) }

// Story is the link as the pick and the mail know a story.
func (e Elsewhere) Story() Story {
	link, err := CleanURL(e.URL)
	if err != nil {
		link = e.URL
	}
	s := Story{Source: ElsewhereSource, URL: link, Title: e.Title, Teaser: e.Teaser, Sponsor: e.Sponsor, RunFrom: e.RunFrom, RunUntil: e.RunUntil}
	if e.Image != "" {
		s.Image = &Image{URL: e.Image, Alt: e.Alt}
	}
	s.ID = Identify(Keys(s))
	return s
}

// withElsewhere is the snapshot with the stories that the editor links to. One that
// a source has as well stays the source's: checkOverlay says so.
func (s Snapshot) withElsewhere(o Overlay) Snapshot {
	if len(o.Elsewhere) == 0 {
		return s
	}
	known := s.byKey()
	s.Stories = slices.Clone(s.Stories)
	for _, e := range o.Elsewhere {
		story := e.Story()
		if _, twice := known[story.ID]; twice || e.in(known) != "" {
			continue
		}
		known[story.ID] = story.ID
		s.Stories = append(s.Stories, story)
	}
	return s
}

// in is the ID of the story of the snapshot that is the same page; empty: none is.
func (e Elsewhere) in(known map[string]string) string {
	for _, key := range Keys(e.Story()) {
		if id := known[key]; id != "" {
			return id
		}
	}
	return ""
}

// byKey finds a snapshot's stories by their keys and IDs.
func (s Snapshot) byKey() map[string]string {
	known := make(map[string]string, 3*len(s.Stories))
	for _, story := range s.Stories {
		if story.Source == ElsewhereSource {
			continue
		}
		known[story.ID] = story.ID
		for _, key := range Keys(story) {
			known[key] = story.ID
		}
	}
	return known
}

// Mark names what an overlay says in a few letters: two that say the same have the
// same. The editor's file carries it, so that of two editors who began from one
// text the second is told.
func (o Overlay) Mark() string {
	// An overlay always encodes, and its maps are encoded in the order of their keys.
	doc, _ := json.Marshal(o)
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:5])
}

// Empty tells whether the editor has changed nothing.
func (o Overlay) Empty() bool { return o.Mark() == Overlay{}.Mark() }

// lifted are the stories that enter though a gate that an editor may lift stops them.
func (o Overlay) lifted() map[string]bool {
	if !o.Whole {
		return set(o.Add...)
	}
	return set(o.named()...)
}

// named are the stories that an overlay puts in, each once.
func (o Overlay) named() []string {
	var ids []string
	for _, id := range slices.Concat([]string{o.Lead}, o.Order, o.Add) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// trimmed is a text on one line.
func trimmed(text string) string { return strings.Join(strings.Fields(text), " ") }
