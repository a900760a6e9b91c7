package digest

import (
	"reflect"
	"testing"
)

// archiveAfter is what a pick knows of how often words stand where.
func archiveAfter(t *testing.T, s Snapshot, o Overlay) any {
	t.Helper()
	s.Rules = s.Rules.withSections()
	_, told, err := candidates(s.withElsewhere(o), o)
	if err != nil {
		t.Fatal(err)
	}
	return told.archive
}

// What a gate stops teaches the archive nothing.
func TestGatedStoriesTeachNothing(t *testing.T) {
	for what, change := range map[string]func(*Story){
		"sponsored":     func(x *Story) { x.Sponsor = "Acme" },
		"barred":        func(x *Story) { x.Section = "Advertorial" },
		"gone":          func(x *Story) { x.Gone = 404 },
		"embargoed":     func(x *Story) { x.Embargo = slotAt.Add(1) },
		"no link":       func(x *Story) { x.URL = "" },
		"another week":  func(x *Story) { x.Published, x.FirstSeen = weekFrom.AddDate(0, 0, -9), weekFrom.AddDate(0, 0, -9) },
		"in German":     func(x *Story) { x.Language = "de" },
		"mailed before": func(x *Story) { x.URL = "https://example.org/mailed" },
	} {
		s := week()
		s.Mailed = []Mailed{{ID: "m", URL: "https://example.org/mailed", Edition: "weekly/2026-11-20T09:00"}}
		want := archiveAfter(t, s, Overlay{})
		x := tale("x", "Harbour bridge closes", "News", 1)
		s.Stories = append(s.Stories, x)
		if reflect.DeepEqual(archiveAfter(t, s, Overlay{}), want) {
			t.Error("a candidate teaches nothing either")
		}
		change(&s.Stories[len(s.Stories)-1])
		if !reflect.DeepEqual(archiveAfter(t, s, Overlay{}), want) {
			t.Errorf("%s: it counts", what)
		}
	}
}

// What the editor does to one story leaves the events of the others as they are.
func TestEditsTeachNothing(t *testing.T) {
	s := week()
	paid := tale("paid", "A word from Acme", "Features", 1)
	paid.Sponsor = "Acme"
	s.Stories = append(s.Stories, paid)
	want := archiveAfter(t, s, Overlay{})
	for what, o := range map[string]Overlay{
		"dropped":      {Drop: []string{"bridge"}},
		"added":        {Add: []string{"paid"}},
		"moved":        {Sections: map[string]string{"market": "Opinion"}},
		"retitled":     {Retitle: map[string]Retitle{"bridge": {Title: "No way across"}}},
		"from outside": {Add: []string{Elsewhere{URL: "https://other.example/fog"}.ID()}, Elsewhere: []Elsewhere{{URL: "https://other.example/fog", Title: "Fog"}}},
	} {
		if !reflect.DeepEqual(archiveAfter(t, s, o), want) {
			t.Errorf("%s: it changes the archive", what)
		}
	}
}
