package subscribers

import (
	"bytes"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// guessCharset looks at the start of a file that has no mark of its encoding. No decoder
// means UTF-8, in which single lines may still need decodeLine.
//
// Western encodings are left to decodeLine: lists that were pasted together mix them
// with UTF-8. In what else there is, whole words are of bytes above 127; such a file is
// in one encoding, which the frequency of its letters tells.
func guessCharset(start []byte) (*encoding.Decoder, string) {
	if even, odd := zeros(start); odd > len(start)/5 && even < odd/8 {
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder(), "UTF-16LE"
	} else if even > len(start)/5 && odd < even/8 {
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder(), "UTF-16BE"
	}
	high, inWords := highBytes(start)
	if high < 20 || inWords*2 < high {
		return nil, "UTF-8"
	}
	var sample []byte
	for l := range bytes.Lines(start) {
		if !isASCII(string(l)) {
			sample = append(sample, l...)
		}
	}
	best, err := chardet.NewTextDetector().DetectBest(sample)
	if err != nil || best.Charset == "UTF-8" {
		return nil, "UTF-8"
	}
	e, err := htmlindex.Get(best.Charset)
	if err != nil {
		return nil, "UTF-8"
	}
	name, _ := htmlindex.Name(e)
	return e.NewDecoder(), name
}

// zeros counts the zero bytes at even and odd places.
func zeros(text []byte) (even, odd int) {
	for i, b := range text {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

// highBytes counts the bytes above 127, and those of them that stand three or more in a
// row; none where more than a few are UTF-8, which two bytes may seem to be by chance.
func highBytes(text []byte) (all, inWords int) {
	run, valid := 0, 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			run = 0
			i++
			continue
		}
		if r, size := utf8.DecodeRune(text[i:]); r != utf8.RuneError && size > 1 {
			valid++
		}
		all++
		if run++; run == 3 {
			inWords += 3
		} else if run > 3 {
			inWords++
		}
		i++
	}
	if valid*10 > all {
		return 0, 0
	}
	return all, inWords
}

// unmangled takes off a second encoding: "JosÃ©" is the UTF-8 of José, taken for
// Windows-1252 and written as UTF-8 again. No name has such a sequence of signs by itself.
func unmangled(s string) string {
	if isASCII(s) {
		return s
	}
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			if r < 0x80 || r > 0x9f { // which Windows-1252 leaves undefined
				return s
			}
			b = byte(r)
		}
		raw = append(raw, b)
	}
	if !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}
