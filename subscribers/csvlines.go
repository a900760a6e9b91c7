package subscribers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// maxLine is the most bytes of a line, its end included: 64 kB.
const maxLine = 64 << 10

// line is one physical line of a file, in UTF-8, without its end.
type line struct {
	number int // from 1
	text   string
	fault  string // why it cannot be read; its text is empty then
}

// lineReader gives the lines of a file, and takes some back.
type lineReader struct {
	in    *bufio.Reader
	end   byte // '\n', or '\r' for a file from an old Macintosh
	count int
	ahead []line // taken back, the next one last
}

// openLines finds out a file's encoding and line ends.
func openLines(r io.Reader, charset string) (*lineReader, string, error) {
	in := bufio.NewReaderSize(r, maxLine)
	decoder, name, err := findCharset(in, charset)
	if err != nil {
		return nil, "", err
	}
	if decoder != nil {
		in = bufio.NewReaderSize(decoder.Reader(in), maxLine)
	}
	start, err := in.Peek(maxLine)
	if err != nil && err != io.EOF {
		return nil, "", fmt.Errorf("read the file: %w", err)
	}
	l := &lineReader{in: in, end: '\n'}
	if bytes.IndexByte(start, '\n') < 0 && bytes.IndexByte(start, '\r') >= 0 {
		l.end = '\r'
	}
	return l, name, nil
}

// findCharset obeys a byte order mark, else the caller, else it guesses. No decoder is
// needed for UTF-8, where next repairs single lines.
func findCharset(in *bufio.Reader, asked string) (*encoding.Decoder, string, error) {
	mark, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, "", fmt.Errorf("read the file: %w", err)
	}
	switch {
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe, 0, 0}):
		return nil, "", errors.New("the file is in UTF-32: save it as UTF-8")
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder(), "UTF-16LE", nil
	case bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder(), "UTF-16BE", nil
	case bytes.HasPrefix(mark, []byte{0xef, 0xbb, 0xbf}):
		_, err := in.Discard(3)
		return nil, "UTF-8", err
	case asked == "":
		start, _ := in.Peek(maxLine)
		decoder, name := guessCharset(start)
		return decoder, name, nil
	}
	e, err := htmlindex.Get(asked)
	if err != nil {
		return nil, "", fmt.Errorf("encoding %q is not known: use a name such as utf-8, windows-1252 or windows-1251", asked)
	}
	return e.NewDecoder(), asked, nil
}

// next gives the next line, io.EOF, or the error of the file.
func (l *lineReader) next() (line, error) {
	if n := len(l.ahead); n > 0 {
		next := l.ahead[n-1]
		l.ahead = l.ahead[:n-1]
		return next, nil
	}
	raw, err := l.in.ReadSlice(l.end)
	if err == bufio.ErrBufferFull {
		return l.skipLong()
	}
	if err == io.EOF && len(raw) == 0 {
		return line{}, io.EOF
	}
	if err != nil && err != io.EOF {
		return line{}, fmt.Errorf("read the file behind line %d: %w", l.count, err)
	}
	l.count++
	raw = bytes.TrimRight(raw, "\r\n")
	if bytes.IndexByte(raw, 0) >= 0 {
		return line{number: l.count, fault: "it holds NUL bytes: save the file as UTF-8"}, nil
	}
	return line{number: l.count, text: decodeLine(raw)}, nil
}

// skipLong leaves out a line that is longer than the buffer.
func (l *lineReader) skipLong() (line, error) {
	err := bufio.ErrBufferFull
	for err == bufio.ErrBufferFull {
		_, err = l.in.ReadSlice(l.end)
	}
	if err != nil && err != io.EOF {
		return line{}, fmt.Errorf("read the file behind line %d: %w", l.count, err)
	}
	l.count++
	return line{number: l.count, fault: "it is longer than 64 kB"}, nil
}

// unread takes lines back, to be given again in their order.
func (l *lineReader) unread(lines ...line) {
	for i := len(lines) - 1; i >= 0; i-- {
		l.ahead = append(l.ahead, lines[i])
	}
}

// decodeLine repairs a line that is not UTF-8 by reading it as Windows-1252, which
// is what office programs of western Europe write. A file may mix both, where
// lists were pasted together.
func decodeLine(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	text := make([]rune, 0, len(raw))
	for _, b := range raw {
		text = append(text, charmap.Windows1252.DecodeByte(b))
	}
	return string(text)
}
