package templates

import (
	"golang.org/x/net/html"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
)

// tongue is a language, and the direction that it is read in.
type tongue struct{ lang, dir string }

// spoken gives the attributes of an element whose words are in another language, or read
// in another direction, than those around it, and takes note of both; empty: they are not.
func (t *tongue) spoken(n *html.Node) (attributes string) {
	if tag, err := language.Parse(attribute(n, "lang")); err == nil && tag != language.Und && tag.String() != t.lang {
		t.lang = tag.String()
		attributes = ` lang="` + t.lang + `"`
	}
	switch dir := attribute(n, "dir"); dir {
	case "ltr", "rtl", "auto":
		if dir != t.dir {
			t.dir = dir
			attributes += ` dir="` + dir + `"`
		}
	}
	return attributes
}

// otherDirection is how a text is read of which nobody knows the language, by its letters;
// empty: as the edition is.
func otherDirection(text, edition string) string {
	left, right := 0, 0
	for _, r := range text {
		properties, _ := bidi.LookupRune(r)
		switch properties.Class() {
		case bidi.L:
			left++
		case bidi.R, bidi.AL:
			right++
		}
	}
	switch {
	case right > left && edition == "ltr":
		return "rtl"
	case left > right && edition == "rtl":
		return "ltr"
	}
	return ""
}

// turnBack is the mark that a name needs behind it which ends in letters of the other
// direction; empty: it needs none. Without it a number that follows, such as a date's day,
// is taken into the name's run, and stands before the name for whoever reads the line.
func turnBack(name, edition string) string {
	last := bidi.ON
	for _, r := range name {
		properties, _ := bidi.LookupRune(r)
		if class := properties.Class(); class == bidi.L || class == bidi.R || class == bidi.AL {
			last = class
		}
	}
	switch {
	case last == bidi.L && edition == "rtl":
		return "\u200f"
	case (last == bidi.R || last == bidi.AL) && edition == "ltr":
		return "\u200e"
	}
	return ""
}
