package event

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Most texts are of characters that each fold by themselves, whatever stands beside them:
// letters of Latin, Greek, Cyrillic, Hebrew and Arabic, and the usual signs. These are
// looked up one by one, which takes a tenth of the time of taking a text apart.
const (
	aloneLetters = 0x0800 // the characters before it, but for marks
	firstSign    = 0x2000 // general punctuation
	lastSign     = 0x206f
)

// together stands for a character that folds with its neighbours.
const together = "\xff"

// alone is what characters fold to by themselves.
var alone = sync.OnceValue(func() *[aloneLetters + lastSign - firstSign + 1]string {
	var table [aloneLetters + lastSign - firstSign + 1]string
	for i := range table {
		r := rune(i)
		if i >= aloneLetters {
			r = firstSign + rune(i-aloneLetters)
		}
		if table[i] = foldWhole(string(r)); unicode.Is(unicode.M, r) || strings.ContainsFunc(table[i], func(r rune) bool { return unicode.Is(unicode.M, r) }) {
			table[i] = together
		}
	}
	return &table
})

// foldEach folds a text character by character. It is not ok where one is not known to
// fold by itself.
func foldEach(text string) (folded string, ok bool) {
	table := alone()
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
			continue
		case r < aloneLetters:
		case firstSign <= r && r <= lastSign:
			r += aloneLetters - firstSign
		default:
			return "", false
		}
		if table[r] == together {
			return "", false
		}
		b.WriteString(table[r])
	}
	return b.String(), true
}
