package feed

import (
	"encoding/json"
	"fmt"
	"strings"
)

// mendJSON makes JSON of what is almost: raw line breaks and other
// control characters in its strings, escapes that JSON has not, commas too many. What
// is JSON stays as it is.
func mendJSON(text string) string {
	text = strings.TrimLeft(text, " \t\r\n\uFEFF")
	if text == "" || text[0] != '{' && text[0] != '[' || json.Valid([]byte(text)) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	comma := -1 // where the last comma was written, if nothing but space came since
	flush := func() {
		if comma >= 0 {
			out.WriteByte(',')
			comma = -1
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			flush()
			i = mendString(&out, text, i)
		case c == ',':
			comma = i
		case c == '}' || c == ']':
			comma = -1 // of {"a": 1,}
			out.WriteByte(c)
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			out.WriteByte(c)
		case c >= 0x20:
			flush()
			out.WriteByte(c)
		}
	}
	return out.String()
}

// mendString writes the string that begins at a place, and gives where it ends.
func mendString(out *strings.Builder, text string, at int) int {
	out.WriteByte('"')
	for i := at + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			out.WriteByte('"')
			return i
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
