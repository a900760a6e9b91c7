package newsroom

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// had is a story as readers last read it, and the edition that carried it.
type had struct {
	story   digest.Story
	edition string
	at      time.Time
}

// corrections compares what editions of the last weeks carried to readers with what
// the sources say now. A change that a later edition has printed as a correction is
// known to readers.
func (n *Newsroom) corrections(ctx context.Context, letter *config.Newsletter, row store.Edition) ([]digest.Correction, error) {
	mailed, err := n.Store.MailedRevisions(ctx, letter.Name, row.At.Add(-correctionsBack), row.ID)
	if err != nil {
		return nil, err
	}
	read := map[string]had{}
	for _, m := range mailed {
		ref := digest.Ref(letter.Name, m.Content.Slot).String()
		for _, item := range m.Content.Items() {
			read[item.Story.ID] = had{asSourced(item.Story, m.Overlay), ref, m.Content.At}
		}
		for _, c := range m.Content.Corrections {
			if h, known := read[c.Story.ID]; known {
				h.story = c.Story
				read[c.Story.ID] = h
			}
		}
	}
	var found []digest.Correction
	for _, id := range slices.Sorted(maps.Keys(read)) {
		is, err := n.Store.Story(ctx, letter.Name, id)
		if errors.Is(err, store.ErrNotFound) {
			continue // a link of the editor's own
		}
		if err != nil {
			return nil, err
		}
		h := read[id]
		change := digest.Corrected(h.story, is)
		if change == "" {
			continue
		}
		c := digest.Correction{Story: is, Edition: h.edition, At: h.at.In(letter.Location), Change: change}
		if is.Correction != h.story.Correction {
			c.Text = is.Correction
		}
		found = append(found, c)
	}
	return found, nil
}

// asSourced takes off a printed story what its editor wrote: it is not the source's to
// change.
func asSourced(s digest.Story, o digest.Overlay) digest.Story {
	if o.Retitle[s.ID].Title != "" {
		s.Title = ""
	}
	if o.Retitle[s.ID].Teaser != "" {
		s.Teaser = ""
	}
	return s
}
