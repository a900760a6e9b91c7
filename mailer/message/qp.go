package message

import (
	"strings"
	"unicode/utf8"
)

// qpLine is how many octets of a quoted-printable line are used before the "=" of
// a soft break (RFC 2045 6.7: 76 with it).
const qpLine = 75

const softBreak = "=\r\n"

// appendPiece lays text that is quoted-printable already, without breaks, on
// lines of its own, column 0 to begin with. No character is torn apart.
func appendPiece(dst []byte, encoded string) []byte {
	for col := 0; encoded != ""; {
		n := encodedRune(encoded)
		if col > 0 && col+n > qpLine {
			dst = append(dst, softBreak...)
			col = 0
		}
		if col == 0 && guarded(encoded) {
			dst = appendHex(dst, encoded[:1])
			col, n = 3, 1
		} else {
			n = max(n, plainRun(encoded, qpLine-col))
			dst = append(dst, encoded[:n]...)
			col += n
		}
		encoded = encoded[n:]
	}
	return dst
}

// appendValue lays a reader's value on lines of its own as appendPiece does, from
// plain text. With html it is escaped for text and quoted attributes.
func appendValue(dst []byte, v string, html bool) []byte {
	for col := 0; v != ""; {
		_, size := utf8.DecodeRuneInString(v)
		char := v[:size]
		if html {
			char = escaped(char)
		}
		// A space at the end may end the line (RFC 2045 6.7 (3)).
		coded := !plainQP(char[0]) || v == " "
		width := len(char)
		if coded {
			width *= 3
		}
		if col > 0 && col+width > qpLine {
			dst = append(dst, softBreak...)
			col = 0
		}
		if col == 0 && guarded(v) && v != "From " { // there the space is coded
			coded, width = true, 3
		}
		if coded {
			dst = appendHex(dst, char)
		} else {
			dst = append(dst, char...)
		}
		col += width
		v = v[size:]
	}
	return dst
}

// encodedSize is how many octets a text takes as quoted-printable lines, or a few more.
func encodedSize(s string) int {
	n := len(s)
	for i := range len(s) {
		if !plainQP(s[i]) {
			n += 2
		}
	}
	return n + n/qpLine*len(softBreak) + len(softBreak)
}

// plainRun counts the octets at the front of s that stand for themselves, most at most.
func plainRun(s string, most int) int {
	s = s[:min(most, len(s))]
	if n := strings.IndexByte(s, '='); n >= 0 {
		return n
	}
	return len(s)
}

// guarded tells what must not stand at the start of a line: a dot, so that the
// message needs no dot-stuffing (RFC 5321 4.5.2), and "From ", which mailbox files
// take for a separator (RFC 2049 3).
func guarded(s string) bool { return s[0] == '.' || strings.HasPrefix(s, "From ") }

// encodedRune counts the octets at the front of s that make one character: the
// lead octet, such as "=E2", and its continuation octets, "=80" to "=BF".
func encodedRune(s string) int {
	if s[0] != '=' || len(s) < 3 {
		return 1
	}
	n := 3
	if s[1] < 'C' {
		return n
	}
	for n+3 <= len(s) && s[n] == '=' && (s[n+1] == '8' || s[n+1] == '9' || s[n+1] == 'A' || s[n+1] == 'B') {
		n += 3
	}
	return n
}

func appendHex(dst []byte, s string) []byte {
	for i := range len(s) {
		dst = append(dst, '=', upperHex[s[i]>>4], upperHex[s[i]&15])
	}
	return dst
}

func plainQP(c byte) bool { return c >= ' ' && c <= '~' && c != '=' }

// escaped writes one character for HTML.
func escaped(char string) string {
	switch char {
	case "&":
		return "&amp;"
	case "<":
		return "&lt;"
	case ">":
		return "&gt;"
	case `"`:
		return "&#34;"
	case "'":
		return "&#39;"
	}
	return char
}
