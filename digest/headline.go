package digest

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Two titles tell the same event when they say nearly the same words. The limits
// are strict, for a wrong match hides a story, and a missed one only prints an
// event twice:
//
//   - the words they share are at least eventJaccard tenths of all their words; or
//     every word of the shorter, of at least eventContained words, is in the longer
//     and makes up eventCover tenths of it;
//   - the numbers of one are all in the other ("3-1" is not "2-0");
//   - both deny, or neither does;
//   - their dates are at most eventApart apart: a column's title comes back weekly.
const (
	eventJaccard   = 8
	eventCover     = 6
	eventContained = 4
	eventApart     = 72 * time.Hour
)

// headline is a title as words to compare.
type headline struct {
	words   []string // sorted, each once: folded, without stop words
	numbers []string // those of words that hold a digit
	denies  bool
}

// stopWords say little in a title. Words that are a noun or verb in another of
// these languages (die, man, war) are not among them.
var stopWords = set(strings.Fields(`
	a an and are as at be been by for from had has have he her his how in into is it its of on or our over she so than
	that the their them they this to under up do does did not was we were what when where which who why will with you your after before
	das der dem den des ein eine einem einen einer eines und oder mit von vom zum zur im am auf bei für fur nach aus ist sind
	le la les un une des du de et ou au aux en dans sur pour par avec est sont
	el los las una y del al por con para se que son
	update updated breaking exclusive`)...)

// denials turn a title round.
var denials = set("not", "no", "never", "without", "denies", "deny", "nicht", "kein", "keine", "keinen", "nie", "ohne",
	"pas", "jamais", "sans", "nunca", "sin", "non")

// letters that decomposition leaves as they are.
var plainLetters = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// newHeadline folds a title to its words: lower case, without accents,
// punctuation, stop words and plural endings.
func newHeadline(title string) headline {
	var h headline
	for _, word := range titleWords(title) {
		if stem, ok := strings.CutSuffix(word, "n't"); ok && stem != "" {
			h.denies = true
			continue
		}
		word = strings.ReplaceAll(strings.TrimSuffix(word, "'s"), "'", "")
		if denials[word] {
			h.denies = true
		}
		if word == "" || stopWords[word] {
			continue
		}
		if strings.ContainsFunc(word, unicode.IsDigit) {
			h.numbers = append(h.numbers, word)
		} else {
			word = withoutPlural(word)
		}
		h.words = append(h.words, word)
	}
	slices.Sort(h.words)
	slices.Sort(h.numbers)
	h.words, h.numbers = slices.Compact(h.words), slices.Compact(h.numbers)
	return h
}

// titleWords splits at whatever is neither letter, digit nor apostrophe, and keeps
// the point or comma within a number.
func titleWords(title string) []string {
	folded := plainLetters.Replace(strings.ToLower(norm.NFKD.String(title)))
	runes := []rune(folded)
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = word[:0]
		}
	}
	for i, r := range runes {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mc, r):
			word = append(word, r)
		case (r == '\'' || r == '’') && len(word) > 0:
			word = append(word, '\'')
		case (r == '.' || r == ',') && within(runes, i):
			if !groups(runes, i) { // 30,000 is 30000, and 3.5 stays
				word = append(word, '.')
			}
		default:
			end()
		}
	}
	end()
	for i, w := range words {
		words[i] = strings.TrimRight(w, "'")
	}
	return words
}

// within tells whether the separator at i stands between two digits.
func within(r []rune, i int) bool {
	return i > 0 && i+1 < len(r) && unicode.IsDigit(r[i-1]) && unicode.IsDigit(r[i+1])
}

// groups tells whether exactly three digits follow the separator at i.
func groups(r []rune, i int) bool {
	n := 0
	for j := i + 1; j < len(r) && unicode.IsDigit(r[j]); j++ {
		n++
	}
	return n == 3
}

func withoutPlural(word string) string {
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") {
		return word[:len(word)-1]
	}
	return word
}

// sameEvent tells whether two titles tell the same event; see the limits above.
// Titles of one word say too little.
func sameEvent(a, b headline) bool {
	if len(a.words) > len(b.words) {
		a, b = b, a
	}
	small, large := len(a.words), len(b.words)
	if small < 2 || a.denies != b.denies {
		return false
	}
	if n := shared(a.numbers, b.numbers); n < min(len(a.numbers), len(b.numbers)) {
		return false
	}
	both := shared(a.words, b.words)
	if both == small && small >= eventContained && both*10 >= large*eventCover {
		return true
	}
	return both*10 >= (small+large-both)*eventJaccard
}

// shared counts the words that two sorted lists have in common.
func shared(a, b []string) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i], b[j]) {
		case -1:
			i++
		case 1:
			j++
		default:
			n++
			i++
			j++
		}
	}
	return n
}

// near tells whether two dates are close enough for one event; an unknown date is
// close to any.
func near(a, b time.Time) bool {
	return a.IsZero() || b.IsZero() || a.Sub(b).Abs() <= eventApart
}
