package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
)

// maxPacked is how many times over a body may be packed.
const maxPacked = 3

// sniffed is how many bytes of a body tell how it is packed, whatever its header says.
const sniffed = 512

// packError says that the answer is packed in a way that was not asked for.
type packError struct{ coding string }

func (e packError) Error() string { return fmt.Sprintf("packed as %q", e.coding) }

// read unpacks a body. The limit counts what comes out, so that a few kilobytes
// cannot become gigabytes, what goes in, and what is between two packings: of that there
// may be gigabytes too, which come to nothing. With an error the data is what could be
// read before it.
func (c *Client) read(raw io.Reader, encoding string) (data []byte, packed []string, wire int64, err error) {
	counted := &counter{from: raw}
	r := c.bounded(counted)
	codings := strings.Split(encoding, ",")
	for i := len(codings) - 1; i >= 0; i-- { // the last was put on last
		unpacked, wrap, err := unwrap(r, strings.ToLower(strings.TrimSpace(codings[i])))
		if err != nil {
			return nil, packed, counted.n, err
		}
		if wrap != "" {
			r, packed = c.bounded(unpacked), append(packed, wrap)
		}
		if len(packed) > maxPacked {
			return nil, packed, counted.n, packError{encoding}
		}
	}
	// QUIRK: a server packs what is packed already, or says nothing of it.
	for len(packed) < maxPacked && isGzip(peek(r)) {
		unpacked, wrap, err := unwrap(r, "gzip")
		if err != nil {
			return nil, packed, counted.n, err
		}
		r, packed = c.bounded(unpacked), append(packed, wrap)
	}
	data, err = readAll(r, c.o.MaxBytes)
	if errors.Is(err, gzip.ErrHeader) && len(data) > 0 {
		err = nil // QUIRK: bytes of no meaning behind the packed ones
	}
	return data, packed, counted.n, err
}

// unwrap takes one coding off (RFC 9110 8.4.1), where it is there: what looks as text is
// not packed, whatever the header says.
func unwrap(r *bufio.Reader, coding string) (io.Reader, string, error) {
	head := peek(r)
	switch coding {
	case "gzip", "x-gzip":
		if !isGzip(head) {
			return r, "", nil
		}
		unpacked, err := gzip.NewReader(r)
		return unpacked, "gzip", err
	case "br":
		if isText(head) {
			return r, "", nil
		}
		return brotli.NewReader(r), "br", nil
	case "deflate": // not asked for; some send it all the same, and some without zlib's head
		switch {
		case isText(head):
			return r, "", nil
		case isZlib(head):
			unpacked, err := zlib.NewReader(r)
			return unpacked, "deflate", err
		}
		return flate.NewReader(r), "deflate", nil
	case "", "identity":
		return r, "", nil
	}
	if isText(head) || isGzip(head) {
		return r, "", nil // QUIRK: "Content-Encoding: UTF-8"
	}
	return r, "", packError{coding}
}

// peek looks at the beginning of a body. An error comes again when it is read.
func peek(r *bufio.Reader) []byte {
	head, _ := r.Peek(sniffed)
	return head
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte("\x1f\x8b\x08")) }

func isZlib(head []byte) bool {
	return len(head) > 1 && head[0] == 0x78 && (int(head[0])<<8+int(head[1]))%31 == 0
}

// isText tells whether a body begins as a feed or page does that is not packed.
func isText(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 || !bytes.ContainsRune([]byte("<{["), rune(text[0])) {
		return false
	}
	return bytes.IndexFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n\f", r) }) < 0
}

// counter counts what is read through it.
type counter struct {
	from io.Reader
	n    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded reads up to the limit, a byte more, and then fails.
type bounded struct {
	from io.Reader
	left int64
}

func (c *Client) bounded(from io.Reader) *bufio.Reader {
	return bufio.NewReader(&bounded{from, c.o.MaxBytes + 1})
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// readAll reads a body up to limit bytes. With an error the data is what came before it.
func readAll(body io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], errTooLarge
	}
	return data, err
}

var errTooLarge = errors.New("more bytes than are read")
