package subscribers

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Master is the one secret that every other key is derived from. It prints as
// "[master key]"; Encode is the only way to its bytes.
type Master struct{ key [32]byte }

// ErrMaster says that a text is not a master key.
var ErrMaster = errors.New("not a master key")

const (
	masterWord   = "broadsheet-master-1:"
	checksumSize = 4
	masterHead   = `# The master key of a Broadsheet newsroom.
#
# Whoever holds this file and the database can read the list of readers.
# Without it nobody can, its owner included: keep a copy in another place, on
# paper or in a safe, and never send it by mail or commit it.
`
)

// keyText has neither padding nor lower case, so that a key can be read aloud and
// typed from paper.
var keyText = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewMaster draws a master key from crypto/rand, which does not fail.
func NewMaster() Master {
	var m Master
	rand.Read(m.key[:])
	return m
}

// Encode is the text of a key file: a comment that says what it is, and one line
// with the key and a checksum. The file belongs to its owner alone (mode 0600).
func (m Master) Encode() string {
	return masterHead + masterWord + " " + grouped(withChecksum(m.key[:])) + "\n"
}

// ParseMaster reads the text of a key file: comments, white space, hyphens and
// case do not matter, so that a key typed from paper is taken. Its errors wrap
// ErrMaster, say what is wrong, and hold nothing of the text.
func ParseMaster(text string) (Master, error) {
	word, err := keyLine(text, masterWord)
	if err != nil {
		return Master{}, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	raw, err := fromGroups(word, 32)
	if err != nil {
		return Master{}, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	return Master{key: [32]byte(raw)}, nil
}

// String keeps the key out of logs and errors.
func (Master) String() string { return "[master key]" }

// GoString keeps the key out of %#v.
func (m Master) GoString() string { return m.String() }

// LogValue keeps the key out of slog.
func (m Master) LogValue() slog.Value { return slog.StringValue(m.String()) }

// Wipe overwrites the key, once the keyring was made of it. Copies that were passed on
// stay.
func (m *Master) Wipe() { clear(m.key[:]) }

func (m Master) zero() bool { return m == Master{} }

// keyLine finds the one line of a key file that is not a comment, and cuts the
// word that names its kind.
func keyLine(text, word string) (string, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	found := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if found != "" {
			return "", errors.New("it has more than one line besides comments")
		}
		found = line
	}
	if found == "" {
		return "", errors.New("it is empty")
	}
	if len(found) < len(word) || !strings.EqualFold(found[:len(word)], word) {
		return "", fmt.Errorf("its line does not begin with %q", word)
	}
	return found[len(word):], nil
}

// grouped writes bytes in base32, in groups of four.
func grouped(raw []byte) string {
	text := keyText.EncodeToString(raw)
	var b strings.Builder
	for i := 0; i < len(text); i += 4 {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(text[i:min(i+4, len(text))])
	}
	return b.String()
}

// lettersOf takes out what groups a key's letters.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '-':
			return -1
		}
		return r
	}, strings.ToUpper(text))
}

// fromGroups reads what grouped wrote, and checks its length and checksum.
func fromGroups(text string, size int) ([]byte, error) {
	text = lettersOf(text)
	want := keyText.EncodedLen(size + checksumSize)
	if len(text) != want {
		return nil, fmt.Errorf("it has %d characters where %d belong", len(text), want)
	}
	raw, err := keyText.DecodeString(text)
	if err != nil {
		return nil, errors.New("it holds characters other than A to Z and 2 to 7")
	}
	// base32 ignores the bits that are left over; a key has one text only.
	if keyText.EncodeToString(raw) != text {
		return nil, errors.New("its last character is wrong: it was mistyped or is damaged")
	}
	key := raw[:size]
	if subtle.ConstantTimeCompare(withChecksum(key), raw) != 1 {
		return nil, errors.New("its checksum is wrong: it was mistyped or is damaged")
	}
	return key, nil
}

// withChecksum appends four bytes of SHA-256, against slips of the pen.
func withChecksum(key []byte) []byte {
	sum := sha256.Sum256(append([]byte("broadsheet checksum\x00"), key...))
	return append(append(make([]byte, 0, len(key)+checksumSize), key...), sum[:checksumSize]...)
}
