package templates

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Columns is the widest line of a text part, as a terminal shows it. A line that
// holds nothing but a link may be longer: a broken link does not open.
const Columns = 78

// wrapText breaks a one-line text at spaces. The first line begins with first, the
// others with rest. A word that fits no line (Chinese has no spaces) is broken
// between characters.
func wrapText(s, first, rest string) string {
	var b strings.Builder
	b.Grow(len(first) + len(s) + len(s)/Columns*(2+len(rest)))
	b.WriteString(first)
	used, empty := extent(first), true
	newLine := func() {
		b.WriteString("\n" + rest)
		used, empty = extent(rest), true
	}
	for word := range strings.SplitSeq(s, " ") {
		if word == "" {
			continue
		}
		w := extent(word)
		if !empty && used+1+w > Columns {
			newLine()
		}
		if !empty {
			b.WriteByte(' ')
			used++
		}
		for used+w > Columns && !isLink(word) {
			head, tail := breakWord(word, Columns-used)
			b.WriteString(head)
			newLine()
			word, w = tail, extent(tail)
		}
		b.WriteString(word)
		used, empty = used+w, false
	}
	return b.String()
}

// width is how many columns a terminal gives a text.
func width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

// extent is what a text takes of a line: its columns, or its characters where they are
// more, as Arabic's vowels are. Some programs count these.
func extent(s string) int { return max(width(s), utf8.RuneCountInString(s)) }

func isLink(word string) bool {
	return strings.Contains(word, "://") || strings.Contains(word, "mailto:")
}

// breakWord cuts a word after as many whole characters as fit, one at least.
func breakWord(word string, room int) (head, tail string) {
	tail, used, state := word, 0, -1
	for tail != "" {
		cluster, next, w, s := uniseg.FirstGraphemeClusterInString(tail, state)
		w = max(w, utf8.RuneCountInString(cluster))
		if used+w > room && head != "" {
			break
		}
		head, tail, used, state = head+cluster, next, used+w, s
	}
	return head, tail
}
