package digest

import (
	"slices"
	"testing"
)

func TestDiff(t *testing.T) {
	item := func(id, title string) Item {
		return Item{Story: Story{ID: id, Title: title, URL: "https://x.example/" + id}, Section: "News"}
	}
	revision := func(change func(*Revision)) Revision {
		lead := item("a", "Ferry back")
		r := Revision{
			Subject: "Ferry back", Preheader: "And more", Lead: &lead,
			Blocks: []Block{{Name: "News", Items: []Item{item("b", "Bridge shut"), item("c", "Tide high")}}},
		}
		change(&r)
		return r
	}
	before := revision(func(*Revision) {})
	for name, c := range map[string]struct {
		change func(*Revision)
		want   []string
	}{
		"nothing": {func(*Revision) {}, nil},
		"subject": {func(r *Revision) { r.Subject = "Ferry!" }, []string{"the subject"}},
		"intro":   {func(r *Revision) { r.Intro = "Dear all" }, []string{"the introduction"}},
		"title":   {func(r *Revision) { r.Blocks[0].Items[0].Story.Title = "Bridge open" }, []string{"title changed: Bridge open"}},
		"picture": {func(r *Revision) { r.Blocks[0].Items[0].Story.Image = &Image{} }, []string{"picture changed: Bridge shut"}},
		"lead":    {func(r *Revision) { r.Lead = nil }, []string{"no lead", "taken out: Ferry back"}},
		"taken":   {func(r *Revision) { r.Blocks[0].Items = r.Blocks[0].Items[:1] }, []string{"taken out: Tide high"}},
		"added":   {func(r *Revision) { r.Blocks[0].Items = append(r.Blocks[0].Items, item("d", "Fog")) }, []string{"added: Fog"}},
		"leads": {func(r *Revision) {
			lead, first := r.Blocks[0].Items[0], *r.Lead
			r.Lead, r.Blocks[0].Items[0] = &lead, first
		}, []string{"another lead: Bridge shut"}},
		"moved": {func(r *Revision) {
			r.Blocks = append(r.Blocks, Block{Name: "Opinion", Items: []Item{r.Blocks[0].Items[0]}})
			r.Blocks[0].Items = r.Blocks[0].Items[1:]
			r.Blocks[1].Items[0].Section = "Opinion"
		}, []string{"moved to Opinion: Bridge shut"}},
		"title and kicker": {func(r *Revision) {
			r.Blocks[0].Items[0].Story.Title, r.Blocks[0].Items[0].Kicker = "Bridge open", "Traffic"
		}, []string{"title, kicker changed: Bridge open"}},
		"added, and swapped": {func(r *Revision) {
			slices.Reverse(r.Blocks[0].Items)
			r.Blocks[0].Items = append(r.Blocks[0].Items, item("d", "Fog"))
		}, []string{"added: Fog", "the order of the stories"}},
		"swapped": {func(r *Revision) { slices.Reverse(r.Blocks[0].Items) }, []string{"the order of the stories"}},
		"correction": {func(r *Revision) {
			r.Corrections = []Correction{{Story: Story{ID: "z", Title: "Fish sold"}, Edition: "weekly/2026-11-20T09:00", Text: "Not sold."}}
		}, []string{"a correction of weekly/2026-11-20T09:00: Fish sold"}},
		"newsroom": {func(r *Revision) { r.Number = 2 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Diff(before, revision(c.change)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
