package smtp

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
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

// readReply reads one reply, RFC 5321 4.2.
//
// QUIRK: some relays change the code within a reply. As other clients do, the last
// line's code counts.
func readReply(r *bufio.Reader) (reply, error) {
	var rep reply
	var text []string
	for range maxReplyLines {
		line, err := readLine(r)
		if err != nil {
			return reply{}, err
		}
		code, more, rest, err := parseLine(line)
		if err != nil {
			return reply{}, err
		}
		enhanced, rest := cutEnhanced(code, rest)
		if rep.enhanced == "" {
			rep.enhanced = enhanced
		}
		if rest != "" {
			text = append(text, rest)
		}
		if !more {
			rep.code, rep.text = code, strings.Join(text, " ")
			if rep.enhanced != "" && int(rep.enhanced[0]-'0') != code/100 {
				rep.enhanced = ""
			}
			return rep, nil
		}
	}
	return reply{}, fmt.Errorf("%w: a reply of more than %d lines", errGarbage, maxReplyLines)
}

// readLine reads a line without its ending. A line that the connection cuts short
// is an error: half a reply says nothing.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(line) > maxReplyLine {
		return "", fmt.Errorf("%w: a line of more than %d bytes", errGarbage, maxReplyLine)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// parseLine takes "250-text", "250 text" or a bare "250" apart.
func parseLine(line string) (code int, more bool, text string, err error) {
	if len(line) < 3 {
		return 0, false, "", errGarbage
	}
	for i := range 3 {
		if line[i] < '0' || line[i] > '9' {
			return 0, false, "", errGarbage
		}
		code = code*10 + int(line[i]-'0')
	}
	if code < 200 || code > 599 { // RFC 5321 4.2.1: no 1yz in SMTP
		return 0, false, "", errGarbage
	}
	if len(line) == 3 {
		return code, false, "", nil
	}
	switch line[3] {
	case ' ':
	case '-':
		more = true
	default:
		return 0, false, "", errGarbage
	}
	return code, more, strings.TrimSpace(line[4:]), nil
}

// cutEnhanced takes an enhanced status code (RFC 2034 4) off the front of a line.
// Its class has to agree with the reply's code.
func cutEnhanced(code int, text string) (enhanced, rest string) {
	word, rest, _ := strings.Cut(text, " ")
	parts := strings.Split(word, ".")
	if len(parts) != 3 || len(parts[0]) != 1 || int(parts[0][0]-'0') != code/100 {
		return "", text
	}
	for _, p := range parts[1:] {
		if len(p) == 0 || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return "", text
		}
	}
	return word, strings.TrimSpace(rest)
}
