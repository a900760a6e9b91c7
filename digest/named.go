package digest

import "slices"

// A stored pick names its stories, and the snapshot beside it tells them: whole, each
// would be stored twice.

// Named is a pick with the ID alone of each story that the snapshot has.
func (p Pick) Named(s Snapshot) Pick {
	known := make(map[string]bool, len(s.Stories))
	for _, story := range s.Stories {
		known[story.ID] = true
	}
	return p.each(func(story Story) Story {
		if known[story.ID] {
			return Story{ID: story.ID}
		}
		return story // a link that no source has
	})
}

// Told is a pick whose stories were named, with what the snapshot has of them.
func (p Pick) Told(s Snapshot) Pick {
	known := make(map[string]int, len(s.Stories))
	for i, story := range s.Stories {
		known[story.ID] = i
	}
	return p.each(func(story Story) Story {
		if i, ok := known[story.ID]; ok {
			return s.Stories[i]
		}
		return story
	})
}

// each is a pick whose stories are others.
func (p Pick) each(other func(Story) Story) Pick {
	p.Chosen, p.Left = slices.Clone(p.Chosen), slices.Clone(p.Left)
	for _, list := range [][]Choice{p.Chosen, p.Left} {
		for i := range list {
			list[i].Story = other(list[i].Story)
		}
	}
	return p
}

// Brief is a pick without the text of the stories that it leaves out, which may be a
// thousand times what a reader of the reasons looks at.
func (p Pick) Brief() Pick {
	p.Left = slices.Clone(p.Left)
	for i := range p.Left {
		p.Left[i].Story.HTML = ""
	}
	return p
}
