package message

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"fmt"
	"slices"
)

// relaxedBody is the body of a compiled message, made ready for its hash.
type relaxedBody struct {
	begun     []byte    // the state of the hash in front of the first merge field
	stretches []stretch // none where it cannot be made ready
}

// relax makes a body ready.
func relax(fixed []byte, slots []slot) (b relaxedBody) {
	if b.stretches = stretches(fixed, slots); b.stretches == nil {
		return b
	}
	h := sha256.New()
	h.Write(b.stretches[0].relaxed)
	begun, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return relaxedBody{}
	}
	b.begun, b.stretches[0].relaxed = begun, nil
	return b
}

// stretch is a part of a compiled body: lines that are the same for every reader,
// in relaxed form already (RFC 6376 3.4.4), and the lines with merge fields behind
// them. Signing a reader's message then relaxes those few lines alone.
type stretch struct {
	relaxed  []byte
	from, to int // the lines with merge fields, in the fixed octets
	before   int // slots in front of from
	behind   int // slots in front of to
}

// stretches cuts the body of a compiled message. There are none where the body's
// last line depends on the reader, or nothing follows it but white space: its empty
// lines at the end do not count, and how many those are is known only then.
func stretches(fixed []byte, slots []slot) []stretch {
	head := bytes.Index(fixed, []byte("\r\n\r\n"))
	if head < 0 {
		return nil
	}
	at := head + len("\r\n\r\n")
	end := len(bytes.TrimRight(fixed, " \t\r\n"))
	n := 0 // slots in front of at
	for n < len(slots) && slots[n].at < at {
		n++
	}
	if end <= at || len(slots) > n && slots[len(slots)-1].at >= lineStart(fixed, end) {
		return nil
	}
	var all []stretch
	for n < len(slots) {
		s := stretch{before: n, from: lineStart(fixed, slots[n].at), to: lineEnd(fixed, slots[n].at)}
		for n < len(slots) && slots[n].at < s.to {
			n++
		}
		s.relaxed, s.behind = appendRelaxedLines(nil, fixed[at:s.from]), n
		at = s.to
		all = append(all, s)
	}
	return append(all, stretch{relaxed: append(appendRelaxedLines(nil, fixed[at:end]), '\r', '\n'), from: end, to: end})
}

// lineStart is where the line begins that holds the octet at, or ends in front of it.
func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

// lineEnd is where the line has ended, its CRLF included, that holds the octet at.
func lineEnd(text []byte, at int) int { return at + bytes.IndexByte(text[at:], '\n') + 1 }

// appendRelaxedLines appends lines in relaxed form. The last may lack its line end.
func appendRelaxedLines(dst, lines []byte) []byte {
	dst = slices.Grow(dst, len(lines)+len("\r\n")) // which the last stretch appends
	for line := range bytes.SplitAfterSeq(lines, []byte("\r\n")) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		dst = appendRelaxedLine(dst, text)
		if ended {
			dst = append(dst, '\r', '\n')
		}
	}
	return dst
}

// body takes the hash of the relaxed body (RFC 6376 3.4.4) into w.bh.
func (w *signing) body(body []byte) error {
	// White space at line ends goes, and then so do empty lines at the end.
	full := body
	body = bytes.TrimRight(body, " \t\r\n")
	if end := full[len(body):]; bytes.Count(end, []byte("\r\n")) != bytes.Count(end, []byte("\n")) {
		return errForm
	}
	w.digest.Reset()
	if err := w.lines(body); err != nil {
		return err
	}
	if len(body) > 0 {
		w.digest.Write([]byte("\r\n"))
	}
	w.bodySum()
	return nil
}

// spliced does the same for a message that was spliced from c. Moved says, by slot,
// how far what follows it has moved from where it stands in c.
func (w *signing) spliced(c *Compiled, msg []byte, moved []int) error {
	if err := w.digest.(encoding.BinaryUnmarshaler).UnmarshalBinary(c.body.begun); err != nil {
		return fmt.Errorf("dkim: %w", err)
	}
	for _, s := range c.body.stretches {
		w.digest.Write(s.relaxed)
		if s.from == s.to {
			continue
		}
		from, to := s.from, s.to+moved[s.behind-1]
		if s.before > 0 {
			from += moved[s.before-1]
		}
		if err := w.lines(msg[from:to]); err != nil {
			return err
		}
	}
	w.bodySum()
	return nil
}

func (w *signing) bodySum() {
	w.sum = w.digest.Sum(w.sum[:0])
	w.bh = base64.StdEncoding.AppendEncode(w.bh[:0], w.sum)
}

// lines hashes lines in relaxed form. The last may lack its line end. Stretches that
// are relaxed already go to the hash as they are, without a copy.
func (w *signing) lines(text []byte) error {
	from, at := 0, 0
	for at < len(text) {
		end, next := len(text), len(text)
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			if n == 0 || text[at+n-1] != '\r' {
				return errForm
			}
			end, next = at+n-1, at+n+1
		}
		if line := text[at:end]; !relaxed(line) {
			w.digest.Write(text[from:at])
			w.line = appendRelaxedLine(w.line[:0], line)
			w.digest.Write(w.line)
			from = end
		}
		at = next
	}
	w.digest.Write(text[from:])
	return nil
}
