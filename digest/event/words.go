package event

import (
	"iter"
	"slices"
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
func Words(text string) []string { return slices.Collect(words(text)) }

// words yields the words one by one: who needs the first pays for no more.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s := fold(text); s != ""; {
			n := wordAt(s)
			if n == 0 {
				_, n = utf8.DecodeRuneInString(s)
			} else if !yieldWord(s[:n], yield) {
				return
			}
			s = s[n:]
		}
	}
}

// fold writes a text in lower case and without accents: it is taken apart (NFKD of
// UAX 15), and what is left put together again (NFC).
func fold(text string) string {
	if ascii(text) {
		return strings.ToLower(text)
	}
	if folded, ok := foldEach(text); ok {
		return folded
	}
	return foldWhole(text)
}

func foldWhole(text string) string {
	text = strings.ToLower(norm.NFKD.String(strings.Map(plainMark, text)))
	return plainLetters.Replace(norm.NFC.String(strings.Map(withoutAccent, text)))
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

// wordAt is how many bytes at the text's begin are one word; 0 where none begins.
func wordAt(s string) int {
	before, n := rune(0), 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		switch {
		case letter(r):
			if n > 0 && unspaced(r) != unspaced(before) {
				return n
			}
		case n == 0 || !joins(s[:n], before, r, s[n+size:]):
			return n
		}
		before = r
		n += size
	}
	return n
}

// joins tells whether a mark belongs to the word that it stands in: an apostrophe
// between letters, what separates the digits of a number.
func joins(word string, before, mark rune, rest string) bool {
	after, _ := utf8.DecodeRuneInString(rest)
	switch mark {
	case '\'':
		return letter(after) && !elided(word) && !unspaced(before) && !unspaced(after)
	case '.', ',':
		return digit(before) && digit(after)
	case groupBlank:
		return digit(before) && threeDigits(rest)
	}
	return false
}

// elided tells whether what stands before an apostrophe is a word of its own that
// lost its vowel: l'eau, d'or, qu'il.
func elided(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && !digit(r) || word == "qu"
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

// threeDigits tells whether exactly three digits begin the text.
func threeDigits(s string) bool {
	n := 0
	for _, r := range s {
		if !digit(r) {
			break
		}
		n++
	}
	return n == 3
}

var unspacedScripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// unspaced tells whether a character is of a script without blanks between words.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (unicode.IsOneOf(unspacedScripts, r) && !unicode.IsDigit(r) || r == 'ー')
}

// yieldWord yields the words that a run of letters or digits holds.
func yieldWord(s string, yield func(string) bool) bool {
	first, size := utf8.DecodeRuneInString(s)
	if !unspaced(first) {
		if digit(first) && strings.ContainsAny(s, numberMarks) {
			s = plainNumber(s)
		}
		return yield(s)
	}
	if size == len(s) {
		return yield(s)
	}
	for size < len(s) {
		_, second := utf8.DecodeRuneInString(s[size:])
		if !yield(s[:size+second]) {
			return false
		}
		s, size = s[size:], second
	}
	return true
}

const numberMarks = ".,'" + string(groupBlank)

// plainNumber takes out what groups the digits of a number.
func plainNumber(s string) string {
	var b strings.Builder
	before := rune(0)
	for i, r := range s {
		rest := s[i+utf8.RuneLen(r):]
		after, _ := utf8.DecodeRuneInString(rest)
		switch {
		case !strings.ContainsRune(numberMarks, r) || !digit(before) || !digit(after):
			b.WriteRune(r)
		case !threeDigits(rest):
			b.WriteByte('.')
		}
		before = r
	}
	return b.String()
}
