package digest

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLost(t *testing.T) {
	story := func(title, teaser, html string) Story { return Story{Title: title, Teaser: teaser, HTML: html} }
	plain := story("Man held after fire", "Jonas Blum, 34, was taken in on Friday.", "<p>Jonas Blum was seen by the quay. Police took Blum in. The quay is shut, said Ada Quist.</p>")
	withImage, without := plain, plain
	withImage.Image = &Image{URL: "https://example.org/a.jpg"}
	sponsored, over := plain, plain
	sponsored.Sponsor, over.RunUntil = "Acme", slotAt
	later := plain
	later.Embargo = slotAt.Add(time.Hour)
	for _, c := range []struct {
		name    string
		was, is Story
		print   *Story
		want    string
	}{
		{"the same", plain, plain, nil, ""},
		{"a sentence more", plain, story(plain.Title, plain.Teaser+" He denies it.", plain.HTML+"<p>More.</p>"), nil, ""},
		{"other punctuation and case", plain, story("Man held after fire!", "jonas blum, 34 – was taken in on friday", plain.HTML), nil, ""},
		{"the name out of the teaser", plain, story(plain.Title, "A man was taken in on Friday.", "<p>A man was seen.</p>"), nil, `lost "Jonas", "Blum", "34"`},
		{"moved from the teaser to the text", plain, story(plain.Title, "A man was taken in.", plain.HTML+"<p>34, on Friday.</p>"), nil, ""},
		{"a name out of the text", plain, story(plain.Title, plain.Teaser, strings.Replace(plain.HTML, ", said Ada Quist", "", 1)), nil, `lost "Ada", "Quist"`},
		{"the editor's teaser holds none of it", story("Fire", "Jonas Blum was held.", ""), story("Fire", "A man was held.", ""), &Story{Title: "Fire", Teaser: "A man was held."}, ""},
		{"a fifth of the text", story("T", "", "<p>"+strings.Repeat("one two three four ", 10)+"</p>"), story("T", "", "<p>"+strings.Repeat("one two three four ", 7)+"</p>"), nil, "lost 12 of the 40 words of its text"},
		{"a little of the text", story("T", "", "<p>"+strings.Repeat("one two three four ", 10)+"</p>"), story("T", "", "<p>"+strings.Repeat("one two three four ", 9)+"</p>"), nil, ""},
		{"reworded", plain, story("Man arrested after fire", "On Friday police took in Jonas Blum, 34.", plain.HTML), nil, ""},
		{"reworded in a script without capitals", story("سفينة", "عاد زيد إلى الميناء", ""), story("سفينة", "عاد رجل إلى الميناء", ""), nil, `lost "زيد"`},
		{"a number", story("Fire kills 12", "", ""), story("Fire kills many", "", ""), nil, `lost "12"`},
		{"a word that begins a sentence, and is small elsewhere", story("Fire", "The pin broke, and the bridge with it.", ""), story("Fire", "A pin broke, and a bridge with it.", ""), nil, ""},
		{"half a teaser", story("Fire", "one two three four five six seven eight", ""), story("Fire", "one two three", ""), nil, "lost 5 of the 9 words of its title and teaser"},
		{"another teaser as long", story("Fire", "one two three four five", ""), story("Fire", "six seven eight nine ten", ""), nil, "lost 5 of the 6 words of its title and teaser"},
		{"a sponsor", plain, sponsored, nil, "is sponsored by Acme now"},
		{"the end of its run", plain, over, nil, "ran only until 27 Nov 2026 08:00 UTC"},
		{"the picture", withImage, without, nil, "its picture was taken out"},
		{"a picture that is not printed", withImage, without, &without, ""},
		{"an embargo", plain, later, nil, "is under embargo until 27 Nov 09:00 UTC"},
	} {
		printed := c.was
		if c.print != nil {
			printed = *c.print
		}
		got := Lost(c.was, c.is, Item{Story: printed}, slotAt)
		if (c.want == "") != (got == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What is only added to is not lost, and what has gone is.
func TestLostIsNotAdded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Z]?[a-zé]{2,8}`), 1, 12).Draw(t, "words")
		s := Story{Title: words[0], Teaser: strings.Join(words, " "), HTML: "<p>" + strings.Join(words, " ") + "</p>"}
		more := s
		more.Teaser += " " + rapid.String().Draw(t, "more")
		if got := Lost(s, more, Item{Story: s}, slotAt); got != "" {
			t.Fatalf("added to, and %s", got)
		}
		less := s
		less.Title, less.Teaser, less.HTML = "x", "x", "x"
		if got := Lost(s, less, Item{Story: s}, slotAt); got == "" {
			t.Fatal("all was taken out, and nothing is said")
		}
	})
}
