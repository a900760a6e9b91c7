package subscribers

import "strings"

// Values up to padFine grow by steps of padStep bytes, longer ones (a letter to
// one reader, say) by steps of padFine.
const (
	padStep = 64
	padFine = 1024
)

// Padded is the length, in bytes, to which a text of size bytes is padded before
// it is sealed: one byte at least is added, then it grows to the next multiple of
// 64 up to 1,024, and to the next multiple of 1,024 above. So nearly every
// address (63 bytes or less) and every name has the same length in the store.
func Padded(size int) int {
	step := padStep
	if size+1 > padFine {
		step = padFine
	}
	return (size + step) / step * step
}

// pad appends the text, one byte 0x80 and zeros up to size (ISO/IEC 7816-4).
func pad(to []byte, plain string, size int) []byte {
	if cap(to) < size {
		to = make([]byte, 0, size)
	}
	to = append(to, plain...)
	to = append(to, 0x80)
	clear(to[len(to):size])
	return to[:size]
}

// unpad takes off what pad appended. The padding is authenticated, so a wrong one
// is a fault of whoever sealed, and never tells an attacker anything.
func unpad(padded []byte) (string, error) {
	text := strings.TrimRight(string(padded), "\x00")
	if plain, ok := strings.CutSuffix(text, "\x80"); ok && len(padded) == Padded(len(plain)) {
		return plain, nil
	}
	return "", ErrDamaged
}
