package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// What the YAML parser says of a mistake names its own rules, and often the place where it
// noticed. Here the lines are looked through for what people get wrong.

// reportSyntax files what the parser says. It stops at its first error.
func (r *reader) reportSyntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		r.report(place{}, "this is not YAML: "+err.Error(), "")
		return
	}
	at, said := placeOfToken(e.GetToken()), e.GetMessage()
	upTo := min(max(at.line, 1), len(r.lines))
	if strings.Contains(said, inText) && upTo < len(r.lines) && strings.Count(before(r.lines[upTo-1], " #"), ": ") < 2 {
		upTo++ // the text goes on in a line that is too far in
	}
	if f := behindFault(r.lines, e.GetToken()); f != nil && f.explains(said) {
		r.report(f.at, f.text, f.fix)
		return
	}
	for _, look := range []func([]string, int) *fault{blankFault, openFault, keyFault, reservedFault, dashFault, indentFault} {
		if f := look(r.lines, upTo); f != nil && f.explains(said) {
			r.report(f.at, f.text, f.fix)
			return
		}
	}
	text, fix := "this is not YAML: "+said, "check the indentation, and that each line above reads key: value"
	if strings.Contains(said, inText) {
		text, fix = `a ": " stands within this text`, "put quotes around the text"
	}
	r.report(at, text, fix)
}

// What the parser says of a key where a text goes on, and of one where none may stand.
const (
	inText  = "mapping value is not allowed"
	astray  = "value is not allowed in this context"
	keyless = "non-map value"
)

// fault is a mistake in a line, and which of the parser's words it may be the cause of.
type fault struct {
	at        place
	text, fix string
	of        []string // none: any
}

func (f *fault) explains(said string) bool {
	for _, words := range f.of {
		if strings.Contains(said, words) {
			return true
		}
	}
	return len(f.of) == 0
}

// blankFault is a tab, or a space that is none, where YAML wants spaces: in the
// indentation, and behind a dash. The parser takes such a space for a part of a key, and
// may notice later.
func blankFault(lines []string, last int) *fault {
	for i, line := range lines[:last] {
		if words := strings.TrimLeft(line, " -"); strings.HasPrefix(words, "\u00a0") {
			return &fault{at: place{line: i + 1, column: len(line) - len(words) + 1, width: 1}, text: "this line is indented with a space that is none (a no-break space)", fix: "type its spaces anew"}
		}
	}
	line := lines[last-1]
	indent := strings.TrimLeft(line, " ")
	words := strings.TrimLeft(indent, "- ")
	switch at := (place{line: last, column: len(line) - len(words) + 1, width: 1}); {
	case strings.HasPrefix(indent, "\t"):
		return &fault{at: at, text: "this line is indented with a tab", fix: "indent with spaces"}
	case strings.HasPrefix(words, "\t"):
		return &fault{at: at, text: "a tab stands in this line", fix: "put spaces in its place", of: []string{"tab"}}
	}
	return nil
}

// behindFault is a quote or a bracket that ends before its text does, or a bracket that
// ends nothing, by the token that the parser met behind it.
func behindFault(lines []string, t *token.Token) *fault {
	at := placeOfToken(t)
	at.width = 1
	if mark := strings.TrimSpace(t.Origin); mark != "" && strings.ContainsAny(mark[:1], "]}") && unended(lines) == nil {
		return endsNothing(at, mark[:1])
	}
	if t.Prev == nil || t.Prev.Position.Line != t.Position.Line {
		return nil
	}
	f := &fault{at: at, of: []string{astray}}
	switch t.Prev.Type {
	case token.SingleQuoteType:
		f.fix = "double each ' within the text, or put \" around it"
	case token.DoubleQuoteType:
		f.fix = "write \\\" for each \" within the text, or put ' around it"
	case token.SequenceEndType, token.MappingEndType:
		f.text, f.fix = "the text goes on behind its bracket", "put quotes around the whole text"
		return f
	default:
		return nil
	}
	f.at.column--
	f.text = "this quote ends the text before its end"
	return f
}

// endsNothing is a bracket that none before it begins.
func endsNothing(at place, end string) *fault {
	begin := map[string]string{"]": "[", "}": "{"}[end]
	return &fault{at: at, text: fmt.Sprintf("this %s has no %s before it", end, begin), fix: "take it away, or write the " + begin, of: []string{astray, "must be specified"}}
}

// openFault is a quote or a bracket that begins a value and has no end, the first above
// the place where the parser noticed: by YAML's own words, which know what is text.
func openFault(lines []string, last int) *fault {
	t := unended(lines)
	if t == nil || t.Position.Line > last {
		return nil
	}
	at := placeOfToken(t)
	at.width = 1
	begun := strings.TrimSpace(t.Origin)
	mark := begun[:1]
	if t.Type == token.InvalidType && strings.HasSuffix(begun, "\\") {
		if before, _, found := strings.Cut(lines[t.Position.Line-1], begun); found { // QUIRK: the lexer names either end
			at.column = len([]rune(before + begun))
		}
		return &fault{at: at, text: `this \ begins no escape that YAML knows`, fix: `write \\ for \, or put ' around the text`}
	}
	if strings.Contains("]}", mark) {
		return endsNothing(at, mark)
	}
	if end := map[string]string{"[": "]", "{": "}"}[mark]; end != "" {
		return &fault{at: at, text: fmt.Sprintf("this %s has no %s", mark, end), fix: "close it with " + end}
	}
	return &fault{at: at, text: fmt.Sprintf("this %s has no second one", mark), fix: "end the text with " + mark}
}

// unended is the first mark that has no end, or that of another, or that ends nothing;
// nil: there is none.
func unended(lines []string) *token.Token {
	var open []*token.Token
	for _, t := range lexer.Tokenize(strings.Join(lines, "\n")) {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open = append(open, t)
		case token.SequenceEndType, token.MappingEndType:
			if len(open) == 0 {
				continue
			}
			begins := map[token.Type]token.Type{token.SequenceEndType: token.SequenceStartType, token.MappingEndType: token.MappingStartType}[t.Type]
			begun := open[len(open)-1]
			switch {
			case begun.Type == begins:
				open = open[:len(open)-1]
			case slices.ContainsFunc(open, func(t *token.Token) bool { return t.Type == begins }):
				return begun
			default:
				return t
			}
		case token.SingleQuoteType, token.DoubleQuoteType, token.InvalidType:
			if endless(lines, t) {
				return t
			}
		}
	}
	return append(open, nil)[0]
}

// endless tells of a quote that it has no end for the lexer, or that of another, for a line of it is no
// further in than what it is the value of.
func endless(lines []string, quote *token.Token) bool {
	if quote.Type == token.InvalidType {
		return strings.Contains(quote.Error, "could not find end character") || strings.Contains(quote.Error, "escape character")
	}
	begins := lines[quote.Position.Line-1]
	key := len(begins) - len(strings.TrimLeft(begins, " -"))
	goesOn := strings.Split(strings.TrimSpace(quote.Origin), "\n")[1:]
	return slices.ContainsFunc(goesOn, func(line string) bool {
		words := strings.TrimLeft(line, " ")
		return words != "" && len(line)-len(words) <= key
	})
}

// keyFault is a line without a colon, or with one that no space follows. The parser may
// notice it in the next.
func keyFault(lines []string, last int) *fault {
	if f := colonFault(lines[last-1], last); f != nil {
		f.of = []string{keyless}
		return f
	}
	for i := last - 1; i > 0; i-- {
		if words := strings.TrimLeft(lines[i-1], " "); words == "" || strings.HasPrefix(words, "#") {
			continue
		}
		f := colonFault(lines[i-1], i)
		if f != nil {
			f.of = []string{astray}
		}
		return f
	}
	return nil
}

func colonFault(line string, number int) *fault {
	words := strings.TrimLeft(line, " -")
	text := strings.TrimSpace(before(words, " #"))
	if text == "" || strings.ContainsAny(text[:1], "\"'[]{}&*|>") {
		return nil
	}
	at := place{line: number, column: len(line) - len(words) + 1, width: len([]rune(text))}
	key, value, colon := strings.Cut(text, ":")
	switch {
	case colon && (value == "" || strings.HasPrefix(value, " ") || strings.Contains(key, " ") || strings.HasPrefix(value, "//")):
		return nil
	case colon:
		return keyed(at, key, value, "a space is missing behind the colon")
	}
	key, value, _ = strings.Cut(text, " ")
	return keyed(at, key, value, "this line has no colon behind its key")
}

// keyed is a fault of a line that has to read "key: value". A value that may be a secret
// is shown neither in the line nor in the fix.
func keyed(at place, key, value, text string) *fault {
	if mayBeSecret(key) {
		at.width, at.hide, value = len([]rune(key)), true, ""
	}
	return &fault{at: at, text: text, fix: "write " + key + ": " + cmp.Or(strings.TrimSpace(value), "and its value")}
}

// reservedFault is a text that begins with a character that YAML keeps for itself.
func reservedFault(lines []string, last int) *fault {
	line := lines[last-1]
	for _, mark := range []string{"@", "`", "* "} {
		if before, _, found := strings.Cut(line, ": "+mark); found {
			return &fault{place{line: last, column: len([]rune(before)) + 3, width: 1}, "a text cannot begin with " + mark[:1], "put quotes around the text", []string{"reserved character", "unexpected scalar value type"}}
		}
	}
	return nil
}

// dashFault is an entry of a list whose dash no space follows.
func dashFault(lines []string, last int) *fault {
	for i := last - 1; i >= 0 && last-i <= 3; i-- {
		words := strings.TrimLeft(lines[i], " ")
		if strings.HasPrefix(words, "-") && len(words) > 1 && words[1] != ' ' && words[1] != '-' {
			return &fault{place{line: i + 1, column: len(lines[i]) - len(words) + 1, width: 1}, "a space is missing behind the dash", "write - " + unkeyed(strings.TrimSpace(before(words[1:], " #"))), []string{astray}}
		}
	}
	return nil
}

// unkeyed is what follows a dash, without a value that may be a secret.
func unkeyed(text string) string {
	if key, _, colon := strings.Cut(text, ":"); colon && mayBeSecret(key) {
		return key + ": and its value"
	}
	return text
}

// indentFault is a line that is indented otherwise than the one that it goes with.
func indentFault(lines []string, last int) *fault {
	indent := func(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
	is := indent(lines[last-1])
	for i := last - 2; i >= 0; i-- {
		words := strings.TrimLeft(lines[i], " -")
		if words == "" || strings.HasPrefix(words, "#") {
			continue
		}
		want := len(lines[i]) - len(words) // behind a dash, too
		if want == is || is > want && strings.HasSuffix(strings.TrimSpace(before(words, " #")), ":") {
			return nil
		}
		fix := fmt.Sprintf("begin it with %d spaces, as what it stands beside", want)
		if want == 0 {
			fix = "begin it at the margin, as what it stands beside"
		}
		return &fault{place{line: last, column: is + 1, width: 1}, fmt.Sprintf("this line is indented by %d, and line %d above it by %d", is, i+1, want), fix, []string{astray, inText}}
	}
	return nil
}

// before is what stands before a mark; all where there is none.
func before(text, mark string) string {
	head, _, _ := strings.Cut(text, mark)
	return head
}
