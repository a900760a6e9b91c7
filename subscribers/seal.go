package subscribers

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A sealed value is
//
//	version (1 byte) | data-key number (4, big endian) | nonce (12) | AES-256-GCM(padded) (n + 16)
//
// with version, number and place as associated data.
const (
	sealVersion = 1
	sealHead    = 1 + 4
	gcmOverhead = 12 + 16
)

// Place is where a sealed value is stored. It is authenticated with the value, so
// that one copied to another row, field or table does not open there.
type Place struct {
	Table string // 1 to 255 bytes
	Row   ID
	Field string // 1 to 255 bytes
}

// Seal seals a text for its place with the current data key; sealing twice gives
// two different results. The length of the result tells only the step that Padded
// gives. Errors: ErrNoDataKey, ErrLocked.
func (k *Keyring) Seal(place Place, plain string) (sealed []byte, err error) {
	err = k.with(func(s *secrets) (err error) {
		sealed, err = s.seal(place, plain)
		return err
	})
	return sealed, err
}

func (s *secrets) seal(place Place, plain string) ([]byte, error) {
	aead := s.data[s.current]
	if aead == nil {
		return nil, fmt.Errorf("seal %s: %w", place, ErrNoDataKey)
	}
	if err := place.check(); err != nil {
		return nil, err
	}
	size := Padded(len(plain))
	out := make([]byte, sealHead, sealHead+gcmOverhead+size)
	out[0] = sealVersion
	binary.BigEndian.PutUint32(out[1:], s.current)
	var room [2 * padStep]byte
	return aead.Seal(out, nil, pad(room[:0], plain, size), place.bind(out)), nil
}

// Open opens a value that was sealed for this place. Errors: ErrUnknownVersion,
// ErrUnknownKey, ErrDamaged, ErrLocked.
func (k *Keyring) Open(place Place, sealed []byte) (plain string, err error) {
	err = k.with(func(s *secrets) (err error) {
		plain, err = s.unseal(place, sealed)
		return err
	})
	return plain, err
}

func (s *secrets) unseal(place Place, sealed []byte) (string, error) {
	number, err := SealedWith(sealed)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, err)
	}
	aead := s.data[number]
	if aead == nil {
		return "", fmt.Errorf("open %s: data key %d: %w", place, number, ErrUnknownKey)
	}
	if err := place.check(); err != nil {
		return "", err
	}
	padded, err := aead.Open(nil, nil, sealed[sealHead:], place.bind(sealed[:sealHead]))
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, ErrDamaged)
	}
	plain, err := unpad(padded)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, err)
	}
	return plain, nil
}

// SealedWith is the number of the data key that a value was sealed with: what a
// rotation looks for. It does not open the value. Errors: ErrUnknownVersion,
// ErrDamaged (cut short).
func SealedWith(sealed []byte) (uint32, error) {
	switch {
	case len(sealed) == 0:
		return 0, ErrDamaged
	case sealed[0] != sealVersion:
		return 0, ErrUnknownVersion
	case len(sealed) < sealHead+gcmOverhead+padStep:
		return 0, ErrDamaged
	}
	return binary.BigEndian.Uint32(sealed[1:]), nil
}

// String is the place in words: "subscriber.address of 6f1c...".
func (p Place) String() string { return fmt.Sprintf("%s.%s of %s", p.Table, p.Field, p.Row) }

func (p Place) check() error {
	if len(p.Table) == 0 || len(p.Table) > 255 || len(p.Field) == 0 || len(p.Field) > 255 {
		return errors.New("a place needs a table and a field of 1 to 255 bytes each")
	}
	return nil
}

// bind is the associated data of a value: its head, then the place, each part of
// it led by its length.
func (p Place) bind(head []byte) []byte {
	data := make([]byte, 0, 128)
	data = append(data, head...)
	data = append(data, byte(len(p.Table)))
	data = append(data, p.Table...)
	data = append(data, p.Row[:]...)
	data = append(data, byte(len(p.Field)))
	return append(data, p.Field...)
}
