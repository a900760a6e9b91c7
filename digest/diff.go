package digest

import (
	"fmt"
	"slices"
	"strings"
)

// Diff says in words what changed between two revisions of an edition, for the
// editor who is about to send the second: one clause a change, the most visible
// first. It is empty where readers would see the same.
func Diff(before, after Revision) []string {
	var changes []string
	say := func(format string, args ...any) { changes = append(changes, fmt.Sprintf(format, args...)) }
	for _, f := range []struct{ name, was, is string }{
		{"subject", before.Subject, after.Subject},
		{"preheader", before.Preheader, after.Preheader},
		{"introduction", before.Intro, after.Intro},
	} {
		if f.was != f.is {
			say("the %s", f.name)
		}
	}
	switch {
	case after.NoAppeal && !before.NoAppeal:
		say("no appeal for support")
	case before.NoAppeal && !after.NoAppeal:
		say("the appeal for support is back")
	}
	switch {
	case leadOf(before) == leadOf(after):
	case after.Lead == nil:
		say("no lead")
	default:
		say("another lead: %s", after.Lead.Story.Title)
	}
	was, is := printed(before), printed(after)
	for _, item := range after.Items() {
		old, there := was[item.Story.ID]
		if !there {
			say("added: %s", item.Story.Title)
			continue
		}
		if what := changedStory(old, item); what != "" {
			say("%s changed: %s", what, item.Story.Title)
		}
		if old.Section != item.Section {
			say("moved to %s: %s", item.Section, item.Story.Title)
		}
	}
	for _, item := range before.Items() {
		if _, there := is[item.Story.ID]; !there {
			say("taken out: %s", item.Story.Title)
		}
	}
	for _, c := range after.Corrections {
		if !slices.ContainsFunc(before.Corrections, func(had Correction) bool { return had.Story.ID == c.Story.ID && had.Text == c.Text }) {
			say("a correction of %s: %s", c.Edition, c.Story.Title)
		}
	}
	for _, c := range before.Corrections {
		if !slices.ContainsFunc(after.Corrections, func(has Correction) bool { return has.Story.ID == c.Story.ID }) {
			say("taken out: the correction of %s: %s", c.Edition, c.Story.Title)
		}
	}
	if !slices.Equal(order(before, after), order(after, before)) {
		say("the order of the stories")
	}
	return changes
}

func leadOf(r Revision) string {
	if r.Lead == nil {
		return ""
	}
	return r.Lead.Story.ID
}

func printed(r Revision) map[string]Item {
	all := map[string]Item{}
	for _, item := range r.Items() {
		all[item.Story.ID] = item
	}
	return all
}

// order is that of a revision's stories which another has in the same section: those
// that were moved, added or taken out are told by themselves. So is the lead.
func order(r, other Revision) []string {
	has := printed(other)
	var ids []string
	for _, item := range r.Items() {
		id := item.Story.ID
		if h, there := has[id]; there && h.Section == item.Section && id != leadOf(r) && id != leadOf(other) {
			ids = append(ids, item.Section+"/"+id)
		}
	}
	return ids
}

// changedStory names what about a story reads or looks otherwise.
func changedStory(was, is Item) string {
	var what []string
	for _, part := range []struct {
		name  string
		other bool
	}{
		{"title", was.Story.Title != is.Story.Title},
		{"teaser", was.Story.Teaser != is.Story.Teaser},
		{"link", was.Story.URL != is.Story.URL},
		{"kicker", was.Kicker != is.Kicker},
		{"picture", (was.Story.Image == nil) != (is.Story.Image == nil) ||
			was.Story.Image != nil && *was.Story.Image != *is.Story.Image},
	} {
		if part.other {
			what = append(what, part.name)
		}
	}
	return strings.Join(what, ", ")
}
