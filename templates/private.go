package templates

import (
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// private is a look that fetches nothing and asks for nothing: the title is set in
// type, and there is no appeal.
func (l Look) private() Look {
	l.LogoURL, l.LogoWidth, l.LogoHeight, l.Support = "", 0, 0, nil
	return l
}

// private are links that are the same for every reader, but for the one to leave:
// a token for preferences tells apart as well, and so does a name.
func (l Links) private() Links {
	l.Preferences, l.Appeal, l.Greeting, l.Pictures = "", "", "", ""
	return l
}

// own keeps the pictures of a variant: of a private mail those alone that travel in
// it, of every other all but those.
func (v Variant) own(in *digest.Image) *digest.Image {
	if in == nil || (v == Private) != strings.HasPrefix(in.URL, insidePicture) {
		return nil
	}
	return in
}

// silence follows a neutral preheader: characters without ink, so that the line that
// an inbox shows behind the subject ends before the headlines begin.
var silence = strings.Repeat("\u034f\u200c\u00a0", 100)

// Silence is silence where a mail must not say in the inbox what it is about.
func (e *edition) Silence() string {
	if !e.Look.Neutral {
		return ""
	}
	return silence
}
