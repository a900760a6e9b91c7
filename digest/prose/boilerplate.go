package prose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Boilerplate: what content systems hang on to every story. A tail may follow a
// text; a line is a paragraph of its own.
var (
	readOn = newPhrases(`\s*(?:…|\.{3}|\[…\])?\s*(?:`, `)(?:\s.{0,160})?(?:…|\.{3}|→|»|>+|&raquo;)?\s*$`,
		"continue reading", "continue here", "continue on", "continued here", "continued on",
		"read more", "read full story", "read full article", "read full post", "read rest", "read the more", "read the full story",
		"read the full article", "read the full post", "read the rest", "keep reading", "click here to",
		"weiterlesen", "mehr lesen", "lire la suite", "en savoir plus", "leer más", "seguir leyendo", "sigue leyendo", "leia mais",
		"continua a leggere", "leggi tutto", "lees meer", "lees verder", "читать далее", "читать дальше", "читать полностью",
		"čítať ďalej", "číst dál", "czytaj dalej", "czytaj więcej", "läs mer", "les mer", "læs mere")
	firstOn   = phrases{findFirstOn, appearedOn, thePost}
	wholeLine = newPhrases(`^(?:`, `)\b.{0,60}:?$`,
		"share this", "like this", "related posts", "related articles", "related stories", "related", "advertisement", "anzeige",
		"comments", "comment", "permalink", "filed under", "tags", "tag", "sign up for", "subscribe to", "subscribe now", "follow us")
	alsoRead = newPhrases(`^(?:`, `)\s*(?::.{0,200})?$`,
		"see also", "read also", "more on this", "articles en rapport", "articles liés", "articles connexes", "à lire aussi", "lire aussi",
		"à voir aussi", "sur le même sujet", "mehr zum thema", "lesen sie auch", "siehe auch", "lesen auch", "zum thema",
		"artículos relacionados", "lee también", "ver también", "leer también", "leggi anche", "articoli correlati", "lees ook",
		"gerelateerde artikelen", "leia também", "читайте также", "по теме", "súvisiace články", "čítajte aj", "související články",
		"čtěte také", "czytaj też", "czytaj także", "läs också", "läs även", "les også", "læs også")
	ellipsis = lazyregexp.New(`\s*(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|\(\s*(?:more|read more|mehr)\s*(?:…|\.{3})?\s*\))\s*$`)
)

// tailRunes is as long as a tail may be: firstOn's, which is the longest.
const tailRunes = 480

// phrases are a pattern, and the words one of which whatever it matches holds. A text
// is looked through for these first: that takes a hundredth of the time, and most
// texts hold none. The pattern is compiled when a text does: compiling them all took a
// tenth of the start of every command, and megabytes.
type phrases struct {
	find  func(text string) (at int) // where in a text the pattern begins; -1: nowhere
	any   []string                   // in lower case
	first []string                   // what it begins with
}

func newPhrases(before, after string, any ...string) phrases {
	pattern := lazyregexp.New(`(?i)` + before + oneOf(any) + after)
	find := func(text string) int {
		if at := pattern.FindStringIndex(text); at != nil {
			return at[0]
		}
		return -1
	}
	return phrases{find, any, any}
}

// oneOf is the part of a pattern that is any of some words.
func oneOf(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return strings.Join(quoted, "|")
}

// tail finds where in a text its tail of that kind begins; -1: it has none. lower is
// lowerTail of the text.
func (p phrases) tail(text, lower string) int {
	if !slices.ContainsFunc(p.any, func(s string) bool { return strings.Contains(lower, s) }) {
		return -1
	}
	from := tailStart(text)
	at := p.find(text[from:])
	if at < 0 {
		return -1
	}
	return from + at
}

// lowerTail is where a tail may be in a text, in lower case.
func lowerTail(text string) string { return strings.ToLower(text[tailStart(text):]) }

// all tells whether a whole text is of that kind.
func (p phrases) all(text string) bool {
	const longest = 64 // bytes of a phrase
	start := beginning(text)
	lower := strings.ToLower(start[:min(len(start), longest)])
	if !slices.ContainsFunc(p.first, func(s string) bool { return strings.HasPrefix(lower, s) }) {
		return false
	}
	return p.find(text) == 0
}

// firstWords are those that boilerplate begins with.
var firstWords = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range []phrases{readOn, firstOn, wholeLine, alsoRead} {
		for _, f := range p.first {
			m[firstWord(f)] = true
		}
	}
	return m
}()

// mayBeBoilerplate tells by a text's first word whether a closer look is worth it.
func mayBeBoilerplate(text string) bool {
	return firstWords[strings.ToLower(firstWord(beginning(text)))]
}

// beginning is a text from its first word on.
func beginning(text string) string { return strings.TrimLeft(text, " \t\n\r\u00A0.…[]") }

func firstWord(s string) string {
	for i, r := range s {
		if !unicode.IsLetter(r) && r != '\'' && r != '’' {
			return s[:i]
		}
	}
	return s
}

// tailStart is where the last runes of a text begin.
func tailStart(text string) int {
	at := len(text)
	for n := 0; at > 0 && n < tailRunes; n++ {
		for at--; at > 0 && text[at]&0xC0 == 0x80; {
			at--
		}
	}
	return at
}

// withoutBoilerplate takes the tails off a text.
func withoutBoilerplate(text string) string {
	for range 3 {
		before, lower := text, lowerTail(text)
		if at := firstOn.tail(text, lower); at >= 0 {
			text = text[:at]
			lower = lowerTail(text)
		}
		if at := readOn.tail(text, lower); at >= 0 && tailBegins(text, at) {
			text = text[:at]
		}
		if end := strings.TrimRight(text, " \t\n"); (strings.HasSuffix(end, "]") || strings.HasSuffix(end, ")")) && ellipsis.MatchString(text) {
			if text = strings.TrimRight(ellipsis.ReplaceAllString(text, ""), " "); !endsSentence(text) {
				text = strings.TrimRight(text, " .,;:–—-") + "…"
			}
		}
		if text = strings.TrimSpace(text); text == before {
			break
		}
	}
	if isBoilerplate(text) {
		return ""
	}
	return text
}

// endsSentence tells of a text that ends with a whole sentence.
func endsSentence(text string) bool {
	bare := strings.TrimRight(text, `"'”’»)]」』`)
	if bare == "" || !strings.HasSuffix(bare, ".") {
		r, _ := utf8.DecodeLastRuneInString(bare)
		return strings.ContainsRune("!?。！？؟۔।", r)
	}
	return !strings.HasSuffix(bare, "..") && !endsWithAbbreviation(bare, "")
}

// tailBegins reports that a tail starts where a sentence has ended, or is all there
// is: "You can read more in the library" is no boilerplate.
func tailBegins(text string, at int) bool {
	head := strings.TrimSpace(text[:at])
	if head == "" {
		return true
	}
	return strings.HasSuffix(head, "…") || strings.ContainsAny(head[len(head)-1:], `.!?"”’)]»:|`) ||
		strings.HasSuffix(head, "”") || strings.HasSuffix(head, "’") || strings.HasSuffix(head, "»") ||
		strings.HasPrefix(strings.TrimSpace(text[at:]), "…") || strings.HasPrefix(strings.TrimSpace(text[at:]), "...")
}

// longestBoilerplate is the length in bytes from which on a paragraph is the story's own.
const longestBoilerplate = 500

// isBoilerplate reports a paragraph that says nothing of the story.
func isBoilerplate(text string) bool {
	if len(text) > longestBoilerplate || !mayBeBoilerplate(text) {
		return false
	}
	return readOn.all(text) || wholeLine.all(text) || alsoRead.all(text) || firstOn.all(text)
}
