package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Line lengths in octets, CRLF not counted.
const (
	maxLine    = 78  // RFC 5322 2.1.1: should not be longer
	hardLine   = 998 // RFC 5322 2.1.1: must not be longer
	wordsLine  = 76  // RFC 2047 2: a header line that holds encoded words
	maxWord    = 75  // RFC 2047 2: an encoded word
	wordFrame  = 12  // "=?UTF-8?B?" and "?="
	widestRune = 12  // a character of four octets in Q
)

// appendUnstructured appends text as the value of a header that begins at column
// col (Subject: RFC 5322 2.2.1). It reads back exactly as it is.
func appendUnstructured(dst []byte, text string, col int) []byte {
	if foldable(text, col) {
		dst, _ = appendFolded(dst, text, col)
		return dst
	}
	dst, _ = appendWords(dst, text, col)
	return dst
}

// appendMailbox appends what follows "To:" or "From:" (RFC 5322 3.4), col being
// the column after the colon.
func appendMailbox(dst []byte, name, address string, col int) []byte {
	if name == "" {
		return append(appendFold(dst, col, len(address), maxLine), address...)
	}
	return appendNamed(dst, name, address, col)
}

// appendNamed appends a phrase, which may be empty, and what it names in angle
// brackets.
func appendNamed(dst []byte, phrase, named string, col int) []byte {
	if phrase != "" {
		dst = append(dst, ' ')
		dst, col = appendPhrase(dst, phrase, col+1)
	}
	dst = appendFold(dst, col, len(named)+len("<>"), wordsLine)
	dst = append(dst, '<')
	dst = append(dst, named...)
	return append(dst, '>')
}

// appendFold appends a space, or a folded line where n more octets would make the
// line longer than limit.
func appendFold(dst []byte, col, n, limit int) []byte {
	if col+1+n > limit {
		dst = append(dst, '\r', '\n')
	}
	return append(dst, ' ')
}

// appendPhrase appends a display name (RFC 5322 3.2.5) as atoms, as a quoted
// string or as encoded words (RFC 2047 5(3)), the first that can hold it. It
// returns the column it ends in.
func appendPhrase(dst []byte, name string, col int) ([]byte, int) {
	switch {
	case foldable(name, col) && atoms(name):
		return appendFolded(dst, name, col)
	case quotable(name, col):
		start := len(dst)
		dst = append(dst, '"')
		for i := range len(name) {
			if name[i] == '"' || name[i] == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, name[i])
		}
		dst = append(dst, '"')
		return dst, col + len(dst) - start
	default:
		return appendWords(dst, name, col)
	}
}

func atoms(s string) bool {
	for i := range len(s) {
		if s[i] != ' ' && (s[i] >= utf8.RuneSelf || !atext[s[i]]) {
			return false
		}
	}
	return true
}

// quotable tells whether s fits as a quoted string on the rest of the line. "=?"
// is kept out, for some readers decode words within quotes too.
func quotable(s string, col int) bool {
	n := col + len(s) + 2 + strings.Count(s, `"`) + strings.Count(s, `\`)
	return n <= maxLine && ascii(s) && !strings.Contains(s, "=?") && s[0] != ' ' && s[len(s)-1] != ' '
}

// foldable tells whether s survives folding at its spaces: ASCII, single inner
// spaces, no word wider than a line, nothing that reads as an encoded word.
func foldable(s string, col int) bool {
	if !ascii(s) || strings.Contains(s, "=?") {
		return false
	}
	for room := maxLine - col; ; room = maxLine - 1 {
		word, rest, more := strings.Cut(s, " ")
		if word == "" || len(word) > room {
			return false
		}
		if !more {
			return true
		}
		s = rest
	}
}

// appendFolded appends what foldable allows.
func appendFolded(dst []byte, s string, col int) ([]byte, int) {
	for first := true; ; first = false {
		word, rest, more := strings.Cut(s, " ")
		if !first {
			n := len(dst)
			if dst = appendFold(dst, col, len(word), maxLine); len(dst)-n > 1 {
				col = 0
			}
			col++
		}
		dst = append(dst, word...)
		col += len(word)
		if !more {
			return dst, col
		}
		s = rest
	}
}

// appendWords appends s as encoded words of whole characters, in B or Q, whichever
// is shorter. It returns the column it ends in.
func appendWords(dst []byte, s string, col int) ([]byte, int) {
	b := base64.StdEncoding.EncodedLen(len(s)) <= lengthQ(s)
	for first := true; s != ""; first = false {
		if wordsLine-col-1 < wordFrame+widestRune {
			dst = append(dst, '\r', '\n', ' ')
			col = 1
		} else if !first {
			dst = append(dst, ' ')
			col++
		}
		n := wordOf(s, min(maxWord, wordsLine-col)-wordFrame, b)
		start := len(dst)
		if b {
			var chunk [maxWord]byte
			dst = append(dst, "=?UTF-8?B?"...)
			dst = base64.StdEncoding.AppendEncode(dst, chunk[:copy(chunk[:], s[:n])])
		} else {
			dst = append(dst, "=?UTF-8?Q?"...)
			dst = appendQ(dst, s[:n])
		}
		dst = append(dst, '?', '=')
		col += len(dst) - start
		s = s[n:]
	}
	return dst, col
}

// wordOf counts the octets at the front of s, whole characters, that take room
// octets or less once encoded.
func wordOf(s string, room int, b bool) int {
	n, q := 0, 0
	for n < len(s) {
		_, size := utf8.DecodeRuneInString(s[n:])
		q += lengthQ(s[n : n+size])
		if !b && q > room || b && base64.StdEncoding.EncodedLen(n+size) > room {
			break
		}
		n += size
	}
	return n
}

// plainQ are the octets that stand for themselves in an encoded word anywhere, a
// phrase included (RFC 2047 5(3)).
func plainQ(c byte) bool {
	return alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/'
}

func lengthQ(s string) int {
	n := len(s)
	for i := range len(s) {
		if !plainQ(s[i]) && s[i] != ' ' {
			n += 2
		}
	}
	return n
}

func appendQ(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case plainQ(c):
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '_')
		default:
			dst = append(dst, '=', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

const upperHex = "0123456789ABCDEF"
