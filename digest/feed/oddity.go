package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// oddity is the share, 0 to 1, of a text's letters beyond ASCII that stand as no
// language has them: alphabets mixed within a word, capitals after small letters,
// signs between letters, Latin words that are accents for the most part. A text that
// is read by another's table of characters is full of them, whatever its language.
func oddity(text string) float64 {
	const sample = 20_000 // letters are enough
	var o oddWords
	var e farEast
	prev := rune(' ')
	for i, r := range text {
		e.letter(r, prev)
		if r < utf8.RuneSelf && !asciiLetter(r) {
			o.end()
			prev = r
			continue
		}
		switch {
		case asciiLetter(r) || unicode.IsLetter(r) || unicode.IsMark(r):
			o.letter(r)
		case r >= 0x80 && r < 0xA0: // no text has these control characters
			o.all++
			o.odd++
		case apart(r) && o.length > 0 && scriptOf(prev) != 0 && letterAfter(text[i+utf8.RuneLen(r):]):
			o.all, o.odd = o.all+2, o.odd+6 // nothing says it more clearly
			o.end()
		case r == '»' && o.length > 0:
			o.closed++
			o.end()
		case r == '’' || r == 'ʼ' || r == '\u00AD' || r == '·': // within words
		default:
			o.end()
		}
		if prev = r; o.all > sample {
			break
		}
	}
	o.end()
	// Neither has Cyrillic text few of its commonest letters, nor no capital at all.
	if o.cyrillic > 30 && o.common*100 < 38*o.cyrillic || o.cyrillic > 60 && o.great == 0 {
		o.odd += float64(o.cyrillic)
	}
	// Nor has Greek no accent, nor a capital: Hebrew makes such.
	if o.greek > 30 && o.stressed == 0 {
		o.odd += float64(o.greek)
	}
	odd := e.odd()
	o.all, o.odd = o.all+odd, o.odd+odd
	if !strings.Contains(text, "«") { // quotations that nobody opened
		o.all, o.odd = o.all+float64(o.closed), o.odd+float64(o.closed)
	}
	if o.all == 0 {
		return 0
	}
	return min(o.odd/o.all, 1)
}

// farEast counts the letters of the Far East. A false table makes them of accents, which
// then stand between small letters of ASCII, and half-wide katakana of all else.
type farEast struct{ all, glued, half int }

func (e *farEast) letter(r, prev rune) {
	ideograph := unicode.In(r, unicode.Han, unicode.Hangul)
	switch small := 'a' <= r && r <= 'z'; {
	case scriptOf(r) == scriptHalfKana:
		e.half++
	case ideograph:
		if e.all++; 'a' <= prev && prev <= 'z' {
			e.glued++
		}
	case small && unicode.In(prev, unicode.Han, unicode.Hangul):
		e.glued++
	}
}

// odd is how many of them no text would have so.
func (e *farEast) odd() (n float64) {
	if 2*e.glued > e.all {
		n = float64(e.all)
	}
	if e.half > 8 && e.half > e.all {
		n += float64(e.half)
	}
	return n
}

// apart are the signs that stand between words, never between two letters of one.
// Latin-1's, currencies', box drawings: a wrong table puts them where letters are.
func apart(r rune) bool {
	switch {
	case r == '·' || r == '\u00A0' || r == '\u00AD' || r == '«' || r == '»':
		return false
	case r < 0x250, r >= 0x2020 && r < 0x2031 && r != '…' && r != '‧', r >= 0x20A0 && r < 0x20D0, r == '№', r == '™', r >= 0x2500 && r < 0x25A0:
		return true
	}
	return false
}

func letterAfter(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r) && scriptOf(r) != 0
}

func asciiLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// oddWords counts by words.
type oddWords struct {
	odd, all         float64
	cyrillic, common int // Cyrillic letters, and those that are the most used in all its languages
	great            int // Cyrillic capitals
	greek, stressed  int // Greek letters, and those with an accent or capital
	closed           int // » right after a letter

	scripts  uint8 // of the open word
	length   int   // letters of it
	marks    int
	foreign  int // those beyond ASCII
	accents  int // of these, Latin
	capitals int
	turns    int // a capital beyond ASCII, or before one, after a small letter
	small    bool
	last     rune
}

func (o *oddWords) letter(r rune) {
	o.length++
	if unicode.IsMark(r) {
		o.marks++
	}
	s := scriptOf(r)
	if o.scripts |= s; s == scriptCyrillic {
		if unicode.IsUpper(r) {
			o.great++
		}
		if o.cyrillic++; strings.ContainsRune("оеаинтсріОЕАИНТСРІ", r) {
			o.common++ // from a half (Ukrainian) to two thirds (Bulgarian) of a text
		}
	} else if s == scriptGreek {
		if o.greek++; unicode.IsUpper(r) || strings.ContainsRune("άέήίόύώ", r) {
			o.stressed++
		}
	}
	upper := unicode.IsUpper(r)
	if upper {
		o.capitals++
		if o.small && (r >= 0x80 || o.last >= 0x80) {
			o.turns++
		}
	}
	if r >= 0x80 {
		if o.foreign++; s == scriptLatin {
			o.accents++
		}
	}
	o.small, o.last = unicode.IsLower(r), r
}

// end closes a word and judges it.
func (o *oddWords) end() {
	if n := float64(o.foreign); o.foreign > 0 {
		o.all += n
		switch latin := o.scripts == scriptLatin; {
		case o.scripts&(o.scripts-1) != 0, o.turns > 0, 2*o.marks > o.length:
			o.odd += n
		case latin && o.length >= 3 && 3*o.accents > 2*o.length:
			o.odd += n
		case o.length >= 4 && o.capitals == o.length:
			o.odd += n / 4 // headlines may be so, a whole feed is not
		}
	}
	*o = oddWords{
		odd: o.odd, all: o.all, cyrillic: o.cyrillic, common: o.common, great: o.great,
		greek: o.greek, stressed: o.stressed, closed: o.closed,
	}
}

// The alphabets that are never mixed within a word. Those of the Far East mix with
// all, since they have no spaces.
const (
	scriptLatin uint8 = 1 << iota
	scriptCyrillic
	scriptGreek
	scriptHebrew
	scriptArabic
	scriptThai
	scriptHalfKana
)

func scriptOf(r rune) uint8 {
	switch {
	case asciiLetter(r), r >= 0xC0 && r < 0x250, r >= 0x1E00 && r < 0x1F00:
		return scriptLatin
	case r >= 0x400 && r < 0x530:
		return scriptCyrillic
	case r >= 0x370 && r < 0x400, r >= 0x1F00 && r < 0x2000:
		return scriptGreek
	case r >= 0x590 && r < 0x600:
		return scriptHebrew
	case r >= 0x600 && r < 0x780:
		return scriptArabic
	case r >= 0xE00 && r < 0xE80:
		return scriptThai
	case r >= 0xFF61 && r < 0xFFA0:
		return scriptHalfKana
	}
	return 0
}
