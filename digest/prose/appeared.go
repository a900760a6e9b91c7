package prose

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// "The post TITLE appeared first on SITE.": as one pattern, with a title of so many
// characters, it would take thirty times as long.
var (
	thePost    = []string{"the post", "the article", "der beitrag", "l'article", "l’article", "el artículo", "la entrada", "il post", "het bericht", "запись"}
	appearedOn = []string{
		"appeared first on", "first appeared on", "erschien zuerst auf", "est apparu en premier sur", "apareció primero en",
		"se publicó primero en", "proviene da", "verscheen eerst op", "впервые появилась",
	}
)

func findFirstOn(text string) int {
	const longestTitle, longestSite = 300, 120
	lower := strings.Map(lowerAsLong, text)
	if len(lower) != len(text) { // it is not UTF-8
		return -1
	}
	middles := placesOf(appearedOn, lower)
	for _, open := range placesOf(thePost, lower) {
		for _, middle := range middles {
			if open.end < middle.start && spacedLine(text[open.end:middle.start], longestTitle) && spacedLine(text[middle.end:]+" ", longestSite) {
				return len(strings.TrimRight(text[:open.start], white))
			}
		}
	}
	return -1
}

// lowerAsLong is a letter in lower case, where that takes as many bytes.
func lowerAsLong(r rune) rune {
	if l := unicode.ToLower(r); utf8.RuneLen(l) == utf8.RuneLen(r) {
		return l
	}
	return r
}

// span is where something stands in a text.
type span struct{ start, end int }

// placesOf finds where one of some words stands, in order.
func placesOf(words []string, text string) []span {
	var all []span
	for _, w := range words {
		for from := 0; ; {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			all = append(all, span{from + i, from + i + len(w)})
			from += i + len(w)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return all
}

// white is what patterns mean by white space.
const white = " \t\n\f\r"

// spacedLine tells of one line of a character and no more than so many, between two of
// white space.
func spacedLine(text string, most int) bool {
	if len(text) < 3 || !strings.Contains(white, text[:1]) || !strings.Contains(white, text[len(text)-1:]) {
		return false
	}
	line := text[1 : len(text)-1]
	return !strings.Contains(line, "\n") && utf8.RuneCountInString(line) <= most
}
