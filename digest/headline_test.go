package digest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSameEvent(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		// One event, told in nearly the same words.
		{"Harbour bridge to close for six months from January", "Harbour Bridge will close for six months", true},
		{"Storm Ciara: 30,000 homes without power", "30.000 homes without power after storm Ciara", true},
		{"Mayor resigns after audit of harbour fund", "BREAKING: Mayor resigns after harbour-fund audit", true},
		{"Ferry runs aground off Skarhamn", "Ferry runs aground off Skärhamn, 40 passengers safe", true},
		{"Mayor’s office raided in fraud inquiry", "Mayor's office raided in fraud inquiry", true},
		{"Wahl in Thüringen: CDU gewinnt die meisten Stimmen", "CDU gewinnt bei Wahl in Thuringen die meisten Stimmen", true},
		{"Grève à la SNCF: un train sur deux supprimé lundi", "SNCF: un train sur deux supprimé lundi", true},
		{"Tram line 7 reopens", "Tram Line 7 reopens", true},
		{"Harbour fire", "Harbour fire", true},
		{"Government doesn't extend ferry subsidy", "Government does not extend ferry subsidy", true},

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
			a, b := newHeadline(pair[0]), newHeadline(pair[1])
			if got := sameEvent(a, b); got != c.same {
				t.Errorf("%q and %q: same %t\n  %v %v", pair[0], pair[1], got, a, b)
			}
		}
	}
}

func TestHeadline(t *testing.T) {
	for title, want := range map[string]string{
		"The Mayor's 30,000-euro bridge": "30000 bridge euro mayor",
		"Größe, Ørsted & Łódź":           "grosse lodz orsted",
		"Talks, talks and talking":       "talk talking",
		"3.5 or 1.500?":                  "1500 3.5",
		"'Quoted' words' end…":           "end quoted word",
		"Don’t panic":                    "panic",
		"Press glass virus is":           "glass press virus",
		"  ":                             "",
		"🚢 Ferry":                        "ferry",
	} {
		if got := strings.Join(newHeadline(title).words, " "); got != want {
			t.Errorf("%q has the words %q, want %q", title, got, want)
		}
	}
}

func TestEventsByDate(t *testing.T) {
	e := newEvents()
	monday := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	title := newHeadline("The week in pictures")
	first := e.add([]string{"url:a"}, title, monday)
	for _, c := range []struct {
		key  string
		date time.Time
		same bool
	}{
		{"url:b", monday.Add(72 * time.Hour), true},
		{"url:b", monday.Add(72*time.Hour + 1), false},
		{"url:b", monday.Add(-73 * time.Hour), false},
		{"url:b", time.Time{}, true},
		{"url:a", monday.AddDate(1, 0, 0), true},
	} {
		n, same := e.find([]string{c.key}, title, c.date)
		if same != c.same || same && n != first {
			t.Errorf("%s at %s: %d, %t", c.key, c.date, n, same)
		}
	}
}

// The index finds what comparing with every story told of would find.
func TestEventsFindAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := newEvents()
		var all []headline
		titles := rapid.SliceOf(rapid.Custom(func(t *rapid.T) headline {
			return newHeadline(strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 7).Draw(t, "words"), " "))
		})).Draw(t, "titles")
		for _, title := range titles {
			want := slices.IndexFunc(all, func(other headline) bool { return sameEvent(title, other) })
			n, same := e.find(nil, title, time.Time{})
			if same != (want >= 0) || same && n != want {
				t.Fatalf("%v: found %d, %t, want %d of %v", title, n, same, want, all)
			}
			e.add(nil, title, time.Time{})
			all = append(all, title)
		}
	})
}
