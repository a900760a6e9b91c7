package event

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		// One story, told in nearly the same words.
		{"Harbour bridge to close for six months from January", "Harbour Bridge will close for six months", true},
		{"Storm Ciara: 30,000 homes without power", "30.000 homes without power after storm Ciara", true},
		{"Mayor resigns after audit of harbour fund", "BREAKING: Mayor resigns after harbour-fund audit", true},
		{"Ferry runs aground off Skarhamn", "Ferry runs aground off Skärhamn, 40 passengers safe", true},
		{"UPDATE 2-Ferry runs aground off Skarhamn", "UPDATE 3-Ferry runs aground off Skarhamn", true},
		{"Mayor’s office raided in fraud inquiry", "Mayor's office raided in fraud inquiry", true},
		{"Wahl in Thüringen: CDU gewinnt die meisten Stimmen", "CDU gewinnt bei Wahl in Thuringen die meisten Stimmen", true},
		{"Grève à la SNCF: un train sur deux supprimé lundi", "SNCF: un train sur deux supprimé lundi", true},
		{"Tram line 7 reopens", "Tram Line 7 reopens", true},
		{"Harbour fire", "Harbour fire", true},
		{"Government doesn't extend ferry subsidy", "Government does not extend ferry subsidy", true},
		{"Council closes the harbour bridge", "Council to close the harbour bridge", true},

		// Alike, and not the same.
		{"Budget talks begin", "Budget talks collapse", false},
		{"Council approves budget for 2026", "Council rejects budget for 2026", false},
		{"City beats United 3-1", "City beats United 2-0", false},
		{"City beats United 3-1 at home", "City beats United 3-2 at home", false},
		{"Police arrest man after stabbing in Leeds", "Police arrest man after stabbing in York", false},
		{"Police arrest man after fatal stabbing outside Leeds nightclub", "Police arrest man after fatal stabbing outside York nightclub", false},
		{"The lost trawlers, part 1", "The lost trawlers, part 2", false},
		{"The lost trawlers, part one", "The lost trawlers, part two", false},
		{"Court rules harbour ban lawful", "Court rules harbour ban not lawful", false},
		{"Minister says dredging will stop this year", "Minister denies dredging will stop this year", false},
		{"Election 2026: what to know in Ohio", "Election 2026: what to know in Iowa", false},
		{"Mayor resigns", "Mayor resigns: the ten years that changed the city", false},
		{"Harbour bridge closes", "Harbour bridge reopens", false},
		{"Obituaries", "Obituaries", false}, // one word says too little
		{"The", "The", false},
		{"", "", false},
		{"港の橋が閉鎖", "港の橋が再開", false},
		{"Quarterly profit up 5 percent at Acme Shipping", "Quarterly profit up 7 percent at Acme Shipping", false},
		{"Inflation at 3.5 percent in October", "Inflation at 35 percent in October", false},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			a, b := Read(Text{Title: pair[0]}), Read(Text{Title: pair[1]})
			archive := NewArchive()
			if got := Group([]Story{a, b}, archive).Same(0, 1); got != c.same {
				t.Errorf("%q and %q: same %t\n  %v %v", pair[0], pair[1], got, a.title, b.title)
			}
			if _, got := NewIndex([]Story{b}, archive).Find(&a); got != c.same {
				t.Errorf("%q in an index of %q: found %t", pair[0], pair[1], got)
			}
		}
	}
}

func TestSameByDate(t *testing.T) {
	archive, title := NewArchive(), "The week in pictures"
	x := NewIndex([]Story{Read(Text{Title: title, At: monday})}, archive)
	for _, c := range []struct {
		at   time.Time
		same bool
	}{
		{monday, true},
		{monday.Add(72 * time.Hour), true},
		{monday.Add(-72 * time.Hour), true},
		{monday.Add(72*time.Hour + time.Second), false},
		{monday.Add(-73 * time.Hour), false},
		{time.Time{}, true},
	} {
		s := Read(Text{Title: title, At: c.at})
		if _, same := x.Find(&s); same != c.same {
			t.Errorf("%s: %t", c.at, same)
		}
	}
}

// Equal titles over unlike stories are not the same, where the stories are known.
func TestSameByLead(t *testing.T) {
	a := Read(Text{Title: "Around the town", Lead: "The swimming pool has a new roof, and the children of Elm Street have it to themselves on Mondays."})
	b := Read(Text{Title: "Around the town", Lead: "Bees have moved into the belfry; the sexton, who is stung twice a week, will not have them smoked out."})
	if Group([]Story{a, b}, NewArchive()).Same(0, 1) {
		t.Error("the pool is the bees")
	}
	b = Read(Text{Title: "Around the town"})
	if !Group([]Story{a, b}, NewArchive()).Same(0, 1) {
		t.Error("by title alone they are not the same")
	}
}

// The index finds what comparing with every story would find.
func TestIndexFindsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := drawTexts(t, "s", vocabulary, monday)
		for i := range texts {
			texts[i].Lead = ""
		}
		stories := readAll(texts)
		archive := NewArchive(stories)
		x, events := NewIndex(stories, archive), Group(stories, archive)
		for i := range stories {
			want, most := -1, int64(0)
			for j := range stories {
				likeness := dot(archive.vector(&stories[i], true), archive.vector(&stories[j], true))
				if events.Same(i, j) && likeness > most {
					want, most = j, likeness
				}
			}
			got, found := x.Find(&stories[i])
			if found != (want >= 0) || found && got != want {
				t.Fatalf("%v: found %d, %t, want %d", stories[i].title, got, found, want)
			}
		}
	})
}
