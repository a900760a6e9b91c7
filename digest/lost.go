package digest

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// lostShare is the part of an article's words that may go without a word of ours: a
// fifth. The tails of live articles are trimmed, and typing errors mended.
const lostShare = 5

// Lost says in words what a source has taken back of a story since it was picked: text
// that was taken out may have been taken out to protect someone. It is empty where
// nothing was. was is the story as it was picked, is as its source has it now, printed
// what readers would get.
//
// Of title and teaser, as far as readers would still read them, and of the article,
// which is not printed, a name or a number may be somebody: each counts. Of other words
// only many do, a fifth of a text: newsrooms reword their titles all day, and an edition
// that stopped for each would be approved unread. Text that was added is no loss.
func Lost(was, is Story, printed Item, now time.Time) string {
	switch off := is.OffRun(now); {
	case is.Embargo.After(now) && !was.Embargo.Equal(is.Embargo):
		return "is under embargo until " + is.Embargo.UTC().Format("2 Jan 15:04 MST")
	case off != "":
		return off
	case is.Sponsor != "" && is.Sponsor != was.Sponsor:
		return "is sponsored by " + is.Sponsor + " now"
	case was.Image != nil && is.Image == nil && printed.Story.Image != nil:
		return "its picture was taken out"
	}
	left := wordSet(is.Title, is.Teaser, bareText(is.HTML))
	shown := wordSet(printed.Story.Title, printed.Story.Teaser)
	var gone []string
	before := wordsOf(was.Title + " " + was.Teaser)
	for _, word := range before {
		if low := strings.ToLower(word); !left[low] && shown[low] {
			gone = append(gone, word)
		}
	}
	lost := slices.Concat(namesIn(gone, was), lostNames(bareText(was.HTML), left))
	if lost = firstOnes(lost); len(lost) > 0 {
		return "lost " + strings.Join(lost, ", ")
	}
	after := wordsOf(is.Title + " " + is.Teaser)
	if len(gone) > 0 && (shrank(len(before), len(after)) || 2*len(gone) > len(before)) {
		return fmt.Sprintf("lost %s of the %s words of its title and teaser", figures.Of(len(gone)), figures.Of(len(before)))
	}
	if before, after := len(wordsOf(bareText(was.HTML))), len(wordsOf(bareText(is.HTML))); shrank(before, after) {
		return fmt.Sprintf("lost %s of the %s words of its text", figures.Of(before-after), figures.Of(before))
	}
	return ""
}

// shrank tells whether a text has lost more of its words than editing takes.
func shrank(before, after int) bool { return (before-after)*lostShare > before }

// namesIn are those of a title's and teaser's words that may be somebody: with a capital
// and never written small in the story, with a digit, or in a script without capitals.
func namesIn(words []string, s Story) []string {
	small := map[string]bool{}
	for _, word := range wordsOf(s.Title + " " + s.Teaser + " " + bareText(s.HTML)) {
		if !capital(word) {
			small[word] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		plain := strings.IndexFunc(word, func(r rune) bool { return unicode.IsDigit(r) || unicode.Is(unicode.Lo, r) }) < 0
		return plain && (!capital(word) || small[strings.ToLower(word)])
	})
}

// lostNames are the words of a text that it never writes small, and that are left
// nowhere. The first word of a sentence may be a name, or not: it counts where it
// stands elsewhere, too.
func lostNames(text string, left map[string]bool) []string {
	small, inside := map[string]bool{}, map[string]bool{}
	begins := true
	words := strings.Fields(text)
	for _, field := range words {
		for _, word := range wordsOf(field) {
			if capital(word) && !begins {
				inside[word] = true
			}
			if !capital(word) {
				small[word] = true
			}
			begins = false
		}
		begins = strings.ContainsAny(field[len(field)-1:], ".!?:")
	}
	var names []string
	for _, word := range wordsOf(text) {
		if inside[word] && !small[strings.ToLower(word)] && !left[strings.ToLower(word)] {
			names = append(names, word)
		}
	}
	return names
}

func capital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// firstOnes are the first few words of a list, each once.
func firstOnes(words []string) []string {
	var once []string
	for _, w := range words {
		if w = fmt.Sprintf("%q", w); !slices.Contains(once, w) {
			once = append(once, w)
		}
	}
	const most = 6
	if len(once) > most {
		once = append(once[:most], fmt.Sprintf("and %s words more", figures.Of(len(once)-most)))
	}
	return once
}

// wordsOf are the words of a text, as they are written.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

func wordSet(texts ...string) map[string]bool {
	words := map[string]bool{}
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			words[strings.ToLower(word)] = true
		}
	}
	return words
}

// bareText is sanitised HTML without its tags.
func bareText(source string) string {
	var b strings.Builder
	b.Grow(len(source) + 1)
	for source != "" {
		text, rest, _ := strings.Cut(source, "<")
		b.WriteString(text)
		b.WriteByte(' ')
		_, source, _ = strings.Cut(rest, ">")
	}
	return html.UnescapeString(b.String())
}
