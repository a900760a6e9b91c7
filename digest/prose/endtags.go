package prose

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// withEndTags gives an element that would hide all that follows its end tag, where there is
// none before the next of its name.
//
// QUIRK: programs that write XML. To a browser <iframe/> only begins one (HTML 13.2.6.4.7).
// Players are left open by people, too.
func withEndTags(text string) string {
	if !mayHide(text) {
		return text
	}
	lower := lowered(text)
	ends := map[string]int{} // where the next end tag of a name begins, -1: there is none
	var out strings.Builder
	from := 0
	for at := 0; ; {
		next := strings.IndexByte(lower[at:], '<')
		if next < 0 {
			break
		}
		at += next + 1
		if at == len(lower) || !inName[lower[at]] && lower[at] != '/' {
			continue // "1 < 2"
		}
		name := hidingName(lower[at:])
		end := tagEnd(lower, at)
		if end < 0 {
			break
		}
		begin := at
		at = end
		if name == "" || lower[end-1] != '/' && !players[atom.Lookup([]byte(name))] {
			continue
		}
		if close, known := ends[name]; !known || close >= 0 && close < end {
			ends[name] = indexFrom(lower, "</"+name, end)
		}
		if close := ends[name]; close >= 0 && !strings.Contains(lower[end:close], "<"+name) {
			continue
		}
		out.WriteString(strings.TrimSuffix(text[from:end], "/") + "></" + text[begin:begin+len(name)] + ">")
		from = end + 1
	}
	return out.String() + text[from:]
}

func indexFrom(s, part string, from int) int {
	if at := strings.Index(s[from:], part); at >= 0 {
		return from + at
	}
	return -1
}

// mayHide tells at a glance of most texts that there is no such element in them.
func mayHide(text string) bool {
	for {
		at := strings.IndexByte(text, '<')
		if at < 0 {
			return false
		}
		text = text[at+1:]
		if hidingName(text) != "" {
			return true
		}
	}
}

// hidingName is the name of an element that shows nothing of what is in it; empty: what
// follows the "<" begins no such element.
func hidingName(text string) string {
	end := 0
	for end < len(text) && end < 12 && (text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z') {
		end++
	}
	if end < 3 {
		return ""
	}
	name := lowered(text[:end])
	if a := atom.Lookup([]byte(name)); a != 0 && (players[a] || gone[a]) && !void[a] {
		return name
	}
	return ""
}

// tagEnd is where the tag that a place is in ends; -1: nowhere. A ">" in a value in quotes
// does not end it.
func tagEnd(text string, at int) int {
	for ; at < len(text); at++ {
		switch text[at] {
		case '>':
			return at
		case '=':
			value := strings.TrimLeft(text[at+1:], " \t\r\n\f")
			if value == "" || value[0] != '"' && value[0] != '\'' {
				continue
			}
			close := strings.IndexByte(value[1:], value[0])
			if close < 0 {
				return -1
			}
			at = len(text) - len(value) + 1 + close
		}
	}
	return -1
}

// lowered is a text with ASCII's letters small, each byte in its place.
func lowered(text string) string {
	small := []byte(text)
	for i, c := range small {
		if c >= 'A' && c <= 'Z' {
			small[i] = c | 0x20
		}
	}
	return string(small)
}
