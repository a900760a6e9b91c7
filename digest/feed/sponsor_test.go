package feed

import "testing"

func TestSponsored(t *testing.T) {
	for _, c := range []struct{ title, rest, mark string }{
		{"[Sponsor] Timing", "Timing", "Sponsor"},
		{"[Anzeige]: Besser schlafen", "Besser schlafen", "Anzeige"},
		{"[ADVERTORIAL] – Win a boat", "Win a boat", "ADVERTORIAL"},
		{"[Updated] Council votes", "", ""},
		{"[Sponsor]", "", ""},
		{"Sponsor leaves the harbour race", "", ""},
		{"A [sponsor] in the middle", "", ""},
		{"[sponsor", "", ""},
		{"", "", ""},
	} {
		want := c.rest
		if c.mark == "" {
			want = c.title
		}
		if rest, mark, ok := sponsored(c.title); rest != want || mark != c.mark || ok != (c.mark != "") {
			t.Errorf("sponsored(%q) = %q, %q, %v", c.title, rest, mark, ok)
		}
	}
}

// TestSponsoredItem: who is named in the item paid, not whose feed it is.
func TestSponsoredItem(t *testing.T) {
	const head = `<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><author><name>The Editor</name></author>`
	for _, c := range []struct{ author, want string }{
		{"<author><name>Department of Commerce</name></author>", "Department of Commerce"},
		{"", "Sponsor"},
	} {
		f, err := Parse([]byte(head+`<entry><title>[Sponsor] Timing</title><id>x</id><link href="https://e.example/x"/>`+c.author+`</entry></feed>`), Options{})
		if err != nil || len(f.Stories) != 1 {
			t.Fatal(f, err)
		}
		if s := f.Stories[0]; s.Title != "Timing" || s.Sponsor != c.want {
			t.Errorf("%q by %q", s.Title, s.Sponsor)
		}
	}
}
