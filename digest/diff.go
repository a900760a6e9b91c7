package digest

import (
	"fmt"
	"slices"
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
	if leadOf(before) != leadOf(after) {
		say("another lead")
	}
	was, is := printed(before), printed(after)
	for _, item := range after.Items() {
		if old, there := was[item.Story.ID]; !there {
			say("added: %s", item.Story.Title)
		} else if what := changedStory(old, item); what != "" {
			say("%s changed: %s", what, item.Story.Title)
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
	if len(changes) == 0 && !slices.Equal(order(before), order(after)) {
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

func order(r Revision) []string {
	var ids []string
	for _, item := range r.Items() {
		ids = append(ids, item.Section+"/"+item.Story.ID)
	}
	return ids
}

// changedStory names the first thing about a story that reads or looks otherwise.
func changedStory(was, is Item) string {
	switch {
	case was.Story.Title != is.Story.Title:
		return "title"
	case was.Story.Teaser != is.Story.Teaser:
		return "teaser"
	case was.Story.URL != is.Story.URL:
		return "link"
	case was.Kicker != is.Kicker:
		return "kicker"
	case (was.Story.Image == nil) != (is.Story.Image == nil),
		was.Story.Image != nil && *was.Story.Image != *is.Story.Image:
		return "picture"
	}
	return ""
}
