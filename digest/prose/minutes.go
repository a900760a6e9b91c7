package prose

import (
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// wordsAMinute is how fast people read a text of their language silently, by language:
// S. Trauzettel-Klosinski, K. Dietz and the IReST Study Group, "Standardized Assessment of
// Reading Performance: The New International Reading Speed Texts IReST", IOVS 53 (2012),
// table 2.
var wordsAMinute = map[string]int{
	"ar": 138, "en": 228, "fi": 161, "fr": 195, "de": 179, "he": 187, "it": 188, "nl": 202, "pl": 166, "pt": 181,
	"ru": 184, "sl": 180, "es": 218, "sv": 199, "tr": 166,
}

const (
	usualWords = 184 // of other languages: the mean of that table
	hanMinute  = 255 // characters of Chinese, by the same study
	kanaMinute = 357 // of Japanese, kanji and kana together
	// thaiMinute is ours: of scripts that write words together and that the study leaves
	// out (Thai, Lao, Khmer, Burmese), five characters are taken for a word.
	thaiMinute = 5 * usualWords
)

// Minutes is how long an article takes to read, in whole minutes, from its HTML and its
// language (BCP 47; it may be empty). 0: there is none, or so little that a minute would
// be too much.
func Minutes(article, language string) int {
	if article == "" {
		return 0
	}
	c := counts{}
	for z := xhtml.NewTokenizer(strings.NewReader(article)); ; {
		switch z.Next() {
		case xhtml.ErrorToken:
			return c.minutes(language)
		case xhtml.TextToken:
			c.add(xhtml.UnescapeString(string(z.Text())))
		case xhtml.StartTagToken, xhtml.EndTagToken, xhtml.SelfClosingTagToken:
			if name, _ := z.TagName(); block[atom.Lookup(name)] || atom.Lookup(name) == atom.Br {
				c.inside = false
			}
		}
	}
}

// counts are the words of a text, and the characters of those scripts that put nothing
// between words.
type counts struct {
	words, han, kana, thai int
	inside                 bool // a word
}

func (c *counts) add(text string) {
	for _, r := range text {
		switch {
		case r == '\'' || r == '’' || r == '-' || r == '.' || r == ',' || r == 'ﾞ' || r == 'ﾟ' || unicode.IsMark(r): // within a word, 1,234.5
		case unicode.IsSpace(r), unicode.IsPunct(r), unicode.IsSymbol(r):
			c.inside = false
		case unicode.Is(unicode.Han, r):
			c.han++
			c.inside = false
		case unicode.In(r, unicode.Hiragana, unicode.Katakana), r == 'ー', r == 'ｰ':
			c.kana++
			c.inside = false
		case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			if !unicode.IsMark(r) {
				c.thai++
			}
			c.inside = false
		case isWordRune(r) && !c.inside:
			c.words++
			c.inside = true
		}
	}
}

func (c *counts) minutes(language string) int {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	speed := wordsAMinute[base]
	if speed == 0 {
		speed = usualWords
	}
	han := hanMinute
	if c.kana > 0 {
		han = kanaMinute
	}
	share := func(n, speed int) float64 { return float64(n) / float64(speed) }
	return int(share(c.words, speed) + share(c.han, han) + share(c.kana, kanaMinute) + share(c.thai, thaiMinute) + 0.5)
}
