package prose

import (
	"errors"
	"strings"
)

// unchanged tells whether bluemonday leaves a text as it is: each of its tags, about
// those of a known shape it was asked before, and its words, which have to be escaped as
// it escapes them.
func unchanged(text string) bool {
	var tags strings.Builder
	for text != "" {
		words, rest, found := strings.Cut(text, "<")
		if !escaped(words) {
			return false
		}
		if !found {
			break
		}
		end := strings.IndexByte(rest, '>') // an attribute has none: it is escaped
		if end < 0 {
			return false
		}
		if tag := rest[:end]; !leavesTagAlone(tag) {
			tags.WriteString("<" + tag + ">")
		}
		text = rest[end+1:]
	}
	return leavesAlone(tags.String())
}

// escaped tells of words that are written as escapeTo writes them.
func escaped(words string) bool {
	for {
		i := strings.IndexAny(words, "&'<>\"\r")
		if i < 0 {
			return true
		}
		if words[i] != '&' {
			return false
		}
		end := strings.IndexByte(words[i:], ';')
		if end < 0 || !escapes[words[i:i+end+1]] {
			return false
		}
		words = words[i+end+1:]
	}
}

var escapes = map[string]bool{"&amp;": true, "&#39;": true, "&lt;": true, "&gt;": true, "&#34;": true, "&#13;": true}

// leavesAlone asks bluemonday.
func leavesAlone(text string) bool {
	same := comparer{text}
	return text == "" || policy().SanitizeReaderToWriter(strings.NewReader(text), &same) == nil && same.rest == ""
}

// comparer is a writer that is content with one text alone.
type comparer struct{ rest string }

var errDiffers = errors.New("it differs")

func (c *comparer) WriteString(s string) (int, error) {
	rest, ok := strings.CutPrefix(c.rest, s)
	if !ok {
		return 0, errDiffers
	}
	c.rest = rest
	return len(s), nil
}

func (c *comparer) Write(p []byte) (int, error) { return c.WriteString(string(p)) }
