package segment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// The bounds of an expression, those of the segments that it names included.
const (
	MaxLength = 2000 // characters of a text
	MaxDepth  = 50   // of parentheses, and of "not"
	MaxTerms  = 100  // values in lists counting, too
)

const tooMuch = "it may have 2,000 characters, 100 terms, and parentheses 50 deep"

// Error says what is wrong with an expression, and where.
type Error struct {
	Text   string // what is wrong
	Fix    string // what would be right; may be empty
	Column int    // in characters, from 1
	Width  int    // characters to underline, at least 1
	In     string // name of the segment that the place is in; empty: in the expression itself

	source string
}

// sealed says why nobody is asked for by who they are. An expression is kept in clear,
// with its mailing.
const sealed = "addresses, their domains and names are stored sealed, and cannot be asked for"

// address finds what looks like one.
var address = lazyregexp.New(`[^\s"'(),=@]+@[^\s"'(),=@]*[.][^\s"'(),=@]+`)

// Error prints the place beneath the expression.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Where())
	line, column := lineOf(address.ReplaceAllStringFunc(e.source, func(s string) string {
		return strings.Repeat("*", len([]rune(s)))
	}), e.Column)
	if before, after := window(line, column); after != "" || before != "" {
		fmt.Fprintf(&b, "\n  %s%s\n  %s%s", before, after, strings.Repeat(" ", len([]rune(before))), strings.Repeat("^", max(1, min(e.Width, len([]rune(after))))))
	}
	if e.Fix != "" {
		b.WriteString("\n  = " + e.Fix)
	}
	return b.String()
}

// Where is what is wrong with its column, on one line.
func (e *Error) Where() string {
	in := ""
	if e.In != "" {
		in = " of segment " + e.In
	}
	return fmt.Sprintf("column %d%s: %s", e.Column, in, e.Text)
}

// lineOf is the line of a text that a column is on, and the column there. Columns
// count through line ends.
func lineOf(text string, column int) (string, int) {
	for line := range strings.SplitAfterSeq(text, "\n") {
		n := len([]rune(line))
		if column <= n || !strings.HasSuffix(line, "\n") {
			return strings.Map(oneWide, strings.TrimRight(line, "\r\n")), column
		}
		column -= n
	}
	return "", 1
}

func oneWide(c rune) rune {
	if c < ' ' || c == 0x7f {
		return ' '
	}
	return c
}

// around is how much of a long line is shown before and after its place.
const around = 60

// window cuts a line in two at a column, and both short.
func window(line string, column int) (before, after string) {
	runes := []rune(line)
	at := min(max(column-1, 0), len(runes))
	head, tail := runes[:at], runes[at:]
	if len(head) > around {
		head = append([]rune("..."), head[len(head)-around:]...)
	}
	if len(tail) > around {
		tail = append(slices.Clone(tail[:around]), []rune("...")...)
	}
	return string(head), string(tail)
}

// meant is a fix for a word that is not known: the nearest of those that are, or all.
func meant(word string, known []string) string {
	if len(known) == 0 {
		return "there is none"
	}
	best, least := "", len(word)/3+2
	if len(word) <= 40 {
		for _, k := range known {
			if d := distance([]rune(strings.ToLower(word)), []rune(k)); d < least && d < len(k) {
				best, least = k, d
			}
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "there are " + strings.Join(known, ", ")
}

// distance counts the letters to insert, remove or change from a to b.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		corner := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := corner
			if x != y {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
