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
