package segment

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Parse reads an expression. Named are the segments that it may refer to. Errors are
// [*Error].
func Parse(text string, named map[string]string) (Expr, error) {
	p := &parser{named: named, terms: new(int)}
	e, err := p.whole(text)
	if err == nil && utf8.RuneCountInString(Print(e)) > MaxLength {
		err = &Error{Text: "written out, with the segments that it names, the expression is too long", Fix: tooMuch, Column: 1, Width: 1}
	}
	if err != nil {
		if err.source == "" {
			err.source = text
		}
		return nil, err
	}
	return e, nil
}

type parser struct {
	tokens []token
	named  map[string]string
	within []string // the segments that this text is in, outermost first
	depth  int
	terms  *int
}

// whole reads a text to its end.
func (p *parser) whole(text string) (Expr, *Error) {
	var err *Error
	if p.tokens, err = cut(text); err != nil {
		return nil, err
	}
	if p.peek().kind == end {
		return nil, p.wrong(p.peek(), "the expression is empty", `for example: language = "ru" and joined < 2026-01-01`)
	}
	e, err := p.either()
	if err != nil {
		return nil, err
	}
	switch t := p.peek(); {
	case t.kind == end:
		return e, nil
	case t.text == ")" && t.kind == sign:
		return nil, p.wrong(t, "no parenthesis is open here", "remove it, or open one before")
	default:
		return nil, p.wrong(t, `"and" or "or" is wanted here`, "join what is asked with one of them")
	}
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// keyword takes a word, in whatever case, if it comes next.
func (p *parser) keyword(w string) bool {
	if t := p.peek(); t.kind == word && strings.EqualFold(t.text, w) {
		p.take()
		return true
	}
	return false
}

func (p *parser) sign(s string) bool {
	if t := p.peek(); t.kind == sign && t.text == s {
		p.take()
		return true
	}
	return false
}

func (p *parser) wrong(t token, text, fix string) *Error {
	return &Error{Text: text, Fix: fix, Column: t.column, Width: t.width}
}

func (p *parser) either() (Expr, *Error) {
	return p.row("or", p.both, func(e Expr) []Expr { o, _ := e.(Or); return o }, func(all []Expr) Expr { return Or(all) })
}

func (p *parser) both() (Expr, *Error) {
	return p.row("and", p.no, func(e Expr) []Expr { a, _ := e.(And); return a }, func(all []Expr) Expr { return And(all) })
}

// row reads parts with a word between them. A part that is such a row itself is taken
// apart: it means the same.
func (p *parser) row(between string, part func() (Expr, *Error), parts func(Expr) []Expr, join func([]Expr) Expr) (Expr, *Error) {
	var all []Expr
	for {
		e, err := part()
		if err != nil {
			return nil, err
		}
		if inner := parts(e); inner != nil {
			all = append(all, inner...)
		} else {
			all = append(all, e)
		}
		if !p.keyword(between) {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return join(all), nil
}

// deeper guards what calls itself.
func (p *parser) deeper(t token, read func() (Expr, *Error)) (Expr, *Error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.wrong(t, "the expression is too deep", tooMuch)
	}
	defer func() { p.depth-- }()
	return read()
}

func (p *parser) no() (Expr, *Error) {
	t := p.peek()
	switch {
	case p.keyword("not"):
		return p.deeper(t, func() (Expr, *Error) {
			e, err := p.no()
			if err != nil {
				return nil, err
			}
			return Not{e}, nil
		})
	case p.sign("("):
		return p.deeper(t, func() (Expr, *Error) {
			e, err := p.either()
			if err == nil && !p.sign(")") {
				err = p.wrong(p.peek(), fmt.Sprintf("the parenthesis of column %d is still open here", t.column), "close it with )")
			}
			return e, err
		})
	case p.sign("@"):
		return p.segment(p.take())
	}
	return p.term()
}

// count counts a term, or a value of one.
func (p *parser) count(t token) *Error {
	if *p.terms++; *p.terms > MaxTerms {
		return p.wrong(t, "the expression has too many terms", tooMuch)
	}
	return nil
}

// segment reads what a name stands for.
func (p *parser) segment(t token) (Expr, *Error) {
	if t.kind != word && t.kind != quoted {
		return nil, p.wrong(t, "the name of a segment is wanted here", "for example: @diaspora")
	}
	text, ok := p.named[t.text]
	if !ok {
		if len(p.named) == 0 {
			return nil, p.wrong(t, fmt.Sprintf("there is no segment %q", t.text), "the configuration names none: they stand under segments:")
		}
		return nil, p.wrong(t, fmt.Sprintf("there is no segment %q", t.text), meant(t.text, slices.Sorted(maps.Keys(p.named))))
	}
	if slices.Contains(p.within, t.text) {
		return nil, p.wrong(t, fmt.Sprintf("a segment refers to itself: %s", strings.Join(append(p.within, t.text), ", ")), "write out what is meant")
	}
	return p.deeper(t, func() (Expr, *Error) {
		inner := &parser{named: p.named, within: append(slices.Clone(p.within), t.text), depth: p.depth, terms: p.terms}
		e, err := inner.whole(text)
		if err != nil && err.In == "" {
			err.In, err.source = t.text, text
		}
		return e, err
	})
}
