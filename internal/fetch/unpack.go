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
// cannot become gigabytes, and what goes in as well. With an error the data is what
// could be read before it.
func (c *Client) read(raw io.Reader, encoding string) (data []byte, packed []string, wire int64, err error) {
	counted := &counter{from: raw}
	r := bufio.NewReaderSize(io.LimitReader(counted, c.o.MaxBytes+1), 4096)
	codings := strings.Split(encoding, ",")
	for i := len(codings) - 1; i >= 0; i-- { // the last was put on last
		var wrap string
		if r, wrap, err = unwrap(r, strings.ToLower(strings.TrimSpace(codings[i]))); err != nil {
			return nil, packed, counted.n, err
		}
		if wrap != "" {
			packed = append(packed, wrap)
		}
		if len(packed) > maxPacked {
			return nil, packed, counted.n, packError{encoding}
		}
	}
	// QUIRK: a server packs what is packed already, or says nothing of it.
	for len(packed) < maxPacked && isGzip(peek(r)) {
		if r, _, err = unwrap(r, "gzip"); err != nil {
			return nil, packed, counted.n, err
		}
		packed = append(packed, "gzip")
	}
	data, err = readAll(r, c.o.MaxBytes)
	if errors.Is(err, gzip.ErrHeader) && len(data) > 0 {
		err = nil // QUIRK: bytes of no meaning behind the packed ones
	}
	if err != nil && !errors.Is(err, errTooLarge) && counted.n > c.o.MaxBytes {
		err = errTooLarge // cut off by us
	}
	return data, packed, counted.n, err
}

// unwrap takes one coding off (RFC 9110 8.4.1), where it is there: what looks as text is
// not packed, whatever the header says.
func unwrap(r *bufio.Reader, coding string) (*bufio.Reader, string, error) {
	head := peek(r)
	switch coding {
	case "gzip", "x-gzip":
		if !isGzip(head) {
			return r, "", nil
		}
		unpacked, err := gzip.NewReader(r)
		return bufio.NewReader(unpacked), "gzip", err
	case "br":
		if isText(head) {
			return r, "", nil
		}
		return bufio.NewReader(brotli.NewReader(r)), "br", nil
	case "deflate": // not asked for; some send it all the same, and some without zlib's head
		switch {
		case isText(head):
			return r, "", nil
		case isZlib(head):
			unpacked, err := zlib.NewReader(r)
			return bufio.NewReader(unpacked), "deflate", err
		}
		return bufio.NewReader(flate.NewReader(r)), "deflate", nil
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

// readAll reads a body up to limit bytes. With an error the data is what came before it.
func readAll(body io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], errTooLarge
	}
	return data, err
}

var errTooLarge = errors.New("more bytes than are read")
