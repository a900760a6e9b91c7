package digest

import (
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest/event"
)

// leadBytes is how much of an article's HTML is looked at for its first paragraphs.
const leadBytes = 2 << 10

// tellingOf is a candidate as what it tells: title, teaser and first paragraphs, at
// the date that is believed. Without a title it tells nothing.
func (g *gates) tellingOf(c *candidate) event.Story {
	s := c.story
	if s.Title == "" {
		return event.Read(event.Text{ID: s.ID, At: c.date})
	}
	return event.Read(event.Text{ID: s.ID, Title: s.Title, Lead: openingOf(s.Teaser, s.HTML[:min(len(s.HTML), leadBytes)]), At: c.date, Series: g.series.Of(s.Source, s.Title)})
}

// openingOf is the teaser and the beginning of the article; only the latter where the
// teaser was taken from it, so that no word counts twice.
func openingOf(teaser, article string) string {
	text := oneLine(bareText(article))
	if strings.HasPrefix(text, strings.TrimRight(teaser, " .…")) {
		return text
	}
	return teaser + " " + text
}

// oneLine puts one blank between the words of a text.
func oneLine(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for word := range strings.FieldsSeq(text) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

// mailedStories finds what an earlier edition carried: the same story by a key, or
// one that tells the same by title and date.
type mailedStories struct {
	all     []Mailed
	stories []event.Story // by the number in all
	byKey   map[string]int
	index   *event.Index
}

// newMailed knows the mailed stories but for those of the edition itself.
func newMailed(all []Mailed, edition string) *mailedStories {
	m := &mailedStories{all: make([]Mailed, 0, len(all)), stories: make([]event.Story, 0, len(all)), byKey: make(map[string]int, 2*len(all))}
	for _, one := range all {
		if one.Edition == edition {
			continue
		}
		n := len(m.all)
		m.all = append(m.all, one)
		m.stories = append(m.stories, event.Read(event.Text{ID: one.ID, Title: one.Title, At: one.date()}))
		for _, key := range append(Keys(Story{Source: one.Source, GUID: one.GUID, URL: one.URL, Title: one.Title}), "id:"+one.ID) {
			if _, known := m.byKey[key]; !known {
				m.byKey[key] = n
			}
		}
	}
	m.index = event.NewIndex(m.stories, event.NewArchive(m.stories))
	return m
}

// find is the mailed story that a candidate is, or tells again.
func (m *mailedStories) find(c *candidate) (Mailed, bool) {
	for _, key := range append(slices.Clone(c.keys), "id:"+c.story.ID) {
		if n, ok := m.byKey[key]; ok {
			return m.all[n], true
		}
	}
	if n, ok := m.index.Find(&c.tells); ok {
		return m.all[n], true
	}
	return Mailed{}, false
}

// telling knows the candidates of a pick by what they tell.
type telling struct {
	archive *event.Archive // of what was mailed, and of what the gates let through
	events  *event.Events  // of the candidates, by their nth
}

// tell gives candidates their events. Those that the gates let through whatever the
// editor says make the archive and the events; what only the editor let in is put to
// the event that it tells, if any, and changes none.
func tell(mailed []event.Story, through, letIn []*candidate) telling {
	t := telling{archive: event.NewArchive(mailed, tellings(through))}
	var numbers []int
	numbers, t.events = eventsOf(through, t.archive)
	byKey := map[string]int{}
	for i, c := range through {
		c.event, c.nth = numbers[i], i
		for _, key := range c.keys {
			byKey[key] = c.event
		}
	}
	for _, c := range letIn {
		var member int
		if c.nth, member = t.events.Add(c.tells); member >= 0 {
			c.event = numbers[member]
		}
		for _, key := range c.keys {
			if n, known := byKey[key]; known {
				c.event = n
			}
		}
	}
	return t
}

// again tells whether a candidate is the same story as another, or tells it in
// nearly the same words.
func (t telling) again(c, other *candidate) bool {
	return slices.ContainsFunc(c.keys, func(key string) bool { return slices.Contains(other.keys, key) }) ||
		t.events.Same(c.nth, other.nth)
}

func tellings(list []*candidate) []event.Story {
	stories := make([]event.Story, len(list))
	for i, c := range list {
		stories[i] = c.tells
	}
	return stories
}

// eventsOf gives each candidate the number of its event: those with the same number
// tell the same one. Those that share a key are one story, whatever they say. The
// order of the list does not matter.
func eventsOf(list []*candidate, archive *event.Archive) ([]int, *event.Events) {
	numbers := make([]int, len(list))
	events := event.Group(tellings(list), archive)
	for n, group := range events.Groups {
		for _, i := range group {
			numbers[i] = n
		}
	}
	in := make([]int, len(events.Groups)) // the event that an event was found to be
	for n := range in {
		in[n] = n
	}
	standing := func(n int) int {
		for in[n] != n {
			n = in[n]
		}
		return n
	}
	byKey := map[string]int{}
	for i, c := range list {
		for _, key := range c.keys {
			other, known := byKey[key]
			if !known {
				byKey[key] = numbers[i]
				continue
			}
			a, b := standing(other), standing(numbers[i])
			in[max(a, b)] = min(a, b)
		}
	}
	for i := range numbers {
		numbers[i] = standing(numbers[i])
	}
	return numbers, events
}
