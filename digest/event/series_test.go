package event

import (
	"fmt"
	"testing"
	"time"
)

func TestLabel(t *testing.T) {
	for _, c := range []struct{ title, label, rest string }{
		{"Harbour diary: Fog again", "harbour diary", "Fog again"},
		{"LIVE: Storm over Norvik: what we know", "live", "Storm over Norvik: what we know"},
		{"日誌：霧", "日誌", "霧"},
		{"Fog again", "", "Fog again"},
		{"At 10:30 the bridge fell", "", "At 10:30 the bridge fell"},
		{"Harbour diary:", "", "Harbour diary:"},
		{"Harbour diary: ", "", "Harbour diary: "},
		{": Fog", "", ": Fog"},
		{"The mayor of Norvik said to the council: no", "", "The mayor of Norvik said to the council: no"},
		{"", "", ""},
	} {
		if label, rest := Label(c.title); label != c.label || rest != c.rest {
			t.Errorf("%q: %q, %q", c.title, label, rest)
		}
	}
}

// diary are stories of one source under one label, so many hours apart.
var diary = []string{
	"Harbour diary: Fog again", "Harbour diary: The herring are late", "Harbour diary: A crane without a name",
	"Harbour diary: Who paints the buoys", "Harbour diary: Sunday on the mole",
}

func TestSeries(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		what   string
		titles []string
		apart  time.Duration
		source string
		is     bool
	}{
		{"three, over a week", diary[:3], 40 * time.Hour, "wire", true},
		{"three, on two days: they may tell one event", diary[:3], 20 * time.Hour, "wire", false},
		{"five, on one day", diary, time.Hour, "wire", true},
		{"two, over a week", diary[:2], 100 * time.Hour, "wire", false},
		{"one story five times", []string{diary[0], diary[0], diary[0], "Harbour diary: fog, again", diary[0]}, 40 * time.Hour, "wire", false},
		{"of another source", diary, 40 * time.Hour, "other", false},
	} {
		var s Series
		for i, title := range c.titles {
			s.Count("wire", title, at.Add(time.Duration(i)*c.apart))
		}
		if got := s.Of(c.source, "HARBOUR DIARY: One more"); (got != "") != c.is {
			t.Errorf("%s: %q", c.what, got)
		}
		if got := s.Of(c.source, "One more"); got != "" {
			t.Errorf("without a label: %q", got)
		}
	}
}

// Stories of a series are one event only for what stands behind its label; with those of
// others the label still counts.
func TestGroupOfSeries(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	read := func(titles []string, series string) []Story {
		var all []Story
		for i, title := range titles {
			all = append(all, Read(Text{ID: fmt.Sprint(i), Title: title, At: at.Add(time.Duration(i) * time.Hour), Series: series}))
		}
		return all
	}
	around := read([]string{"Budget passed in Norvik", "Lighthouse lamp goes out", "School roof leaks once more", "Ferry strike called off", "Old pier to be torn down"}, "")
	groups := func(stories []Story) int {
		all := append(stories, around...)
		return len(Group(all, NewArchive(all)).Groups) - len(around)
	}
	if n := groups(read(diary, "")); n == len(diary) {
		t.Errorf("without a series the label joins nothing: the test tells nothing")
	}
	if n := groups(read(diary, "wire: harbour diary")); n != len(diary) {
		t.Errorf("%d stories of a series are %d events", len(diary), n)
	}
	fire := []string{"Harbour fire: three dead in warehouse", "Harbour fire: three dead as warehouse burns down"}
	if n := groups(read(fire, "wire: harbour fire")); n != 1 {
		t.Errorf("two stories of a series that tell one event are %d", n)
	}
	mixed := append(read(fire[:1], "wire: harbour fire"), Read(Text{ID: "x", Title: "Harbour fire kills three", At: at}))
	if n := groups(mixed); n != 1 {
		t.Errorf("a story of a series and another's of the same event are %d", n)
	}
}
