package prose

import (
	"strings"
	"sync"
)

// shapes are bluemonday's verdicts on tags by their shape: it judges each tag by itself,
// and most are of a few shapes.
var shapes sync.Map // of shapeOf to a bool

// leavesTagAlone tells that bluemonday leaves a tag as it is, asking it once for each
// shape. Of a tag without one it says no.
func leavesTagAlone(tag string) bool {
	shape, ok := shapeOf(tag)
	if !ok {
		return false
	}
	if verdict, known := shapes.Load(shape); known {
		return verdict.(bool)
	}
	verdict := leavesAlone("<" + shape + ">")
	shapes.Store(shape, verdict)
	return verdict
}

// shapeOf is a tag, without its brackets, with other values in the places of its
// attributes', which bluemonday judges alike. It is not ok where a value is not of the
// plainest kind.
func shapeOf(tag string) (shape string, ok bool) {
	before, rest, more := strings.Cut(tag, `="`)
	if !more {
		return tag, true
	}
	var b strings.Builder
	for more {
		value, after, closed := strings.Cut(rest, `"`)
		stand, plain := standsFor(before[strings.LastIndexByte(before, ' ')+1:], value)
		if !closed || !plain {
			return "", false
		}
		b.WriteString(before + `="` + stand + `"`)
		before, rest, more = strings.Cut(after, `="`)
	}
	return b.String() + before, true
}

// standsFor gives the value in place of which one is judged.
func standsFor(key, value string) (stand string, plain bool) {
	switch key {
	case "href", "src":
		_, host, ok := strings.Cut(value, "://")
		ok = ok && (strings.HasPrefix(value, "https:") || strings.HasPrefix(value, "http:"))
		return "https://a.example/", ok && host != "" && host[0] != '/' && host[0] != '?' && allOf(host, &inPlainAddress)
	case "alt", "title":
		if value == "" {
			return "", true // which says something of its own
		}
		return "a", allOf(value, &inPlainWords)
	case "width", "height":
		return "1", whole.MatchString(value)
	}
	return "", false
}

// inPlainAddress are the bytes of an address, behind its scheme, that stay as they are
// however it is read and written; inPlainWords those of words in an attribute that do.
var inPlainAddress, inPlainWords = func() (address, words [256]bool) {
	for c := range 0x80 {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		address[c] = letter || strings.ContainsRune("-._~/?=", rune(c))
		words[c] = letter || strings.ContainsRune(" !#$%()*+,-./:;?@[]_", rune(c))
	}
	for c := 0x80; c < 256; c++ {
		words[c] = true
	}
	return address, words
}()
