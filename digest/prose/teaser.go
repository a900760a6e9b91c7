package prose

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Lengths of a teaser, in columns: a character as a reader counts it (a grapheme
// cluster, UAX 29) is one, and two where it is as wide as two (UAX 11): a line of Chinese
// says as much as two of English.
const (
	teaserWant = 240 // whole sentences up to here
	teaserMost = 320 // a first sentence that is longer is cut between words
	trueText   = 40  // a paragraph shorter than this is a byline, a date, a caption
	leastWhole = 80  // of a summary that breaks off, whole sentences of this length are enough
)

// Teaser says in one to three sentences what a story is about: the feed's summary,
// or the text's first true paragraph, which is no byline, no date, no caption, and
// nothing that content systems put there. Where the summary breaks off within the text,
// it is the text's.
func Teaser(summary string, body Text, title string) string {
	own := wholeParagraphs(Skim(summary, nil).Paragraphs)
	rest := wholeParagraphs(body.Paragraphs)
	for p := range own {
		if width(p) >= trueText && !strings.EqualFold(p, title) && !isNotice(p) {
			if teaser := cut(unbroken(p, rest)); teaser != "" {
				return teaser
			}
		}
	}
	for p := range rest {
		if width(p) >= trueText && !strings.EqualFold(p, title) && !isNotice(p) {
			if teaser := cut(p); teaser != "" {
				return teaser
			}
		}
	}
	whole := strings.Join(slices.Collect(own), " ")
	if !strings.Contains(strings.ToLower(summary), "<li") { // headings and tables too; of a list, what is its own
		if whole = withoutBoilerplate(Words(summary)); endsWithColon(whole) {
			whole = withoutColon(whole)
		}
	}
	if whole != "" && !strings.EqualFold(whole, title) && !isNotice(whole) {
		return cut(whole)
	}
	for p := range rest {
		if !strings.EqualFold(p, title) && !isNotice(p) {
			return cut(p)
		}
	}
	return ""
}

// unbroken goes on with the text where a summary breaks off in it, or ends the summary
// with its last whole sentence.
func unbroken(summary string, text iter.Seq[string]) string {
	stem, broken := strings.CutSuffix(summary, "…")
	if !broken {
		if stem, broken = strings.CutSuffix(summary, "..."); !broken {
			return summary
		}
	}
	stem = strings.TrimRight(stem, " .…,;:–—-")
	for p := range text {
		if strings.HasPrefix(p, stem) || len(p) >= trueText && strings.HasPrefix(stem, p) {
			return p
		}
	}
	end := 0
	for rest := stem; ; {
		s := sentence(rest)
		if len(s) == len(rest) {
			break
		}
		end += len(s)
		rest = rest[len(s):]
	}
	if whole := strings.TrimSpace(stem[:end]); width(whole) >= leastWhole {
		return whole
	}
	return summary
}

// wholeParagraphs gives the paragraphs that say something, each whole: "Ada Quay,
// in the Observer:" goes on with the paragraph after it. Where what follows is left
// out, the colon ends nothing.
func wholeParagraphs(paragraphs []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		whole := "" // waits for the next, if it is anything
		for _, p := range paragraphs {
			said := withoutBoilerplate(p)
			switch {
			case whole == "":
				whole = said
			case said != "":
				whole += " " + said
			default:
				whole = withoutColon(whole)
			}
			if whole == "" || endsWithColon(whole) {
				continue
			}
			if !yield(whole) {
				return
			}
			whole = ""
		}
		if whole != "" {
			yield(withoutColon(whole))
		}
	}
}

func endsWithColon(s string) bool { return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") }

// withoutColon ends a text that announces what is not there: with its last whole
// sentence, or as one that is cut.
func withoutColon(text string) string {
	end := 0
	for rest := text; rest != ""; {
		s := sentence(rest)
		if rest = rest[len(s):]; rest != "" {
			end += len(s)
		}
	}
	if end > 0 {
		return strings.TrimSpace(text[:end])
	}
	return strings.TrimRight(text, " :：\u00A0\u202F") + "…"
}

// cut shortens a text at the end of a sentence, never within a word.
func cut(text string) string {
	if width(text) <= teaserWant {
		return text
	}
	end, length := 0, 0
	for rest := text; rest != ""; {
		s := sentence(rest)
		length += width(strings.TrimRight(s, " \u00A0\u3000"))
		if end > 0 && length > teaserWant {
			break
		}
		if length > teaserMost {
			return cutWord(text)
		}
		length += len(s) - len(strings.TrimRight(s, " "))
		end += len(s)
		rest = rest[len(s):]
	}
	return strings.TrimSpace(text[:end])
}

// cutWord shortens a text between two words and says so. Of a single word that is longer
// than a teaser nothing is left.
func cutWord(text string) string {
	start := strings.TrimRight(text[:wordEnd(text, teaserWant, teaserMost, width)], cutOff)
	if start == "" {
		return ""
	}
	return start + "…"
}

// cutOff are the signs that nothing ends with.
const cutOff = " \t,;:–—-(、，；：၊\u200B\u3000"

// wordEnd is where a text is cut between two words, so that it measures no more than want.
// Scripts that put nothing between words are cut where a clause ends; of those whose words
// only a dictionary tells apart, that may be up to most.
func wordEnd(text string, want, most int, measure func(string) int) int {
	var end, clause, graphemes, length int
	state, rest := -1, text
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		if length += measure(word); length > want {
			break
		}
		graphemes += len(word)
		r, _ := utf8.DecodeRuneInString(word)
		next, _ := utf8.DecodeRuneInString(rest)
		switch {
		case strings.ContainsRune("、，；：၊,;\u200B", r) || unicode.IsSpace(r), unspaced(r) && next != utf8.RuneError && !unspaced(next):
			clause = graphemes
		}
		if !unspaced(r) && !unicode.IsMark(next) {
			end = graphemes
		}
	}
	r, _ := utf8.DecodeRuneInString(text[graphemes:])
	if !unspaced(r) {
		return max(end, clause)
	}
	if 3*clause >= graphemes {
		return clause
	}
	if next := strings.IndexFunc(text[graphemes:], func(r rune) bool { return !wordless(r) }); next > 0 && length+measure(text[graphemes:graphemes+next]) <= most {
		return graphemes + next
	}
	if wordless(r) && clause > 0 {
		return clause
	}
	return graphemes // there is no better place
}

// unspaced are the scripts that put nothing between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 && (wordless(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana))
}

// wordless are those of them whose words no rule tells apart.
func wordless(r rune) bool {
	return r >= 0x0E00 && r < 0xAA80 && unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// width is the length of a text in columns.
func width(s string) int {
	if n, ok := simpleWidth(s); ok {
		return n
	}
	return max(uniseg.StringWidth(s), uniseg.GraphemeClusterCount(s))
}

// characters is the length of a text as a reader counts it.
func characters(s string) int {
	if n, ok := simpleWidth(s); ok {
		return n
	}
	return uniseg.GraphemeClusterCount(s)
}

// simpleWidth is the width of a text in which each code point is a character of one column.
func simpleWidth(s string) (n int, ok bool) {
	for _, r := range s {
		if !isSimple(r) {
			return 0, false
		}
		n++
	}
	return n, true
}

// isSimple tells of the letters and marks of Latin, Greek and Cyrillic, which combine with
// nothing.
func isSimple(r rune) bool {
	switch {
	case r < 0x80:
		return r >= ' ' && r != 0x7F
	case r < 0x530:
		return r >= 0xA0 && r != '©' && r != '®' && r != 0xAD && (r < 0x300 || r >= 0x37A && (r < 0x483 || r > 0x489))
	}
	return r >= 0x2010 && r <= 0x2027 // dashes, quotation marks, ellipsis
}

// IsArticle reports a summary that is the whole story: some feeds have no other
// place for it.
func IsArticle(summary string) bool {
	if len(summary) < 500 || len(summary) > maxHTML {
		return false
	}
	c := Skim(summary, nil)
	n := 0
	for _, p := range c.Paragraphs {
		n += len(p)
	}
	return len(c.Paragraphs) >= 3 && n > 600 || n > 1500
}

// Headline makes a title for a story that has none, of its first words.
func Headline(teaser string) string {
	const most = 80
	s, _, _ := uniseg.FirstSentenceInString(teaser, -1)
	s = strings.TrimSpace(s)
	if characters(s) <= most {
		return strings.TrimSuffix(s, ".")
	}
	return strings.TrimRight(s[:wordEnd(s, most, 2*most, characters)], cutOff) + "…"
}
