package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Error lists everything that is wrong with a configuration, in the order of the
// file. Its text is for people and has several lines.
type Error struct {
	File     string
	Problems []Problem
	cause    error
}

// Problem is one thing that is wrong. Line and Column count from 1, in lines and
// characters; both are 0 where the file as a whole is meant.
type Problem struct {
	Line, Column int
	Text         string // what is wrong: `unknown key "shedule"`
	Excerpt      string // the offending line, secrets blotted out; empty where there is none
	Fix          string // what would be right
	mark         int    // characters to underline from Column; 0: nothing
}

// Unwrap gives the error of the operating system where the file could not be
// read.
func (e *Error) Unwrap() error { return e.cause }

// Error prints each problem as file:line:column, the excerpt with the offending
// text underlined, and what would be right.
func (e *Error) Error() string {
	var b strings.Builder
	switch n := len(e.Problems); {
	case n == 1 && e.Problems[0].Line == 0: // "x cannot be read" says it all
	case n == 1:
		fmt.Fprintf(&b, "one thing is wrong in %s\n\n", e.File)
	default:
		fmt.Fprintf(&b, "%d things are wrong in %s\n\n", n, e.File)
	}
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("\n\n")
		}
		p.print(&b, e.File)
	}
	return b.String()
}

func (p Problem) print(b *strings.Builder, file string) {
	b.WriteString(file)
	if p.Line > 0 {
		fmt.Fprintf(b, ":%d:%d", p.Line, p.Column)
	}
	fmt.Fprintf(b, ": %s", p.Text)
	if p.Excerpt != "" {
		number := fmt.Sprintf("%5d", p.Line)
		fmt.Fprintf(b, "\n%s | %s", number, p.Excerpt)
		if p.mark > 0 {
			fmt.Fprintf(b, "\n%s | %s%s", strings.Repeat(" ", len(number)),
				strings.Repeat(" ", p.Column-1), strings.Repeat("^", p.mark))
		}
	}
	if p.Fix != "" {
		fmt.Fprintf(b, "\n      = %s", p.Fix)
	}
}

// report files a problem about the text at a place, with the line it stands on.
func (r *reader) report(at place, text, fix string) {
	p := Problem{Line: at.line, Column: at.column, Text: strings.Map(printable, text), Fix: strings.Map(printable, fix)}
	if at.line >= 1 && at.line <= len(r.lines) {
		p.Excerpt, p.mark = excerpt(r.lines[at.line-1], at)
	}
	for _, q := range r.problems { // an alias or a merge is read more than once
		if q.Line == p.Line && q.Column == p.Column && q.Text == p.Text {
			return
		}
	}
	r.problems = append(r.problems, p)
}

// err is everything that was reported, or nil.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	for i := range r.problems {
		r.problems[i].hide(r.hidden)
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return &Error{File: r.name, Problems: r.problems}
}

// hide keeps texts that may be secrets out of a problem: another problem may
// show the same line.
func (p *Problem) hide(secrets []string) {
	before, _ := splitAt(p.Excerpt, p.Column-1)
	for _, s := range secrets {
		for _, text := range []*string{&p.Excerpt, &p.Text, &p.Fix} {
			*text = blotWord(*text, s)
		}
	}
	p.Text, p.Fix = blot(p.Text), blot(p.Fix)
	if now, rest := splitAt(p.Excerpt, p.Column-1); now != before || len([]rune(rest)) < p.mark {
		p.mark = 0
	}
}

// blotWord hides a secret wherever it stands by itself: the password "word" is
// not to be found in "password".
func blotWord(text, secret string) string {
	inWord := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, secret)
		if !found {
			b.WriteString(text)
			return b.String()
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		b.WriteString(before)
		if inWord(last) || inWord(next) {
			b.WriteString(secret)
		} else {
			b.WriteString("****")
		}
		text = after
	}
}

func splitAt(s string, n int) (before, after string) {
	runes := []rune(s)
	n = min(max(n, 0), len(runes))
	return string(runes[:n]), string(runes[n:])
}

// longest excerpt, in characters: a line of a terminal.
const longest = 100

// excerpt shows a line, with its secrets blotted out, and says how many
// characters of it to underline.
func excerpt(line string, at place) (text string, mark int) {
	runes := []rune(strings.Map(printable, line))
	start := min(max(at.column-1, 0), len(runes))
	end := min(start+max(at.width, 1), len(runes))
	if at.hide { // what follows an unknown key may be a secret whose key is misspelt
		if rest := string(runes[end:]); strings.Trim(rest, " :'\"") != "" {
			runes = append(runes[:end:end], []rune(": ...")...)
		}
	}
	before, after := blotLine(string(runes[:start])), blotLine(string(runes))
	text = after
	if len([]rune(text)) > longest {
		text = string([]rune(text)[:longest-3]) + "..."
	}
	// A blot or a cut before the place moves it: then nothing is underlined.
	if !strings.HasPrefix(after, before) || before != string(runes[:start]) || end > longest-3 {
		return text, 0
	}
	return text, min(end-start, len([]rune(text))-start)
}

// printable keeps terminal control sequences out of what is shown.
func printable(c rune) rune {
	switch {
	case c == '\t':
		return ' '
	case c < ' ' || (c >= 0x7f && c < 0xa0):
		return '?'
	}
	return c
}

// mayBeSecret tells whether the value of a key that is not known may be a secret
// all the same: its key may be a misspelt one.
func mayBeSecret(name string) bool {
	return secretName.MatchString(name) || Nearest(name, []string{"password", "database", "url"}) != ""
}

// secretWords are parts of names that secrets go by.
const secretWords = `(?:pas|pw|secret|token|credential|key)`

var (
	secretName = lazyregexp.New(`(?i)` + secretWords)

	secretKey = lazyregexp.New(`(?i)((?:pass?\w*|secret|token)["']?\s*:\s*)(\S.*)`)
	lineKey   = lazyregexp.New(`(?i)(` + secretWords + `\w*["']?\s*:\s*)([^\s|>].*)`)
	userinfo  = lazyregexp.New(`://[^/\s@]*:[^\s]*@`)
	inQuery   = lazyregexp.New(`(?i)(password=)[^&\s"']+`)
)

// blot hides what looks like a secret: the value of a password key that is no
// reference, the user's part of a URL, a password in its query. What was read as a
// value is hidden by hide as well; this is for lines that were not.
func blot(s string) string {
	s = blotAfter(secretKey, s)
	return inQuery.ReplaceAllString(userinfo.ReplaceAllString(s, "://****@"), "${1}****")
}

// blotLine is blot for a line of the file, where "key:" is no word of ours.
func blotLine(s string) string { return blot(blotAfter(lineKey, s)) }

func blotAfter(key *lazyregexp.Regexp, s string) string {
	if m := key.FindStringSubmatchIndex(s); m != nil && !isReference(strings.Trim(s[m[4]:], `'"`)) {
		return s[:m[4]] + "****"
	}
	return s
}
