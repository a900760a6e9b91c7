package newsroom

import (
	"context"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
)

// lostPicture is one that could not be had.
type lostPicture struct{ story, address, why string }

// composed is a revision that is ready to be stored, and what it was made of.
type composed struct {
	snapshot digest.Snapshot
	pick     digest.Pick
	content  digest.Revision
	warnings []string
}

// compose writes the revision of a pick and makes its pictures ours. The rule prefers a
// lead with a picture, and only now is it known which are some: where the lead's is none,
// the pick is made once more, knowing that. An editor's lead stays.
func (n *Newsroom) compose(ctx context.Context, letter *config.Newsletter, s digest.Snapshot, o digest.Overlay, p digest.Pick, number int) (composed, error) {
	m := composed{snapshot: s, pick: p, content: digest.Compose(s, o, p, metaOf(letter, number))}
	lost := n.ownPictures(ctx, letter, &m.content)
	for _, l := range lost {
		m.warnings = append(m.warnings, l.why)
	}
	lead := m.content.Lead
	if lead == nil || o.Lead != "" || !slices.ContainsFunc(lost, func(l lostPicture) bool { return l.story == lead.Story.ID }) {
		return m, nil
	}
	m.snapshot.Unshown = slices.Clone(s.Unshown)
	for _, l := range lost {
		m.snapshot.Unshown = append(m.snapshot.Unshown, l.address)
	}
	again, err := digest.Make(m.snapshot, o)
	if err != nil {
		return m, err
	}
	content := digest.Compose(m.snapshot, o, again, metaOf(letter, number))
	if content.Lead == nil || content.Lead.Story.ID == lead.Story.ID {
		m.warnings = append(m.warnings, fmt.Sprintf("%q leads without a picture: no other story that may lead has one", lead.Story.Title))
		return m, nil
	}
	m.warnings = append(m.warnings, fmt.Sprintf("%q leads in place of %q, whose picture cannot be had", content.Lead.Story.Title, lead.Story.Title))
	asOurs(&content, m.content)
	m.pick, m.content = again, content
	return m, nil
}

// asOurs gives the stories of a revision the pictures that they have in another.
func asOurs(rev *digest.Revision, from digest.Revision) {
	ours := map[string]digest.Story{}
	for _, item := range from.Items() {
		ours[item.Story.ID] = item.Story
	}
	for _, item := range itemsOf(rev) {
		if s, ok := ours[item.Story.ID]; ok {
			item.Story.Image, item.Story.HTML = s.Image, s.HTML
		}
	}
}
