package message

import (
	"bytes"
	"errors"
)

// covered are the fields that a signature covers, where a message has them: those
// of RFC 6376 5.4.1, the List-Unsubscribe pair (RFC 8058 4), those of MIME and
// those that say what the mail is. A field marked over is named in h= once more
// than it occurs, so that nobody can add another one on the way (RFC 6376 8.15).
var covered = []struct {
	name string
	over bool
}{
	{"From", true},
	{"To", true},
	{"Cc", true},
	{"Reply-To", true},
	{"Subject", true},
	{"Date", true},
	{"Message-ID", true},
	{"MIME-Version", true},
	{"Content-Type", true},
	{"Content-Transfer-Encoding", false},
	{"List-Unsubscribe", true},
	{"List-Unsubscribe-Post", true},
	{"List-Id", false},
	{"List-Help", false},
	{"List-Subscribe", false},
	{"List-Post", false},
	{"List-Owner", false},
	{"List-Archive", false},
	{"Feedback-ID", false},
	{"Auto-Submitted", false},
	{"Sender", false},
	{"In-Reply-To", false},
	{"References", false},
	{"Resent-Date", false},
	{"Resent-From", false},
	{"Resent-Sender", false},
	{"Resent-To", false},
	{"Resent-Cc", false},
	{"Resent-Message-ID", false},
}

// coveredAt finds a field in covered by its name in lower case.
var coveredAt = func() map[string]int {
	at := map[string]int{}
	for i, c := range covered {
		at[string(lower(nil, []byte(c.name)))] = i
	}
	return at
}()

// field is one field of a header, with its line end.
type field struct {
	kind int // its place in covered
	raw  []byte
}

var errForm = errors.New("dkim: the message has a line that does not end in CRLF, or is no header field")

// header takes the covered fields of a header block, in the order of covered, into
// w.signed, and their names into w.list. Of fields with one name, the last comes
// first (RFC 6376 5.4.2).
func (w *signing) header(head []byte) error {
	if err := w.split(head); err != nil {
		return err
	}
	w.signed, w.list = w.signed[:0], w.list[:0]
	column := len(" h=")
	for kind, c := range covered {
		names := 0
		for i := len(w.fields) - 1; i >= 0; i-- {
			if w.fields[i].kind == kind {
				w.signed = append(appendRelaxed(w.signed, w.fields[i].raw), '\r', '\n')
				names++
			}
		}
		if kind == 0 && names != 1 {
			return errors.New("dkim: the message must have one From") // RFC 6376 5.4
		}
		if c.over {
			names++
		}
		for range names {
			column = w.name(c.name, column)
		}
	}
	return nil
}

// name adds a name to the value of h=, and folds after a colon.
func (w *signing) name(name string, column int) int {
	if len(w.list) > 0 {
		w.list = append(w.list, ':')
		column++
	}
	if column+len(name)+len(":") > maxLine {
		w.list = append(w.list, "\r\n "...)
		column = len(" ")
	}
	w.list = append(w.list, name...)
	return column + len(name)
}

// split finds the covered fields of a header block.
func (w *signing) split(head []byte) error {
	w.fields = w.fields[:0]
	for len(head) > 0 {
		n := 0
		for more := true; more; more = n < len(head) && (head[n] == ' ' || head[n] == '\t') {
			end := bytes.IndexByte(head[n:], '\n')
			if end < 1 || head[n+end-1] != '\r' {
				return errForm
			}
			n += end + 1
		}
		colon := bytes.IndexByte(head[:n], ':')
		if colon < 1 {
			return errForm
		}
		w.line = lower(w.line[:0], bytes.TrimRight(head[:colon], " \t"))
		if kind, ok := coveredAt[string(w.line)]; ok {
			w.fields = append(w.fields, field{kind, head[:n]})
		}
		head = head[n:]
	}
	return nil
}

// appendRelaxed appends a header field in relaxed form (RFC 6376 3.4.2), without a
// line end. An unfolded line end is part of the white space behind it.
func appendRelaxed(dst, raw []byte) []byte {
	name, value, _ := bytes.Cut(raw, []byte(":"))
	dst = append(lower(dst, bytes.TrimRight(name, " \t")), ':')
	began, space := false, false
	for _, c := range value {
		switch c {
		case ' ', '\t', '\r', '\n':
			space = began
		default:
			if space {
				dst, space = append(dst, ' '), false
			}
			dst, began = append(dst, c), true
		}
	}
	return dst
}

func lower(dst, name []byte) []byte {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// relaxed tells whether a line is its own relaxed form.
func relaxed(line []byte) bool {
	if n := len(line); n > 0 && line[n-1] == ' ' {
		return false
	}
	return !bytes.Contains(line, []byte("  ")) && bytes.IndexByte(line, '\t') < 0
}

// appendRelaxedLine makes one space of each run of white space, and none at the
// line's end.
func appendRelaxedLine(dst, line []byte) []byte {
	space := false
	for _, c := range line {
		if c == ' ' || c == '\t' {
			space = true
			continue
		}
		if space {
			dst, space = append(dst, ' '), false
		}
		dst = append(dst, c)
	}
	return dst
}
