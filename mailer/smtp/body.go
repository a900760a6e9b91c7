package smtp

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// errBareLine is a message whose lines do not end in CRLF. RFC 5321 2.3.8 forbids
// it, and relays that read such lines differently can be made to see two messages
// in one (SMTP smuggling), so it never goes out.
var errBareLine = errors.New("the message has a carriage return or line feed by itself; its lines must end in CRLF")

// stuffing appends to dots where msg needs a dot before its own (RFC 5321 4.5.2):
// the places of the dots that begin a line.
func stuffing(dots []int, msg []byte) ([]int, error) {
	if len(msg) > 0 && msg[0] == '.' {
		dots = append(dots, 0)
	}
	lines := 0
	for at := 0; ; {
		i := bytes.IndexByte(msg[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		lines++
		if at < 2 || msg[at-2] != '\r' {
			return dots, errBareLine
		}
		if at < len(msg) && msg[at] == '.' {
			dots = append(dots, at)
		}
	}
	if bytes.Count(msg, []byte{'\r'}) != lines {
		return dots, errBareLine
	}
	return dots, nil
}

// stuffed is msg as DATA takes it, without the final dot: with a dot added at each
// of dots, its last line ended. It is msg itself where that changes nothing, else it
// lies in dst.
func stuffed(dst, msg []byte, dots []int) (wire, scratch []byte) {
	ended := bytes.HasSuffix(msg, []byte("\r\n"))
	if len(dots) == 0 && ended {
		return msg, dst
	}
	dst = dst[:0]
	from := 0
	for _, dot := range dots {
		dst = append(append(dst, msg[from:dot]...), '.')
		from = dot
	}
	dst = append(dst, msg[from:]...)
	if !ended {
		dst = append(dst, "\r\n"...)
	}
	return dst, dst
}

// highBits are those that no ASCII byte has, of eight bytes.
const highBits = 0x8080808080808080

// isEightBit tells a message that needs 8BITMIME (RFC 6152). It looks at 32 bytes at
// a time, since it sees every byte that is sent.
func isEightBit(msg []byte) bool {
	for ; len(msg) >= 32; msg = msg[32:] {
		m := (*[32]byte)(msg)
		a := binary.NativeEndian.Uint64(m[0:]) | binary.NativeEndian.Uint64(m[8:])
		b := binary.NativeEndian.Uint64(m[16:]) | binary.NativeEndian.Uint64(m[24:])
		if (a|b)&highBits != 0 {
			return true
		}
	}
	for _, b := range msg {
		if b >= 0x80 {
			return true
		}
	}
	return false
}
