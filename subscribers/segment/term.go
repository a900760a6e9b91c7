package segment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// term reads one question about a reader.
func (p *parser) term() (Expr, *Error) {
	t := p.take()
	if t.kind != word {
		what := "a field is wanted here"
		if t.kind == quoted {
			what = "a text stands here, where a field is wanted"
		}
		return nil, p.wrong(t, what, "there are "+strings.Join(askable(), ", "))
	}
	if err := p.count(t); err != nil {
		return nil, err
	}
	switch name := strings.ToLower(t.text); name {
	case "sample":
		return p.sample()
	case "segment":
		return p.call()
	case "and", "or", "in", "ago", "of":
		return nil, p.wrong(t, fmt.Sprintf("%q has nothing before it", name), "a field stands before it, such as language")
	default:
		f := Field(name)
		if _, is := p.named[t.text]; is && !slices.Contains(Fields, f) {
			return nil, p.wrong(t, fmt.Sprintf("there is no field %q", t.text), fmt.Sprintf("to mean the segment, write @%s", t.text))
		}
		if slices.Contains([]string{"email", "mail", "address", "domain", "name"}, name) {
			return nil, p.wrong(t, fmt.Sprintf("there is no field %q", t.text), sealed)
		}
		if !slices.Contains(Fields, f) {
			return nil, p.wrong(t, fmt.Sprintf("there is no field %q", t.text), meant(t.text, askable()))
		}
		switch f.kind() {
		case ofFlag:
			return p.flag(f)
		case ofTime:
			return p.time(f)
		}
		return p.text(f)
	}
}

// askable are the words that a term begins with.
func askable() []string {
	var all []string
	for _, f := range Fields {
		all = append(all, string(f))
	}
	return append(all, "sample", "segment")
}

// call reads segment(name).
func (p *parser) call() (Expr, *Error) {
	if t := p.peek(); !p.sign("(") {
		return nil, p.wrong(t, "the name of a segment is wanted here, in parentheses", "for example: segment(diaspora)")
	}
	e, err := p.segment(p.take())
	if err == nil && !p.sign(")") {
		err = p.wrong(p.peek(), "the parenthesis of segment is still open here", "close it with )")
	}
	return e, err
}

func (p *parser) flag(f Field) (Expr, *Error) {
	if t := p.peek(); t.kind == sign && t.text != ")" && t.text != "," {
		return nil, p.wrong(t, fmt.Sprintf("%s is true or it is not: nothing is compared with it", f), fmt.Sprintf("write %s, or not %s", f, f))
	}
	return Flag{f}, nil
}

// comparison reads a sign; negated says that it was "!=".
func (p *parser) comparison(f Field, example string) (op Op, negated bool, err *Error) {
	t := p.peek()
	if t.kind != sign || slices.Contains([]string{"(", ")", ",", "@"}, t.text) {
		return "", false, p.wrong(t, fmt.Sprintf("%s has nothing to be compared with", f), "for example: "+example)
	}
	switch p.take(); t.text {
	case "!=", "<>":
		return Equal, true, nil
	case "==":
		return Equal, false, nil
	}
	return Op(t.text), false, nil
}

// text reads = "a", != "a", in ("a", "b"), not in ("a").
func (p *parser) text(f Field) (Expr, *Error) {
	negated := p.keyword("not")
	if p.keyword("in") {
		values, err := p.list(f)
		return negate(Text{f, values}, negated), err
	}
	example := fmt.Sprintf("%s = %s, or %s in (%[2]s)", f, examples[f], f)
	if negated {
		return nil, p.wrong(p.peek(), `after "not" only "in" can stand here`, "for example: "+fmt.Sprintf("%s not in (%s)", f, examples[f]))
	}
	t := p.peek()
	op, negated, err := p.comparison(f, example)
	if err != nil {
		return nil, err
	}
	if op != Equal {
		return nil, p.wrong(t, fmt.Sprintf("%s is a text, which is neither before nor after another", f), "for example: "+example)
	}
	v, err := p.value(f, p.take())
	return negate(Text{f, []string{v}}, negated), err
}

var examples = map[Field]string{
	Language: `"ru"`, Format: `"text"`, Path: `"import"`, Basis: `"signed up on our site"`, Policy: `"2026-05"`,
}

func negate(e Expr, negated bool) Expr {
	if negated {
		return Not{e}
	}
	return e
}

func (p *parser) list(f Field) ([]string, *Error) {
	if t := p.peek(); !p.sign("(") {
		return nil, p.wrong(t, "a list in parentheses is wanted here", fmt.Sprintf("for example: %s in (%s)", f, examples[f]))
	}
	var all []string
	for {
		t := p.take()
		v, err := p.value(f, t)
		if err != nil {
			return nil, err
		}
		if slices.Contains(all, v) {
			return nil, p.wrong(t, quote(v)+" stands twice in this list", "remove one")
		}
		if all = append(all, v); len(all) > 1 {
			if err := p.count(t); err != nil {
				return nil, err
			}
		}
		if p.sign(")") {
			return all, nil
		}
		if t := p.peek(); !p.sign(",") {
			return nil, p.wrong(t, "a comma or the end of the list is wanted here", "for example: "+fmt.Sprintf("%s in (%s)", f, examples[f]))
		}
	}
}

var languageForm = lazyregexp.New(`^[a-z]{2,8}(-[a-z0-9]{1,8}){0,4}$`)

var (
	paths   = []string{"form", "import", "operator"}
	formats = []string{"digest", "full", "text"}
)

// value takes a text for a field, in quotes or, where it is one word, without.
func (p *parser) value(f Field, t token) (string, *Error) {
	if t.kind != word && t.kind != quoted {
		return "", p.wrong(t, fmt.Sprintf("a text is wanted here, for %s", f), "for example: "+examples[f])
	}
	v := t.text
	if t.kind == word && slices.Contains([]string{"and", "or", "not", "in"}, strings.ToLower(v)) {
		return "", p.wrong(t, fmt.Sprintf("a text is wanted here, for %s", f), fmt.Sprintf("write %s in quotes if that is what is meant", quote(v)))
	}
	switch f {
	case Language:
		if v = strings.ToLower(v); !languageForm.MatchString(v) {
			return "", p.wrong(t, quote(t.text)+" is no language", "write a tag such as ru or pt-BR; readers without one of their own count as of the newsletter's")
		}
	case Format:
		if v == Private {
			return "", p.wrong(t, "nobody is asked for the private format: a segment of it would name the readers at risk", "they count as readers of the newsletter's usual format")
		}
		return v, p.among(t, f, formats)
	case Path:
		return v, p.among(t, f, paths)
	}
	return v, nil
}

func (p *parser) among(t token, f Field, known []string) *Error {
	if slices.Contains(known, t.text) {
		return nil
	}
	return p.wrong(t, fmt.Sprintf("there is no %s %s", f, quote(t.text)), meant(t.text, known))
}

const timeExample = "joined < 2026-01-01, or joined > 30d ago"

func (p *parser) time(f Field) (Expr, *Error) {
	sign := p.peek()
	op, negated, err := p.comparison(f, strings.ReplaceAll(timeExample, "joined", string(f)))
	if err != nil {
		return nil, err
	}
	t := p.take()
	if t.kind == word && isAge(t.text) {
		age, err := p.age(t)
		if err == nil && op == Equal {
			err = p.wrong(sign, "no instant is hit exactly", fmt.Sprintf("write %s < %s ago for what is older, > for what is newer", f, t.text))
		}
		return Time{Field: f, Op: op, Ago: age}, err
	}
	day, bad := time.Parse(time.DateOnly, t.text)
	if bad != nil || day.Year() < 1970 || day.Year() > 2999 || t.kind == end {
		text := "a day is wanted here, or an age"
		if dayForm.MatchString(t.text) {
			text = fmt.Sprintf("there is no day %s", t.text)
		}
		return nil, p.wrong(t, text, "for example: "+strings.ReplaceAll(timeExample, "joined", string(f)))
	}
	return negate(Time{Field: f, Op: op, Day: t.text}, negated), nil
}

var (
	dayForm = lazyregexp.New(`^\d{4}-\d\d?-\d\d?$`)
	ageForm = lazyregexp.New(`^(\d{1,9})([a-z]*)$`)
)

func isAge(s string) bool { return ageForm.MatchString(strings.ToLower(s)) }

// mostDays is the oldest age.
const mostDays = 36500

// age reads 30d ago, of which the first word is taken.
func (p *parser) age(t token) (Age, *Error) {
	m := ageForm.FindStringSubmatch(strings.ToLower(t.text))
	n, _ := strconv.Atoi(m[1]) // nine digits
	if m[2] != "h" && m[2] != "d" && m[2] != "w" {
		return Age{}, p.wrong(t, quote(t.text)+" is neither a day nor an age", "write a day as 2026-01-01, and an age in hours, days or weeks: 36h ago, 30d ago, 8w ago")
	}
	a := Age{n, m[2][0]}
	if n > mostDays*24 || a.length() > mostDays*24*time.Hour {
		return a, p.wrong(t, "that is more than a hundred years", "for example: 365d ago")
	}
	if !p.keyword("ago") {
		return a, p.wrong(p.peek(), `"ago" is missing here`, fmt.Sprintf("write %s ago", t.text))
	}
	return a, nil
}

var shareForm = lazyregexp.New(`^(\d{1,3})(?:\.(\d{1,4}))?%$`)

// sample reads 10%, or 10% of "name".
func (p *parser) sample() (Expr, *Error) {
	t := p.take()
	m := shareForm.FindStringSubmatch(t.text)
	if t.kind != word || m == nil {
		return nil, p.wrong(t, "a share is wanted here", "for example: sample 10%")
	}
	n, _ := strconv.ParseInt(m[1]+(m[2] + "0000")[:4], 10, 64) // seven digits
	if n == 0 || n > 1_000_000 {
		return nil, p.wrong(t, t.text+" is no part of the list", "write more than 0%, and 100% at most")
	}
	s := Sample{Share: n}
	if p.keyword("of") {
		name := p.take()
		if name.kind != quoted || name.text == "" {
			return nil, p.wrong(name, "the name of a sample is wanted here, in quotes", `for example: sample 10% of "spring"; another name draws other readers`)
		}
		s.Name = name.text
	}
	return s, nil
}
