package config

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/subscribers/segment"
	"github.com/broadsheet-news/broadsheet/templates"
)

// FormatFor is the format that a part of a newsletter's readers get who chose none.
type FormatFor struct {
	Said   string       // the part, as the file has it
	Where  segment.Expr // what that is
	Format templates.Variant
}

const exampleSegments = `{diaspora: 'language = "ru"'}`

// readSegments reads a mapping from names to expressions, which may name each other.
func readSegments(v value, c *Config) {
	pairs := v.r.pairs(v.node, 0)
	switch {
	case len(pairs) > 0:
	case v.kind() == "a mapping":
		v.report("there is no segment here", "for example: "+exampleSegments)
		return
	default:
		v.reportf("for example: "+exampleSegments, "this is %s, where names with their expressions are wanted", v.kind())
		return
	}
	c.Segments = map[string]string{}
	given := map[string]value{}
	for _, p := range pairs {
		if !nameForm.MatchString(p.name) {
			v.r.report(p.at, quoted(p.name)+" is no name of a segment", "use 1 to 40 lower-case letters, digits and hyphens, for example: "+exampleSegments)
			continue
		}
		item := v.r.value(p.node)
		if !item.given() {
			v.r.report(p.at, quoted(p.name)+" is left empty", "for example: "+exampleSegments)
			continue
		}
		if text, ok := item.scalar("an expression in quotes"); ok {
			c.Segments[p.name], given[p.name] = text, item
		}
	}
	v.r.segments = c.Segments
	for _, name := range slices.Sorted(maps.Keys(given)) {
		given[name].expression(name, c.Segments[name])
	}
}

// expression reads an expression; name is that of the segment which it is, if it is
// one. What is wrong within another segment is reported there.
func (v value) expression(name, text string) (segment.Expr, bool) {
	e, err := segment.Parse(text, v.r.segments)
	var wrong *segment.Error
	if !errors.As(err, &wrong) {
		return e, err == nil
	}
	switch wrong.In {
	case "":
		v.at = v.part(text, wrong.Column, wrong.Width)
		v.report(wrong.Text, wrong.Fix)
	case name:
		v.report(wrong.Text, wrong.Fix)
	}
	return nil, false
}

// part is the place of so many characters of a scalar that stands on one line, as it is
// written; else the place of all of it.
func (v value) part(text string, column, width int) place {
	at := v.at
	if at.line < 1 || at.line > len(v.r.lines) {
		return at
	}
	line := []rune(v.r.lines[at.line-1])
	for quote := range 2 {
		if start := at.column - 1 + quote; start >= 0 && start <= len(line) && strings.HasPrefix(string(line[start:]), text) {
			at.column, at.width = start+column, width
			return at
		}
	}
	return at
}

// formatForKeys are the keys of an entry of format_for.
var formatForKeys = []key[FormatFor]{
	{name: "where", required: `where: 'language = "ru"'`, read: func(v value, f *FormatFor) {
		if text, ok := v.scalar("an expression in quotes"); ok {
			f.Said = text
			f.Where, _ = v.expression("", text)
		}
	}},
	{name: "format", required: "format: text", read: func(v value, f *FormatFor) { f.Format, _ = v.variant() }},
}

func readFormatFor(v value, n *Newsletter) {
	for _, item := range v.items("formats for parts of the readers") {
		var f FormatFor
		readMapping(item, "a format for a part", formatForKeys, &f)
		if n.Format == templates.Private && f.Format != "" && f.Format != templates.Private {
			item.report("where private is the usual format, no part is given less: who chose private leaves no mark there", "remove this entry, or make another format the usual one and give private to parts")
			continue
		}
		if f.Where != nil && f.Format != "" {
			n.FormatFor = append(n.FormatFor, f)
		}
	}
}
