package subscribers

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// ID is a subscriber's random name: 128 bits that say nothing about the reader,
// the order of sign-ups or the size of the list.
type ID [16]byte

// NewID draws an ID from crypto/rand, which does not fail.
func NewID() ID {
	var id ID
	rand.Read(id[:])
	return id
}

// ParseID reads the form that String writes.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != hex.EncodedLen(len(id)) {
		return ID{}, fmt.Errorf("a subscriber's ID has 32 hexadecimal digits, this has %d characters", len(s))
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("a subscriber's ID has 32 hexadecimal digits: this holds other characters")
	}
	return id, nil
}

// String is the ID as 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }
