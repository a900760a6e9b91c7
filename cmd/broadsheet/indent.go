package main

import (
	"bufio"
	"bytes"
	"strings"
)

// indented writes JSON without blanks as json.Indent would with two of them a level, but
// as it comes, with no second copy of what may be megabytes.
type indented struct {
	out   *bufio.Writer
	depth int
	open  bool // an object or a list has begun, and nothing stands in it yet
	text  bool // within a string
	after bool // a backslash of it
}

// Write takes a part of the JSON.
func (w *indented) Write(doc []byte) (int, error) {
	n := len(doc)
	for len(doc) > 0 {
		if w.text {
			doc = doc[w.string(doc):]
			continue
		}
		c := doc[0]
		doc = doc[1:]
		switch c {
		case '}', ']':
			w.depth--
			if !w.open {
				w.line()
			}
			w.open = false
			w.out.WriteByte(c)
			continue
		case '\n': // the end of the value
			w.out.WriteByte(c)
			continue
		}
		if w.open {
			w.open = false
			w.line()
		}
		w.out.WriteByte(c)
		switch c {
		case '{', '[':
			w.depth++
			w.open = true
		case ',':
			w.line()
		case ':':
			w.out.WriteByte(' ')
		case '"':
			w.text = true
		}
	}
	_, err := w.out.Write(nil) // says what went wrong before
	return n, err
}

// string writes of a string what there is, and returns how much that was.
func (w *indented) string(doc []byte) int {
	n := 0
	if w.after {
		n, w.after = 1, false
	}
	for n < len(doc) {
		i := bytes.IndexAny(doc[n:], `"\\`)
		if i < 0 {
			n = len(doc)
			break
		}
		n += i + 1
		if doc[n-1] == '"' {
			w.text = false
			break
		}
		if n == len(doc) {
			w.after = true
			break
		}
		n++
	}
	w.out.Write(doc[:n])
	return n
}

func (w *indented) line() {
	w.out.WriteByte('\n')
	w.out.WriteString(strings.Repeat("  ", w.depth))
}
