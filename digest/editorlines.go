package digest

import (
	"bytes"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// In the editor's file every list stands at one depth, so that a line can be moved
// anywhere; what is told of a story stands beneath it, a little further in.
const (
	nameIndent = "  "
	itemIndent = "    "
	keyIndent  = "      "
)

var (
	itemLine  = lazyregexp.New(`^[ \t]*-[ \t]+(\S.*)$`)
	storyLine = lazyregexp.New(`^[ \t]+((?:title|teaser|kicker|image|alt|section|sponsor|run_from|run_until|link):(?:[ \t].*)?)$`)
	nameLine  = lazyregexp.New(`^ {1,3}[^ \t#-].*:[ \t]*(?:#.*)?$`)
	blockHead = lazyregexp.New(`^[^#"']*:[ \t]+[|>][-+0-9]*[ \t]*(#.*)?$`)
)

// evenOut puts the lines of sections, of lists and of stories at their depths: who takes a "#"
// away leaves a blank, and one too many must not matter. Lines keep their numbers,
// and text in blocks stays as it is.
func evenOut(src []byte) []byte {
	lines := strings.Split(string(src), "\n")
	block := -1 // the indentation of the key whose block of text this is
	sections := false
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 {
			if strings.TrimSpace(line) == "" || indent > block {
				continue
			}
			block = -1
		}
		if indent == 0 && line != "" && line[0] != '#' {
			sections = strings.HasPrefix(line, "sections:")
		}
		item, key := itemLine.FindStringSubmatch(line), storyLine.FindStringSubmatch(line)
		switch {
		case blockHead.MatchString(line):
			block = indent // its own lines were written for the line as it stands
			if item != nil {
				block += len("- ")
			}
		case item != nil:
			lines[i] = itemIndent + "- " + item[1]
		case key != nil:
			lines[i] = keyIndent + key[1]
		case sections && nameLine.MatchString(line):
			lines[i] = nameIndent + strings.TrimLeft(line, " ")
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// errorMark begins the lines that tell of mistakes in a file that is opened again.
const errorMark = "#!! "

// MarkErrors writes each problem above its line, or at the top where it has none,
// and returns the number of the first line that is wrong.
func MarkErrors(text []byte, problems []Problem) (marked []byte, first int) {
	at := map[int][]string{}
	lines := strings.Split(string(text), "\n")
	for _, p := range problems {
		n := p.Line
		if n < 1 || n > len(lines) {
			n = 1
		}
		at[n] = append(at[n], errorMark+trimmed(p.what()))
	}
	var out []string
	for i, line := range lines {
		out = append(out, at[i+1]...)
		if first == 0 && len(at[i+1]) > 0 {
			first = len(out) + 1
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, "\n")), first
}

// StripErrors takes away what MarkErrors wrote.
func StripErrors(text []byte) []byte {
	var out [][]byte
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if !bytes.HasPrefix(line, []byte(errorMark)) {
			out = append(out, line)
		}
	}
	return bytes.Join(out, []byte("\n"))
}
