// Package yamlslip names the mistakes that people make when they write YAML. What the
// parser says of one names its own rules, and often the place where it noticed: here the
// lines are looked through for what people get wrong.
package yamlslip

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"
)

// Place is where a text stands: the line and the column, which count from 1, the latter
// in characters, and how many of them it has.
type Place struct{ Line, Column, Width int }

// PlaceOf is where a token stands, by its first line.
func PlaceOf(t *token.Token) Place {
	if t.Position == nil {
		return Place{}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(t.Origin), "\n")
	return Place{t.Position.Line, t.Position.Column, max(utf8.RuneCountInString(first), 1)}
}

// Slip is a mistake: where it was made, what it is, and what to do.
type Slip struct {
	Place
	Hide      bool // what follows the place may be a secret
	Text, Fix string
}

// Find names the mistake that the parser met in these lines. It stops at its first. Of a
// key that is secret the value goes into no text; nil: none is. False: the error is not
// the parser's.
func Find(lines []string, err error, secret func(key string) bool) (Slip, bool) {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return Slip{}, false
	}
	if secret == nil {
		secret = func(string) bool { return false }
	}
	return finder{lines, secret}.find(e.GetToken(), e.GetMessage()), true
}

// finder looks through lines.
type finder struct {
	lines  []string
	secret func(key string) bool
}

func (l finder) find(t *token.Token, said string) Slip {
	at := PlaceOf(t)
	at.Line = min(max(at.Line, 1), len(l.lines))
	upTo := at.Line
	if strings.Contains(said, inText) && upTo < len(l.lines) && strings.Count(before(l.lines[upTo-1], " #"), ": ") < 2 {
		upTo++ // the text goes on in a line that is too far in
	}
	if f := l.behind(at, t); f.explains(said) {
		return f.Slip
	}
	for _, look := range []func(int) *fault{l.blank, l.open, l.key, l.reserved, l.dash, l.indent} {
		if f := look(upTo); f.explains(said) {
			return f.Slip
		}
	}
	return ofTheParser(at, said)
}

// line is empty where there is none: to YAML a carriage return ends one, too.
func (l finder) line(number int) string {
	if number > len(l.lines) {
		return ""
	}
	return l.lines[number-1]
}

// ofTheParser is what the parser says itself, of what is not to be seen in the lines.
func ofTheParser(at Place, said string) Slip {
	var key string
	var line, column int
	if n, _ := fmt.Sscanf(said, "mapping key %q already defined at [%d:%d]", &key, &line, &column); n == 3 {
		return Slip{Place: at, Text: strconv.Quote(key) + " is given twice", Fix: fmt.Sprintf("it first stands in line %d: remove one", line)}
	}
	if strings.Contains(said, inText) {
		return Slip{Place: at, Text: `a ": " stands within this text`, Fix: "put quotes around the text"}
	}
	return Slip{Place: at, Text: "this is not YAML: " + said, Fix: "check the indentation, and that each line above reads key: value"}
}

// What the parser says of a key where a text goes on, of one where none may stand, and of
// a line without one.
const (
	inText  = "mapping value is not allowed"
	astray  = "value is not allowed in this context"
	keyless = "non-map value"
)

// fault is a mistake in a line, and which of the parser's words it may be the cause of.
type fault struct {
	Slip
	of []string // none: any
}

func (f *fault) explains(said string) bool {
	if f == nil {
		return false
	}
	for _, words := range f.of {
		if strings.Contains(said, words) {
			return true
		}
	}
	return len(f.of) == 0
}

// before is what stands before a mark; all where there is none.
func before(text, mark string) string {
	head, _, _ := strings.Cut(text, mark)
	return head
}
