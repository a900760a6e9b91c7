package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
	"golang.org/x/text/language"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// text reads one line of text.
func (v value) text() (string, bool) {
	s, ok := v.scalar("text")
	if !ok {
		return "", false
	}
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\u2028' || c == '\u2029' }) {
		v.report("this holds a line break or a control character", "write it on one line")
		return "", false
	}
	return s, true
}

// lines reads text that may have several lines.
func (v value) lines() (string, bool) {
	s, ok := v.scalar("text")
	if !ok {
		return "", false
	}
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f }) {
		v.report("this holds a control character", "remove it")
		return "", false
	}
	return s, true
}

// list reads a list of texts.
func (v value) list(want string) []string {
	var all []string
	for _, item := range v.items(want) {
		if s, ok := item.text(); ok && s != "" {
			all = append(all, s)
		}
	}
	return all
}

// number reads a whole number between low and high.
func (v value) number(low, high int) (int, bool) {
	want := fmt.Sprintf("a whole number from %d to %d", low, high)
	fix := "for example: " + strconv.Itoa(min(max(low, 8), high))
	if _, ok := v.node.(*ast.IntegerNode); !ok {
		if s, is := v.node.(*ast.StringNode); is && s.GetToken().Type != token.StringType {
			fix = "write it without quotes"
		}
		v.reportf(fix, "this is %s, where %s is wanted", v.kind(), want)
		return 0, false
	}
	n, err := strconv.Atoi(v.node.GetToken().Value)
	if err != nil || n < low || n > high {
		v.report("this is not "+want, fix)
		return 0, false
	}
	return n, true
}

// yes reads true or false.
func (v value) yes() (answer, ok bool) {
	b, ok := v.node.(*ast.BoolNode)
	if !ok {
		v.reportf("write true or false", "this is %s, where true or false is wanted", v.kind())
		return false, false
	}
	return b.Value, true
}

// choice reads one of a few words.
func (v value) choice(words ...string) (string, bool) {
	fix := "use one of " + strings.Join(words, ", ")
	text, ok := v.node.(*ast.StringNode)
	if !ok {
		v.reportf(fix, "this is %s, where a word is wanted", v.kind())
		return "", false
	}
	s := strings.TrimSpace(text.Value)
	if slices.Contains(words, s) {
		return s, true
	}
	if near := Nearest(s, words); near != "" {
		fix = fmt.Sprintf("did you mean %s? It can be %s", near, strings.Join(words, ", "))
	}
	v.reportf(fix, "%s is not known here", quoted(s))
	return "", false
}

var (
	durationForm = lazyregexp.New(`^(?:\d{1,6}(?:\.\d{1,3})?(?:d|h|m|s))+$`)
	durationPart = lazyregexp.New(`([\d.]+)([dhms])`)
)

// duration reads 90m, 24h, 2d or 1d12h, between low and high. A day is 24 hours.
func (v value) duration(low, high time.Duration) (time.Duration, bool) {
	s, ok := v.scalar("a duration such as 90m, 24h or 2d")
	if !ok {
		return 0, false
	}
	return v.durationIn(s, low, high)
}

// durationIn reads a duration that is the value, or a part of it.
func (v value) durationIn(s string, low, high time.Duration) (time.Duration, bool) {
	if s == "0" {
		s = "0s"
	}
	if !durationForm.MatchString(s) {
		fix := "write it as 90m, 24h or 2d"
		if _, err := strconv.Atoi(s); err == nil {
			fix = "give it a unit: " + s + "m, " + s + "h or " + s + "d"
		}
		v.reportf(fix, "%s is not a duration", quoted(s))
		return 0, false
	}
	var d time.Duration
	for _, m := range durationPart.FindAllStringSubmatch(s, -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			v.reportf("write it as 90m, 24h or 2d", "%s is not a duration", quoted(s))
			return 0, false
		}
		d += time.Duration(n * float64(unit(m[2])))
	}
	if d < low || d > high {
		v.reportf("choose one in between", "%s is outside %s to %s", quoted(s), days(low), days(high))
		return 0, false
	}
	return d, true
}

func unit(letter string) time.Duration {
	switch letter {
	case "d":
		return 24 * time.Hour
	case "h":
		return time.Hour
	case "m":
		return time.Minute
	}
	return time.Second
}

// days writes a duration as the file would have it.
func days(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d%(24*time.Hour) == 0:
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return d.String()
}

// language reads a BCP 47 tag.
func (v value) language() (string, bool) {
	s, ok := v.scalar("a language such as en or pt-BR")
	if !ok {
		return "", false
	}
	tag, err := language.Parse(s)
	if err != nil || s == "und" {
		v.reportf("use a BCP 47 tag such as en, de or pt-BR", "%s is not a language", quoted(s))
		return "", false
	}
	return tag.String(), true
}

var nameForm = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,39}$`)

// name reads a short name that commands use.
func (v value) name() (string, bool) {
	s, ok := v.scalar("a short name")
	if ok && !nameForm.MatchString(s) {
		v.reportf("use 1 to 40 lower-case letters, digits and hyphens, such as weekly", "%s is no name that commands can use", quoted(s))
		return "", false
	}
	return s, ok
}

var colourForm = lazyregexp.New(`^#[0-9a-fA-F]{6}$`)

// colour reads "#rrggbb".
func (v value) colour() (string, bool) {
	if !v.given() { // YAML takes # for a comment
		v.report("a colour is missing", `write it in quotes: "#0b5394"`)
		return "", false
	}
	s, ok := v.scalar(`a colour such as "#0b5394"`)
	if ok && !colourForm.MatchString(s) {
		v.reportf(`write six hexadecimal digits in quotes: "#0b5394"`, "%s is not a colour", quoted(s))
		return "", false
	}
	return strings.ToLower(s), ok
}

// quoted shows a text in an error, cut to a length that can be read.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return strconv.Quote(s)
}
