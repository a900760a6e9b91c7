package loose

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Mend makes JSON of what is almost: raw line breaks and other
// control characters in its strings, escapes that JSON has not, commas too many or
// forgotten, the quotes and words of other languages. What is JSON stays as it is.
func Mend(text string) string {
	text = strings.TrimLeft(text, " \t\r\n\uFEFF")
	if text == "" || text[0] != '{' && text[0] != '[' || json.Valid([]byte(text)) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	comma := false // one is due before the next value
	ended := false // a value has ended, and nothing but space came since
	begin := func() {
		if comma || ended {
			out.WriteByte(',')
		}
		comma, ended = false, false
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\'' && !ended: // behind a value it is an apostrophe
			begin()
			i, ended = mendString(&out, text, i), true
		case c == ',':
			comma = ended
			ended = false
		case c == '}' || c == ']':
			comma, ended = false, true // of {"a": 1,}
			out.WriteByte(c)
		case c == '{' || c == '[':
			begin()
			out.WriteByte(c)
		case c == ':':
			ended = false
			out.WriteByte(c)
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			out.WriteByte(c)
		case c > 0x20:
			begin()
			i, ended = mendWord(&out, text, i), true
		}
	}
	return out.String()
}

// mendWord writes the number or word that begins at a place, and gives where it ends:
// Python's True and None, and JavaScript's NaN, have a meaning.
func mendWord(out *strings.Builder, text string, at int) int {
	end := at + 1
	for end < len(text) && text[end] > 0x20 && strings.IndexByte(`",:{}[]`, text[end]) < 0 {
		end++
	}
	word := text[at:end]
	switch isName := nameOnly.MatchString(word); {
	case isName && strings.HasPrefix(strings.TrimLeft(text[end:min(len(text), end+20)], " \t\r\n"), ":"): // a field's
		out.WriteString(`"` + word + `"`)
	case word == "True", word == "False":
		out.WriteString(strings.ToLower(word))
	case word == "None", word == "NaN", word == "Infinity", word == "-Infinity", word == "undefined":
		out.WriteString("null")
	default:
		out.WriteString(word)
	}
	return end - 1
}

// nameOnly is a field's name as JavaScript takes it without quotes.
var nameOnly = lazyregexp.New(`^[A-Za-z_$][\w$]*$`)

// keyFollows tells of a line behind which a field's name begins the next.
var keyFollows = lazyregexp.New(`^,?[ \t\r]*\n\s*,?\s*"[^"\n]{1,64}"\s*:`)

// mendString writes the string that begins at a place, in whichever quotes, and gives where
// it ends.
func mendString(out *strings.Builder, text string, at int) int {
	quote := text[at]
	out.WriteByte('"')
	for i := at + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			out.WriteByte('"')
			return i
		case c == '"':
			out.WriteString(`\"`)
		case quote == '"' && (c == ',' || c == '\n') && keyFollows.MatchString(text[i:min(len(text), i+120)]):
			out.WriteByte('"') // the quote was forgotten
			return i - 1
		case c < 0x20:
			fmt.Fprintf(out, `\u%04x`, c)
		case c == '\\' && i+1 < len(text):
			i++
			if next := text[i]; strings.IndexByte(`"\/bfnrt`, next) >= 0 || next == 'u' && isHex4(text[i+1:]) {
				out.WriteString(text[i-1 : i+1])
			} else if next == '\'' {
				out.WriteByte('\'')
			} else {
				out.WriteString(`\\`)
				i--
			}
		default:
			out.WriteByte(c)
		}
	}
	return len(text)
}

func isHex4(s string) bool {
	return len(s) >= 4 && strings.Trim(s[:4], "0123456789abcdefABCDEF") == ""
}
