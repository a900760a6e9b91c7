package event

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that decomposition leaves as they are.
var plainLetters = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// Words folds a text to its words, in order: lower case, without accents and
// punctuation. A number keeps its decimal point and loses what groups its digits:
// "30,000", "30.000" and "30'000" are "30000", "3,5" is "3.5". Of scripts that put
// no blanks between words, two neighbouring characters are a word, as is usual
// where no dictionary is at hand (Manning, Raghavan, Schütze: Introduction to
// Information Retrieval, 2008, 2.2.1).
func Words(text string) []string {
	runes := fold(text)
	var words []string
	for i := 0; i < len(runes); {
		n := wordAt(runes[i:])
		if n == 0 {
			i++
			continue
		}
		words = appendWord(words, runes[i:i+n])
		i += n
	}
	return words
}

// fold writes a text in lower case and without accents: it is taken apart (NFKD of
// UAX 15), and what is left put together again (NFC).
func fold(text string) []rune {
	if !ascii(text) {
		text = strings.ToLower(norm.NFKD.String(strings.Map(plainMark, text)))
		text = plainLetters.Replace(norm.NFC.String(strings.Map(withoutAccent, text)))
	}
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		runes = append(runes, r)
	}
	return runes
}

func withoutAccent(r rune) rune {
	if accent(r) {
		return -1
	}
	return r
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plainMark writes apostrophes alike, and marks the blanks that group a number's
// digits ("30 000" with a no-break or a thin space), before folding makes them
// common ones.
func plainMark(r rune) rune {
	switch r {
	case '\u00a0', '\u202f', '\u2009':
		return groupBlank
	case '’', 'ʼ':
		return '\''
	}
	return r
}

// groupBlank stands for a blank that may group digits; no text has this character.
const groupBlank = '\ufdd0'

// accent tells whether a mark only says how a letter sounds: the accents above and
// below (canonical classes from 200 on), the points of Hebrew and Arabic (10 to 35).
// Others are vowels (Thai, Devanagari) and part of the word.
func accent(r rune) bool {
	if !unicode.Is(unicode.Mn, r) {
		return false
	}
	var b [utf8.UTFMax]byte
	class := norm.NFD.Properties(b[:utf8.EncodeRune(b[:], r)]).CCC()
	return class >= 200 || class >= 10 && class <= 35
}

// wordAt is how many of the runes are one word; 0 where none begins.
func wordAt(r []rune) int {
	n := 0
	for n < len(r) {
		switch {
		case letter(r[n]):
			if n > 0 && unspaced(r[n]) != unspaced(r[n-1]) {
				return n
			}
		case n > 0 && r[n] == '\'' && n+1 < len(r) && letter(r[n+1]) && !elided(r[:n]) && !unspaced(r[n-1]) && !unspaced(r[n+1]):
		case n > 0 && separator(r[n]) && digit(r[n-1]) && n+1 < len(r) && digit(r[n+1]) && (r[n] != groupBlank || threeDigits(r[n+1:])):
		default:
			return n
		}
		n++
	}
	return n
}

// elided tells whether what stands before an apostrophe is a word of its own that
// lost its vowel: l'eau, d'or, qu'il.
func elided(r []rune) bool {
	return len(r) == 1 && !digit(r[0]) || len(r) == 2 && r[0] == 'q' && r[1] == 'u'
}

func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || digit(r)
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func digit(r rune) bool {
	return '0' <= r && r <= '9' || r >= utf8.RuneSelf && unicode.IsDigit(r)
}

func separator(r rune) bool { return r == '.' || r == ',' || r == groupBlank }

// threeDigits tells whether exactly three digits begin the runes.
func threeDigits(r []rune) bool {
	n := 0
	for n < len(r) && digit(r[n]) {
		n++
	}
	return n == 3
}

var unspacedScripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// unspaced tells whether a character is of a script without blanks between words.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (unicode.IsOneOf(unspacedScripts, r) && !unicode.IsDigit(r) || r == 'ー')
}

// appendWord writes a run of letters or digits as the words it holds.
func appendWord(words []string, r []rune) []string {
	if unspaced(r[0]) {
		if len(r) == 1 {
			return append(words, string(r))
		}
		for i := range len(r) - 1 {
			words = append(words, string(r[i:i+2]))
		}
		return words
	}
	word := make([]rune, 0, len(r))
	for i, c := range r {
		inNumber := i > 0 && i+1 < len(r) && digit(r[i-1]) && digit(r[i+1])
		switch {
		case (separator(c) || c == '\'') && inNumber:
			if !threeDigits(r[i+1:]) {
				word = append(word, '.')
			}
		default:
			word = append(word, c)
		}
	}
	return append(words, string(word))
}
