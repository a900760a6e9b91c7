package subscribers

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
)

// A wrapped data key is
//
//	version (1 byte) | nonce (12) | AES-256-GCM(key-encryption key, data key) (48)
//
// with its number as associated data.
const (
	wrapVersion = 1
	wrapOver    = "broadsheet data key"
)

// NewDataKey draws a random data key and wraps it under the number id (1 or
// more). The keyring does not hold it yet: store the wrapped key first, then add
// it, so that nothing is ever sealed with a key that a crash can lose.
func (k *Keyring) NewDataKey(id uint32) (wrapped []byte, err error) {
	var key [32]byte
	rand.Read(key[:])
	return k.wrapDataKey(id, key[:])
}

// AddDataKey unwraps a data key and holds it. The highest number held is the one
// that seals. Adding the same key again changes nothing. Errors: ErrUnknownVersion,
// ErrDamaged (another master wrapped it, or under another number).
func (k *Keyring) AddDataKey(id uint32, wrapped []byte) error {
	key, err := k.unwrapDataKey(id, wrapped)
	if err != nil {
		return err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return fmt.Errorf("data key %d: %w", id, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open == nil {
		return ErrLocked
	}
	k.open.data[id], k.open.current = aead, max(k.open.current, id)
	return nil
}

// CurrentDataKey is the number of the data key that seals; 0 where there is none.
func (k *Keyring) CurrentDataKey() (id uint32) {
	_ = k.with(func(s *secrets) error { id = s.current; return nil })
	return id
}

// RewrapDataKey wraps a data key for another master: the values that it seals
// stay as they are.
func (k *Keyring) RewrapDataKey(id uint32, wrapped []byte, to *Keyring) ([]byte, error) {
	key, err := k.unwrapDataKey(id, wrapped)
	if err != nil {
		return nil, err
	}
	return to.wrapDataKey(id, key)
}

func (k *Keyring) wrapDataKey(id uint32, key []byte) ([]byte, error) {
	if id == 0 {
		return nil, errors.New("data keys are numbered from 1")
	}
	var wrapped []byte
	err := k.with(func(s *secrets) error {
		wrapped = s.kek.Seal([]byte{wrapVersion}, nil, key, wrapPlace(id))
		return nil
	})
	return wrapped, err
}

func (k *Keyring) unwrapDataKey(id uint32, wrapped []byte) ([]byte, error) {
	switch {
	case id == 0:
		return nil, errors.New("data keys are numbered from 1")
	case len(wrapped) == 0:
		return nil, fmt.Errorf("unwrap data key %d: %w", id, ErrDamaged)
	case wrapped[0] != wrapVersion:
		return nil, fmt.Errorf("unwrap data key %d: %w", id, ErrUnknownVersion)
	}
	var key []byte
	err := k.with(func(s *secrets) (err error) {
		if key, err = s.kek.Open(nil, nil, wrapped[1:], wrapPlace(id)); err != nil || len(key) != 32 {
			err = ErrDamaged
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unwrap data key %d: %w", id, err)
	}
	return key, nil
}

func wrapPlace(id uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(wrapOver), id)
}

// newAEAD is AES-256-GCM that draws its own random nonce and puts it in front. A
// key may seal 2^32 values (NIST SP 800-38D, 8.3): a million readers, re-sealed
// every day, take six years to get there, and a rotation starts anew.
func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
