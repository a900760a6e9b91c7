package digest

import (
	"strings"
	"time"

	"pgregory.net/rapid"
)

var (
	slotAt   = time.Date(2026, 11, 27, 9, 0, 0, 0, time.FixedZone("", 3600))
	weekFrom = slotAt.AddDate(0, 0, -7)
)

func no() *bool { return new(bool) }

// week is a snapshot for tests to change: four stories that share nothing.
func week() Snapshot {
	return Snapshot{
		Newsletter: "weekly", Slot: "2026-11-27T09:00", At: slotAt, From: weekFrom, To: slotAt,
		Rules: Rules{
			Stories: 8, HoldBelow: 2, Language: "en-GB", LateGrace: 48 * time.Hour, Barred: []string{"Advertorial"},
			Sections: []Section{
				{Name: "News", Match: []string{"city"}, Rest: true},
				{Name: "Features"},
				{Name: "Opinion", Lead: no()},
			},
		},
		Stories: []Story{
			tale("bridge", "Harbour bridge to close for six months", "News", 1),
			tale("trawler", "The last trawler of Skarhamn", "Features", 2),
			tale("column", "Why I still take the ferry", "Opinion", 3),
			tale("market", "Fish market moves indoors", "City", 4),
		},
	}
}

// tale is a complete story of so many days before the slot.
func tale(id, title, section string, days int) Story {
	at := slotAt.AddDate(0, 0, -days)
	return Story{
		ID: id, Source: "paper", GUID: "tag:example.org:" + id, URL: "https://example.org/" + id, Title: title,
		Teaser: "What happened.", Section: section, Language: "en", Published: at, FirstSeen: at.Add(time.Hour),
		Image: &Image{URL: "https://example.org/" + id + ".jpg"},
	}
}

// trees are titles that have nothing in common.
var trees = []string{"Alder", "Birch", "Cypress", "Dogwood", "Elm", "Fig", "Gum"}

func mustMake(t rapid.TB, s Snapshot, o Overlay) Pick {
	t.Helper()
	p, err := Make(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ids(choices []Choice) string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Story.ID)
	}
	return strings.Join(all, " ")
}

func find(t rapid.TB, p Pick, id string) (c Choice, in bool) {
	t.Helper()
	for _, c := range p.Chosen {
		if c.Story.ID == id {
			return c, true
		}
	}
	for _, c := range p.Left {
		if c.Story.ID == id {
			return c, false
		}
	}
	t.Fatalf("%s has no reason: in %s, left %s", id, ids(p.Chosen), ids(p.Left))
	return Choice{}, false
}
