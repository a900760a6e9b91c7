package yamlslip

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// behind is a quote or a bracket that ends before its text does, or a bracket that ends
// nothing, by the token that the parser met behind it.
func (l finder) behind(at Place, t *token.Token) *fault {
	at.Width = 1
	if mark := strings.TrimSpace(t.Origin); mark != "" && strings.ContainsAny(mark[:1], "]}") && l.unended() == nil {
		return endsNothing(at, mark[:1])
	}
	if t.Prev == nil || t.Prev.Position.Line != t.Position.Line {
		return nil
	}
	f := &fault{Slip{Place: at, Text: "this quote ends the text before its end"}, []string{astray}}
	switch t.Prev.Type {
	case token.SingleQuoteType:
		f.Fix = "double each ' within the text, or put \" around it"
	case token.DoubleQuoteType:
		f.Fix = "write \\\" for each \" within the text, or put ' around it"
	case token.SequenceEndType, token.MappingEndType:
		f.Text, f.Fix = "the text goes on behind its bracket", "put quotes around the whole text"
		return f
	default:
		return nil
	}
	line := []rune(l.line(at.Line))
	f.Column = utf8.RuneCountInString(strings.TrimRight(string(line[:min(at.Column-1, len(line))]), " "))
	return f
}

// endsNothing is a bracket that none before it begins.
func endsNothing(at Place, end string) *fault {
	begin := map[string]string{"]": "[", "}": "{"}[end]
	return &fault{Slip{Place: at, Text: fmt.Sprintf("this %s has no %s before it", end, begin), Fix: "take it away, or write the " + begin}, []string{astray, "must be specified"}}
}

// open is a quote or a bracket that begins a value and has no end, the first above the
// place where the parser noticed: by YAML's own words, which know what is text.
func (l finder) open(last int) *fault {
	t := l.unended()
	if t == nil || t.Position.Line > last {
		return nil
	}
	at := PlaceOf(t)
	at.Width = 1
	begun := strings.TrimSpace(t.Origin)
	mark := begun[:1]
	if t.Type == token.InvalidType && strings.HasSuffix(begun, "\\") {
		if before, _, found := strings.Cut(l.lines[t.Position.Line-1], begun); found { // QUIRK: the lexer names either end
			at.Column = len([]rune(before + begun))
		}
		return &fault{Slip: Slip{Place: at, Text: `this \ begins no escape that YAML knows`, Fix: `write \\ for \, or put ' around the text`}}
	}
	if strings.Contains("]}", mark) {
		return endsNothing(at, mark)
	}
	if end := map[string]string{"[": "]", "{": "}"}[mark]; end != "" {
		return &fault{Slip: Slip{Place: at, Text: fmt.Sprintf("this %s has no %s", mark, end), Fix: "close it with " + end}}
	}
	return &fault{Slip: Slip{Place: at, Text: fmt.Sprintf("this %s has no second one", mark), Fix: "end the text with " + mark}}
}

// unended is the first mark that has no end, or that of another, or that ends nothing;
// nil: there is none.
func (l finder) unended() *token.Token {
	var open []*token.Token
	for _, t := range lexer.Tokenize(strings.Join(l.lines, "\n")) {
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
			if l.endless(t) {
				return t
			}
		}
	}
	return append(open, nil)[0]
}

// endless tells of a quote that it has no end for the lexer, or that of another, for a
// line of it is no further in than what it is the value of.
func (l finder) endless(quote *token.Token) bool {
	if quote.Type == token.InvalidType {
		return strings.Contains(quote.Error, "could not find end character") || strings.Contains(quote.Error, "escape character")
	}
	begins := l.line(quote.Position.Line)
	key := len(begins) - len(strings.TrimLeft(begins, " -"))
	goesOn := strings.Split(strings.TrimSpace(quote.Origin), "\n")[1:]
	return slices.ContainsFunc(goesOn, func(line string) bool {
		words := strings.TrimLeft(line, " ")
		return words != "" && len(line)-len(words) <= key
	})
}
