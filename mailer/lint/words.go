package lint

import (
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// wordRules look at encoded words, RFC 2047.
var wordRules = []rule{
	{Rule{"encoded-word-75", Error, "An encoded word has 75 characters at most", "RFC 2047 2", "Begin another one on a line of its own."}, lookWordLength},
	{Rule{"encoded-word", Error, "An encoded word is of whole characters, and can be read", "RFC 2047 2, 5 (3)", "Encode it again, cut between characters."}, lookWordContent},
	{Rule{"encoded-word-place", Error, "An encoded word stands by itself, between spaces, and in no quotes", "RFC 2047 5", "Put a space around it, and take the quotes away."}, lookWordPlace},
}

// encodedWord is RFC 2047 2.
var encodedWord = lazyregexp.New(`=\?([^?\s]*)\?([^?\s]*)\?([^?\s]*)\?=`)

// decoded is a header's value as readers see it. What cannot be read stands as it is.
func decoded(value string) string {
	if text, err := addressParser.WordDecoder.DecodeHeader(value); err == nil {
		return text
	}
	return value
}

func (m *mail) eachWord(f func(h field, word string, parts []string)) {
	m.eachHeader(func(h field) {
		for _, parts := range encodedWord.FindAllStringSubmatch(h.raw, -1) {
			f(h, parts[0], parts)
		}
	})
}

func lookWordLength(m *mail, say say) {
	m.eachWord(func(h field, word string, _ []string) {
		if len(word) > 75 {
			say(h.name, fmt.Sprintf("an encoded word of %s characters", figures.Of(len(word))))
		}
	})
}

func lookWordContent(m *mail, say say) {
	m.eachWord(func(h field, word string, parts []string) {
		charset, _, _ := strings.Cut(strings.ToLower(parts[1]), "*") // RFC 2231 5: a language
		if charset != "utf-8" && charset != "us-ascii" {
			say(h.name, quote(word)+" is not in utf-8")
			return
		}
		var d mime.WordDecoder
		text, err := d.Decode("=?utf-8?" + parts[2] + "?" + parts[3] + "?=")
		switch {
		case err != nil:
			say(h.name, quote(word)+" cannot be read")
		case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
			say(h.name, quote(word)+" cuts a character in two")
		}
	})
}

// beside is what may stand before and behind an encoded word.
const (
	before = " \t\r\n("
	behind = " \t\r\n)"
)

func lookWordPlace(m *mail, say say) {
	m.eachHeader(func(h field) {
		for _, at := range encodedWord.FindAllStringIndex(h.raw, -1) {
			word := h.raw[at[0]:at[1]]
			switch {
			case strings.Count(strings.ReplaceAll(h.raw[:at[0]], `\"`, ""), `"`)%2 == 1:
				say(h.name, quote(word)+" stands in quotes, where it is not read")
			case at[0] > 0 && !strings.ContainsRune(before, rune(h.raw[at[0]-1])),
				at[1] < len(h.raw) && !strings.ContainsRune(behind, rune(h.raw[at[1]])):
				say(h.name, quote(word)+" touches what is beside it")
			}
		}
	})
}
