package smtp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
)

// The limits of a reply. RFC 5321 4.5.3.1.5 allows 512 octets a line; relays
// exceed it.
const (
	maxReplyLine  = 2048
	maxReplyLines = 128
)

// errGarbage is what a relay said that is no SMTP reply.
var errGarbage = errors.New("the relay answered with something that is not SMTP")

// reply is one answer of a relay, all its lines.
type reply struct {
	code     int
	enhanced string // RFC 3463, taken out of the text; "" where there is none
	text     string // lines joined by a space
}

func (r reply) positive() bool { return r.code/100 == 2 }

// readReply reads one reply, RFC 5321 4.2. Where brief, it leaves out the words of one
// that lets us go on: nobody looks at them, and there are three a message.
//
// QUIRK: some relays change the code within a reply. As other clients do, the last
// line's code counts.
func readReply(r *bufio.Reader, brief bool) (reply, error) {
	var rep reply
	var text []byte
	for range maxReplyLines {
		line, err := readLine(r)
		if err != nil {
			return reply{}, err
		}
		code, more, rest, err := parseLine(line)
		if err != nil {
			return reply{}, err
		}
		if brief && !more && code < 400 {
			return reply{code: code}, nil
		}
		enhanced, rest := cutEnhanced(code, rest)
		if rep.enhanced == "" {
			rep.enhanced = enhancedString(enhanced)
		}
		if len(rest) > 0 {
			if len(text) > 0 {
				text = append(text, ' ')
			}
			text = append(text, rest...)
		}
		if !more {
			rep.code, rep.text = code, string(text)
			if rep.enhanced != "" && int(rep.enhanced[0]-'0') != code/100 {
				rep.enhanced = ""
			}
			return rep, nil
		}
	}
	return reply{}, fmt.Errorf("%w: a reply of more than %d lines", errGarbage, maxReplyLines)
}

// enhancedString spares the copy of the code that nearly every reply has.
func enhancedString(enhanced []byte) string {
	if string(enhanced) == "2.0.0" {
		return "2.0.0"
	}
	return string(enhanced)
}

// readLine reads a line without its ending, good until the next read. A line that
// the connection cuts short is an error: half a reply says nothing.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(line) > maxReplyLine {
		return nil, fmt.Errorf("%w: a line of more than %d bytes", errGarbage, maxReplyLine)
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// parseLine takes "250-text", "250 text" or a bare "250" apart.
func parseLine(line []byte) (code int, more bool, text []byte, err error) {
	if len(line) < 3 {
		return 0, false, nil, errGarbage
	}
	for i := range 3 {
		if line[i] < '0' || line[i] > '9' {
			return 0, false, nil, errGarbage
		}
		code = code*10 + int(line[i]-'0')
	}
	if code < 200 || code > 599 { // RFC 5321 4.2.1: no 1yz in SMTP
		return 0, false, nil, errGarbage
	}
	if len(line) == 3 {
		return code, false, nil, nil
	}
	switch line[3] {
	case ' ':
	case '-':
		more = true
	default:
		return 0, false, nil, errGarbage
	}
	return code, more, bytes.TrimSpace(line[4:]), nil
}

// cutEnhanced takes an enhanced status code (RFC 2034 4) off the front of a line.
// Its class has to agree with the reply's code.
func cutEnhanced(code int, text []byte) (enhanced, rest []byte) {
	word, rest, _ := bytes.Cut(text, []byte{' '})
	class, numbers, _ := bytes.Cut(word, []byte{'.'})
	subject, detail, found := bytes.Cut(numbers, []byte{'.'})
	if !found || len(class) != 1 || int(class[0])-'0' != code/100 || !isNumber(subject) || !isNumber(detail) {
		return nil, text
	}
	return word, bytes.TrimSpace(rest)
}

// isNumber tells a part of an enhanced code: one to three digits (RFC 3463 2).
func isNumber(p []byte) bool {
	for _, b := range p {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(p) > 0 && len(p) <= 3
}
