package yamlslip

import (
	"cmp"
	"fmt"
	"strings"
)

// blank is a tab, or a space that is none, where YAML wants spaces: in the indentation,
// and behind a dash. The parser takes such a space for a part of a key, and may notice
// later.
func (l finder) blank(last int) *fault {
	for i, line := range l.lines[:last] {
		if words := strings.TrimLeft(line, " -"); strings.HasPrefix(words, "\u00a0") {
			return &fault{Slip: Slip{Place: Place{i + 1, len(line) - len(words) + 1, 1}, Text: "this line is indented with a space that is none (a no-break space)", Fix: "type its spaces anew"}}
		}
	}
	line := l.lines[last-1]
	indent := strings.TrimLeft(line, " ")
	words := strings.TrimLeft(indent, "- ")
	switch at := (Place{last, len(line) - len(words) + 1, 1}); {
	case strings.HasPrefix(indent, "\t"):
		return &fault{Slip: Slip{Place: at, Text: "this line is indented with a tab", Fix: "indent with spaces"}}
	case strings.HasPrefix(words, "\t"):
		return &fault{Slip{Place: at, Text: "a tab stands in this line", Fix: "put spaces in its place"}, []string{"tab"}}
	}
	return nil
}

// key is a line without a colon, or with one that no space follows. The parser may notice
// it in the next.
func (l finder) key(last int) *fault {
	if f := l.colon(last); f != nil {
		f.of = []string{keyless}
		return f
	}
	for i := last - 1; i > 0; i-- {
		if words := strings.TrimLeft(l.lines[i-1], " "); words == "" || strings.HasPrefix(words, "#") {
			continue
		}
		f := l.colon(i)
		if f != nil {
			f.of = []string{astray}
		}
		return f
	}
	return nil
}

func (l finder) colon(number int) *fault {
	line := l.lines[number-1]
	words := strings.TrimLeft(line, " -")
	text := strings.TrimSpace(before(words, " #"))
	if text == "" || strings.ContainsAny(text[:1], "\"'[]{}&*|>") {
		return nil
	}
	at := Place{number, len(line) - len(words) + 1, len([]rune(text))}
	key, value, colon := strings.Cut(text, ":")
	switch {
	case colon && (value == "" || strings.HasPrefix(value, " ") || strings.Contains(key, " ") || strings.HasPrefix(value, "//")):
		return nil
	case colon:
		return l.keyed(at, key, value, "a space is missing behind the colon")
	}
	key, value, _ = strings.Cut(text, " ")
	return l.keyed(at, key, value, "this line has no colon behind its key")
}

// keyed is a fault of a line that has to read "key: value". A value that may be a secret
// is shown neither in the line nor in the fix.
func (l finder) keyed(at Place, key, value, text string) *fault {
	hide := l.secret(key)
	if hide {
		at.Width, value = len([]rune(key)), ""
	}
	return &fault{Slip: Slip{Place: at, Hide: hide, Text: text, Fix: "write " + key + ": " + cmp.Or(strings.TrimSpace(value), "and its value")}}
}

// reserved is a text that begins with a character that YAML keeps for itself.
func (l finder) reserved(last int) *fault {
	for _, mark := range []string{"@", "`", "* "} {
		if before, _, found := strings.Cut(l.lines[last-1], ": "+mark); found {
			at := Place{last, len([]rune(before)) + 3, 1}
			return &fault{Slip{Place: at, Text: "a text cannot begin with " + mark[:1], Fix: "put quotes around the text"}, []string{"reserved character", "unexpected scalar value type"}}
		}
	}
	return nil
}

// dash is an entry of a list whose dash no space follows.
func (l finder) dash(last int) *fault {
	for i := last - 1; i >= 0 && last-i <= 3; i-- {
		words := strings.TrimLeft(l.lines[i], " ")
		if strings.HasPrefix(words, "-") && len(words) > 1 && words[1] != ' ' && words[1] != '-' {
			at := Place{i + 1, len(l.lines[i]) - len(words) + 1, 1}
			return &fault{Slip{Place: at, Text: "a space is missing behind the dash", Fix: "write - " + l.unkeyed(strings.TrimSpace(before(words[1:], " #")))}, []string{astray}}
		}
	}
	return nil
}

// unkeyed is what follows a dash, without a value that may be a secret.
func (l finder) unkeyed(text string) string {
	if key, _, colon := strings.Cut(text, ":"); colon && l.secret(key) {
		return key + ": and its value"
	}
	return text
}

// indent is a line that is indented otherwise than the one that it goes with.
func (l finder) indent(last int) *fault {
	indent := func(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
	is := indent(l.lines[last-1])
	for i := last - 2; i >= 0; i-- {
		words := strings.TrimLeft(l.lines[i], " -")
		if words == "" || strings.HasPrefix(words, "#") {
			continue
		}
		want := len(l.lines[i]) - len(words) // behind a dash, too
		if want == is || is > want && strings.HasSuffix(strings.TrimSpace(before(words, " #")), ":") {
			return nil
		}
		fix := fmt.Sprintf("begin it with %d spaces, as what it stands beside", want)
		if want == 0 {
			fix = "begin it at the margin, as what it stands beside"
		}
		return &fault{Slip{Place: Place{last, is + 1, 1}, Text: fmt.Sprintf("this line is indented by %d, and line %d above it by %d", is, i+1, want), Fix: fix}, []string{astray, inText}}
	}
	return nil
}
