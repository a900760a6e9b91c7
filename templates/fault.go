package templates

import (
	"errors"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Fault is a mistake in a newsroom's partial: where, what, and what to do. Its text
// has several lines, as a mistake in the configuration has.
type Fault struct {
	spot
	Text    string
	Fix     string // what would be right; may be empty
	excerpt string // the line
	cause   error
}

// File is the partial's file as the newsroom knows it: "templates/lead.html".
func (f *Fault) File() string { return f.file }

// Line and Column count from 1; 0 where unknown.
func (f *Fault) Line() int { return f.line }

// Column counts characters.
func (f *Fault) Column() int { return f.column }

func (f *Fault) Unwrap() error { return f.cause }

// Error prints the place, the line with the place marked, and what to do.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.file)
	if f.line > 0 {
		fmt.Fprintf(&b, ":%d", f.line)
	}
	if f.column > 0 {
		fmt.Fprintf(&b, ":%d", f.column)
	}
	b.WriteString(": " + f.Text)
	if f.excerpt != "" {
		fmt.Fprintf(&b, "\n%5d | %s", f.line, f.excerpt)
		if f.column > 0 && f.column <= longestExcerpt {
			fmt.Fprintf(&b, "\n      | %s^", strings.Repeat(" ", f.column-1))
		}
	}
	if f.Fix != "" {
		b.WriteString("\n      = " + f.Fix)
	}
	return b.String()
}

// longestExcerpt is how many characters of a line are shown.
const longestExcerpt = 100

// shows puts in the line that a fault is about, and makes its column one of
// characters. Text is that of the file.
func (f *Fault) shows(text string) *Fault {
	lines := strings.Split(text, "\n")
	if f.line < 1 || f.line > len(lines) {
		return f
	}
	line := lines[f.line-1]
	if f.column > 0 {
		f.column = 1 + utf8.RuneCountInString(line[:min(f.column-1, len(line))])
	}
	shown := []rune(strings.ReplaceAll(inert(line), "\t", " "))
	if len(shown) > longestExcerpt {
		shown = append(shown[:longestExcerpt:longestExcerpt], '…')
	}
	f.excerpt = strings.TrimRight(string(shown), " ")
	return f
}

var (
	// atPlace is how text/template and html/template begin: "template: lead.html:3:5: executing ...".
	atPlace = lazyregexp.New(`(?s)^(?:html/)?template: ?([^\s:$]+)(?:\$htmltemplate_[^\s:]*)?:(?:(\d+):)?(?:(\d+):)? ?(?:executing "[^"]*" at <[^\n]*?>: )?(.*)$`)
	noField = lazyregexp.New(`can't evaluate field (\w+) in type \*?([\w.\[\]*]+)`)
	inWords = strings.NewReplacer("error calling mso: ", "", "error calling Css: ", "", "wrong number of args for ", "wrong number of values for ")
)

// faultOf makes a fault of an error of html/template.
func (t *Theme) faultOf(err error) error {
	if already := new(Fault); errors.As(err, &already) {
		return t.placed(already)
	}
	f := &Fault{cause: err, Text: strings.TrimPrefix(err.Error(), "html/template:")}
	if m := atPlace.FindStringSubmatch(err.Error()); m != nil {
		f.file, f.Text = m[1], inWords.Replace(m[4])
		f.line, _ = strconv.Atoi(m[2])
		if column, err := strconv.Atoi(m[3]); err == nil {
			f.column = column + 1
		}
	}
	if escape := new(template.Error); errors.As(err, &escape) {
		f.Text = escape.Description
		f.Fix = "close every tag and every quotation mark that this partial opens, on every way through it"
	}
	if m := noField.FindStringSubmatch(f.Text); m != nil {
		f.Text, f.Fix = "there is no ."+m[1]+" here", fieldsOf(m[2])
	}
	return t.placed(f)
}

// placed names the file of a fault as the newsroom knows it, and shows the line.
func (t *Theme) placed(f *Fault) *Fault {
	p, own := t.own[f.file]
	if !own {
		return f
	}
	f.file = p.file
	return f.shows(p.text)
}
