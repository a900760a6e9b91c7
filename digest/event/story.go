package event

import (
	"slices"
	"strings"
	"time"
)

// What is read of a story: the title, and of the teaser and the article the first
// leadWords words. News says who, what, where and when at its head, and what comes
// further down is background that other events share.
const (
	leadWords = 100
	leadBytes = 20 * leadWords
)

// gram is how many characters of a word make one of its overlapping parts. They tell
// that "Bundestag" and "Bundestagswahl" are akin, and "закрыли" and "закрыт", in
// every language and without a table of its endings (McNamee, Mayfield: Character
// N-Gram Tokenization for European Language Text Retrieval, Information Retrieval 7,
// 2004, who find four best for whole articles; on titles three did a little better).
const gram = 3

// Text is what tells the event of a story. Plain text.
type Text struct {
	ID    string    // of two that are equally near, the lesser ID comes first
	Title string    //
	Lead  string    // teaser and first paragraphs; empty where there are none
	At    time.Time // when it was published; zero: unknown, and near to every time

	// Series names the series of which the title gives the label ([Label]); empty: none.
	// What heads many stories of one source says nothing of what two of them have in
	// common: they are compared by the rest.
	Series string
}

// Story is a text that was read.
type Story struct {
	id    string
	at    int64 // Unix seconds; 0: unknown
	title said
	lead  []term // words of teaser and article
	grams []term // parts of the title's words

	series uint64 // hash of its name; 0: none
	own    *Story // the story without the label of its series
}

// said is a title as words to compare one by one.
type said struct {
	words   []string // folded, in order, without stop words and labels
	terms   []term   // the same, counted
	numbers []string // those of words that hold a digit, sorted
	denies  bool
}

// term is a word, or a part of one, and how often it stands in the text. It goes by
// its hash (64 bits of FNV-1a): of 100,000 terms two fall together once in four
// thousand million archives.
type term struct {
	hash  uint64
	count int32
}

// Read takes a text to its terms.
func Read(t Text) Story {
	s := Story{id: t.ID, lead: readLead(t.Lead)}
	if !t.At.IsZero() {
		s.at = max(1, t.At.Unix())
	}
	if label, rest := Label(t.Title); t.Series != "" && label != "" {
		own := s.titled(rest)
		s.series, s.own = hash(seriesKind, t.Series), &own
	}
	return s.titled(t.Title)
}

// titled is a story under a title.
func (s Story) titled(title string) Story {
	var buffer [leadWords]uint64 // on the stack, but for very long titles
	grams := buffer[:0]
	s.title = readTitle(title)
	for _, word := range s.title.words {
		grams = appendGrams(grams, word)
	}
	s.grams = count(grams)
	return s
}

func readLead(text string) []term {
	var buffer [leadWords]uint64 // on the stack
	lead := buffer[:0]
	left := leadWords
	for word := range words(text[:min(len(text), leadBytes)]) {
		if left--; left < 0 {
			break
		}
		if word = bare(word); !stopWords()[word] && word != "" {
			lead = append(lead, hash(wordKind, word))
		}
	}
	return count(lead)
}

func readTitle(title string) said {
	var s said
	var buffer [24]uint64 // on the stack, but for very long titles
	hashes := buffer[:0]
	for word := range words(unlabelled(title)) {
		if stem, ok := strings.CutSuffix(word, "n't"); ok && stem != "" {
			s.denies = true
			continue
		}
		word = bare(word)
		if word == "" || stopWords()[word] {
			continue
		}
		if denials()[word] {
			s.denies = true
		}
		if strings.ContainsFunc(word, digit) {
			s.numbers = append(s.numbers, word)
		}
		s.words = append(s.words, word)
		hashes = append(hashes, hash(wordKind, word))
	}
	slices.Sort(s.numbers)
	s.numbers = slices.Compact(s.numbers)
	s.terms = count(hashes)
	return s
}

// unlabelled takes off the numbers by which agencies tell the states of a story,
// before it and behind: "UPDATE 2-Ferry runs aground", "Ferry runs aground (2)".
func unlabelled(title string) string {
	title = strings.TrimSpace(title)
	if rest, ok := strings.CutPrefix(title, "UPDATE "); ok {
		if number, rest, ok := strings.Cut(rest, "-"); ok && len(number) == 1 && digit(rune(number[0])) {
			title = rest
		}
	}
	if n := len(title) - len("(2)"); n > 0 && title[n] == '(' && digit(rune(title[n+1])) && title[n+2] == ')' {
		title = title[:n]
	}
	return title
}

// bare takes off the possessive. Other endings are left to the parts of words.
func bare(word string) string {
	if !strings.Contains(word, "'") {
		return word
	}
	return strings.ReplaceAll(strings.TrimSuffix(word, "'s"), "'", "")
}

// The kinds of what is hashed, so that a word is not taken for a part of one.
const (
	wordKind   = 'w'
	gramKind   = 'g'
	seriesKind = 's'
)

// hash is FNV-1a.
func hash(kind byte, word string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := (offset ^ uint64(kind)) * prime
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * prime
	}
	return h
}

// appendGrams adds the overlapping parts of a word, its ends marked.
func appendGrams(hashes []uint64, word string) []uint64 {
	marked := "^" + word + "$"
	var starts [gram]int // of the last characters, each at its number modulo gram
	n := 0
	for i := range marked {
		if n >= gram {
			hashes = append(hashes, gramHash(marked, starts[n%gram], i))
		}
		starts[n%gram] = i
		n++
	}
	if n >= gram {
		hashes = append(hashes, gramHash(marked, starts[n%gram], len(marked)))
	}
	return hashes
}

// gramHash is the hash of a part of a marked word. Its last bit tells whether the
// part is at an end of the word.
func gramHash(marked string, from, to int) uint64 {
	h := hash(gramKind, marked[from:to]) | 1
	if from > 0 && to < len(marked) {
		h--
	}
	return h
}

// count sorts and counts.
func count(hashes []uint64) []term {
	slices.Sort(hashes)
	terms := make([]term, 0, len(hashes))
	for _, h := range hashes {
		if n := len(terms); n > 0 && terms[n-1].hash == h {
			terms[n-1].count++
			continue
		}
		terms = append(terms, term{h, 1})
	}
	return terms
}

// SameTitle tells whether two titles say the same words, whatever their case,
// punctuation, order and small words.
func SameTitle(a, b string) bool {
	x, y := readTitle(a), readTitle(b)
	slices.Sort(x.words)
	slices.Sort(y.words)
	return x.denies == y.denies && slices.Equal(slices.Compact(x.words), slices.Compact(y.words))
}

// Numbers are the words of a text that hold a digit, sorted, each once.
func Numbers(text string) []string { return readTitle(text).numbers }
