package digest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestOverlayMistakes(t *testing.T) {
	s := week()
	sponsored := tale("paid", "A word from Acme", "News", 1)
	sponsored.Sponsor = "Acme"
	embargoed := tale("secret", "Not yet to be told", "News", 1)
	embargoed.Embargo = slotAt.Add(time.Hour)
	s.Stories = append(s.Stories, sponsored, embargoed)
	s.Rules.Sections[0].Rest = false
	s.Stories[3].Section = "Sport"
	o := Overlay{
		Subject: "Two\r\nBcc: all", Lead: "column", Drop: []string{"column", "gone"},
		Order: []string{"bridge", "bridge", "bridg", "paid"}, Add: []string{"secret", "market"},
		Sections: map[string]string{"trawler": "Weather"}, Retitle: map[string]Retitle{"nobody": {}, "bridge": {Title: "a\nb"}},
	}
	_, err := Make(s, o)
	var wrong *OverlayError
	if !errors.As(err, &wrong) {
		t.Fatalf("%v", err)
	}
	want := []Problem{
		{0, "subject", "Two\r\nBcc: all", "holds a line break or another control character; write it on one line"},
		{0, "lead", "column", "is also in drop; take it out of one of them"},
		{0, "order[1]", "bridge", "is named twice in order; keep one"},
		{0, "order[2]", "bridg", `is no story of this edition; did you mean bridge, "Harbour bridge to close for six months"?`},
		{0, "order[3]", "paid", "is left out (sponsored by Acme; enters only when the editor adds it); name it in add too to have it all the same"},
		{0, "sections.trawler", "Weather", "is no section of this newsletter; there are News, Features, Opinion"},
		{0, "drop[1]", "gone", "is no story of this edition; show --why lists the stories"},
		{0, "add[0]", "secret", "cannot be in this edition: embargoed until 27 Nov 2026 10:00; take the line out"},
		{0, "add[1]", "market", "has no section; give it one in sections: News, Features, Opinion"},
		{0, "retitle.bridge.title", "a\nb", "holds a line break or another control character; write it on one line"},
		{0, "retitle.nobody", "nobody", "is no story of this edition; show --why lists the stories"},
	}
	if !reflect.DeepEqual(wrong.Problems, want) {
		t.Errorf("got:\n%s", err)
	}
	if text := err.Error(); strings.Count(text, "\n") != len(want) {
		t.Errorf("not a line each:\n%s", text)
	}
	if _, err := Make(week(), Overlay{Lead: "bridge", Order: []string{"bridge"}, Add: []string{"bridge"}}); err != nil {
		t.Errorf("lead, order and add may name one story: %v", err)
	}
}

func TestEditsApart(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"bridge", "bridge", 0}, {"bridge", "bridg", 1}, {"bridge", "birdge", 2}, {"", "abc", 3}, {"kitten", "sitting", 3}} {
		if got := editsApart(c.a, c.b); got != c.want || editsApart(c.b, c.a) != c.want {
			t.Errorf("%q and %q are %d apart, want %d", c.a, c.b, got, c.want)
		}
	}
}
