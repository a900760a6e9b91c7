package prose

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Lengths of a teaser, in characters as a reader counts them (grapheme clusters,
// UAX 29).
const (
	teaserWant = 240 // whole sentences up to here
	teaserMost = 320 // a first sentence that is longer is cut at a word
	trueText   = 40  // a paragraph shorter than this is a byline, a date, a caption
)

// Teaser says in one to three sentences what a story is about: the feed's summary,
// or the text's first true paragraph.
func Teaser(summary string, body Text, title string) string {
	own := wholeParagraphs(Skim(summary, nil).Paragraphs)
	rest := wholeParagraphs(body.Paragraphs)
	for _, paragraphs := range []iter.Seq[string]{own, rest} {
		for p := range paragraphs {
			if characters(p) >= trueText && !strings.EqualFold(p, title) {
				return cut(p)
			}
		}
	}
	whole := strings.Join(slices.Collect(own), " ")
	if !strings.Contains(strings.ToLower(summary), "<li") { // headings and tables too; of a list, what is its own
		if whole = withoutBoilerplate(Words(summary)); endsWithColon(whole) {
			whole = withoutColon(whole)
		}
	}
	if whole != "" && !strings.EqualFold(whole, title) {
		return cut(whole)
	}
	for p := range rest {
		if !strings.EqualFold(p, title) {
			return cut(p)
		}
	}
	return ""
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
	if characters(text) <= teaserWant {
		return text
	}
	end, length := 0, 0
	for rest := text; rest != ""; {
		s := sentence(rest)
		length += characters(s)
		if end > 0 && length > teaserWant {
			break
		}
		if length > teaserMost {
			return cutWord(text)
		}
		end += len(s)
		rest = rest[len(s):]
	}
	return strings.TrimSpace(text[:end])
}

// sentence gives the first sentence of a text. Unicode's rules end one after "Mr.";
// it goes on here, but no longer than a teaser.
func sentence(text string) string {
	end, state, rest := 0, -1, text
	for rest != "" && end < 8*teaserMost {
		var s string
		s, rest, state = uniseg.FirstSentenceInString(rest, state)
		if end += len(s); !endsWithAbbreviation(s) {
			break
		}
	}
	return text[:end]
}

// cutWord shortens a text between two words and says so.
func cutWord(text string) string {
	end, length := 0, 0
	state, rest := -1, text
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		length += characters(word)
		if length > teaserWant {
			break
		}
		end += len(word)
	}
	return strings.TrimRight(text[:end], " \t,;:–—-(") + "…"
}

// abbreviations that end with a dot and no sentence, beside single letters and numbers
// of a day.
var abbreviations = func() map[string]bool {
	m := map[string]bool{}
	for a := range strings.FieldsSeq(`mr mrs ms dr prof st jr sr gen col lt sgt capt rev hon sen rep gov no vs inc ltd co corp
		jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e u.s u.k a.m p.m z.b d.h bzw ca nr str hr fr
		m mme mlle г гг ул им т.е т.к`) {
		m[a] = true
	}
	return m
}()

func endsWithAbbreviation(s string) bool {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " \t\n\r\f"), ".")
	if !ok {
		return false
	}
	s = s[strings.LastIndexAny(s, " \t\n(")+1:]
	for _, quote := range []string{"«", "“", `"`} {
		if i := strings.LastIndex(s, quote); i >= 0 {
			s = s[i+len(quote):]
		}
	}
	switch r, size := utf8.DecodeRuneInString(s); {
	case size == 0:
		return false
	case size == len(s) && unicode.IsLetter(r):
		return true
	case len(s) <= 2 && strings.Trim(s, "0123456789") == "":
		return true
	}
	return abbreviations[strings.ToLower(s)]
}

// characters is the length of a text as a reader counts it.
func characters(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '\r' { // CR LF is one
			return uniseg.GraphemeClusterCount(s)
		}
	}
	return len(s)
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
	end, length, state, rest := 0, 0, -1, s
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		if length += characters(word); length > most {
			break
		}
		end += len(word)
	}
	return strings.TrimRight(s[:end], " ,;:–—-(") + "…"
}
